package main

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
)

func newTail(sh *shared) *cobra.Command {
	var (
		kinds  []string
		name   string
		key    string
		recent int
		count  int
	)
	all := []string{kindRecord, kindAgentEvent, kindContactEvent}
	c := &cobra.Command{
		Use:   "tail",
		Short: "Follow contact records, agent events and contact events as they are published",
		Long: `Follow every document as it is published: contact records and agent events once they are in their stream, and contact
events, which have no stream. One line each with what matters of it, or with --json the whole document. Times are UTC.

The server keeps the last few thousand documents for --recent. When it goes away tail waits for it for about a minute.`,
		Example: `  hookswitch tail
  hookswitch tail --kind contact-record --instance demo
  hookswitch tail --recent 20 --count 20                     # what was published lately, then stop
  hookswitch tail --json | jq .document.EventType`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := sh.client()
			if err != nil {
				return err
			}
			q := url.Values{}
			for _, k := range kinds {
				if !slices.Contains(all, k) {
					return usage("--kind %q: want %s", k, strings.Join(all, ", "))
				}
				q.Add("kind", k)
			}
			if recent < 0 || count < 0 {
				return usage("--recent and --count cannot be negative")
			}
			if recent > 0 {
				q.Set("recent", strconv.Itoa(recent))
			}
			if key != "" {
				q.Set("key", key)
			}
			ctx := cmd.Context()
			if name != "" {
				i, err := c.instance(ctx, name)
				if err != nil {
					return err
				}
				q.Set("instance", i.ID)
			}
			c.lost = sh.sayLost
			t, seen := newTeller(sh.streams, c), 0
			return c.follow(ctx, following{path: "/events", query: q,
				opened: func() {
					if sh.terminal() && !sh.json {
						fmt.Fprintln(sh.err, sh.paint(paintDim, "following "+c.endpoint+"; Ctrl-C ends it"))
					}
				},
				event: func(e serverEvent) error {
					if err := sh.tell(cmd, t, e.data); err != nil {
						return err
					}
					if seen++; seen == count {
						return errEnough
					}
					return nil
				}})
		},
	}
	f := c.Flags()
	f.StringArrayVar(&kinds, "kind", nil, "only "+strings.Join(all, ", ")+"; may be repeated")
	f.StringVar(&key, "key", "", "only of this contact's id or this agent's ARN")
	f.IntVar(&recent, "recent", 0, "begin with the last so many documents")
	f.IntVar(&count, "count", 0, "stop after so many documents; 0: go on until Ctrl-C")
	c.RegisterFlagCompletionFunc("kind", cobra.FixedCompletions(all, cobra.ShellCompDirectiveNoFileComp))
	sh.instanceFlag(c, &name, "only of this instance: id, ARN or alias (default all)")
	return c
}

// sayLost says that something that is followed broke off.
func (sh *shared) sayLost(err error) {
	fmt.Fprintf(sh.err, "hookswitch: the connection broke (%v); trying again\n", err)
}

// tell writes one document: its line, or with --json all of it.
func (sh *shared) tell(cmd *cobra.Command, t *teller, data []byte) error {
	if sh.json {
		_, err := fmt.Fprintf(sh.out, "%s\n", data)
		return err
	}
	var p published
	if err := json.Unmarshal(data, &p); err != nil {
		return fmt.Errorf("a document that is not understood: %w", err)
	}
	_, err := fmt.Fprintln(sh.out, t.line(cmd.Context(), p))
	return err
}
