package history

import (
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
)

// BenchmarkPast is what it costs to keep a contact, and to ask, with so many contacts in the last 28 days. The largest takes
// minutes to fill: -short leaves it out.
func BenchmarkPast(b *testing.B) {
	for _, n := range []int{10_000, 100_000, 1_000_000} {
		if n > 100_000 && testing.Short() {
			continue
		}
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			end := time.Date(2026, 3, 29, 0, 0, 0, 0, time.UTC)
			w := newWorld(b, end)
			p := &past{w: w, gap: 28 * 24 * time.Hour / time.Duration(n), at: end.Add(-28 * 24 * time.Hour)}
			p.agents()
			p.contacts(b, n)
			info, err := os.Stat(w.file)
			if err != nil {
				b.Fatal(err)
			}
			b.Run("keep", func(b *testing.B) {
				for b.Loop() {
					p.contacts(b, 1000)
				}
				b.ReportMetric(float64(b.Elapsed().Microseconds())/1000/float64(b.N), "µs/contact")
				b.ReportMetric(float64(info.Size())/float64(n), "B/contact")
			})
			search := func(days int, where Condition, count bool) func(*testing.B) {
				return func(b *testing.B) {
					for b.Loop() {
						hits, _, err := w.Search(b.Context(), Query{By: Initiated, From: end.AddDate(0, 0, -days), To: end, Where: where, Descending: true, Limit: 100, Now: end}, count)
						if err != nil || len(hits) == 0 {
							b.Fatal(len(hits), err)
						}
					}
				}
			}
			b.Run("search/a day, first page", search(1, Condition{}, true))
			b.Run("search/28 days, first page", search(28, Condition{}, true))
			b.Run("search/28 days, next page", search(28, Condition{}, false))
			b.Run("search/28 days, an agent", search(28, In(Agent, []string{"agent7"}), true))
			b.Run("search/28 days, an attribute", search(28, Labelled(Attribute, "caller", []string{"7"}), true))
			measure := func(days int, by []Field, metrics ...string) func(*testing.B) {
				return func(b *testing.B) {
					q := MetricQuery{From: end.AddDate(0, 0, -days), To: end, By: by, Now: end}
					for _, m := range metrics {
						q.Metrics = append(q.Metrics, Metric{Name: m, Below: 20 * time.Second})
					}
					for b.Loop() {
						if groups, err := w.Measure(b.Context(), q); err != nil || len(groups) == 0 {
							b.Fatal(len(groups), err)
						}
					}
				}
			}
			b.Run("metrics/a day by queue", measure(1, []Field{Queue}, "CONTACTS_HANDLED", "SERVICE_LEVEL", "AVG_HANDLE_TIME"))
			b.Run("metrics/28 days by queue", measure(28, []Field{Queue}, "CONTACTS_HANDLED", "SERVICE_LEVEL", "AVG_HANDLE_TIME"))
			b.Run("metrics/28 days by agent", measure(28, []Field{Agent}, "CONTACTS_HANDLED", "AGENT_OCCUPANCY", "AGENT_NON_RESPONSE"))
		})
	}
}

// past makes contacts, each of which an agent handles.
type past struct {
	w     *world
	n     int
	place uint64
	at    time.Time
	gap   time.Duration
}

func (p *past) step(at time.Time, events ...center.Event) {
	p.place++
	p.w.fold.step(p.place, center.Step{Stamp: center.Stamp{At: at.Truncate(time.Millisecond), Place: p.place}, Events: events})
}

func (p *past) agents() {
	for i := range 1000 {
		p.step(p.at, center.AgentConfigured{Agent: center.AgentID(fmt.Sprintf("agent%d", i)), Status: &center.StatusRef{ID: "s", Type: center.Routable},
			Config: center.AgentConfig{RoutingProfile: center.Ref{ID: fmt.Sprintf("profile%d", i%5)}}})
	}
}

// contacts makes the next so many and commits them, a thousand at a time.
func (p *past) contacts(b *testing.B, n int) {
	for i := range n {
		id, agent, at := center.ContactID(fmt.Sprintf("%08x-0000-4000-8000-%012x", p.n, p.n)), center.AgentID(fmt.Sprintf("agent%d", p.n%1000)), p.at
		p.step(at, center.ContactInitiated{Contact: id, Channel: center.Voice, Method: "INBOUND", Attributes: map[string]string{"caller": fmt.Sprint(p.n % 10_000), "tier": "gold"}},
			center.ContactConnectedToSystem{Contact: id}, center.ContactQueued{Contact: id, Queue: center.Ref{ID: fmt.Sprintf("queue%d", p.n%5)}})
		p.step(at.Add(15*time.Second), center.ContactOffered{Contact: id, Agent: agent, Channel: center.Voice})
		p.step(at.Add(20*time.Second), center.ContactConnected{Contact: id, Agent: agent, RoutingProfile: center.Ref{ID: fmt.Sprintf("profile%d", p.n%5)}})
		p.step(at.Add(200*time.Second), center.ContactLeft{Contact: id, Agent: agent}, center.ContactDisconnected{Contact: id, Reason: "CUSTOMER_DISCONNECT"})
		p.step(at.Add(230*time.Second), center.ContactCleared{Contact: id, Agent: agent}, center.ContactCompleted{Contact: id})
		p.n++
		p.at = p.at.Add(p.gap)
		if (i+1)%1000 == 0 || i+1 == n {
			if err := p.w.commit(b.Context()); err != nil {
				b.Fatal(err)
			}
		}
	}
}
