package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// agentCommand is what the sub-commands of agent share.
type agentCommand struct {
	*shared
	instance string
}

func newAgent(sh *shared) *cobra.Command {
	a := &agentCommand{shared: sh}
	c := &cobra.Command{
		Use:   "agent",
		Short: "Be an agent: log in, set a status, answer, hold, transfer, hang up",
		Long: `Act for agents until they have a panel of their own. An agent is named by username, id or ARN; a contact that is not
named is the one that the action is possible for.`,
		Example: `  hookswitch agent create alice bob --instance demo
  hookswitch agent login alice --status Available
  hookswitch agent list
  hookswitch agent accept alice && hookswitch agent hold alice && hookswitch agent resume alice
  hookswitch agent end alice && hookswitch agent clear alice
  hookswitch agent status alice Offline && hookswitch agent logout alice`,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	c.SuggestionsMinimumDistance = 2
	c.AddCommand(a.create(), a.list(), a.show(), a.login(), a.logout(), a.status())
	for _, do := range deskActions {
		c.AddCommand(a.onContact(do))
	}
	c.AddCommand(a.calls()...)
	return c
}

// flags adds what all of them have.
func (a *agentCommand) flags(c *cobra.Command) *cobra.Command {
	a.instanceFlag(c, &a.instance, "the instance: id, ARN or alias (default the only one)")
	if c.ValidArgsFunction == nil {
		c.ValidArgsFunction = cobra.NoFileCompletions
	}
	return c
}

// first completes the first argument with agents' names.
func (a *agentCommand) first() completion {
	names := a.agentNames(&a.instance)
	return func(cmd *cobra.Command, args []string, part string) ([]string, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return names(cmd, args, part)
	}
}

func (a *agentCommand) open(ctx context.Context) (*client, instance, error) {
	c, err := a.client()
	if err != nil {
		return nil, instance{}, err
	}
	i, err := c.instance(ctx, a.instance)
	return c, i, err
}

func (a *agentCommand) create() *cobra.Command {
	var n newUser
	c := a.flags(&cobra.Command{
		Use:   "create NAME...",
		Short: "Create users who can be agents",
		Long: `Create users with the Connect API's CreateUser, so that they can log in as agents. A new agent is logged out and Offline.
Without --password it gets one that nobody knows, which is no loss as long as agents act through this command.`,
		Example: "  hookswitch agent create alice --instance demo\n  hookswitch agent create bob carol --routing-profile Sales --auto-accept",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, names []string) error {
			ctx := cmd.Context()
			c, i, err := a.open(ctx)
			if err != nil {
				return err
			}
			aws, err := c.amazon(ctx, i.Account, i.Region)
			if err != nil {
				return err
			}
			for _, name := range names {
				n.username = name
				id, err := aws.createUser(ctx, i.ID, n)
				if isCode(err, "DuplicateResourceException") {
					return fmt.Errorf("there is a user %q already: hookswitch agent login %s --instance %s", name, name, i.name())
				}
				if err != nil {
					return fmt.Errorf("create %s: %w", name, err)
				}
				if a.json {
					err = a.writeJSON(map[string]string{"id": id, "username": name, "instance": i.ID})
				} else {
					_, err = fmt.Fprintf(a.out, "%s is a user of %s (%s); next: hookswitch agent login %s --instance %s --status Available\n", name, i.name(), id, name, i.name())
				}
				if err != nil {
					return err
				}
			}
			return nil
		},
	})
	f := c.Flags()
	f.StringVar(&n.profile, "routing-profile", "Basic Routing Profile", "name of the routing profile")
	f.StringVar(&n.security, "security-profile", "Agent", "name of the security profile")
	f.StringVar(&n.firstName, "first-name", "", "first name (default the name given)")
	f.StringVar(&n.lastName, "last-name", "Agent", "last name")
	f.StringVar(&n.password, "password", "", "password to sign in with (default a random one)")
	f.BoolVar(&n.autoAccept, "auto-accept", false, "calls are accepted without the agent's doing")
	f.IntVar(&n.acwLimit, "after-work-limit", 0, "seconds after which after-contact work is cleared; 0: never")
	return c
}

func (a *agentCommand) list() *cobra.Command {
	return a.flags(&cobra.Command{
		Use:     "list",
		Short:   "List agents with their status and contacts",
		Example: "  hookswitch agent list --instance demo\n  hookswitch agent list --json | jq .username",
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, i, err := a.open(cmd.Context())
			if err != nil {
				return err
			}
			var all struct{ Agents []json.RawMessage }
			if err := c.get(cmd.Context(), i.path("agents"), &all); err != nil {
				return err
			}
			var rows [][]string
			for _, raw := range all.Agents {
				if a.json {
					if err := a.writeJSON(raw); err != nil {
						return err
					}
					continue
				}
				var one agent
				if err := json.Unmarshal(raw, &one); err != nil {
					return err
				}
				rows = append(rows, one.row())
			}
			switch {
			case a.json:
				return nil
			case len(rows) == 0:
				fmt.Fprintf(a.err, "%s has no agents: hookswitch agent create alice --instance %s\n", i.name(), i.name())
				return nil
			}
			slices.SortFunc(rows, func(x, y []string) int { return strings.Compare(x[0], y[0]) })
			return a.writeTable([]string{"agent", "logged in", "status", "routing profile", "contacts"}, rows)
		},
	})
}

func (one agent) row() []string {
	loggedIn, status := "no", one.Status.Name
	if one.LoggedIn {
		loggedIn = "yes"
	}
	if one.Next != nil {
		status += " (next " + one.Next.Name + ")"
	}
	var desk []string
	for _, c := range one.Contacts {
		desk = append(desk, c.Channel+" "+short(c.ID)+" "+c.State)
	}
	return []string{one.Username, loggedIn, status, one.Profile, strings.Join(desk, ", ")}
}

// writeAgent writes one agent.
func (sh *shared) writeAgent(raw json.RawMessage) error {
	if sh.json {
		return sh.writeJSON(raw)
	}
	var one agent
	if err := json.Unmarshal(raw, &one); err != nil {
		return err
	}
	words := one.Username + " is "
	if !one.LoggedIn {
		words += "logged out, "
	}
	words += one.Status.Name
	if one.Next != nil {
		words += ", next status " + one.Next.Name
	}
	for _, c := range one.Contacts {
		words += fmt.Sprintf("\n  %s %s %s", c.Channel, c.ID, c.State)
		if c.Queue != "" {
			words += " from " + c.Queue
		}
		if c.Mode != "" {
			words += " " + c.Mode
		}
		for _, p := range c.Parties {
			words += fmt.Sprintf("\n    %s %s %s", strings.ToLower(p.Kind), cmp.Or(p.Name, p.Number), p.State)
		}
	}
	_, err := fmt.Fprintln(sh.out, words)
	return err
}

func (a *agentCommand) show() *cobra.Command {
	return a.flags(&cobra.Command{
		Use:               "show NAME",
		Short:             "Show an agent and the contacts on its desk",
		Example:           "  hookswitch agent show alice --json",
		Args:              arguments("NAME"),
		ValidArgsFunction: a.first(),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, i, err := a.open(cmd.Context())
			if err != nil {
				return err
			}
			var raw json.RawMessage
			if err := c.get(cmd.Context(), i.path("agents", args[0]), &raw); err != nil {
				return err
			}
			return a.writeAgent(raw)
		},
	})
}

// tell tells the server something about an agent, and shows the agent after it.
func (a *agentCommand) tell(cmd *cobra.Command, in any, parts ...string) error {
	c, i, err := a.open(cmd.Context())
	if err != nil {
		return err
	}
	var raw json.RawMessage
	if err := c.post(cmd.Context(), i.path(append([]string{"agents"}, parts...)...), in, &raw); err != nil {
		return err
	}
	return a.writeAgent(raw)
}

func (a *agentCommand) login() *cobra.Command {
	var status string
	c := a.flags(&cobra.Command{
		Use:               "login NAME",
		Short:             "Log an agent in",
		Long:              "Log an agent in. It stays in its status, which is Offline at first: give --status to take contacts at once.",
		Example:           "  hookswitch agent login alice --status Available",
		Args:              arguments("NAME"),
		ValidArgsFunction: a.first(),
		RunE: func(cmd *cobra.Command, args []string) error {
			if status == "" {
				return a.tell(cmd, nil, args[0], "login")
			}
			c, i, err := a.open(cmd.Context())
			if err != nil {
				return err
			}
			if err := c.post(cmd.Context(), i.path("agents", args[0], "login"), nil, nil); err != nil {
				return err
			}
			return a.tell(cmd, map[string]string{"status": status}, args[0], "status")
		},
	})
	c.Flags().StringVar(&status, "status", "", "set this status too, such as Available")
	return c
}

func (a *agentCommand) logout() *cobra.Command {
	return a.flags(&cobra.Command{
		Use:               "logout NAME",
		Short:             "Log an agent out; what it handles is finished first",
		Example:           "  hookswitch agent logout alice",
		Args:              arguments("NAME"),
		ValidArgsFunction: a.first(),
		RunE:              func(cmd *cobra.Command, args []string) error { return a.tell(cmd, nil, args[0], "logout") },
	})
}

func (a *agentCommand) status() *cobra.Command {
	return a.flags(&cobra.Command{
		Use:               "status NAME STATUS",
		Short:             "Set an agent's status; while it handles a contact, the next one",
		Example:           "  hookswitch agent status alice Available\n  hookswitch agent status alice Offline",
		Args:              arguments("NAME", "STATUS"),
		ValidArgsFunction: a.first(),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.tell(cmd, map[string]string{"status": args[1]}, args[0], "status")
		},
	})
}

// deskAction is something that an agent does with a contact.
type deskAction struct {
	name, help string
	states     []string // of the contact, in which it can be done
}

var deskActions = []deskAction{
	{"accept", "Answer the contact that rings", []string{"CONNECTING"}},
	{"reject", "Decline the contact that rings", []string{"CONNECTING"}},
	{"hold", "Put the contact on hold", []string{"CONNECTED"}},
	{"resume", "Take the contact off hold", []string{"CONNECTED_ONHOLD"}},
	{"pause", "Let a task rest: the agent can take another meanwhile", []string{"CONNECTED"}},
	{"unpause", "Go on with a task that rests", []string{"PAUSED"}},
	{"end", "Hang up, and begin after-contact work; the customer is left to whoever was brought in", []string{"CONNECTED", "CONNECTED_ONHOLD", "CONNECTING", "PAUSED"}},
	{"join", "Let all who are in the call talk to each other", []string{"CONNECTED", "CONNECTED_ONHOLD"}},
	{"swap", "Put whom the agent talks to on hold, and talk to the other one", []string{"CONNECTED", "CONNECTED_ONHOLD"}},
	{"barge", "Take part in the call that a supervisor listens to", []string{"CONNECTED"}},
	{"listen", "Only listen again", []string{"CONNECTED"}},
	{"take-over", "Send the agent away from the call that a supervisor takes part in", []string{"CONNECTED"}},
	{"clear", "Finish after-contact work, or clear a missed contact", []string{"ENDED", "MISSED", "REJECTED", "ERROR"}},
}

func (a *agentCommand) onContact(do deskAction) *cobra.Command {
	var contact string
	c := a.flags(&cobra.Command{
		Use:               do.name + " NAME",
		Short:             do.help,
		Example:           fmt.Sprintf("  hookswitch agent %s alice", do.name),
		Args:              arguments("NAME"),
		ValidArgsFunction: a.first(),
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := a.contactOf(cmd, args[0], contact, do)
			if err != nil {
				return err
			}
			return a.tell(cmd, nil, args[0], "contacts", id, do.name)
		},
	})
	c.Flags().StringVar(&contact, "contact", "", "id of the contact (default the one that it is possible for)")
	return c
}

// contactFor finds the only contact that an action is possible for.
func (one agent) contactFor(do deskAction) (string, error) {
	var fit []string
	for _, c := range one.Contacts {
		if slices.Contains(do.states, c.State) {
			fit = append(fit, c.ID)
		}
	}
	switch {
	case len(fit) == 1:
		return fit[0], nil
	case len(fit) > 1:
		return "", usage("which contact? Give --contact with one of: %s", strings.Join(fit, ", "))
	case len(one.Contacts) == 0:
		return "", fmt.Errorf("%s has no contact to %s", one.Username, do.name)
	}
	return "", fmt.Errorf("%s has no contact to %s: the contact is %s, and would have to be %s", one.Username, do.name, one.Contacts[0].State, strings.Join(do.states, " or "))
}
