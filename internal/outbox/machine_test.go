package outbox

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
	"github.com/hookswitch/hookswitch/internal/center/machine"
	"github.com/hookswitch/hookswitch/internal/journal"
	"github.com/hookswitch/hookswitch/internal/storage"
)

// owner runs a real machine on the world's journal.
type owner struct {
	w *world
	m *machine.Machine
	r *rand.Rand
}

func (o *owner) do(cmd center.Command) {
	o.w.t.Helper()
	o.step(cmd, "")
	o.wake()
}

func (o *owner) step(cmd center.Command, closes center.EffectID) {
	o.w.t.Helper()
	_, last, err := o.w.log.Bounds(context.Background())
	if err != nil {
		o.w.t.Fatal(err)
	}
	st, err := o.m.Step(center.Stamp{At: o.w.clock.Now(), Place: last + 1, Closes: closes}, cmd)
	var refused *center.Refused
	if errors.As(err, &refused) || err == nil && st.Empty() {
		return
	}
	if err != nil {
		o.w.t.Fatal(err)
	}
	b, err := center.Encode(st)
	if err != nil {
		o.w.t.Fatal(err)
	}
	if _, err := o.w.log.Append(context.Background(), storage.Entry{Key: journal.StepKey, Data: b}); err != nil {
		o.w.t.Fatal(err)
	}
}

func (o *owner) wake() {
	for {
		at, ok := o.m.Deadline()
		if !ok || at.After(o.w.clock.Now()) {
			return
		}
		o.step(center.Wake{}, "")
	}
}

func (o *owner) pass(until time.Time) {
	for {
		at, ok := o.m.Deadline()
		if !ok || at.After(until) {
			break
		}
		if at.After(o.w.clock.Now()) {
			o.w.pass(at.Sub(o.w.clock.Now()))
		}
		o.wake()
	}
	o.w.pass(until.Sub(o.w.clock.Now()))
}

func id[R any](o *owner, all []R, is func(R) bool) (found R) {
	for _, r := range all {
		if is(r) {
			return r
		}
	}
	o.w.t.Fatalf("no such %T", found)
	return found
}

const queueFlow = `{"Version":"2019-10-30","StartAction":"a","Metadata":{},"Actions":[
{"Identifier":"a","Type":"UpdateContactTargetQueue","Parameters":{"QueueId":"%s"},"Transitions":{"NextAction":"b","Errors":[{"NextAction":"c","ErrorType":"NoMatchingError"}]}},
{"Identifier":"b","Type":"TransferContactToQueue","Parameters":{},"Transitions":{"NextAction":"c","Errors":[{"NextAction":"c","ErrorType":"QueueAtCapacity"},{"NextAction":"c","ErrorType":"NoMatchingError"}]}},
{"Identifier":"c","Type":"DisconnectParticipant","Parameters":{},"Transitions":{}}]}`

func newOwner(w *world, seed uint64) *owner {
	o := &owner{w: w, m: machine.New(), r: rand.New(rand.NewPCG(seed, 7))}
	o.do(center.CreateInstance{Key: []byte("0123456789abcdef0123456789abcdef"), Instance: center.Instance{
		ID: instanceID, ARN: "arn:aws:connect:us-east-1:111122223333:instance/" + instanceID, Alias: "test", IdentityManagement: "SAML",
	}})
	d := o.m.State().Directory
	queue := id(o, directory.Sorted(d.Queues), func(q center.Queue) bool { return q.Name == "BasicQueue" })
	profile := directory.Sorted(d.Profiles)[0].ID
	security := []center.SecurityProfileID{directory.Sorted(d.Security)[0].ID}
	o.do(center.AssociateStorage{Resource: center.ContactTraceRecords, Config: center.StorageConfig{Type: "KINESIS_STREAM", StreamARN: records1}})
	o.do(center.AssociateStorage{Resource: center.AgentEvents, Config: center.StorageConfig{Type: "KINESIS_STREAM", StreamARN: events1}})
	o.do(center.CreateAgentStatus{Status: center.AgentStatus{Name: "Lunch", State: center.Enabled}})
	o.do(center.CreateFlow{Flow: center.Flow{Name: "f", Type: "CONTACT_FLOW", State: "ACTIVE", Status: "PUBLISHED", Content: fmt.Sprintf(queueFlow, queue.ID)}})
	flow := id(o, directory.Sorted(d.Flows), func(f center.Flow) bool { return f.Name == "f" }).ID
	o.do(center.ClaimPhoneNumber{Number: center.PhoneNumber{Number: "+18005550199", Country: "US", Type: "DID", Flow: flow}})
	o.do(center.UpdateQueue{ID: queue.ID, Outbound: &center.OutboundCaller{Number: directory.Sorted(d.Numbers)[0].ID}})
	o.do(center.SetInstanceAttribute{Type: "ENHANCED_CONTACT_MONITORING", Value: "true"})
	for i := range 3 {
		o.do(center.CreateUser{User: center.User{Username: fmt.Sprint("agent", i), FirstName: "F", LastName: "L", RoutingProfile: profile,
			SecurityProfiles: security, Phone: center.PhoneConfig{Type: "SOFT_PHONE", AutoAccept: i == 1, ACWLimit: 10 * i}}})
	}
	return o
}

// play does something, sensible or not.
func (o *owner) play() {
	d := o.m.State().Directory
	users, statuses := directory.Sorted(d.Users), directory.Sorted(d.Statuses)
	a := users[o.r.IntN(len(users))].ID
	var c center.ContactID
	if agent := o.m.State().Agents[a]; agent != nil && len(agent.Desk) > 0 {
		c = agent.Desk[o.r.IntN(len(agent.Desk))].ID
	}
	flow := id(o, directory.Sorted(d.Flows), func(f center.Flow) bool { return f.Name == "f" }).ID
	commands := []center.Command{
		center.LogIn{Agent: a}, center.SetAgentStatus{Agent: a, Status: statuses[o.r.IntN(len(statuses))].ID},
		center.StartInboundCall{Customer: "+14255550100", Dialled: "+18005550199", Attributes: map[string]string{"k": "v"}},
		center.StartTask{Flow: flow, Name: "t", Details: map[string]string{"d": "1"}},
		center.StartOutboundCall{Destination: "+14255550101", Source: "+18005550199", Flow: flow, RingTimeout: 15 * time.Second},
		center.AcceptContact{Contact: c, Agent: a}, center.AcceptContact{Contact: c, Agent: a}, center.RejectContact{Contact: c, Agent: a},
		center.HoldContact{Contact: c, Agent: a}, center.ResumeContact{Contact: c, Agent: a}, center.LeaveContact{Contact: c, Agent: a},
		center.HangUp{Contact: c}, center.ClearContact{Contact: c, Agent: a}, center.StopContact{Contact: c},
		center.UpdateContactAttributes{Contact: c, Set: map[string]string{"k": "w"}},
		center.DialOut{Agent: a, Destination: "+14255550177"},
		center.AddParty{Contact: c, Agent: a, To: center.Destination{Agent: users[o.r.IntN(len(users))].ID}},
		center.AddParty{Contact: c, Agent: a, To: center.Destination{Number: "+14255550188"}},
		center.SwapParties{Contact: c, Agent: a}, center.JoinParties{Contact: c, Agent: a}, center.JoinParties{Contact: c, Agent: a},
	}
	if open := slices.Sorted(maps.Keys(o.m.State().Contacts)); len(open) > 0 {
		commands = append(commands, center.MonitorCall{Contact: open[0], Supervisor: a, MayBarge: true}, center.ChangeMonitor{Contact: c, Agent: a, Mode: center.ModeBarge}, center.BargeOut{Contact: c, Agent: a})
	}
	if o.r.IntN(30) == 0 {
		commands = append(commands[:0], center.LogOut{Agent: a})
	}
	o.do(commands[o.r.IntN(len(commands))])
	for _, out := range o.m.Outstanding() {
		if dial, ok := out.Effect.(center.DialCustomer); ok && o.r.IntN(3) == 0 {
			o.step(center.DialAnswered{Contact: dial.Contact}, out.ID)
			o.wake()
		}
		if dial, ok := out.Effect.(center.DialParty); ok && o.r.IntN(3) == 0 {
			o.step(center.PartyAnswered{Contact: dial.Contact, Party: dial.Party}, out.ID)
			o.wake()
		}
	}
}

func TestWhatARealCenterDoesIsToldSoundly(t *testing.T) {
	for seed := range uint64(5) {
		w := newWorld(t)
		w.delay = -1
		o := newOwner(w, seed)
		w.feed = new(Feed)
		w.settle()
		w.feed.ItemsMax = 1 << 20
		for n := range 800 {
			o.play()
			o.pass(w.clock.Now().Add(time.Duration(o.r.IntN(9000)) * time.Millisecond))
			if n%40 == 0 {
				w.settle()
			}
		}
		o.pass(w.clock.Now().Add(time.Hour))
		w.settle()
		records := soundRecords(t, w)
		events := soundAgentEvents(t, w)
		completed := soundContactEvents(t, w)
		if len(records) != len(completed) || len(records) < 8 || events < 100 {
			t.Errorf("seed %d: %d contacts have records, %d were completed; %d agent events", seed, len(records), len(completed), events)
		}
		for c := range completed {
			if !records[c] {
				t.Errorf("seed %d: %s was completed and has no record", seed, c)
			}
		}
	}
}

// soundRecords checks the arithmetic of all records, and returns whose they are.
func soundRecords(t *testing.T, w *world) map[string]bool {
	seconds := func(v any) int64 {
		at, err := time.Parse("2006-01-02T15:04:05Z", v.(string))
		if err != nil {
			t.Fatal(err)
		}
		return at.Unix()
	}
	whose := map[string]bool{}
	for _, d := range w.target.to(t, records1) {
		whose[d["ContactId"].(string)] = true
		if q, ok := d["Queue"].(map[string]any); ok && q["EnqueueTimestamp"] != nil && seconds(q["DequeueTimestamp"])-seconds(q["EnqueueTimestamp"]) != int64(q["Duration"].(float64)) {
			t.Errorf("queue %v", q)
		}
		if d["LastUpdateTimestamp"].(string) < d["DisconnectTimestamp"].(string) || d["DisconnectTimestamp"].(string) < d["InitiationTimestamp"].(string) {
			t.Errorf("times of %v", d)
		}
		a, ok := d["Agent"].(map[string]any)
		if !ok {
			continue
		}
		n := func(k string) int64 { return int64(a[k].(float64)) }
		spent := seconds(a["AfterContactWorkStartTimestamp"]) - seconds(a["ConnectedToAgentTimestamp"])
		if n("AgentInteractionDuration") < 0 || n("AgentInteractionDuration")+n("CustomerHoldDuration") != spent ||
			seconds(a["AfterContactWorkEndTimestamp"])-seconds(a["AfterContactWorkStartTimestamp"]) != n("AfterContactWorkDuration") {
			t.Errorf("agent %v", a)
		}
	}
	return whose
}

// soundAgentEvents checks each agent's chain, and that slots and contacts agree. It returns how many events there are.
func soundAgentEvents(t *testing.T, w *world) int {
	type state struct{ at, current string }
	agents, n := map[string]state{}, 0
	for _, d := range w.target.got {
		if d.to != events1 {
			continue
		}
		n++
		var e struct {
			EventType, EventTimestamp                   string
			CurrentAgentSnapshot, PreviousAgentSnapshot json.RawMessage
		}
		if err := json.Unmarshal(d.item.Data, &e); err != nil {
			t.Fatal(err)
		}
		was, known := agents[d.item.Key]
		if e.EventTimestamp <= was.at || known && e.EventType != "HEART_BEAT" && string(e.PreviousAgentSnapshot) != was.current {
			t.Errorf("%s does not follow %+v", d.item.Data, was)
		}
		if !known && e.EventType != "LOGIN" && e.EventType != "STATE_CHANGE" {
			t.Errorf("first %s", d.item.Data)
		}
		agents[d.item.Key] = state{e.EventTimestamp, string(e.CurrentAgentSnapshot)}
		var snap struct {
			Configuration struct {
				RoutingProfile struct {
					Concurrency []struct {
						AvailableSlots, MaximumSlots int
						Channel                      string
					}
				}
			}
			Contacts []struct{ Channel, State, StateStartTimestamp string }
		}
		if err := json.Unmarshal(e.CurrentAgentSnapshot, &snap); err != nil {
			t.Fatal(err)
		}
		for _, c := range snap.Configuration.RoutingProfile.Concurrency {
			taken := 0
			for _, on := range snap.Contacts {
				if on.Channel == c.Channel {
					taken++
				}
			}
			if c.MaximumSlots-c.AvailableSlots != taken {
				t.Errorf("%d contacts of %s take %d slots: %s", taken, c.Channel, c.MaximumSlots-c.AvailableSlots, e.CurrentAgentSnapshot)
			}
		}
	}
	return n
}

// soundContactEvents checks the order of each contact's events, and returns which were completed.
func soundContactEvents(t *testing.T, w *world) map[string]bool {
	seq, completed := map[string][]string{}, map[string]bool{}
	for it := range w.feed.Follow(context.Background(), Filter{Recent: 1 << 20}) {
		if it.Kind == KindLost {
			t.Fatalf("the feed lost %d", it.Lost)
		}
		if it.Kind == KindContactEvent {
			if bytes.Contains(it.Document, []byte("null")) {
				t.Errorf("null in %s", it.Document)
			}
			var e struct{ Detail struct{ EventType string } }
			if err := json.Unmarshal(it.Document, &e); err != nil {
				t.Fatal(err)
			}
			if e.Detail.EventType != "CONTACT_DATA_UPDATED" {
				seq[it.Key] = append(seq[it.Key], e.Detail.EventType)
			}
		}
		if it.Number == w.feed.last {
			break
		}
	}
	for c, words := range seq {
		s := strings.Join(words, " ")
		whole := "INITIATED CONNECTED_TO_SYSTEM QUEUED CONNECTED_TO_AGENT DISCONNECTED COMPLETED"
		if completed[c] = words[len(words)-1] == "COMPLETED"; !completed[c] {
			delete(completed, c)
		}
		rest := strings.Fields(whole)
		for _, word := range words { // every sequence is the whole one with words left out
			for len(rest) > 0 && rest[0] != word {
				rest = rest[1:]
			}
			if len(rest) == 0 {
				t.Errorf("%s: %s", c, s)
				break
			}
			rest = rest[1:]
		}
		if words[0] != "INITIATED" {
			t.Errorf("%s: %s", c, s)
		}
	}
	return completed
}
