package main

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"regexp"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

// keyCommand is what the sub-commands of key share.
type keyCommand struct {
	*shared
	account, region string
}

func newKey(sh *shared) *cobra.Command {
	k := &keyCommand{shared: sh}
	c := &cobra.Command{
		Use:   "key",
		Short: "Make and look after the keys that streams are encrypted under",
		Long: `Make keys, and say who may use them. A key is named by its id, its ARN, an alias (alias/…) or an alias's ARN. A stream is encrypted
under one by "aws kinesis start-stream-encryption"; alias/aws/kinesis, which every account has, needs no making.

Keys belong to an account and a Region: --account and --region, else the access key id where that is an account, AWS_REGION or
AWS_DEFAULT_REGION, else those that the server gives callers who name none. Key material never leaves the server, where a
root key wraps it: root.key in the data directory, or HOOKSWITCH_ROOT_KEY.`,
		Example: `  hookswitch key create --alias alias/records
  aws kinesis start-stream-encryption --stream-name records --encryption-type KMS --key-id alias/records
  hookswitch key list
  hookswitch key disable alias/records             # producers and consumers get KMSDisabledException
  hookswitch key deny alias/records --principal connect.amazonaws.com --use GenerateDataKey`,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	c.SuggestionsMinimumDistance = 2
	c.AddCommand(k.list(), k.create(), k.describe(), k.alias(),
		k.plain("enable", "Let a key be used again"),
		k.plain("disable", "Let nobody use a key, until it is enabled again"),
		k.scheduleDeletion(),
		k.plain("cancel-deletion", "Take a scheduled deletion back; the key is disabled then"),
		k.policy("deny", "Deny a principal the use of a key", "  hookswitch key deny alias/records --principal connect.amazonaws.com --use GenerateDataKey\n  hookswitch key deny alias/records --principal 123456789012"),
		k.policy("allow", "Take a denial back, or let another account use a key", "  hookswitch key allow alias/records --principal connect.amazonaws.com\n  hookswitch key allow alias/records --principal 999999999999 --use Decrypt"))
	return c
}

// aKey is a key as the operator API shows it.
type aKey struct {
	ID          string       `json:"id"`
	ARN         string       `json:"arn"`
	Account     string       `json:"account"`
	Region      string       `json:"region"`
	State       string       `json:"state"`
	Service     string       `json:"service,omitempty"`
	Description string       `json:"description,omitempty"`
	Aliases     []string     `json:"aliases"`
	Created     time.Time    `json:"created"`
	DeleteAt    *time.Time   `json:"deleteAt,omitempty"`
	Denials     []aStatement `json:"denials"`
	Grants      []aStatement `json:"grants"`
}

// aStatement is one of a key's policy.
type aStatement struct {
	Principal string   `json:"principal"`
	Uses      []string `json:"uses"`
}

var accountID = regexp.MustCompile(`^[0-9]{12}$`)

// flags adds what all of them have; a command that takes a key completes its name.
func (k *keyCommand) flags(c *cobra.Command) *cobra.Command {
	c.Flags().StringVar(&k.account, "account", "", "the account of the key (default the access key id where it is one, else the server's)")
	c.Flags().StringVar(&k.region, "region", "", "the Region of the key (default AWS_REGION, AWS_DEFAULT_REGION or the server's)")
	names := k.live(func(ctx context.Context, c *client) (names []string) {
		var all struct{ Keys []aKey }
		_ = c.get(ctx, "/keys"+k.owner(), &all)
		for _, one := range all.Keys {
			names = append(append(names, one.Aliases...), one.ID)
		}
		return names
	})
	takesKey := strings.Contains(c.Use, " KEY")
	c.ValidArgsFunction = func(cmd *cobra.Command, args []string, part string) ([]string, cobra.ShellCompDirective) {
		if len(args) > 0 || !takesKey {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return names(cmd, args, part)
	}
	return c
}

// owner returns the query that says whose keys are meant.
func (k *keyCommand) owner() string {
	account := k.account
	if id := os.Getenv("AWS_ACCESS_KEY_ID"); account == "" && accountID.MatchString(id) {
		account = id
	}
	q := url.Values{}
	for name, value := range map[string]string{"account": account, "region": firstOf(k.region, os.Getenv("AWS_REGION"), os.Getenv("AWS_DEFAULT_REGION"))} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if len(q) == 0 {
		return ""
	}
	return "?" + q.Encode()
}

func (k *keyCommand) list() *cobra.Command {
	return k.flags(&cobra.Command{
		Use:     "list",
		Short:   "List keys",
		Long:    "List keys in the order of their creation: those of everybody, where neither account nor Region is given or set.",
		Example: "  hookswitch key list\n  hookswitch key list --json | jq -r 'select(.state != \"Enabled\").arn'",
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := k.client()
			if err != nil {
				return err
			}
			var all struct{ Keys []aKey }
			if err := c.get(cmd.Context(), "/keys"+k.owner(), &all); err != nil {
				return err
			}
			var rows [][]string
			for _, one := range all.Keys {
				if k.json {
					if err := k.writeJSON(one); err != nil {
						return err
					}
					continue
				}
				rows = append(rows, []string{one.ID, dash(strings.Join(one.Aliases, ", ")), one.state(), one.Account, one.Region, dash(said(one.Denials))})
			}
			switch {
			case k.json:
				return nil
			case len(rows) == 0:
				_, err := fmt.Fprintln(k.err, "there are no keys yet: hookswitch key create --alias alias/records")
				return err
			}
			return k.writeTable([]string{"key", "aliases", "state", "account", "region", "denied"}, rows)
		},
	})
}

func (one aKey) state() string {
	words := one.State
	if one.Service != "" {
		words += ", of " + one.Service
	}
	if one.DeleteAt != nil {
		words += " " + moment(one.DeleteAt)
	}
	return words
}

func said(statements []aStatement) string {
	var all []string
	for _, d := range statements {
		all = append(all, d.Principal+": "+strings.Join(d.Uses, " "))
	}
	return strings.Join(all, "; ")
}

func (k *keyCommand) write(one aKey) error {
	if k.json {
		return k.writeJSON(one)
	}
	fmt.Fprintf(k.out, "%s  %s\n%s\n", one.ID, one.state(), one.ARN)
	for _, line := range [][2]string{{"aliases", strings.Join(one.Aliases, ", ")}, {"description", one.Description}, {"created", moment(&one.Created)}, {"denied", said(one.Denials)}, {"allowed", said(one.Grants)}} {
		if line[1] != "" {
			fmt.Fprintf(k.out, "%s: %s\n", line[0], line[1])
		}
	}
	return nil
}

// tell posts something about keys and shows the key after it.
func (k *keyCommand) tell(cmd *cobra.Command, path string, in any) error {
	c, err := k.client()
	if err != nil {
		return err
	}
	var one aKey
	if err := c.post(cmd.Context(), path+k.owner(), in, &one); err != nil {
		return err
	}
	return k.write(one)
}

func keyPath(key, do string) string { return "/keys/" + url.PathEscape(key) + "/" + do }

func (k *keyCommand) create() *cobra.Command {
	var alias, description string
	c := k.flags(&cobra.Command{
		Use:     "create",
		Short:   "Make a key",
		Example: "  hookswitch key create --alias alias/records\n  hookswitch key create --description 'agent events' --json | jq -r .arn",
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return k.tell(cmd, "/keys", map[string]string{"alias": alias, "description": description})
		},
	})
	c.Flags().StringVar(&alias, "alias", "", "a name for it, such as alias/records")
	c.Flags().StringVar(&description, "description", "", "what it is for")
	return c
}

func (k *keyCommand) describe() *cobra.Command {
	return k.flags(&cobra.Command{
		Use:     "describe KEY",
		Short:   "Show a key, and who is denied its use",
		Example: "  hookswitch key describe alias/records --json",
		Args:    arguments("KEY"),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := k.client()
			if err != nil {
				return err
			}
			var one aKey
			if err := c.get(cmd.Context(), "/keys/"+url.PathEscape(args[0])+k.owner(), &one); err != nil {
				return err
			}
			return k.write(one)
		},
	})
}

func (k *keyCommand) alias() *cobra.Command {
	return k.flags(&cobra.Command{
		Use:     "alias KEY ALIAS",
		Short:   "Give a key one more alias",
		Example: "  hookswitch key alias alias/records alias/agent-events",
		Args:    arguments("KEY", "ALIAS"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return k.tell(cmd, keyPath(args[0], "alias"), map[string]string{"alias": args[1]})
		},
	})
}

// plain is something that is done to a key and takes nothing else.
func (k *keyCommand) plain(do, help string) *cobra.Command {
	return k.flags(&cobra.Command{
		Use:     do + " KEY",
		Short:   help,
		Example: "  hookswitch key " + do + " alias/records",
		Args:    arguments("KEY"),
		RunE:    func(cmd *cobra.Command, args []string) error { return k.tell(cmd, keyPath(args[0], do), nil) },
	})
}

func (k *keyCommand) scheduleDeletion() *cobra.Command {
	var days int
	c := k.flags(&cobra.Command{
		Use:   "schedule-deletion KEY",
		Short: "Have a key deleted after some days; nobody can use it from now on",
		Long: `Have a key deleted, with all that is encrypted under it, 7 to 30 days from now by the server's clock. Nobody can use it from now on,
so that whoever needs it is heard before: cancel-deletion brings it back until then.`,
		Example: "  hookswitch key schedule-deletion alias/records --days 7",
		Args:    arguments("KEY"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return k.tell(cmd, keyPath(args[0], "schedule-deletion"), map[string]int{"days": days})
		},
	})
	c.Flags().IntVar(&days, "days", 30, "how many days from now, 7 to 30")
	return c
}

// policy is deny and allow.
func (k *keyCommand) policy(do, help, example string) *cobra.Command {
	var principal string
	var uses []string
	c := k.flags(&cobra.Command{
		Use:   do + " KEY --principal WHO",
		Short: help,
		Long: help + `. Writers need GenerateDataKey, readers Decrypt. Everybody of the key's account may use it but for
denials, and other accounts that were allowed to; the principal is an account of 12 digits, a service such as connect.amazonaws.com (as which contact records and agent events are
delivered), or *.`,
		Example: example,
		Args:    arguments("KEY"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if principal == "" {
				return usage("--principal: want an account of 12 digits, a service such as connect.amazonaws.com, or *")
			}
			return k.tell(cmd, keyPath(args[0], do), map[string]any{"principal": principal, "uses": uses})
		},
	})
	c.Flags().StringVar(&principal, "principal", "", "who: an account, a service such as connect.amazonaws.com, or *")
	c.Flags().StringSliceVar(&uses, "use", nil, "GenerateDataKey or Decrypt; may be repeated (default both)")
	return c
}
