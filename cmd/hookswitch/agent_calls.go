package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// calls returns the commands about calls that an agent places, and about calls of more than two.
func (a *agentCommand) calls() []*cobra.Command {
	return []*cobra.Command{a.dial(), a.bring("consult"), a.bring("transfer"), a.party(), a.monitor()}
}

// named is a command about one agent.
func (a *agentCommand) named(use, short, example string, args []string, run func(cmd *cobra.Command, args []string) error) *cobra.Command {
	return a.flags(&cobra.Command{
		Use: use + " " + strings.Join(args, " "), Short: short, Example: example, Args: arguments(args...), ValidArgsFunction: a.first(), RunE: run,
	})
}

func (a *agentCommand) dial() *cobra.Command {
	var queue string
	var attributes map[string]string
	c := a.named("dial", "Call a customer, in whatever status the agent is", "  hookswitch agent dial alice +14255550177", []string{"NAME", "NUMBER"},
		func(cmd *cobra.Command, args []string) error {
			return a.tell(cmd, map[string]any{"number": args[1], "queue": queue, "attributes": attributes}, args[0], "dial")
		})
	c.Long = `Call a customer. The customer sees the outbound caller ID number of the queue, which is the default outbound queue of the
agent's routing profile. "hookswitch agent end" gives up while it rings.`
	c.Flags().StringVar(&queue, "queue", "", "id, ARN or name of the queue whose number the customer sees")
	c.Flags().StringToStringVar(&attributes, "attributes", nil, "attributes of the contact")
	return c
}

// talking are the states in which an agent is in a call.
var talking = deskAction{"talk to", "", []string{"CONNECTED", "CONNECTED_ONHOLD"}}

// bring is consult, which brings someone into a call, or transfer, which leaves the customer to them at once.
func (a *agentCommand) bring(name string) *cobra.Command {
	to := map[string]*string{}
	var contact string
	short := "Bring someone into a call; the customer is put on hold"
	if name == "transfer" {
		short = "Bring someone into a call, and leave the customer to them at once"
	}
	c := a.named(name, short, fmt.Sprintf("  hookswitch agent %s alice --agent bob\n  hookswitch agent %s alice --queue BasicQueue", name, name), []string{"NAME"},
		func(cmd *cobra.Command, args []string) error {
			body := map[string]string{}
			for member, value := range to {
				if *value != "" {
					body[member] = *value
				}
			}
			if len(body) == 0 {
				return usage("whom? Give --agent, --queue, --number, --flow or --quick-connect")
			}
			id, err := a.contactOf(cmd, args[0], contact, talking)
			if err != nil {
				return err
			}
			if name == "consult" {
				return a.tell(cmd, body, args[0], "contacts", id, "parties")
			}
			c, i, err := a.open(cmd.Context())
			if err != nil {
				return err
			}
			if err := c.post(cmd.Context(), i.path("agents", args[0], "contacts", id, "parties"), body, nil); err != nil {
				return err
			}
			return a.tell(cmd, nil, args[0], "contacts", id, "end")
		})
	if name == "consult" {
		c.Long = `Bring someone into a call; the customer is put on hold. Who was brought in is a party: "agent join" lets all talk, "agent swap"
talks to the other one, "agent party drop" sends it away, and "agent end" leaves the customer to it.`
	}
	for member, help := range map[string]string{
		"agent": "username, id or ARN of an agent", "queue": "name, id or ARN of a queue", "number": "a number outside, in E.164",
		"flow": "name, id or ARN of a flow: the transfer flow of --agent or --queue, or where the customer goes", "quickConnect": "name, id or ARN of a quick connect",
	} {
		to[member] = new(string)
		flag := member
		if member == "quickConnect" {
			flag = "quick-connect"
		}
		c.Flags().StringVar(to[member], flag, "", help)
	}
	c.Flags().StringVar(&contact, "contact", "", "id of the contact (default the call that the agent is in)")
	return c
}

// contactOf returns the contact that a flag names, or the only one on the agent's desk that an action is possible for.
func (a *agentCommand) contactOf(cmd *cobra.Command, name, contact string, do deskAction) (string, error) {
	if contact != "" {
		return contact, nil
	}
	one, err := a.one(cmd, name)
	if err != nil {
		return "", err
	}
	return one.contactFor(do)
}

func (a *agentCommand) one(cmd *cobra.Command, name string) (one agent, err error) {
	c, i, err := a.open(cmd.Context())
	if err != nil {
		return one, err
	}
	return one, c.get(cmd.Context(), i.path("agents", name), &one)
}

func (a *agentCommand) party() *cobra.Command {
	c := &cobra.Command{
		Use: "party", Short: "Hold, resume or drop whom an agent has brought into a call",
		Example: "  hookswitch agent party hold alice\n  hookswitch agent party drop alice",
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	for _, do := range []struct{ name, short string }{
		{"hold", "Put a party on hold"}, {"resume", "Take a party off hold"}, {"drop", "Send a party away"},
		{"hangup", "Let a party outside hang up, as it would do itself"},
	} {
		c.AddCommand(a.onParty(do.name, do.short))
	}
	return c
}

func (a *agentCommand) onParty(do, short string) *cobra.Command {
	var party string
	c := a.named(do, short, fmt.Sprintf("  hookswitch agent party %s alice", do), []string{"NAME"}, func(cmd *cobra.Command, args []string) error {
		one, err := a.one(cmd, args[0])
		if err != nil {
			return err
		}
		contact, id, err := one.partyFor(party)
		if err != nil {
			return err
		}
		if do != "hangup" {
			return a.tell(cmd, nil, args[0], "contacts", contact, "parties", id, do)
		}
		c, i, err := a.open(cmd.Context())
		if err != nil {
			return err
		}
		if err := c.post(cmd.Context(), i.path("contacts", contact, "parties", id, do), nil, nil); err != nil {
			return err
		}
		return a.tell(cmd, nil, args[0])
	})
	c.Flags().StringVar(&party, "party", "", "id of the party (default the only one)")
	return c
}

// partyFor finds a party on the agent's desk, by id or because it is the only one.
func (one agent) partyFor(id string) (contact, party string, err error) {
	var ids []string
	for _, c := range one.Contacts {
		for _, p := range c.Parties {
			if id == "" || p.ID == id {
				contact, party, ids = c.ID, p.ID, append(ids, p.ID)
			}
		}
	}
	switch len(ids) {
	case 1:
		return contact, party, nil
	case 0:
		return "", "", fmt.Errorf("%s has brought no such party into a call: hookswitch agent consult %s --agent …", one.Username, one.Username)
	}
	return "", "", usage("which party? Give --party with one of: %s", strings.Join(ids, ", "))
}

func (a *agentCommand) monitor() *cobra.Command {
	var mayBarge bool
	c := a.named("monitor", "Listen to another agent's call, as a supervisor", "  hookswitch agent monitor sue alice\n  hookswitch agent monitor sue alice --may-barge && hookswitch agent barge sue",
		[]string{"NAME", "AGENT"}, func(cmd *cobra.Command, args []string) error {
			contact, err := a.contactOf(cmd, args[1], "", talking)
			if err != nil {
				return err
			}
			return a.tell(cmd, map[string]any{"contact": contact, "mayBarge": mayBarge}, args[0], "monitor")
		})
	c.Long = `Listen to the call that another agent is in. With --may-barge (which needs the instance attribute ENHANCED_CONTACT_MONITORING)
"agent barge" takes part in it, "agent listen" only listens again, and "agent take-over" sends the other agent away.`
	c.Flags().BoolVar(&mayBarge, "may-barge", false, "the supervisor may take part in the call")
	return c
}
