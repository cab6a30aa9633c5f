package lifecycle

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// every is one event of each kind about contact c and agent a.
func every() map[string]center.Event {
	out := map[string]center.Event{}
	for _, e := range []center.Event{
		center.ContactInitiated{Contact: "c"}, center.ContactConnectedToSystem{Contact: "c"}, center.ContactTargeted{Contact: "c"},
		center.ContactAttributesChanged{Contact: "c"}, center.ContactRoutingChanged{Contact: "c"}, center.ContactQueued{Contact: "c"},
		center.ContactOffered{Contact: "c", Agent: "a"}, center.ContactMissed{Contact: "c", Agent: "a"},
		center.ContactConnected{Contact: "c", Agent: "a"}, center.ContactHeld{Contact: "c", Agent: "a"},
		center.ContactResumed{Contact: "c", Agent: "a"}, center.ContactLeft{Contact: "c", Agent: "a"},
		center.ContactDisconnected{Contact: "c"}, center.ContactCleared{Contact: "c", Agent: "a"}, center.ContactCompleted{Contact: "c"},
		center.ContactAccepted{Contact: "c", Agent: "a"}, center.ContactDialled{Contact: "c"}, center.ContactLinked{Contact: "c"},
		center.ContactAnalyticsSet{Contact: "c"}, center.FlowMoved{Contact: "c"}, center.FlowPlayed{Contact: "c"},
		center.FlowNoted{Contact: "c"}, center.FlowHooked{Contact: "c"},
		center.CallPlaced{Contact: "c", Agent: "a"}, center.PartyAdded{Contact: "c", Agent: "a", Party: "p", Kind: center.PartyNumber},
		center.PartyConnected{Contact: "c", Agent: "a", Party: "p"}, center.PartyHeld{Contact: "c", Agent: "a", Party: "p"},
		center.PartyResumed{Contact: "c", Agent: "a", Party: "p"}, center.PartyLeft{Contact: "c", Agent: "a", Party: "p"},
		center.ContactTransferred{Contact: "c", Cold: true}, center.ContactMonitored{Contact: "c", Agent: "a"},
		center.MonitorChanged{Contact: "c", Agent: "a"}, center.LineTaken{Contact: "c"},
	} {
		out[strings.TrimPrefix(strings.TrimPrefix(fmt.Sprintf("%T", e), "center."), "Contact")] = e
	}
	return out
}

// TestWhatMayHappenToAContact leads a call into each phase and asks what may come next.
func TestWhatMayHappenToAContact(t *testing.T) {
	initiated := center.ContactInitiated{Contact: "c", Channel: center.Voice}
	dialled := initiated
	dialled.RingUntil = noon.Add(time.Minute)
	e := every()
	path := func(names ...string) []center.Event {
		out := []center.Event{initiated}
		for _, n := range names {
			out = append(out, e[n])
		}
		return out
	}
	for _, c := range []struct {
		phase  Phase
		events []center.Event
		may    string
	}{
		{Unborn, nil, "AttributesChanged Cleared Initiated"},
		{Dialling, []center.Event{dialled}, "AttributesChanged Cleared ConnectedToSystem Disconnected Linked"},
		{Scheduled, path(), "AttributesChanged Cleared ConnectedToSystem Disconnected Linked"},
		{Running, path("ConnectedToSystem"), "AnalyticsSet AttributesChanged Cleared Disconnected FlowHooked FlowMoved FlowNoted FlowPlayed Linked Queued RoutingChanged Targeted"},
		{Queued, path("ConnectedToSystem", "Queued"), "AnalyticsSet AttributesChanged Cleared Disconnected FlowHooked FlowMoved FlowNoted FlowPlayed Linked Offered RoutingChanged Targeted"},
		{Offered, path("ConnectedToSystem", "Queued", "Offered"), "Accepted AnalyticsSet AttributesChanged Cleared Connected FlowHooked FlowMoved FlowNoted FlowPlayed Linked Missed RoutingChanged Targeted"},
		{Queued, path("ConnectedToSystem", "Queued", "Offered", "Missed"), "AnalyticsSet AttributesChanged Cleared Disconnected FlowHooked FlowMoved FlowNoted FlowPlayed Linked Offered RoutingChanged Targeted"},
		{Accepted, path("ConnectedToSystem", "Queued", "Offered", "Accepted"), "AnalyticsSet AttributesChanged Cleared Connected FlowHooked FlowMoved FlowNoted FlowPlayed Linked Missed RoutingChanged Targeted"},
		{Talking, path("ConnectedToSystem", "Queued", "Offered", "Accepted", "Connected"), "AnalyticsSet AttributesChanged FlowNoted Held Left Linked PartyAdded"},
		{Talking, path("ConnectedToSystem", "Queued", "Offered", "Connected"), "AnalyticsSet AttributesChanged FlowNoted Held Left Linked PartyAdded"},
		{Held, path("ConnectedToSystem", "Queued", "Offered", "Connected", "Held"), "AnalyticsSet AttributesChanged FlowHooked FlowMoved FlowNoted FlowPlayed Left Linked PartyAdded Resumed"},
		{Talking, path("ConnectedToSystem", "Queued", "Offered", "Connected", "Held", "Resumed"), "AnalyticsSet AttributesChanged FlowNoted Held Left Linked PartyAdded"},
		{Left, path("ConnectedToSystem", "Queued", "Offered", "Connected", "Left"), "AttributesChanged Cleared Disconnected Linked"},
		{AfterWork, path("ConnectedToSystem", "Queued", "Offered", "Connected", "Left", "Disconnected"), "AttributesChanged Cleared Linked"},
		{Ended, path("ConnectedToSystem", "Queued", "Offered", "Connected", "Left", "Disconnected", "Cleared"), "AttributesChanged Completed Linked"},
		{Ended, path("ConnectedToSystem", "Queued", "Disconnected"), "AttributesChanged Cleared Completed Linked"},
		{Completed, path("ConnectedToSystem", "Queued", "Disconnected", "Completed"), "AttributesChanged Cleared"},
	} {
		t.Run(string(c.phase), func(t *testing.T) {
			contact := Contact{}
			for _, e := range c.events {
				if err := contact.May(e); err != nil {
					t.Fatal(err)
				}
				contact.Apply(noon, e)
			}
			if got := contact.Phase(); got != c.phase {
				t.Fatalf("phase %s, want %s", got, c.phase)
			}
			var may []string
			for name, e := range every() {
				if contact.May(e) == nil {
					may = append(may, name)
				}
			}
			slices.Sort(may)
			if got := strings.Join(may, " "); got != c.may {
				t.Errorf("may: %s\nwant %s", got, c.may)
			}
		})
	}
}

// TestWhatMayHappenBetweenParties does the same for what is between those who are in a call.
func TestWhatMayHappenBetweenParties(t *testing.T) {
	e := every()
	placed := center.ContactInitiated{Contact: "c", Channel: center.Voice, Method: MethodOutbound, RingUntil: noon.Add(time.Minute)}
	monitor := center.ContactInitiated{Contact: "c", Channel: center.Voice, Method: MethodMonitor, Watches: "w"}
	talk := []string{"ConnectedToSystem", "Queued", "Offered", "Connected"}
	for _, c := range []struct {
		name   string
		first  center.ContactInitiated
		events []string
		may    string
	}{
		{"begun by an agent", placed, nil, "CallPlaced"},
		{"rings", placed, []string{"CallPlaced"}, ""},
		{"answered", placed, []string{"CallPlaced", "ConnectedToSystem", "Connected"}, "PartyAdded"},
		{"talking", center.ContactInitiated{Contact: "c", Channel: center.Voice}, talk, "PartyAdded"},
		{"being called", center.ContactInitiated{Contact: "c", Channel: center.Voice}, append(talk, "PartyAdded"), "PartyConnected PartyLeft Transferred"},
		{"there", center.ContactInitiated{Contact: "c", Channel: center.Voice}, append(talk, "PartyAdded", "PartyConnected"), "PartyHeld PartyLeft Transferred"},
		{"on hold", center.ContactInitiated{Contact: "c", Channel: center.Voice}, append(talk, "PartyAdded", "PartyConnected", "PartyHeld"), "PartyLeft PartyResumed Transferred"},
		{"left to the party", center.ContactInitiated{Contact: "c", Channel: center.Voice}, append(talk, "PartyAdded", "Transferred", "Left"), "PartyConnected PartyLeft"},
		{"left alone", center.ContactInitiated{Contact: "c", Channel: center.Voice}, append(talk, "PartyAdded", "Transferred", "Left", "PartyLeft"), ""},
		{"listening", monitor, []string{"ConnectedToSystem"}, "Monitored"},
		{"monitored", monitor, []string{"ConnectedToSystem", "Monitored"}, "LineTaken MonitorChanged PartyAdded"},
		{"taken over", monitor, []string{"ConnectedToSystem", "Monitored", "LineTaken"}, "PartyAdded"},
	} {
		t.Run(c.name, func(t *testing.T) {
			contact := Contact{}
			contact.Apply(noon, c.first)
			for _, n := range c.events {
				if err := contact.May(e[n]); err != nil {
					t.Fatal(err)
				}
				contact.Apply(noon, e[n])
			}
			var may []string
			for name, e := range every() {
				if _, between := contact.mayParty(e); between && contact.May(e) == nil {
					may = append(may, name)
				}
			}
			slices.Sort(may)
			if got := strings.Join(may, " "); got != c.may {
				t.Errorf("may: %s\nwant %s", got, c.may)
			}
		})
	}
}

func TestHoldsOfOthersAreCountedApart(t *testing.T) {
	c := Contact{}
	at := noon
	for _, e := range []center.Event{
		center.ContactInitiated{Contact: "c", Channel: center.Voice}, center.ContactConnectedToSystem{Contact: "c"}, center.ContactQueued{Contact: "c"},
		center.ContactOffered{Contact: "c", Agent: "a"}, center.ContactConnected{Contact: "c", Agent: "a", OnHold: true},
	} {
		c.Apply(at, e)
	}
	if due := c.Due(); !c.CustomerHeld() || !due.Equal(noon) {
		t.Errorf("a hold that is due: held %v, due %s", c.CustomerHeld(), due)
	}
	steps := []struct {
		after time.Duration
		event center.Event
	}{
		{0, center.ContactHeld{Contact: "c", Agent: "a", By: "b"}}, {20 * time.Second, center.ContactResumed{Contact: "c", Agent: "a"}},
		{time.Minute, center.ContactHeld{Contact: "c", Agent: "a"}}, {7 * time.Second, center.ContactLeft{Contact: "c", Agent: "a"}},
	}
	for _, s := range steps {
		at = at.Add(s.after)
		c.Apply(at, s.event)
	}
	if h := c.Agent; h.HeldFor != 27*time.Second || h.HeldForOthers != 20*time.Second || h.LongestHold != 20*time.Second || h.Holds != 2 || !c.Due().IsZero() {
		t.Errorf("holds: %+v", *h)
	}
}

// TestCopiesDoNotShareParties folds events into a copy: the one before must stay as it was.
func TestCopiesDoNotShareParties(t *testing.T) {
	c, a := Contact{}, Agent{}
	a.Apply(noon, center.AgentConfigured{Agent: "a", Status: &center.StatusRef{}, Config: center.AgentConfig{Concurrency: []center.Concurrency{{Channel: center.Voice, Slots: 1}}}})
	e := every()
	for _, n := range []string{"Initiated", "ConnectedToSystem", "Queued", "Offered", "Connected", "PartyAdded"} {
		c.Apply(noon, e[n])
		a.Apply(noon, e[n])
	}
	for _, n := range []string{"PartyConnected", "PartyHeld", "PartyResumed", "PartyLeft"} {
		contact, agent := c.Clone(), a.Clone()
		before := fmt.Sprintf("%+v %+v", c.Parties, a.Desk[0].Parties)
		c.Apply(noon, e[n])
		a.Apply(noon, e[n])
		if is := fmt.Sprintf("%+v %+v", contact.Parties, agent.Desk[0].Parties); is != before {
			t.Errorf("%s changed a copy: %s, was %s", n, is, before)
		}
	}
	if c.Parties != nil || a.Desk[0].Parties != nil {
		t.Errorf("nobody is left: %v, %v", c.Parties, a.Desk[0].Parties)
	}
}

func TestOnlyTheAgentWhomItConcernsMoves(t *testing.T) {
	c := Contact{}
	e := every()
	for _, n := range []string{"Initiated", "ConnectedToSystem", "Queued", "Offered"} {
		c.Apply(noon, e[n])
	}
	if c.May(center.ContactConnected{Contact: "c", Agent: "b"}) == nil {
		t.Error("someone else accepts")
	}
	c.Apply(noon, e["Connected"])
	c.Channel = center.Voice
	for _, e := range []center.Event{center.ContactHeld{Contact: "c", Agent: "b"}, center.ContactLeft{Contact: "c", Agent: "b"}} {
		if c.May(e) == nil {
			t.Errorf("someone else: %T", e)
		}
	}
	if c.May(center.ContactCleared{Contact: "c", Agent: "b"}) != nil {
		t.Error("someone else who has missed it cannot clear it")
	}
}

func TestATaskIsNotHeld(t *testing.T) {
	c := Contact{}
	e := every()
	c.Apply(noon, center.ContactInitiated{Contact: "c", Channel: center.Task})
	for _, n := range []string{"ConnectedToSystem", "Queued", "Offered", "Connected"} {
		c.Apply(noon, e[n])
	}
	if c.May(e["Held"]) == nil {
		t.Error("a task is held")
	}
}

// TestWhatMayHappenToAnAgent leads a contact through an agent's desk and asks what may come next of it and of the agent.
func TestWhatMayHappenToAnAgent(t *testing.T) {
	configured := center.AgentConfigured{Agent: "a", Config: center.AgentConfig{Concurrency: []center.Concurrency{{Channel: center.Voice, Slots: 1}}},
		Status: &center.StatusRef{ID: "o", Type: center.Offline}}
	offer := center.ContactOffered{Contact: "c", Agent: "a", Channel: center.Voice}
	next := center.AgentNextStatusSet{Agent: "a", Status: &center.StatusRef{ID: "l"}}
	ask := every()
	ask["Offered"] = offer
	ask["OfferedOther"] = center.ContactOffered{Contact: "d", Agent: "a", Channel: center.Voice}
	ask["LoggedIn"] = center.AgentLoggedIn{Agent: "a"}
	ask["LoggedOut"] = center.AgentLoggedOut{Agent: "a"}
	ask["StatusChanged"] = center.AgentStatusChanged{Agent: "a"}
	ask["NextSet"] = next
	ask["NextCalledOff"] = center.AgentNextStatusSet{Agent: "a"}
	ask["AgentRemoved"] = center.AgentRemoved{Agent: "a"}
	ask["First"] = configured
	ask["Configured"] = center.AgentConfigured{Agent: "a"}
	const free = "AgentRemoved Configured LoggedIn NextSet Offered OfferedOther StatusChanged"
	for _, c := range []struct {
		name   string
		events []center.Event
		may    string
	}{
		{"no agent yet", nil, "First"},
		{"free", []center.Event{configured}, free},
		{"logged in", []center.Event{configured, ask["LoggedIn"]}, "AgentRemoved Configured LoggedOut NextSet Offered OfferedOther StatusChanged"},
		{"leaving", []center.Event{configured, ask["LoggedIn"], center.AgentStatusChanged{Agent: "a", Status: *configured.Status, Leaving: true}},
			"AgentRemoved Configured LoggedIn LoggedOut NextSet Offered OfferedOther StatusChanged"},
		{"ringing", []center.Event{configured, offer}, "Accepted Configured Connected LoggedIn Missed NextSet"},
		{"connected", []center.Event{configured, offer, ask["Connected"]}, "Configured Held Left LoggedIn MonitorChanged NextSet PartyAdded PartyConnected PartyHeld PartyLeft PartyResumed"},
		{"on hold", []center.Event{configured, offer, ask["Connected"], ask["Held"]}, "Configured Left LoggedIn MonitorChanged NextSet PartyAdded PartyConnected PartyHeld PartyLeft PartyResumed Resumed"},
		{"missed", []center.Event{configured, offer, center.ContactMissed{Contact: "c", Agent: "a", State: center.AgentContactMissed}}, "Cleared Configured LoggedIn NextSet"},
		{"after-contact work", []center.Event{configured, offer, ask["Connected"], ask["Left"]}, "Cleared Configured LoggedIn NextSet"},
		{"next status", []center.Event{configured, offer, ask["Connected"], next}, "Configured Held Left LoggedIn MonitorChanged NextCalledOff NextSet PartyAdded PartyConnected PartyHeld PartyLeft PartyResumed"},
		{"cleared", []center.Event{configured, offer, ask["Connected"], ask["Left"], ask["Cleared"]}, free},
		{"removed", []center.Event{configured, ask["AgentRemoved"]}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var a Agent
			for _, e := range c.events {
				if err := a.May(e); err != nil {
					t.Fatal(err)
				}
				a.Apply(noon, e)
			}
			var may []string
			for name, e := range ask {
				if center.AgentOf(e) != "" && a.May(e) == nil {
					may = append(may, name)
				}
			}
			slices.Sort(may)
			if got := strings.Join(may, " "); got != c.may {
				t.Errorf("may: %s\nwant %s", got, c.may)
			}
		})
	}
}

func TestDue(t *testing.T) {
	at := func(s int) time.Time { return noon.Add(time.Duration(s) * time.Second) }
	for _, c := range []struct {
		name string
		c    Contact
		want time.Time
	}{
		{"nothing", Contact{}, time.Time{}},
		{"ringing", Contact{RingUntil: at(5)}, at(5)},
		{"scheduled before it expires", Contact{ScheduledAt: at(5), ExpiresAt: at(9)}, at(5)},
		{"begun", Contact{ScheduledAt: at(5), ExpiresAt: at(9), ConnectedToSystemAt: at(5)}, at(9)},
		{"over", Contact{ExpiresAt: at(9), DisconnectedAt: at(6)}, time.Time{}},
	} {
		if got := c.c.Due(); !got.Equal(c.want) {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
}

func TestHoldsAreMeasuredInWholeSeconds(t *testing.T) {
	var c Contact
	e := every()
	c.Apply(noon, center.ContactInitiated{Contact: "c", Channel: center.Voice})
	for _, n := range []string{"ConnectedToSystem", "Queued", "Offered", "Connected"} {
		c.Apply(noon, e[n])
	}
	for _, h := range [][2]time.Duration{{900, 2100}, {5000, 9999}} { // 00 to 02, 05 to 09
		c.Apply(noon.Add(h[0]*time.Millisecond), e["Held"])
		c.Apply(noon.Add(h[1]*time.Millisecond), e["Resumed"])
	}
	c.Apply(noon.Add(10*time.Second), e["Held"])
	c.Apply(noon.Add(20*time.Second), e["Left"])
	if h := c.Agent; h.Holds != 3 || h.HeldFor != 16*time.Second || h.LongestHold != 10*time.Second || !h.HeldAt.IsZero() {
		t.Errorf("holds %d, together %s, longest %s", h.Holds, h.HeldFor, h.LongestHold)
	}
}

func TestIdleTimes(t *testing.T) {
	var a Agent
	at := noon
	tick := func(e center.Event) {
		at = at.Add(time.Second)
		a.Apply(at, e)
	}
	tick(center.AgentConfigured{Agent: "a", Status: &center.StatusRef{}})
	tick(center.ContactOffered{Contact: "c", Agent: "a", Channel: center.Voice, Method: "API"})
	tick(center.ContactCleared{Contact: "c", Agent: "a"})
	if !a.IdleSince.Equal(at) || !a.FreeSince.Equal(noon.Add(time.Second)) {
		t.Errorf("after a call that was dialled: idle %s, free %s", a.IdleSince, a.FreeSince)
	}
	tick(center.ContactOffered{Contact: "c", Agent: "a", Channel: center.Voice, Method: "INBOUND"})
	tick(center.ContactCleared{Contact: "c", Agent: "a"})
	if !a.IdleSince.Equal(at) || !a.FreeSince.Equal(at) {
		t.Errorf("after a call that came in: idle %s, free %s", a.IdleSince, a.FreeSince)
	}
}
