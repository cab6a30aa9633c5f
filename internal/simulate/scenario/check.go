package scenario

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/flow"
)

// Bounds of a scenario as a whole.
const (
	agentsMax   = 50_000
	usernameMax = 20 // characters of a user's name, as the center has it

	utteranceMax = 1_024 // characters, as much as a message of a chat has
)

// check holds a scenario to what one field alone cannot say: that names lead somewhere, and that parts go together.
func (r *reader) check(s *Scenario) {
	i := &s.Instance
	hours := r.unique("instance.hours", len(i.Hours), func(n int) string { return i.Hours[n].Name })
	queues := r.unique("instance.queues", len(i.Queues), func(n int) string { return i.Queues[n].Name })
	flows := r.unique("instance.flows", len(i.Flows), func(n int) string { return i.Flows[n].Name })
	numbers := r.unique("instance.numbers", len(i.Numbers), func(n int) string { return i.Numbers[n].Number })
	groups := r.unique("agents", len(s.Agents), func(n int) string { return s.Agents[n].Name })
	intents := r.unique("callers.intents", len(s.Callers.Intents), func(n int) string { return s.Callers.Intents[n].Name })
	for n, q := range i.Queues {
		path := fmt.Sprintf("instance.queues[%d]", n)
		r.known(path+".hours", q.Hours, hours)
		r.known(path+".number", q.Number, numbers)
	}
	for n := range i.Flows {
		r.checkFlow(fmt.Sprintf("instance.flows[%d]", n), i, n, queues)
	}
	for n, v := range i.Numbers {
		r.known(fmt.Sprintf("instance.numbers[%d].flow", n), v.Flow, flows)
		if f := i.flow(v.Flow); f != nil && f.Type != "CONTACT_FLOW" {
			r.at(fmt.Sprintf("instance.numbers[%d].flow", n), "calls run a flow of the type CONTACT_FLOW, not %s", f.Type)
		}
	}
	if set := len(i.Queues) + len(i.Flows) + len(i.Numbers); set > 0 && (len(i.Queues) == 0 || len(i.Flows) == 0) {
		r.at("instance", "has either queues and flows (and numbers, if there are calls), or none of them")
	}
	agents := 0
	for n := range s.Agents {
		agents += s.Agents[n].Count
		r.checkGroup(fmt.Sprintf("agents[%d]", n), s, &s.Agents[n], queues)
	}
	if agents > agentsMax {
		r.at("agents", "are %d; there may be %d", agents, agentsMax)
	}
	r.checkCallers(s, numbers, flows)
	for n, v := range s.Surges {
		for k, name := range v.Intents {
			r.known(fmt.Sprintf("surges[%d].intents[%d]", n, k), name, intents)
		}
		r.checkSpan(fmt.Sprintf("surges[%d]", n), s, v.At)
	}
	for n, v := range s.Outages {
		path := fmt.Sprintf("outages[%d]", n)
		r.checkOutage(path, v)
		if f := i.flow(v.Flow); f != nil && f.Type != "CONTACT_FLOW" {
			r.at(path+".flow", "must be of the type CONTACT_FLOW, not %s", f.Type)
		}
		r.known(path+".group", v.Group, groups)
		r.known(path+".number", v.Number, numbers)
		r.known(path+".flow", v.Flow, flows)
		r.checkSpan(path, s, v.At)
	}
}

func (r *reader) unique(path string, n int, name func(int) string) []string {
	var all []string
	for i := range n {
		if slices.Contains(all, name(i)) {
			r.at(fmt.Sprintf("%s[%d].name", path, i), "%q is there twice; give one of them another name", name(i))
		}
		all = append(all, name(i))
	}
	return all
}

// known refuses a name that leads nowhere. An empty one was left out.
func (r *reader) known(path, name string, there []string) {
	switch {
	case name == "" || slices.Contains(there, name):
	case len(there) == 0:
		r.at(path, "there is no %q, nor any other", name)
	default:
		r.at(path, "there is no %q; there are %s", name, strings.Join(there, ", "))
	}
}

func (i *Instance) flow(name string) *Flow {
	n := slices.IndexFunc(i.Flows, func(f Flow) bool { return f.Name == name })
	if n < 0 {
		return nil
	}
	return &i.Flows[n]
}

func (r *reader) checkFlow(path string, i *Instance, n int, queues []string) {
	f := &i.Flows[n]
	r.known(path+".queue", f.Queue, queues)
	made := map[string]bool{"say": f.Say != "", "closed": f.Closed != "", "menu": f.Menu != nil, "queue": f.Queue != "", "callback": f.Callback != nil}
	switch {
	case f.Content != "":
		for _, name := range []string{"say", "closed", "menu", "queue", "callback"} {
			if made[name] {
				r.at(path+"."+name, "goes with no content; leave either out")
			}
		}
	case f.Type != "CONTACT_FLOW":
		r.at(path+".type", "is the type of a flow with content; add content, or leave it out")
	case f.Queue == "" && f.Menu == nil:
		r.at(path, "leads nowhere; add queue, menu or content")
	case f.Queue != "" && f.Menu != nil:
		r.at(path+".queue", "the menu says where contacts wait; use menu.otherwise for everyone else")
	case f.Closed != "" && f.Menu != nil:
		r.at(path+".closed", "needs queue: it is the hours of that queue which are looked at")
	}
	if c := f.Callback; c != nil {
		r.wholeSeconds(path+".callback.after", c.After)
		r.wholeSeconds(path+".callback.delay", c.Delay)
		r.wholeSeconds(path+".callback.retry", c.Retry)
	}
	if f.Menu != nil {
		r.wholeSeconds(path+".menu.timeout", f.Menu.Timeout)
		r.known(path+".menu.otherwise", f.Menu.Otherwise, queues)
		r.unique(path+".menu.options", len(f.Menu.Options), func(n int) string { return f.Menu.Options[n].Key })
		for k, o := range f.Menu.Options {
			r.known(fmt.Sprintf("%s.menu.options[%d].queue", path, k), o.Queue, queues)
		}
	}
	if len(r.problems) > 0 {
		return
	}
	there := map[string]bool{}
	for k := range i.Flows[:n] {
		there[i.Flows[k].Name] = true
	}
	earlier := func(kind, name string) (string, bool) {
		return "00000000-0000-0000-0000-000000000000", kind == "queue" && slices.Contains(queues, name) || kind == "flow" && there[name]
	}
	for _, made := range f.Flows() {
		there[made.Name] = true
		content, wrong := Fill(made.Content, earlier)
		if wrong != "" {
			r.at(path+".content", "names %s, which is no queue, and no flow further up", wrong)
			continue
		}
		if err := flow.Check(made.Type, content); err != nil {
			r.at(path+".content", "is no flow that can run: %s", detail(err))
		}
	}
}

func detail(err error) string {
	if refused, ok := err.(*center.Refused); ok && refused.Detail != "" {
		return refused.Detail
	}
	return err.Error()
}

func (r *reader) checkGroup(path string, s *Scenario, g *Group, queues []string) {
	if name := fmt.Sprintf("%s%d", g.Name, g.Count); len(name) > usernameMax {
		r.at(path+".name", "is too long: a user's name has up to %d characters, and %s has %d", usernameMax, name, len(name))
	}
	if g.Channels.Voice+g.Channels.Chat+g.Channels.Task == 0 {
		r.at(path+".channels", "are none; give voice, chat or task")
	}
	for n, q := range g.Queues {
		at := fmt.Sprintf("%s.queues[%d]", path, n)
		r.known(at+".queue", q.Queue, queues)
		r.wholeSeconds(at+".delay", q.Delay)
		for k, ch := range q.Channels {
			if ch == Voice && g.Channels.Voice == 0 || ch == Chat && g.Channels.Chat == 0 || ch == Task && g.Channels.Task == 0 {
				r.at(fmt.Sprintf("%s.channels[%d]", at, k), "the agents take no contacts of this channel; see channels of the group")
			}
		}
	}
	if len(g.Queues) == 0 && len(queues)*3 > 50 {
		r.at(path, "serves all queues, which are too many; a routing profile has up to 50 of queue and channel: give queues")
	}
	r.wholeSeconds(path+".afterWorkLimit", g.WrapLimit)
	if h := g.Habits; h.Miss+h.Reject > 1 {
		r.at(path+".habits", "miss and reject are more than 1 together")
	}
	if t := g.Habits.Transfer; t != nil {
		r.known(path+".habits.transfer.queue", t.Queue, queues)
		if t.Number != "" && !slices.ContainsFunc(s.Instance.Queues, func(q Queue) bool { return q.Number != "" }) {
			r.at(path+".habits.transfer.number", "cannot be called: no queue has a number that would be shown there; give the queues number")
		}
	}
	for n, v := range g.Shifts {
		if v.From == v.To {
			r.at(fmt.Sprintf("%s.shifts[%d]", path, n), "begins when it ends; leave shifts out for agents who work all the time")
		}
	}
}

func (r *reader) wholeSeconds(path string, d Duration) {
	if d.D()%time.Second != 0 {
		r.at(path, "must be whole seconds")
	}
}

func (r *reader) checkCallers(s *Scenario, numbers, flows []string) {
	c := &s.Callers
	if c.Answers+c.Busy > 1 {
		r.at("callers.busy", "answers and busy are more than 1 together")
	}
	for n := 1; n < len(c.Curve); n++ {
		if c.Curve[n].At <= c.Curve[n-1].At {
			r.at(fmt.Sprintf("callers.curve[%d].at", n), "comes before the point before it; write the points in the order of the day")
		}
	}
	weights, calls := 0.0, len(c.Intents) == 0
	for n, v := range c.Intents {
		path := fmt.Sprintf("callers.intents[%d]", n)
		weights += v.Weight
		r.known(path+".number", v.Number, numbers)
		r.known(path+".flow", v.Flow, flows)
		calls = calls || v.Channel == Voice || v.Channel == Outbound
		switch {
		case v.Channel == Voice && v.Flow != "":
			r.at(path+".flow", "calls run the flow of the number; leave it out")
		case v.Channel != Voice && v.Flow == "" && len(flows) > 0:
			r.at(path+".flow", "is missing: what it runs through")
		case v.Channel == Task && (v.Number != "" || len(v.Keys) > 0 || v.Callback > 0 || v.Patience > 0):
			r.at(path, "a task has no number, keys, callback or patience; leave them out")
		case v.Channel == Chat && (v.Number != "" || len(v.Keys) > 0 || v.Callback > 0):
			r.at(path, "a chat has no number, keys or callback; leave them out, and give utterances")
		case v.Channel != Chat && len(v.Utterances) > 0:
			r.at(path+".utterances", "are for chats; callers press keys")
		}
		for k, u := range v.Utterances {
			if n := utf8.RuneCountInString(u); n < 1 || n > utteranceMax {
				r.at(fmt.Sprintf("%s.utterances[%d]", path, k), "must be 1 to %d characters", utteranceMax)
			}
		}
		if f := s.Instance.flow(v.Flow); f != nil && f.Type != "CONTACT_FLOW" {
			r.at(path+".flow", "must be of the type CONTACT_FLOW, not %s", f.Type)
		}
	}
	if len(c.Intents) > 0 && weights == 0 {
		r.at("callers.intents", "all have the weight 0; give one of them more")
	}
	if calls && len(flows) > 0 && len(numbers) == 0 {
		r.at("instance.numbers", "are none, and customers call; add a number")
	}
}

func (r *reader) checkSpan(path string, s *Scenario, at Clock) {
	if begins := s.Start(); !s.When(at).Before(begins.Add(s.Lasts.D())) {
		r.at(path+".at", "%s is not while contacts arrive: from %s, for %s", at, begins.Format("15:04"), s.Lasts.D())
	}
}

func (r *reader) checkOutage(path string, o Outage) {
	given := map[string]bool{"group": o.Group != "" || o.Share != 1, "number": o.Number != "", "flow": o.Flow != "", "stream": o.Stream != ""}
	of := map[string]string{AgentsOut: "group", NumberOut: "number", FlowOut: "flow", StreamOut: "stream"}
	for _, name := range []string{"group", "number", "flow", "stream"} {
		switch {
		case given[name] && name != of[o.What]:
			r.at(path+"."+name, "says nothing when %s is out; leave it out", o.What)
		case !given[name] && name == of[o.What] && o.What != AgentsOut:
			r.at(path+"."+name, "is missing: which one")
		}
	}
}

// Start returns when the scenario begins.
func (s *Scenario) Start() time.Time {
	at, err := time.ParseInLocation(momentLayout, s.Begins, s.location())
	if err != nil { // only before the file was checked
		return time.Time{}
	}
	return at
}

func (s *Scenario) location() *time.Location {
	if loc, err := time.LoadLocation(s.Zone); err == nil {
		return loc
	}
	return time.UTC
}

// When returns the first time of day after the scenario's beginning, or at it.
func (s *Scenario) When(c Clock) time.Time { return s.After(s.Start(), c) }

// After returns the first such time of day after a time, or at it.
func (s *Scenario) After(from time.Time, c Clock) time.Time {
	from = from.In(s.location())
	at := time.Date(from.Year(), from.Month(), from.Day(), int(c)/60, int(c)%60, 0, 0, from.Location())
	if at.Before(from) {
		at = time.Date(from.Year(), from.Month(), from.Day()+1, int(c)/60, int(c)%60, 0, 0, from.Location())
	}
	return at
}
