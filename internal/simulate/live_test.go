package simulate

import (
	"encoding/json"
	"testing"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
	"github.com/hookswitch/hookswitch/internal/projection/live"
)

// TestRealTimeMetricsAgreeWithEvents: before every twentieth step, what GetCurrentMetricData counts is what the events
// published so far say of agents and of contacts that wait.
func TestRealTimeMetricsAgreeWithEvents(t *testing.T) {
	type snapshot struct {
		AgentStatus struct{ Type string }
		Contacts    []struct{ State, InitiationMethod string }
	}
	agents, waiting := map[string]snapshot{}, map[string]bool{}
	view := live.New(0, directory.New(), nil, nil)
	steps, compared, busiest := 0, 0, live.Metrics{}
	compare := func(step center.Step) {
		got := live.Metrics{}
		for _, m := range view.Metrics(live.MetricsQuery{At: step.Stamp.At}) {
			got = m
		}
		want := live.Metrics{InQueue: len(waiting)}
		for _, a := range agents {
			active, failed := 0, false
			for _, c := range a.Contacts {
				switch c.State {
				case "MISSED", "REJECTED", "ERROR":
					failed = true
				case "ENDED":
					want.AfterContactWork++
					active++
				case "CONNECTED", "CONNECTED_ONHOLD", "PAUSED":
					active++
				case "CONNECTING":
					if c.InitiationMethod == "OUTBOUND" {
						active++
					}
				}
			}
			want.SlotsActive += active
			want.OnContact += min(active, 1)
			if failed {
				want.Error++
			}
			switch a.AgentStatus.Type {
			case "CUSTOM":
				want.Online++
				want.NonProductive++
			case "ROUTABLE":
				want.Online++
				want.Staffed++
			}
		}
		got.OldestAge, got.Available, got.SlotsAvailable, got.Scheduled = 0, 0, 0, 0
		if got != want {
			t.Errorf("before step %d: counted %+v, events say %+v", step.Stamp.Place, got, want)
		}
		if want.InQueue > busiest.InQueue {
			busiest = want
		}
		compared++
	}
	cfg := mixed(4)
	cfg.Step = func(step center.Step, _ []byte) {
		if steps++; steps%20 == 0 && !t.Failed() {
			compare(step)
		}
		view.Apply(step.Stamp.Place, step)
	}
	cfg.Document = func(d Document) {
		var doc struct {
			AgentARN             string
			CurrentAgentSnapshot snapshot
			Detail               struct{ EventType, ContactID string }
		}
		if d.Kind == ContactRecord {
			return
		}
		if err := json.Unmarshal(d.Data, &doc); err != nil {
			t.Fatal(err)
		}
		switch {
		case d.Kind == AgentEvent:
			agents[doc.AgentARN] = doc.CurrentAgentSnapshot
		case doc.Detail.EventType == "QUEUED":
			waiting[d.Key] = true
		case doc.Detail.EventType == "CONNECTED_TO_AGENT" || doc.Detail.EventType == "DISCONNECTED":
			delete(waiting, d.Key)
		}
	}
	s, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if compared < 50 || busiest.InQueue == 0 || busiest.OnContact == 0 {
		t.Errorf("%d moments say too little: at most %+v", compared, busiest)
	}
}
