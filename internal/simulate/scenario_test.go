package simulate

import (
	"context"
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/flow/language"
	"github.com/hookswitch/hookswitch/internal/simulate/scenario"
)

// told1 is a step's event and its time.
type told1 struct {
	at time.Time
	e  center.Event
}

// lived runs a scenario, and returns all that happened beside what run returns.
func lived(t *testing.T, seed uint64, file string) (taken, []told1) {
	t.Helper()
	s, err := scenario.Read("test.yaml", []byte(file))
	if err != nil {
		t.Fatal(err)
	}
	got := run(t, Config{Seed: seed, Scenario: s, CheckEvery: 20})
	addsUp(t, got.summary, got.documents)
	var all []told1
	for _, b := range got.journal {
		step, err := center.Decode(b)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range step.Events {
			all = append(all, told1{step.Stamp.At, e})
		}
	}
	return got, all
}

// clockAt is a time of the first day.
func clockAt(hour, minute int) time.Time { return time.Date(2026, 3, 2, hour, minute, 0, 0, time.UTC) }

func TestShiftsAndLunch(t *testing.T) {
	_, all := lived(t, 1, `
name: shifts
lasts: 30h
agents:
  - name: a
    count: 4
    shifts: [{from: "09:00", to: "12:00"}, {from: "22:00", to: "02:00"}]
    lunch: {at: "10:00", within: 30m, for: 20m}
callers: {perHour: 4, patience: 1m}
`)
	in, out, lunch := map[int]int{}, map[int]int{}, map[center.AgentID]time.Time{}
	lunches := 0
	hour := func(at time.Time) int { return int(at.Sub(clockAt(0, 0)).Hours()) }
	for _, x := range all {
		switch e := x.e.(type) {
		case center.AgentLoggedIn:
			in[hour(x.at)]++
		case center.AgentLoggedOut:
			out[hour(x.at)]++
		case center.AgentStatusChanged:
			if e.Status.Name == statusLunch {
				lunches++
				lunch[e.Agent] = x.at
				if x.at.Before(clockAt(10, 0)) || x.at.Sub(clockAt(10, 30)) > 24*time.Hour+10*time.Minute {
					t.Errorf("lunch at %s", x.at)
				}
			} else if began, ok := lunch[e.Agent]; ok {
				if d := x.at.Sub(began); d < 20*time.Minute || d > 21*time.Minute {
					t.Errorf("lunch lasted %s", d)
				}
				delete(lunch, e.Agent)
			}
		}
	}
	// Two have the early shift of both days; two have the night, which ends at two.
	if in[9] != 2 || out[12] != 2 || in[22] != 2 || out[26] != 2 || in[33] != 2 || out[36] != 2 || len(in) != 3 || len(out) != 3 || lunches != 4 {
		t.Errorf("logged in by hour %v, out %v, %d lunches", in, out, lunches)
	}
}

func TestFlowsHoursAndKeys(t *testing.T) {
	got, all := lived(t, 1, `
name: flows
begins: "2026-03-02T16:00"
lasts: 4h
zone: Europe/Berlin
instance:
  hours: [{name: office, days: [monday], from: "08:00", to: "18:00"}]
  queues: [{name: gold, hours: office}, {name: lead, limit: 2}]
  flows:
    - {name: gold, say: Hello., queue: gold, closed: We are closed.}
    - {name: lead, queue: lead}
    - name: own
      content:
        Version: "2019-10-30"
        StartAction: ask
        Metadata: {}
        Actions:
          - {Identifier: ask, Type: GetParticipantInput, Parameters: {Text: "Your number, please.", StoreInput: "True", InputTimeLimitSeconds: "5", InputValidation: {CustomValidation: {MaximumLength: "4"}}}, Transitions: {NextAction: keep, Errors: [{NextAction: keep, ErrorType: NoMatchingError}]}}
          - {Identifier: keep, Type: UpdateContactAttributes, Parameters: {Attributes: {entered: $.StoredCustomerInput}}, Transitions: {NextAction: gold, Errors: [{NextAction: gold, ErrorType: NoMatchingError}]}}
          - {Identifier: gold, Type: TransferToFlow, Parameters: {ContactFlowId: "${flow:gold}"}, Transitions: {NextAction: end, Errors: [{NextAction: end, ErrorType: NoMatchingError}]}}
          - {Identifier: end, Type: DisconnectParticipant, Parameters: {}, Transitions: {}}
  numbers: [{number: "+18005550161", flow: own}, {number: "+18005550162", flow: lead}]
agents:
  - {name: a, count: 6, afterWorkLimit: 10s, queues: [{queue: gold}, {queue: lead, priority: 2, delay: 5s}], habits: {afterWork: 30s}}
callers:
  perHour: 60
  intents:
    - {name: gold, number: "+18005550161", keys: ["4711"], attributes: {kind: gold}, weight: 3}
    - {name: shy, number: "+18005550161"}
    - {name: lead, number: "+18005550162", patience: 10m}
surges: [{at: "17:00", for: 20m, factor: 20, intents: [lead]}]
`)
	var late, closed, entered, timedOut, lead, full int
	for _, d := range got.documents {
		if d.Kind != ContactRecord {
			continue
		}
		var r struct {
			InitiationTimestamp time.Time
			SystemEndpoint      struct{ Address string }
			Attributes          map[string]string
			Queue               *struct{ Name string }
			Agent               *struct{ AfterContactWorkDuration int }
		}
		if err := json.Unmarshal(d.Data, &r); err != nil {
			t.Fatal(err)
		}
		if r.Agent != nil && r.Agent.AfterContactWorkDuration > 11 {
			t.Errorf("after-contact work of %d s, which is limited to 10", r.Agent.AfterContactWorkDuration)
		}
		if r.SystemEndpoint.Address == "+18005550162" {
			lead++
			if r.Queue == nil {
				full++
			}
			continue
		}
		switch r.Attributes["entered"] {
		case "4711":
			entered++
			if r.Attributes["kind"] != "gold" {
				t.Errorf("who entered 4711 has the attributes %v", r.Attributes)
			}
		case "Timeout":
			timedOut++
			if r.Attributes["kind"] != "" {
				t.Errorf("who entered nothing has the attributes %v", r.Attributes)
			}
		}
		if r.InitiationTimestamp.After(clockAt(17, 0)) { // in Berlin it is six
			late++
			if r.Queue == nil {
				closed++
			}
		} else if r.InitiationTimestamp.Before(clockAt(16, 59)) && r.Queue == nil {
			t.Errorf("a call of %s was not queued", r.InitiationTimestamp)
		}
	}
	if late < 40 || closed != late || entered < 80 || timedOut < 20 || full < 20 || lead < 80 {
		t.Errorf("%d calls outside the hours, %d of them turned away; %d entered 4711, %d nothing; %d of %d found the queue full", late, closed, entered, timedOut, full, lead)
	}
	said := 0
	for _, x := range all {
		if e, ok := x.e.(center.FlowPlayed); ok && e.Text == "We are closed." {
			said++
		}
	}
	if said != closed {
		t.Errorf("said %d times that it was closed, to %d callers", said, closed)
	}
}

func TestAgentsLoseTheirConnection(t *testing.T) {
	_, all := lived(t, 1, `
name: cut
lasts: 1h
agents:
  - {name: cut, count: 5, habits: {miss: 0, reject: 0, talk: 20m}}
  - {name: kept, count: 5, habits: {miss: 0, reject: 0}}
callers: {perHour: 200, patience: 30s}
outages: [{what: agents, at: "08:20", for: 10m, group: cut, share: 0.6}]
`)
	out, back, left := map[center.AgentID]time.Time{}, 0, 0
	group := map[center.AgentID]string{}
	for _, x := range all {
		switch e := x.e.(type) {
		case center.UserSaved:
			group[e.User.ID] = strings.TrimRight(e.User.Username, "0123456789")
		case center.AgentLoggedOut:
			if x.at.Before(clockAt(8, 55)) {
				out[e.Agent] = x.at
				if d := x.at.Sub(clockAt(8, 20)); group[e.Agent] != "cut" || d < 0 || d > 3*time.Minute { // one whom a call rang at is gone when that is over
					t.Errorf("an agent of %s was gone at %s", group[e.Agent], x.at)
				}
			}
		case center.ContactLeft:
			if x.at.Equal(clockAt(8, 20)) {
				left++
			}
		case center.AgentLoggedIn:
			if _, was := out[e.Agent]; was {
				back++
				if d := x.at.Sub(clockAt(8, 30)); d < 0 || d > 61*time.Second {
					t.Errorf("an agent was back %s after the outage", d)
				}
			}
		}
	}
	if len(out) != 3 || back != 3 || left == 0 {
		t.Errorf("%d agents were gone, %d came back, %d conversations broke off", len(out), back, left)
	}
}

func TestAgentsTakeTwoChannels(t *testing.T) {
	for cross, want := range map[string]bool{"true": true, "false": false} {
		_, all := lived(t, 1, `
name: two
lasts: 1h
agents: [{name: a, count: 3, autoAccept: 1, crossChannel: `+cross+`, channels: {voice: 1, task: 1}, habits: {miss: 0, reject: 0, hold: 0}}]
callers: {perHour: 100, intents: [{name: call}, {name: paper, channel: task}]}
`)
		both, rang := false, 0
		desk := map[center.AgentID]map[center.ContactID]center.Channel{}
		for _, x := range all {
			switch e := x.e.(type) {
			case center.ContactOffered:
				if desk[e.Agent] == nil {
					desk[e.Agent] = map[center.ContactID]center.Channel{}
				}
				for _, ch := range desk[e.Agent] {
					both = both || ch != e.Channel
				}
				desk[e.Agent][e.Contact] = e.Channel
				rang++
			case center.ContactCleared:
				delete(desk[e.Agent], e.Contact)
			}
		}
		if both != want || rang < 50 {
			t.Errorf("crossChannel %s: calls and tasks at once %v, of %d offers", cross, both, rang)
		}
	}
}

func TestArrivalsFollowTheDay(t *testing.T) {
	s, err := scenario.Read("test.yaml", []byte(`
name: curve
begins: "2026-03-02T06:00"
lasts: 24h
agents: [{name: a, count: 1}]
callers:
  perHour: 1000
  curve: [{at: "08:00", factor: 0}, {at: "10:00", factor: 2}, {at: "20:00", factor: 1}]
  intents: [{name: x, weight: 1}, {name: y, weight: 3}]
surges: [{at: "12:00", for: 30m, factor: 3}, {at: "14:00", for: 30s, factor: 0}, {at: "15:00", for: 1h, factor: 4, intents: [x]}]
`))
	if err != nil {
		t.Fatal(err)
	}
	start := s.Start()
	w := NewWorkload(Config{Seed: 1, Scenario: s}, World{Numbers: map[string]string{"+18005550100": "+18005550100"}}, start)
	count := map[string]int{}
	in := func(at time.Time, hour, minute int, d time.Duration) bool {
		from := clockAt(hour, minute)
		return !at.Before(from) && at.Before(from.Add(d))
	}
	for {
		a, ok := w.Next(start.Add(48 * time.Hour))
		if !ok {
			break
		}
		call := a.Command.(center.StartInboundCall)
		x := w.arrivals.intentOf(call.Customer, "").Name == "x"
		for name, is := range map[string]bool{
			"night": in(a.At, 6, 0, 2*time.Hour), "climb": in(a.At, 8, 0, 2*time.Hour), "surge": in(a.At, 12, 0, 30*time.Minute), "beside": in(a.At, 12, 30, 30*time.Minute),
			"nothing": in(a.At, 14, 0, 30*time.Second), "x": x && in(a.At, 15, 0, time.Hour), "y": !x && in(a.At, 15, 0, time.Hour), "level": in(a.At, 21, 0, time.Hour),
			"midnight": in(a.At, 24, 0, time.Hour),
		} {
			if is {
				count[name]++
			}
		}
	}
	for name, want := range map[string]float64{
		"night": 0, "climb": 2000, "surge": 3 * 1.7875 * 500, "beside": 1.7375 * 500, "nothing": 0, "x": 4 * 1.45 * 250, "y": 1.45 * 750, "level": 1000, "midnight": 0,
	} {
		if got := float64(count[name]); math.Abs(got-want) > 4*math.Sqrt(want) {
			t.Errorf("%s: %v arrived, want about %v", name, got, want)
		}
	}
}

func TestCallersAreKnownByTheirNumbers(t *testing.T) {
	w := NewWorkload(Config{Seed: 1, ContactsPerHour: 1}, World{Numbers: map[string]string{}}, clockAt(8, 0))
	w.s.Callers.Intents = append(w.s.Callers.Intents, scenario.Intent{Name: "other"})
	w.arrivals.chosen = make([]uint16, customersMax+20_001)
	w.arrivals.chosen[20_000], w.arrivals.chosen[customersMax+20_000] = 0, 1
	w.arrivals.chosen[4_999_999] = 1
	for number, want := range map[string]string{customer(20_000): "other", customer(4_999_999): "other", customer(30_000): "Call", customer(customersMax): "Call"} {
		if got := w.arrivals.intentOf(number, ""); got == nil || got.Name != want || !center.IsPhoneNumber(number) {
			t.Errorf("%s calls about %+v, want %s", number, got, want)
		}
	}
	for _, number := range []string{"", "+18005550100", "+49301234567", "+1425555", "+1425555x000", "+14265559999x"} {
		if got := w.arrivals.intentOf(number, "nobody"); got != nil && number != "+18005550100" {
			t.Errorf("%q calls about %+v", number, got)
		}
	}
	if got := w.arrivals.intentOf("", "paper work 1"); got == nil || got.Name != "Call" {
		t.Errorf("a task is about %+v", got)
	}
}

func TestASmallCenterHasNoScenarioBeside(t *testing.T) {
	s, err := scenario.Find("quiet-day")
	if err != nil {
		t.Fatal(err)
	}
	cfg := Config{Scenario: s.Scenario, Agents: 5, Transfer: 0.1, BreakFor: time.Minute}
	_, err = New(cfg)
	for _, want := range []string{"Agents: the scenario says it", "Transfer: the scenario says it", "BreakFor: the scenario says it"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in %v", want, err)
		}
	}
}

// TestABrokenFlowIsMendedByWhoStopsEarly: on a server, people who are called off leave nothing broken behind.
func TestABrokenFlowIsMendedByWhoStopsEarly(t *testing.T) {
	s, err := scenario.Find("ivr-outage")
	if err != nil {
		t.Fatal(err)
	}
	sim, err := New(Config{Seed: 1, Scenario: s.Scenario, CheckEvery: 1e6})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	sim.cfg.Step = func(step center.Step, _ []byte) {
		if step.Stamp.At.After(time.Date(2026, 3, 2, 10, 35, 0, 0, time.UTC)) {
			stop()
		}
	}
	if _, err := sim.Run(ctx); err == nil {
		t.Fatal("ran on")
	}
	mend := sim.work.Mend()
	if len(mend) != 1 {
		t.Fatalf("%d commands mend it", len(mend))
	}
	cmd := mend[0].(center.UpdateFlowContent)
	if _, err := language.Parse("CONTACT_FLOW", cmd.Content); err != nil || !strings.Contains(cmd.Content, "press 1") {
		t.Errorf("mended with %s (%v)", cmd.Content, err)
	}
	if f := sim.Machine().State().Directory.Flows[cmd.ID]; f.Content != scenario.Broken() {
		t.Errorf("during the outage the flow was %s", f.Content)
	}
}
