package simulate

import (
	"maps"
	"slices"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/simulate/scenario"
)

// breakdowns plans what breaks, as far as people or the configuration of the center feel it: dead numbers are the
// arrivals', and streams are not people's business.
func (w *Workload) breakdowns() {
	for _, o := range w.s.Outages {
		from := w.when(o.At)
		until := from.Add(o.For.D())
		switch o.What {
		case scenario.AgentsOut:
			w.then(from, func(at time.Time) { w.dropAgents(at, until, o) })
		case scenario.FlowOut:
			w.then(from, func(at time.Time) {
				w.broken[o.Flow] = true
				w.plan(at, center.UpdateFlowContent{ID: w.world.Flows[o.Flow], Content: scenario.Broken()}, nil)
			})
			w.then(until, func(at time.Time) {
				if w.broken[o.Flow] {
					delete(w.broken, o.Flow)
					w.plan(at, w.mended(o.Flow), nil)
				}
			})
		}
	}
}

// dropAgents takes their connection from a share of a group, or of everyone, spread evenly.
func (w *Workload) dropAgents(at, until time.Time, o scenario.Outage) {
	for g, ids := range w.world.Groups {
		if o.Group != "" && w.s.Agents[g].Name != o.Group {
			continue
		}
		for i, id := range ids {
			if chosen(i, o.Share) {
				w.people[id].drop(at, until)
			}
		}
	}
}

// chosen spreads a share evenly over a row.
func chosen(i int, share scenario.Share) bool {
	return int(float64(i+1)*float64(share)+1e-9) > int(float64(i)*float64(share)+1e-9)
}

func (w *Workload) mended(flow string) center.Command {
	return center.UpdateFlowContent{ID: w.world.Flows[flow], Content: w.world.Contents[flow]}
}

// Mend returns what has to be done when people stop before their day is over, so that nothing stays broken.
func (w *Workload) Mend() []center.Command {
	var all []center.Command
	for _, flow := range slices.Sorted(maps.Keys(w.broken)) {
		all = append(all, w.mended(flow))
	}
	return all
}
