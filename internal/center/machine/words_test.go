package machine

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hookswitch/hookswitch/internal/center"
)

// tell writes a step in words: its time and place, and a line for each event and effect.
func (s *script) tell(step center.Step) {
	fmt.Fprintf(&s.out, "%s #%d", clock(step.Stamp.At), step.Stamp.Place)
	if step.Stamp.Closes != "" {
		fmt.Fprintf(&s.out, " closes %s", step.Stamp.Closes)
	}
	s.out.WriteString("\n")
	for _, e := range step.Events {
		s.learn(e)
		if words := s.event(e); words != "" {
			fmt.Fprintf(&s.out, "  %s\n", s.inWords(words))
		}
	}
	for i, e := range step.Effects {
		fmt.Fprintf(&s.out, "  effect %s: %s\n", center.MakeEffectID(step.Stamp.Place, i), s.effect(e))
	}
}

// learn names what an event brings into the world.
func (s *script) learn(e center.Event) {
	switch e := e.(type) {
	case center.ContactInitiated:
		s.calls++
		s.name(string(e.Contact), fmt.Sprintf("c%d", s.calls))
	case center.PartyAdded:
		if e.Kind == center.PartyNumber {
			s.parties++
			s.name(string(e.Party), fmt.Sprintf("p%d", s.parties))
		}
	case center.UserSaved:
		s.name(string(e.User.ID), e.User.Username)
	case center.QueueSaved:
		if e.Queue.Agent == "" {
			s.name(string(e.Queue.ID), e.Queue.Name)
		}
	case center.AgentStatusSaved:
		s.name(string(e.Status.ID), e.Status.Name)
	case center.RoutingProfileSaved:
		s.name(string(e.Profile.ID), e.Profile.Name)
	case center.FlowSaved:
		s.name(string(e.Flow.ID), e.Flow.Name)
	}
}

func (s *script) effect(e center.Effect) string {
	switch e := e.(type) {
	case center.DialCustomer:
		return fmt.Sprintf("DialCustomer %s to %s from %s for %s", s.names[string(e.Contact)], e.To.Address, e.From.Address, e.RingTimeout)
	case center.DialParty:
		return fmt.Sprintf("DialParty %s in %s to %s from %s for %s", s.names[string(e.Party)], s.names[string(e.Contact)], e.To.Address, e.From.Address, e.RingTimeout)
	case center.InvokeFunction:
		return fmt.Sprintf("InvokeFunction %s %s for %s", s.names[string(e.Contact)], e.Function[strings.LastIndex(e.Function, ":")+1:], e.Timeout)
	case center.ReleaseLine:
		return "ReleaseLine " + s.names[string(e.Contact)]
	}
	return fmt.Sprintf("%#v", e)
}

// event says one event. What a new instance comes with is left out.
func (s *script) event(e center.Event) string {
	name := strings.TrimPrefix(fmt.Sprintf("%T", e), "center.")
	switch e := e.(type) {
	case center.SecurityProfileSaved, center.HoursSaved, center.PromptSaved:
		return ""
	case center.InstanceSaved:
		return name + " " + e.Instance.Alias
	case center.FlowSaved:
		if strings.HasPrefix(e.Flow.Name, "Default ") || strings.HasPrefix(e.Flow.Name, "Sample ") {
			return ""
		}
		return name + " " + e.Flow.Name
	case center.QueueSaved:
		if e.Queue.Agent != "" {
			return name + " of " + string(e.Queue.Agent)
		}
		return name + " " + e.Queue.Name + " " + e.Queue.Status
	case center.AgentStatusSaved:
		return fmt.Sprintf("%s %s %s %s", name, e.Status.Name, e.Status.Type, e.Status.State)
	case center.RoutingProfileSaved:
		return name + " " + e.Profile.Name
	case center.UserSaved:
		return name + " " + e.User.Username
	case center.PhoneNumberSaved:
		return name + " " + e.Number.Number
	case center.ResourceDeleted:
		return fmt.Sprintf("%s %s %s", name, e.Kind, e.ID)
	case center.FunctionAssociated:
		return name + " " + e.ARN
	case center.InstanceDeleted:
		return name
	case center.AgentConfigured:
		words := fmt.Sprintf("%s %s %s %s", name, e.Agent, e.Config.RoutingProfile.Name, slots(e.Config))
		if e.Status != nil {
			words += " starts " + e.Status.Name
		}
		return words
	case center.AgentStatusChanged:
		return fmt.Sprintf("%s %s %s%s", name, e.Agent, e.Status.Name, leaving(e.Leaving))
	case center.AgentNextStatusSet:
		if e.Status == nil {
			return fmt.Sprintf("%s %s none%s", name, e.Agent, leaving(e.Leaving))
		}
		return fmt.Sprintf("%s %s %s%s", name, e.Agent, e.Status.Name, leaving(e.Leaving))
	}
	if center.ContactOf(e) != "" {
		return name + " " + s.contactEvent(e)
	}
	return fmt.Sprintf("%s %s", name, center.AgentOf(e))
}

func leaving(is bool) string {
	if is {
		return " (logging out)"
	}
	return ""
}

func slots(c center.AgentConfig) string {
	var words []string
	for _, s := range c.Concurrency {
		words = append(words, fmt.Sprintf("%s:%d", s.Channel, s.Slots))
	}
	for _, q := range c.Inbound {
		if !q.Agent {
			words = append(words, q.Name)
		}
	}
	return strings.Join(words, " ")
}

func (s *script) contactEvent(e center.Event) string {
	words := []string{string(center.ContactOf(e))}
	add := func(format string, args ...any) { words = append(words, fmt.Sprintf(format, args...)) }
	if a := center.AgentOf(e); a != "" {
		add("%s", a)
	}
	switch e := e.(type) {
	case center.ContactInitiated:
		add("%s %s", e.Channel, e.Method)
		if e.Customer != nil {
			add("customer %s", e.Customer.Address)
		}
		if e.System != nil {
			add("system %s", e.System.Address)
		}
		if e.Watches != "" {
			add("watches %s", e.Watches)
		}
		if e.Name != "" {
			add("%q", e.Name)
		}
		if e.Previous != "" {
			add("previous %s initial %s", e.Previous, e.Initial)
		}
		if e.Related != "" {
			add("related %s", e.Related)
		}
		if len(e.Attributes) > 0 {
			add("%s", pairs(e.Attributes))
		}
		if !e.ScheduledAt.IsZero() {
			add("scheduled for %s", clock(e.ScheduledAt))
		}
		if e.Line != "" {
			add("line of %s", e.Line)
		}
		if e.Callback != nil {
			add("at most %d times, every %s", e.Callback.Attempts, e.Callback.Retry)
		}
		if !e.RingUntil.IsZero() {
			add("rings until %s", clock(e.RingUntil))
		}
		if !e.ExpiresAt.IsZero() {
			add("expires %s", e.ExpiresAt.Format("01-02 15:04:05.000"))
		}
	case center.PartyAdded:
		add("%s %s", e.Party, e.Kind)
		if e.Endpoint != nil {
			add("%s rings until %s", e.Endpoint.Address, clock(e.RingUntil))
		}
	case center.PartyConnected:
		add("%s", e.Party)
	case center.PartyHeld:
		add("%s", e.Party)
	case center.PartyResumed:
		add("%s", e.Party)
	case center.PartyLeft:
		add("%s", e.Party)
	case center.ContactLinked:
		add("%s", e.Next)
	case center.ContactTransferred:
		if e.Cold {
			add("cold")
		}
		if e.To != nil {
			add("to %s", e.To.Address)
		}
	case center.ContactConnected:
		if e.OnHold {
			add("on hold")
		}
	case center.ContactHeld:
		if e.By != "" {
			add("by %s", e.By)
		}
	case center.CallPlaced:
		add("from %q", e.Queue.Name)
	case center.ContactMonitored:
		add("%s", e.Mode)
	case center.MonitorChanged:
		add("%s", e.Mode)
	case center.LineTaken:
		add("of %s", e.Line)
	case center.ContactTargeted:
		add("%s", e.Queue)
	case center.FlowMoved:
		if e.To == nil {
			add("out of its flow")
		} else {
			add("%s", s.position(e.To))
		}
	case center.FlowPlayed:
		if e.ToAgent {
			add("to the agent")
		}
		add("%q", e.Text)
	case center.FlowNoted:
		add("%s", s.noted(e))
	case center.FlowHooked:
		add("%s %s", e.Occasion, e.Flow)
	case center.ContactAnalyticsSet:
		add("%+v", e.Analytics)
	case center.ContactAccepted:
		add("%s", e.State)
	case center.ContactDialled:
		add("from %s until %s", e.From.Address, clock(e.Until))
	case center.ContactAttributesChanged:
		add("%s", pairs(e.Set))
	case center.ContactRoutingChanged:
		add("priority %d age %d", e.Priority, e.Age)
	case center.ContactQueued:
		if e.Agent != "" {
			add("in %s's own", e.Agent)
		} else {
			add("in %s", e.Queue.Name)
		}
	case center.ContactOffered:
		add("from %q queued %s until %s", e.Queue.Name, clock(e.QueuedAt), clock(e.Until))
	case center.ContactMissed:
		add("%s", e.State)
	case center.ContactLeft:
		if !e.Until.IsZero() {
			add("after-contact work until %s", clock(e.Until))
		}
	case center.ContactDisconnected:
		add("%s", e.Reason)
	}
	return strings.Join(words, " ")
}

func (s *script) position(p *center.FlowPosition) string {
	words := fmt.Sprintf("at %s of %s", p.Block, p.Flow)
	if p.Occasion != center.OwnFlow {
		words += " on " + string(p.Occasion)
	}
	for _, c := range p.Callers {
		words += fmt.Sprintf(" called by %s of %s", c.Block, c.Flow)
	}
	words += fmt.Sprintf(" waits for %s until %s", p.Wait, clock(p.Until))
	if p.Keys != "" {
		words += " after " + p.Keys
	}
	if len(p.Loops) > 0 {
		words += fmt.Sprintf(" loops %v", p.Loops)
	}
	return s.inWords(words)
}

func (s *script) noted(e center.FlowNoted) string {
	var words []string
	for name, v := range map[string]*string{"input": e.Input, "callback": e.Callback, "voice": e.Voice} {
		if v != nil {
			words = append(words, fmt.Sprintf("%s %q", name, *v))
		}
	}
	for name, v := range map[string]*center.FlowValues{"external": e.External, "metrics": e.Metrics} {
		if v != nil {
			words = append(words, name+" "+pairs(v.Values))
		}
	}
	if len(e.Attributes) > 0 {
		words = append(words, "flow attributes "+pairs(e.Attributes))
	}
	return strings.Join(words, " ")
}

func pairs(m map[string]string) string {
	var words []string
	for _, k := range slices.Sorted(maps.Keys(m)) {
		v := m[k]
		if len(v) > 40 {
			v = fmt.Sprintf("(%d bytes)", len(v))
		}
		words = append(words, k+"="+v)
	}
	return "{" + strings.Join(words, " ") + "}"
}
