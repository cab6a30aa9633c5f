package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

// starter is what commands that start a chat or a task have in common.
type starter struct {
	*shared
	instance, flow string
	attributes     map[string]string
}

func (s *starter) flags(c *cobra.Command) *cobra.Command {
	s.instanceFlag(c, &s.instance, "the instance: id, ARN or alias (default the only one)")
	c.Flags().StringVar(&s.flow, "flow", sampleFlow, "name of the flow that it runs")
	c.Flags().StringToStringVar(&s.attributes, "attributes", nil, "contact attributes as key=value; may be repeated")
	c.ValidArgsFunction = cobra.NoFileCompletions
	return c
}

// start starts a contact through the API of Amazon Connect, and prints its id.
func (s *starter) start(cmd *cobra.Command, path string, body map[string]any) error {
	ctx := cmd.Context()
	c, err := s.client()
	if err != nil {
		return err
	}
	i, err := c.instance(ctx, s.instance)
	if err != nil {
		return err
	}
	aws, err := c.amazon(ctx, i.Account, i.Region)
	if err != nil {
		return err
	}
	flow, err := aws.named(ctx, "flow", "/contact-flows-summary/"+i.ID, "ContactFlowSummaryList", s.flow)
	if err != nil {
		return err
	}
	body["InstanceId"], body["ContactFlowId"], body["Attributes"] = i.ID, flow, s.attributes
	var out struct{ ContactID, ParticipantID, ParticipantToken string }
	if err := aws.connect(ctx, "PUT", path, body, &out); err != nil {
		return err
	}
	if s.json {
		shown := map[string]string{"contactId": out.ContactID}
		if out.ParticipantToken != "" {
			shown["participantId"], shown["participantToken"] = out.ParticipantID, out.ParticipantToken
		}
		return s.writeJSON(shown)
	}
	_, err = fmt.Fprintln(s.out, out.ContactID)
	return err
}

func newChat(sh *shared) *cobra.Command {
	c := &cobra.Command{
		Use: "chat", Short: "Start a chat, and say something in it",
		Example: "  contact=$(hookswitch chat start --as Jane --text hello)\n  hookswitch chat say $contact \"I lost a shoe\"\n  hookswitch chat say $contact --agent \"Which one?\"\n  hookswitch chat leave $contact",
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	s := &starter{shared: sh}
	var name, text string
	start := &cobra.Command{
		Use: "start", Short: "Start a chat and print the id of its contact", Args: noArguments,
		Long: "Start a chat. Its flow begins when the customer connects, which \"hookswitch chat say\" does; --json also shows the token that a\nclient of the Amazon Connect Participant Service connects with.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			body := map[string]any{"ParticipantDetails": map[string]string{"DisplayName": name}}
			if text != "" {
				body["InitialMessage"] = map[string]string{"ContentType": "text/plain", "Content": text}
			}
			return s.start(cmd, "/contact/chat", body)
		},
	}
	start.Flags().StringVar(&name, "as", "Customer", "what the customer is shown as")
	start.Flags().StringVar(&text, "text", "", "what the customer says first")
	var instance string
	var agent bool
	act := func(use, short string, args []string, run func(cmd *cobra.Command, args []string) (string, any)) *cobra.Command {
		c := &cobra.Command{Use: use, Short: short, Args: arguments(args...), ValidArgsFunction: cobra.NoFileCompletions, RunE: func(cmd *cobra.Command, args []string) error {
			c, err := sh.client()
			if err != nil {
				return err
			}
			i, err := c.instance(cmd.Context(), instance)
			if err != nil {
				return err
			}
			do, body := run(cmd, args)
			return c.post(cmd.Context(), i.path("contacts", args[0], do), body, nil)
		}}
		sh.instanceFlag(c, &instance, "the instance: id, ARN or alias (default the only one)")
		return c
	}
	say := act("say CONTACT TEXT", "Say something, as the customer unless --agent is given", []string{"CONTACT", "TEXT"}, func(_ *cobra.Command, args []string) (string, any) {
		as := "customer"
		if agent {
			as = "agent"
		}
		return "say", map[string]string{"as": as, "text": args[1]}
	})
	say.Flags().BoolVar(&agent, "agent", false, "the agent in the chat says it")
	leave := act("leave CONTACT", "The customer leaves", []string{"CONTACT"}, func(*cobra.Command, []string) (string, any) { return "hangup", nil })
	c.AddCommand(s.flags(start), say, leave)
	return c
}

func newTask(sh *shared) *cobra.Command {
	c := &cobra.Command{
		Use: "task", Short: "Start a task",
		Example: "  hookswitch task start \"Call Jane back\"\n  hookswitch agent accept alice && hookswitch agent pause alice && hookswitch agent unpause alice",
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	s := &starter{shared: sh}
	var description string
	start := &cobra.Command{
		Use: "start NAME", Short: "Start a task and print the id of its contact", Args: arguments("NAME"),
		RunE: func(cmd *cobra.Command, args []string) error {
			body := map[string]any{"Name": args[0]}
			if description != "" {
				body["Description"] = description
			}
			return s.start(cmd, "/contact/task", body)
		},
	}
	start.Flags().StringVar(&description, "description", "", "what the agent reads of it")
	c.AddCommand(s.flags(start))
	return c
}
