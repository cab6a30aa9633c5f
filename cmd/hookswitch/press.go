package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// newPress is the customer answering what a flow asks.
func newPress(sh *shared) *cobra.Command {
	var name, id string
	c := &cobra.Command{
		Use:   "press KEYS",
		Short: "Press keys as the customer of a call whose flow asks for them",
		Long: `Press keys, of 0 to 9, * and #, as the customer of a call whose flow waits for input. Which call that is goes without saying
when only one does. What the flow says next, and where the call stands then, is shown.`,
		Example: `  hookswitch call --detach
  hookswitch call press 1
  hookswitch call press 4711# --contact 11111111-2222-3333-4444-555555555555`,
		Args: arguments("KEYS"),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			c, err := sh.client()
			if err != nil {
				return err
			}
			i, err := c.instance(ctx, name)
			if err != nil {
				return err
			}
			if id == "" {
				if id, err = c.asked(ctx, i); err != nil {
					return err
				}
			}
			var raw json.RawMessage
			if err := c.post(ctx, i.path("contacts", id, "input"), map[string]string{"keys": args[0]}, &raw); err != nil {
				return err
			}
			if sh.json {
				return sh.writeJSON(raw)
			}
			var k contact
			if err := json.Unmarshal(raw, &k); err != nil {
				return err
			}
			words := "contact " + k.ID + ": " + k.Phase
			if f := k.Flow; f != nil {
				words += fmt.Sprintf(", waits for %s at %s", strings.ToLower(f.WaitsFor), f.Block)
				if f.Said != "" {
					words += fmt.Sprintf(", was told %q", f.Said)
				}
			}
			_, err = fmt.Fprintln(sh.out, words)
			return err
		},
	}
	c.Flags().StringVar(&id, "contact", "", "id of the contact (default the only one that is asked)")
	sh.instanceFlag(c, &name, "the instance: id, ARN or alias (default the only one)")
	c.ValidArgsFunction = cobra.NoFileCompletions
	return c
}

// asked returns the only contact whose flow waits for input.
func (c *client) asked(ctx context.Context, i instance) (string, error) {
	var open struct{ Contacts []contact }
	if err := c.get(ctx, i.path("contacts"), &open); err != nil {
		return "", err
	}
	var ids []string
	for _, k := range open.Contacts {
		if k.Flow != nil && k.Flow.WaitsFor == "INPUT" {
			ids = append(ids, k.ID)
		}
	}
	switch len(ids) {
	case 1:
		return ids[0], nil
	case 0:
		return "", errors.New("no flow asks a customer of " + i.name() + " for anything")
	}
	return "", usage("which call? Give --contact with one of: %s", strings.Join(ids, ", "))
}
