package outbox

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/internal/arn"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/courier"
	"github.com/hookswitch/hookswitch/internal/journal"
	"github.com/hookswitch/hookswitch/internal/storage"
)

// sink takes everything and forgets it.
type sink struct{}

func (sink) Deliver(context.Context, arn.ARN, []courier.Item) ([]courier.Failure, error) {
	return nil, nil
}

// BenchmarkLane measures what a lane takes for a step: fold, render, deliver to a
// target that costs nothing, and commit to memory. Calls of 100 agents run side by side.
func BenchmarkLane(b *testing.B) {
	w := newWorld(b)
	w.associate()
	const agents, rounds = 100, 10
	for i := range agents {
		w.hire(center.AgentID(fmt.Sprintf("agent-%d", i)))
		w.step(center.AgentLoggedIn{Agent: center.AgentID(fmt.Sprintf("agent-%d", i))})
	}
	steps := 2 * agents
	for r := range rounds {
		var calls [][]func() []center.Event
		for i := range agents {
			calls = append(calls, callSteps(center.ContactID(fmt.Sprintf("contact-%d-%d", r, i)), center.AgentID(fmt.Sprintf("agent-%d", i)), w.clock.Now))
		}
		for s := range calls[0] {
			for i := range calls {
				w.step(calls[i][s]()...)
				steps++
			}
			w.pass(time.Second)
		}
	}
	// Every step is decoded already, as when another lane has just read it or the owner has handed it over.
	w.reader = journal.New(journal.Config{Log: w.log, CacheSteps: 2 * steps})
	for from, next := uint64(0), uint64(1); from != next; {
		from = next
		var err error
		if _, next, err = w.reader.Read(context.Background(), from, stepsMax); err != nil {
			b.Fatal(err)
		}
	}
	association := func(r center.ResourceType) (string, bool) {
		if r == center.AgentEvents {
			return events1, true
		}
		return records1, true
	}
	for i, name := range []string{LaneContactRecords, LaneAgentEvents, LaneContactEvents} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			docs := uint64(0)
			for b.Loop() {
				b.StopTimer()
				if err := w.engine.Drop(context.Background(), LogName(instanceID, name)); err != nil && !errors.Is(err, storage.ErrNotFound) {
					b.Fatal(err)
				}
				box, err := Open(context.Background(), Config{
					Instance: instanceID, Journal: w.reader, Engine: w.engine, Exchange: sink{}, Clock: w.clock, RecordDelay: -1,
					Association: association,
				})
				if err != nil {
					b.Fatal(err)
				}
				b.StartTimer()
				for {
					busy, err := box.lanes[i].work(context.Background())
					if err != nil {
						b.Fatal(err)
					}
					if !busy {
						break
					}
				}
				docs = box.lanes[i].status().Published
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(steps), "ns/step")
			b.ReportMetric(float64(docs)/float64(steps), "docs/step")
		})
	}
}
