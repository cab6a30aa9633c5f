package outbox

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hookswitch/hookswitch/internal/center"
)

// randomStory tells a center in which anything may happen next, and calls work after each step.
func randomStory(w *world, seed uint64, work func(r *rand.Rand)) {
	r := rand.New(rand.NewPCG(seed, 0))
	other := rand.New(rand.NewPCG(seed, 1)) // what work draws does not change the story
	w.associate()
	type call struct {
		steps []func() []center.Event
		next  int
	}
	var calls []*call
	busy := map[center.AgentID]*call{}
	agents := []center.AgentID{"a1", "a2", "a3"}
	for _, a := range agents {
		w.hire(a)
	}
	statuses := []center.StatusRef{available, offline, lunch}
	for n := range 150 {
		a := agents[r.IntN(len(agents))]
		switch k := r.IntN(20); {
		case k < 9 && busy[a] != nil:
			c := busy[a]
			w.step(c.steps[c.next]()...)
			if c.next++; c.next == len(c.steps) {
				busy[a] = nil
			}
		case k < 12 && busy[a] == nil:
			c := &call{steps: callSteps(center.ContactID(fmt.Sprint("c", len(calls))), a, w.clock.Now)}
			calls = append(calls, c)
			busy[a] = c
		case k < 13:
			w.step(center.AgentLoggedIn{Agent: a})
		case k < 14:
			w.step(center.AgentLoggedOut{Agent: a}, center.AgentStatusChanged{Agent: a, Status: offline})
		case k < 16:
			w.step(center.AgentStatusChanged{Agent: a, Status: statuses[r.IntN(3)]})
		case k < 18 && len(calls) > 0:
			i := r.IntN(len(calls))
			if calls[i].next > 0 {
				w.step(center.ContactAttributesChanged{Contact: center.ContactID(fmt.Sprint("c", i)), Set: map[string]string{"n": fmt.Sprint(n)}})
			}
		case k < 19:
			w.step(associated(center.ContactTraceRecords, []string{records1, records2}[r.IntN(2)]))
		default:
			cfg := config(fmt.Sprint(a, n))
			cfg.AutoAccept = r.IntN(2) == 0
			w.step(center.AgentConfigured{Agent: a, Config: cfg})
		}
		if r.IntN(3) > 0 {
			w.pass(time.Duration(r.IntN(40_000)) * time.Millisecond)
		}
		work(other)
	}
	w.pass(10 * time.Minute)
}

func TestAnyStoryIsToldWholeHoweverOftenTheTellerDies(t *testing.T) {
	seeds := uint64(40)
	if testing.Short() {
		seeds = 5
	}
	deaths := 0
	for seed := range seeds {
		want := newWorld(t)
		randomStory(want, seed, func(*rand.Rand) { want.settle() })
		want.settle()
		reference := map[string]string{}
		for _, d := range want.target.got {
			reference[d.item.ID] = string(d.item.Data)
		}

		w := newWorld(t)
		w.faults = &faults{at: 1}
		round := func(r *rand.Rand) (busy bool) {
			if w.box == nil {
				if err := w.open(); err != nil {
					t.Fatal(err)
				}
			}
			busy, err := w.box.Work(context.Background())
			if w.faults.died != "" {
				deaths++
				w.faults = &faults{at: 1 + r.IntN(25), after: r.IntN(2) == 0}
				w.crash()
				return true
			}
			if err != nil {
				t.Fatal(err)
			}
			return busy
		}
		randomStory(w, seed, func(r *rand.Rand) {
			for range r.IntN(4) { // sometimes it sleeps, seldom it comes to the end
				round(r)
			}
		})
		last := rand.New(rand.NewPCG(seed, 2))
		for round(last) {
		}
		got := map[string]string{}
		for _, d := range w.target.got {
			if data, ok := got[d.item.ID]; ok && data != string(d.item.Data) {
				t.Fatalf("seed %d: %s was sent with different bytes:\n%s\n%s", seed, d.item.ID, data, d.item.Data)
			}
			got[d.item.ID] = string(d.item.Data)
		}
		if diff := cmp.Diff(reference, got); diff != "" {
			t.Fatalf("seed %d (-want +got):\n%s", seed, diff)
		}
		if diff := cmp.Diff(want.target.byKey, w.target.byKey); diff != "" {
			t.Fatalf("seed %d: order (-want +got):\n%s", seed, diff)
		}
	}
	if deaths < int(seeds)*5 {
		t.Errorf("it died %d times in %d stories", deaths, seeds)
	}
}
