package switchboard

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/projection/live"
	"github.com/hookswitch/hookswitch/internal/storage"
	"github.com/hookswitch/hookswitch/internal/storage/embedded"
)

// BenchmarkSteps measures durable steps a second of one instance on the embedded engine, with many who submit: agents
// who take calls from ring to clear. Beside it, in the same run, as many durable appends of the same records, in
// batches of the same size, with no machine in between: the ratio says what the center costs over its storage.
//
//	go test -run '^$' -bench Steps -benchtime 5s ./internal/switchboard
func BenchmarkSteps(b *testing.B) {
	for _, submitters := range []int{1, 16, 256} {
		b.Run(fmt.Sprintf("submitters=%d", submitters), func(b *testing.B) { benchmarkSteps(b, submitters) })
	}
}

func benchmarkSteps(b *testing.B, submitters int) {
	engine, err := embedded.Open(embedded.Config{Dir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = engine.Close() }()
	journal := openLog(b, engine, "cc-bench", false)
	counted := &faulty{Log: journal}
	sb, err := Open(b.Context(), Config{Log: counted, Snapshots: openLog(b, engine, "snap-bench", true)})
	if err != nil {
		b.Fatal(err)
	}
	prepare(b, sb, submitters)
	view := live.New(sb.Place(), sb.State().Directory, sb.State().Agents, sb.State().Contacts)
	sb.Subscribe(view.Apply)
	var steps atomic.Int64
	sb.Subscribe(func(uint64, center.Step) { steps.Add(1) })
	ctx, stop := context.WithCancel(b.Context())
	done := make(chan error, 1)
	go func() { done <- sb.Run(ctx) }()
	first, appends := sb.Place(), counted.appends

	b.ResetTimer()
	begin := time.Now()
	var group sync.WaitGroup
	for range submitters {
		group.Go(func() {
			for steps.Load() < int64(b.N) {
				if err := takeCall(ctx, sb, view); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	group.Wait()
	took := time.Since(begin)
	b.StopTimer()
	stop()
	if err := <-done; err != nil {
		b.Fatal(err)
	}
	n := steps.Load()
	rate := float64(n) / took.Seconds()
	size := float64(n) / float64(max(1, counted.appends-appends))
	alone := appendAlone(b, engine, journal, first, int(size+0.5))
	b.ReportMetric(rate, "steps/s")
	b.ReportMetric(size, "steps/append")
	b.ReportMetric(alone, "engine-records/s")
	b.ReportMetric(rate/alone, "ratio")
	b.ReportMetric(0, "ns/op")
}

func openLog(b *testing.B, e storage.Engine, name string, latest bool) storage.Log {
	b.Helper()
	log, err := e.Open(b.Context(), name, storage.Config{Latest: latest})
	if err != nil {
		b.Fatal(err)
	}
	return log
}

// prepare makes an instance with one agent for each submitter.
func prepare(b *testing.B, sb *Switchboard, agents int) {
	b.Helper()
	do := func(c center.Command) center.Step {
		var step center.Step
		var got error
		if err := sb.Post("", c, func(r Result, err error) { step, got = r.Step, err }); err != nil {
			b.Fatal(err)
		}
		for busy := true; busy; {
			var err error
			if busy, err = sb.Work(b.Context()); err != nil {
				b.Fatal(err)
			}
		}
		if got != nil {
			b.Fatalf("%T: %v", c, got)
		}
		return step
	}
	do(instance())
	populator{do: do, state: sb.State}.run(agents)
}

// takeCall is one call from ring to clear, taken by the agent it rings at. The customer of a call that rings nowhere
// hangs up.
func takeCall(ctx context.Context, sb *Switchboard, view *live.View) error {
	res, err := sb.Submit(ctx, center.StartInboundCall{Customer: customer, Dialled: support})
	if err != nil {
		return err
	}
	contact := res.Step.Events[0].(center.ContactInitiated).Contact
	cmds := []center.Command{center.HangUp{Contact: contact}}
	if c, _ := view.Contact(contact); c.Offer != nil {
		agent := c.Offer.Agent
		cmds = []center.Command{
			center.AcceptContact{Contact: contact, Agent: agent}, center.HoldContact{Contact: contact, Agent: agent},
			center.ResumeContact{Contact: contact, Agent: agent}, center.HangUp{Contact: contact},
			center.ClearContact{Contact: contact, Agent: agent},
		}
	}
	for _, cmd := range cmds {
		var refused *center.Refused // it began to ring in between
		if _, err := sb.Submit(ctx, cmd); err != nil && !errors.As(err, &refused) {
			return err
		}
	}
	return nil
}

// appendAlone writes the journal's records again into a log of their own, durably, in batches.
func appendAlone(b *testing.B, engine storage.Engine, journal storage.Log, after uint64, size int) float64 {
	b.Helper()
	recs, err := journal.Read(b.Context(), storage.Range{Key: StepKey, From: after + 1, Max: 50_000})
	if err != nil || len(recs) == 0 {
		b.Fatalf("read the journal: %d records, %v", len(recs), err)
	}
	log := openLog(b, engine, "alone", false)
	begin := time.Now()
	written := 0
	for time.Since(begin) < time.Second {
		var batch []storage.Entry
		for n := range max(1, size) {
			batch = append(batch, storage.Entry{Key: StepKey, Data: recs[(written+n)%len(recs)].Data})
		}
		if _, err := log.Append(b.Context(), batch...); err != nil {
			b.Fatal(err)
		}
		written += len(batch)
	}
	return float64(written) / time.Since(begin).Seconds()
}
