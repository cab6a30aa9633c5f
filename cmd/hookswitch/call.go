package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

func newCall(sh *shared) *cobra.Command {
	var (
		p      callPlan
		name   string
		detach bool
	)
	c := &cobra.Command{
		Use:   "call",
		Short: "Place one inbound call and follow it",
		Long: `A customer calls: the call arrives at a number of the instance and runs its flow, and what happens to it is shown until
it is over. With --accept an agent answers it; without, it waits for someone who does (hookswitch agent accept), or
until --patience or Ctrl-C makes the customer hang up.

An instance without any phone number gets one, with the sample inbound flow. Times pass on the server's clock; a virtual
clock that stands still is moved on by what the call waits for: --accept and --patience at once are refused there, as either
would move it past the other.`,
		Example: `  hookswitch call --accept alice --talk 5s
  hookswitch call --instance demo --accept alice --talk 20s --hold 5s --hangup agent --after-work 3s
  hookswitch call --patience 10s                    # nobody answers: the customer gives up
  hookswitch call --to +12065550100 --attributes reason=billing --attributes tier=gold
  hookswitch call --detach                          # just place it, and print its id`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := p.check(cmd.Flags().Changed("talk")); err != nil {
				return err
			}
			c, err := sh.client()
			if err != nil {
				return err
			}
			ctx := cmd.Context()
			i, err := c.instance(ctx, name)
			if err != nil {
				return err
			}
			if p.to, err = sh.numberToCall(ctx, c, i, p.to); err != nil {
				return err
			}
			if detach {
				id, err := c.placeCall(ctx, i, p)
				if err != nil {
					return err
				}
				if sh.json {
					return sh.writeJSON(map[string]string{"contactId": id})
				}
				_, err = fmt.Fprintln(sh.out, id)
				return err
			}
			return sh.conduct(cmd, c, i, p)
		},
	}
	f := c.Flags()
	f.StringVar(&p.from, "from", "+14255550123", "the customer's number")
	f.StringVar(&p.to, "to", "", "the number called (default the first that has a flow)")
	f.StringVar(&p.accept, "accept", "", "this agent answers: username, id or ARN")
	f.DurationVar(&p.ring, "ring", time.Second, "how long it rings until --accept")
	f.DurationVar(&p.talk, "talk", 0, "how long they talk (default 5s with --accept, otherwise until somebody hangs up)")
	f.DurationVar(&p.hold, "hold", 0, "for how long of that the customer is put on hold, by the agent of --accept")
	f.StringVar(&p.hangup, "hangup", "customer", "who hangs up after --talk: customer or agent")
	f.BoolVar(&p.clear, "clear", true, "the agent of --accept clears the contact, which completes it")
	f.DurationVar(&p.afterWork, "after-work", time.Second, "after-contact work before --clear")
	f.DurationVar(&p.patience, "patience", 0, "the customer gives up when nobody has answered after so long (default never)")
	f.StringToStringVar(&p.attributes, "attributes", nil, "contact attributes as key=value; may be repeated")
	f.BoolVar(&detach, "detach", false, "only place the call and print its contact id")
	sh.instanceFlag(c, &name, "the instance: id, ARN or alias (default the only one)")
	c.AddCommand(newPress(sh))
	c.RegisterFlagCompletionFunc("accept", sh.agentNames(&name))
	c.RegisterFlagCompletionFunc("hangup", cobra.FixedCompletions([]string{"customer", "agent"}, cobra.ShellCompDirectiveNoFileComp))
	return c
}

// callPlan says how a call goes.
type callPlan struct {
	from, to   string
	attributes map[string]string
	accept     string // the agent that answers; "": nobody here does
	ring       time.Duration
	talk       time.Duration // 0: until somebody hangs up
	hold       time.Duration
	hangup     string // customer or agent
	clear      bool
	afterWork  time.Duration
	patience   time.Duration // 0: endless
}

func (p *callPlan) check(talkGiven bool) error {
	for name, d := range map[string]time.Duration{"ring": p.ring, "talk": p.talk, "hold": p.hold, "after-work": p.afterWork, "patience": p.patience} {
		if d < 0 {
			return usage("--%s %v: a time cannot be negative", name, d)
		}
	}
	if p.hangup != "customer" && p.hangup != "agent" {
		return usage("--hangup %q: want customer or agent", p.hangup)
	}
	if p.accept == "" && p.hold > 0 {
		return usage("--hold needs --accept: somebody has to put the call on hold")
	}
	if p.accept != "" && !talkGiven {
		p.talk = max(5*time.Second, p.hold)
	}
	if p.hold > p.talk {
		return usage("--hold %v is longer than --talk %v", p.hold, p.talk)
	}
	return nil
}

// numberToCall returns the number that a call goes to. An instance that has none at all gets one.
func (sh *shared) numberToCall(ctx context.Context, c *client, i instance, to string) (string, error) {
	if to != "" {
		return to, nil
	}
	all, err := c.numbers(ctx, i)
	if err != nil {
		return "", err
	}
	for _, n := range all {
		if n.FlowName != "" {
			return n.Number, nil
		}
	}
	if len(all) > 0 {
		return "", fmt.Errorf("no phone number of %s has a flow: aws connect associate-phone-number-contact-flow --instance-id %s --phone-number-id %s --contact-flow-id …", i.name(), i.ID, all[0].ID)
	}
	aws, err := c.amazon(ctx, i.Account, i.Region)
	if err != nil {
		return "", err
	}
	flow, err := aws.named(ctx, "flow", "/contact-flows-summary/"+i.ID, "ContactFlowSummaryList", sampleFlow)
	if err != nil {
		return "", err
	}
	number, err := aws.claimNumber(ctx, i, flow)
	if err == nil {
		fmt.Fprintf(sh.err, "%s had no phone number: claimed %s for it, with the flow %q\n", i.name(), number, sampleFlow)
	}
	return number, err
}

// placeCall has a customer's call arrive and returns its contact's id.
func (c *client) placeCall(ctx context.Context, i instance, p callPlan) (string, error) {
	var placed struct{ ContactID string }
	err := c.post(ctx, i.path("calls"), map[string]any{"customer": p.from, "dialled": p.to, "attributes": p.attributes}, &placed)
	return placed.ContactID, err
}

// conduct places a call, has it go as planned, and tells what happens.
func (sh *shared) conduct(cmd *cobra.Command, c *client, i instance, p callPlan) error {
	ctx := cmd.Context()
	if p.accept != "" {
		var one agent
		if err := c.get(ctx, i.path("agents", p.accept), &one); err != nil {
			return err
		}
		if one.Status.Type != "ROUTABLE" {
			return fmt.Errorf("%s is %s and gets no calls: hookswitch agent login %s --instance %s --status Available", one.Username, one.Status.Name, p.accept, i.name())
		}
	}
	if p.accept != "" && p.patience > 0 {
		if _, stands := c.now(ctx); stands {
			return usage("--accept and --patience together: the server's clock stands still, and each would move it past the other; leave one out, or let the clock run: curl -d '{\"rate\":1}' %s/_hookswitch/clock", c.endpoint)
		}
	}
	c.lost = sh.sayLost
	t := newTeller(sh.streams, c)
	contact, err := c.runCall(ctx, i, p, func(data []byte) error { return sh.tell(cmd, t, data) })
	if contact == "" {
		return err
	}
	if errors.Is(err, context.Canceled) {
		err = nil // Ctrl-C is how the customer hangs up
	}
	return errors.Join(err, sh.closing(context.WithoutCancel(ctx), c, i, contact))
}

// closing says what has become of a call.
func (sh *shared) closing(ctx context.Context, c *client, i instance, id string) error {
	var raw json.RawMessage
	if err := c.get(ctx, i.path("contacts", id), &raw); err != nil {
		return err
	}
	if sh.json {
		return sh.writeJSON(raw)
	}
	var k contact
	if err := json.Unmarshal(raw, &k); err != nil {
		return err
	}
	words := "contact " + k.ID + ": "
	switch {
	case k.ConnectedAt != nil && k.DisconnectedAt != nil:
		words += fmt.Sprintf("%s answered after %v, and it lasted %v", k.Agent, k.ConnectedAt.Sub(k.InitiatedAt).Round(time.Millisecond), k.DisconnectedAt.Sub(*k.ConnectedAt).Round(time.Millisecond))
	case k.ConnectedAt != nil:
		words += k.Agent + " is still on it"
	case k.DisconnectedAt != nil:
		words += "nobody answered"
	default:
		words += k.Phase
	}
	if k.CompletedAt == nil && k.DisconnectedAt != nil {
		words += fmt.Sprintf("; not complete before hookswitch agent clear %s", k.Agent)
	}
	fmt.Fprintln(sh.out, words)
	if k.CompletedAt == nil {
		return nil
	}
	return sh.recordHint(ctx, c, i)
}

// recordHint says when and where the contact record comes.
func (sh *shared) recordHint(ctx context.Context, c *client, i instance) error {
	found, err := c.findings(ctx, i.ID)
	if err != nil {
		return err
	}
	for _, f := range found {
		if strings.HasSuffix(f.Check, ": CONTACT_TRACE_RECORDS") && f.State == "fail" {
			_, err := fmt.Fprintf(sh.err, "%s has no stream for contact records, so there will be none: hookswitch doctor --instance %s\n", i.name(), i.name())
			return err
		}
	}
	var info serverInfo
	if err := c.get(ctx, "/info", &info); err != nil {
		return err
	}
	when := info.RecordDelay + " after that"
	if info.RecordDelay == "0s" {
		when = "at once"
	}
	_, err = fmt.Fprintf(sh.err, "its contact record is published %s: hookswitch tail --kind contact-record --recent 1\n", when)
	return err
}

// caller is one call on its way.
type caller struct {
	c       *client
	i       instance
	p       callPlan
	contact string
	told    func([]byte) error

	results   chan error // of what goes on beside the loop; one each
	rung      bool       // the agent is about to answer
	connected bool
}

// runCall places a call and returns its contact's id when it is over: complete, or disconnected and not to be cleared
// here. told gets each contact event of it. When ctx ends the customer hangs up.
func (c *client) runCall(ctx context.Context, i instance, p callPlan, told func([]byte) error) (string, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	k := &caller{c: c, i: i, p: p, told: told, results: make(chan error, 8)}
	events, opened := make(chan []byte), make(chan struct{})
	k.beside(func() error {
		return c.follow(ctx, following{path: "/events", query: url.Values{"kind": {kindContactEvent}, "instance": {i.ID}}, opened: func() { close(opened) }, event: send(ctx, events)})
	})
	select {
	case <-opened:
	case err := <-k.results:
		return "", err
	}
	var desks chan []byte
	if p.accept != "" {
		desks = make(chan []byte)
		k.beside(func() error {
			return c.follow(ctx, following{path: i.path("agents", p.accept, "snapshots"), event: send(ctx, desks)})
		})
	}
	var err error
	if k.contact, err = c.placeCall(ctx, i, p); err != nil {
		return "", err
	}
	if p.patience > 0 {
		k.beside(func() error { return k.giveUp(ctx) })
	}
	err = k.loop(ctx, events, desks)
	if ctx.Err() != nil {
		after, stop := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer stop()
		if hangErr := k.hangUp(after); hangErr != nil {
			err = errors.Join(err, hangErr)
		}
	}
	return k.contact, err
}

// beside runs f beside the loop. At most eight are: two followings, and one each of giving up, answering, talking, clearing.
func (k *caller) beside(f func() error) {
	go func() { k.results <- f() }()
}

// send returns an event function that hands events over.
func send(ctx context.Context, to chan<- []byte) func(serverEvent) error {
	return func(e serverEvent) error {
		select {
		case to <- append([]byte(nil), e.data...):
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (k *caller) loop(ctx context.Context, events, desks <-chan []byte) error {
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case err := <-k.results:
			if err != nil {
				return err
			}
		case data := <-desks:
			if err := k.desk(ctx, data); err != nil {
				return err
			}
		case data := <-events:
			if done, err := k.event(ctx, data); done || err != nil {
				return err
			}
		}
	}
}

// desk looks at the agent's desk: the call may ring there.
func (k *caller) desk(ctx context.Context, data []byte) error {
	var one agent
	if err := json.Unmarshal(data, &one); err != nil {
		return err
	}
	if k.rung || one.state(k.contact) != "CONNECTING" {
		return nil
	}
	k.rung = true
	k.beside(func() error {
		if err := k.c.pause(ctx, k.p.ring); err != nil {
			return err
		}
		return k.tooLate(k.act(ctx, "accept"))
	})
	return nil
}

// event takes one contact event of the instance.
func (k *caller) event(ctx context.Context, data []byte) (done bool, err error) {
	var p struct {
		Key      string
		Document struct {
			Detail struct{ EventType string }
		}
	}
	if err := json.Unmarshal(data, &p); err != nil {
		return false, err
	}
	if p.Key != k.contact {
		return false, nil
	}
	if err := k.told(data); err != nil {
		return false, err
	}
	switch p.Document.Detail.EventType {
	case "CONNECTED_TO_AGENT":
		first := !k.connected
		k.connected = true
		if first && k.p.talk > 0 {
			k.beside(func() error { return k.tooLate(k.converse(ctx)) })
		}
	case "DISCONNECTED":
		switch {
		case k.p.accept != "" && k.p.clear && k.connected:
			k.beside(func() error {
				if err := k.c.pause(ctx, k.p.afterWork); err != nil {
					return err
				}
				return k.tooLate(k.act(ctx, "clear"))
			})
		case k.connected:
			return true, nil // someone else clears it
		}
	case "COMPLETED":
		return true, nil
	}
	return false, nil
}

// converse talks, holds in the middle, talks on and hangs up.
func (k *caller) converse(ctx context.Context) error {
	talk := k.p.talk - k.p.hold
	if k.p.hold > 0 {
		if err := k.c.pause(ctx, talk/2); err != nil {
			return err
		}
		if err := k.act(ctx, "hold"); err != nil {
			return err
		}
		if err := k.c.pause(ctx, k.p.hold); err != nil {
			return err
		}
		if err := k.act(ctx, "resume"); err != nil {
			return err
		}
		talk -= talk / 2
	}
	if err := k.c.pause(ctx, talk); err != nil {
		return err
	}
	if k.p.hangup == "agent" {
		return k.act(ctx, "end")
	}
	return k.hangUp(ctx)
}

// giveUp hangs up when nobody has answered in time.
func (k *caller) giveUp(ctx context.Context) error {
	if err := k.c.pause(ctx, k.p.patience); err != nil {
		return err
	}
	var now contact
	if err := k.c.get(ctx, k.i.path("contacts", k.contact), &now); err != nil || now.ConnectedAt != nil {
		return err
	}
	return k.hangUp(ctx)
}

// act has the agent do something with the contact: the one of --accept, or whoever is on it.
func (k *caller) act(ctx context.Context, do string) error {
	name := k.p.accept
	if name == "" {
		var now contact
		if err := k.c.get(ctx, k.i.path("contacts", k.contact), &now); err != nil {
			return err
		}
		name = now.Agent
	}
	return k.c.post(ctx, k.i.path("agents", name, "contacts", k.contact, do), nil, nil)
}

func (k *caller) hangUp(ctx context.Context) error {
	return k.tooLate(k.c.post(ctx, k.i.path("contacts", k.contact, "hangup"), nil, nil))
}

// tooLate forgives a refusal that says that the call has moved on: others act in the center too.
func (k *caller) tooLate(err error) error {
	if refused(err, http.StatusConflict, http.StatusNotFound) {
		return nil
	}
	return err
}
