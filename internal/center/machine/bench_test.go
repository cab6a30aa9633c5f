package machine

import (
	"fmt"
	"syscall"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
)

// BenchmarkSteps is the life of calls in a center of 1,000 agents: ring, accept, leave, clear, with every step encoded
// for the journal, and with calls waiting or agents idle. steps/s is what one core does.
func BenchmarkSteps(b *testing.B) {
	for _, waiting := range []int{0, 5000} {
		b.Run(fmt.Sprintf("agents=1000/waiting=%d", waiting), func(b *testing.B) { benchmarkCalls(b, 1000, waiting) })
	}
}

// BenchmarkStepsBesideCriteria is the same while 5,000 calls wait in the queue for languages that nobody speaks.
func BenchmarkStepsBesideCriteria(b *testing.B) {
	for _, languages := range []int{1, 50} {
		b.Run(fmt.Sprintf("agents=1000/languages=%d", languages), func(b *testing.B) {
			w := newWorld()
			w.check = false
			fillCenter(w, 0)
			for i := range 5000 {
				step := w.must(center.StartInboundCall{Customer: "+14255550100", Dialled: "+18005550199"})
				id := step.Events[0].(center.ContactInitiated).Contact
				w.must(center.SetRouting{Contact: id, Criteria: []center.RoutingStep{speaks(fmt.Sprint(i%languages), 1, 0)}})
			}
			benchmarkCallsIn(b, addAgents(w, 1000), 0, 0)
		})
	}
}

func benchmarkCalls(b *testing.B, agents, waiting int) {
	w := newWorld()
	w.check = false
	fillCenter(w, agents)
	benchmarkCallsIn(b, w, agents, waiting)
}

func benchmarkCallsIn(b *testing.B, w *world, agents, waiting int) {
	steps, bytes := 0, 0
	do := func(cmd center.Command, closes center.EffectID) center.Step {
		step, err := w.m.Step(center.Stamp{At: w.now, Place: w.place + 1, Closes: closes}, cmd)
		if err != nil {
			b.Fatalf("%#v: %v", cmd, err)
		}
		if step.Empty() {
			return step
		}
		out, err := center.Encode(step)
		if err != nil {
			b.Fatal(err)
		}
		w.place++
		steps++
		bytes += len(out)
		return step
	}
	type talk struct {
		agent   center.AgentID
		contact center.ContactID
	}
	var ringing []talk
	wake := func() {
		for {
			due, ok := w.m.Deadline()
			if !ok || due.After(w.now) {
				return
			}
			for _, e := range do(center.Wake{}, "").Events {
				if o, ok := e.(center.ContactOffered); ok {
					ringing = append(ringing, talk{o.Agent, o.Contact})
				}
			}
		}
	}
	call := func() {
		do(center.StartInboundCall{Customer: "+14255550100", Dialled: "+18005550199"}, "")
		wake()
	}
	fill := 0
	if waiting > 0 {
		fill = agents + waiting
	}
	for range fill {
		call()
	}
	steps, bytes = 0, 0
	before := cpuTime(b)
	for b.Loop() {
		w.now = w.now.Add(time.Millisecond)
		call()
		if len(ringing) == 0 {
			b.Fatal("nobody rings")
		}
		t := ringing[0]
		ringing = ringing[1:]
		do(center.AcceptContact{Contact: t.contact, Agent: t.agent}, "")
		left := do(center.LeaveContact{Contact: t.contact, Agent: t.agent}, "")
		do(center.Done{}, center.MakeEffectID(left.Stamp.Place, 0))
		do(center.ClearContact{Contact: t.contact, Agent: t.agent}, "")
		wake()
	}
	cpu := cpuTime(b) - before
	b.ReportMetric(float64(steps)/b.Elapsed().Seconds(), "steps/s")
	b.ReportMetric(float64(steps)/cpu.Seconds(), "steps/cpu-s") // what a core does that has nothing else to do
	b.ReportMetric(float64(bytes)/float64(steps), "B/step")
}

// cpuTime returns the time that the process has computed, its garbage collector included.
func cpuTime(b *testing.B) time.Duration {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		b.Fatal(err)
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}
