package history

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/internal/simulate"
)

// The numbers of a day, worked out from its documents alone: contact records, and agent events.

type document struct {
	ContactID, Channel, InitiationMethod, DisconnectReason string
	InitiationTimestamp, DisconnectTimestamp               time.Time
	Queue                                                  *struct {
		ARN              string
		EnqueueTimestamp *time.Time
		Duration         int
	}
	Agent *struct {
		ARN                                                                                     string
		ConnectedToAgentTimestamp                                                               time.Time
		AgentInteractionDuration, CustomerHoldDuration, AfterContactWorkDuration, NumberOfHolds int
	}
}

func last(arn string) string { return arn[strings.LastIndexByte(arn, '/')+1:] }

// sums are numbers by metric of one group.
type sums struct {
	n, queued, handled, abandoned, quick, answeredQuick, holds, contactsHeld int
	talk, hold, wrap, answer, abandon, longest                               int
}

func (s *sums) add(d document) {
	s.n++
	if d.Queue != nil && d.Queue.EnqueueTimestamp != nil {
		w := d.Queue.Duration
		s.queued++
		s.longest = max(s.longest, w)
		if w < 20 {
			s.quick++
		}
		if d.Agent != nil {
			s.answer += w
			if w < 20 {
				s.answeredQuick++
			}
		} else {
			s.abandoned++
			s.abandon += w
		}
	}
	if a := d.Agent; a != nil {
		s.handled++
		s.talk += a.AgentInteractionDuration
		s.hold += a.CustomerHoldDuration
		s.wrap += a.AfterContactWorkDuration
		s.holds += a.NumberOfHolds
		if a.NumberOfHolds > 0 {
			s.contactsHeld++
		}
	}
}

// values are what GetMetricDataV2 calls the sums; an average of nothing is not there.
func (s *sums) values() map[string]Value {
	out := map[string]Value{}
	put := func(name string, n int) { out[name] = Value{float64(n), true} }
	ratio := func(name string, num, den int, factor float64) {
		if den == 0 {
			out[name] = Value{}
		} else {
			out[name] = Value{float64(num) * factor / float64(den), true}
		}
	}
	put("SUM_CONTACTS_DISCONNECTED", s.n)
	put("CONTACTS_QUEUED", s.queued)
	put("CONTACTS_HANDLED", s.handled)
	put("CONTACTS_ABANDONED", s.abandoned)
	put("SUM_CONTACTS_ANSWERED_IN_X", s.answeredQuick)
	put("CONTACTS_REMOVED_FROM_QUEUE_IN_X", s.quick)
	put("CONTACTS_PUT_ON_HOLD", s.contactsHeld)
	put("SUM_INTERACTION_TIME", s.talk)
	put("SUM_HOLD_TIME", s.hold)
	put("SUM_AFTER_CONTACT_WORK_TIME", s.wrap)
	put("SUM_HANDLE_TIME", s.talk+s.hold+s.wrap)
	ratio("ABANDONMENT_RATE", s.abandoned, s.queued, 100)
	ratio("SERVICE_LEVEL", s.quick, s.queued, 100)
	ratio("AVG_HANDLE_TIME", s.talk+s.hold+s.wrap, s.handled, 1)
	ratio("AVG_INTERACTION_TIME", s.talk, s.handled, 1)
	ratio("AVG_HOLD_TIME", s.hold, s.contactsHeld, 1)
	ratio("AVG_HOLD_TIME_ALL_CONTACTS", s.hold, s.handled, 1)
	ratio("AVG_HOLDS", s.holds, s.handled, 1)
	ratio("AVG_AFTER_CONTACT_WORK_TIME", s.wrap, s.handled, 1)
	ratio("AVG_QUEUE_ANSWER_TIME", s.answer, s.queued-s.abandoned, 1)
	ratio("AVG_ABANDON_TIME", s.abandon, s.abandoned, 1)
	out["MAX_QUEUED_TIME"] = Value{float64(s.longest), s.queued > 0}
	return out
}

func readRecords(t *testing.T, d *lived) (out []document) {
	t.Helper()
	for _, doc := range d.documents {
		if doc.Kind == simulate.ContactRecord {
			var r document
			if err := json.Unmarshal(doc.Data, &r); err != nil {
				t.Fatal(err)
			}
			out = append(out, r)
		}
	}
	return out
}

// TestMetricsAgreeWithContactRecords: by the hour, undivided, by queue and channel, and by agent.
func TestMetricsAgreeWithContactRecords(t *testing.T) {
	d := live(t, morning(5))
	w := newWorld(t, d.end)
	w.add(d.steps...)
	w.follow()
	docs := readRecords(t, d)
	for name, by := range map[string][]Field{"of all": nil, "by queue and channel": {Queue, Channel}, "by agent": {Agent}, "by method": {Method}} {
		t.Run(name, func(t *testing.T) {
			of := func(r document) (key string, ok bool) {
				for _, f := range by {
					v := map[Field]string{Channel: r.Channel, Method: r.InitiationMethod}[f]
					if f == Queue && r.Queue != nil {
						v = last(r.Queue.ARN)
					}
					if f == Agent && r.Agent != nil {
						v = last(r.Agent.ARN)
					}
					if v == "" {
						return "", false
					}
					key += v + " "
				}
				return key, true
			}
			seen := 0
			for from := docs[0].InitiationTimestamp.Truncate(time.Hour); from.Before(d.end); from = from.Add(time.Hour) {
				want := map[string]*sums{}
				for _, r := range docs {
					if key, ok := of(r); ok && !r.DisconnectTimestamp.Before(from) && r.DisconnectTimestamp.Before(from.Add(time.Hour)) {
						if want[key] == nil {
							want[key] = &sums{}
						}
						want[key].add(r)
						seen++
					}
				}
				same(t, w, MetricQuery{From: from, To: from.Add(time.Hour), By: by, Now: d.end}, want)
			}
			if seen < d.summary.Handled {
				t.Errorf("only %d of %d contacts were compared", seen, len(docs))
			}
		})
	}
}

// same asks for every metric that sums know, and compares.
func same(t *testing.T, w *world, q MetricQuery, want map[string]*sums) {
	t.Helper()
	for name := range (&sums{}).values() {
		q.Metrics = append(q.Metrics, Metric{Name: name, Below: 20 * time.Second})
	}
	got, err := w.Measure(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != len(want) {
		t.Errorf("%d groups, want %d", len(got), len(want))
	}
	for _, g := range got {
		key := ""
		for _, o := range g.Of {
			key += o + " "
		}
		s := want[key]
		if s == nil {
			t.Errorf("a group %q that no record knows", key)
			continue
		}
		values := s.values()
		for i, m := range q.Metrics {
			if v := g.Values[i]; v.OK != values[m.Name].OK || math.Abs(v.Number-values[m.Name].Number) > 1e-9*math.Abs(v.Number) {
				t.Errorf("%s %q: %s is %v, records say %v", q.From, key, m.Name, v, values[m.Name])
			}
		}
	}
}

// TestAgentsTimeAgreesWithAgentEvents: what every agent did with every hour.
func TestAgentsTimeAgreesWithAgentEvents(t *testing.T) {
	d := live(t, morning(6))
	w := newWorld(t, d.end)
	w.add(d.steps...)
	w.follow()
	type desk struct {
		since                 time.Time
		status                string
		busy, ringing, failed bool
		states                map[string]string
	}
	want := map[string]map[string]time.Duration{} // by "agent hour", by metric
	now := map[string]*desk{}
	count := func(agent string, at time.Time, metric string, n time.Duration) {
		key := agent + " " + at.Truncate(time.Hour).Format(time.RFC3339)
		if want[key] == nil {
			want[key] = map[string]time.Duration{}
		}
		want[key][metric] += n
	}
	for _, doc := range d.documents {
		if doc.Kind != simulate.AgentEvent {
			continue
		}
		var e struct {
			AgentARN             string
			EventTimestamp       time.Time
			CurrentAgentSnapshot struct {
				AgentStatus struct{ Type string }
				Contacts    []struct{ ContactID, State, InitiationMethod string }
			}
		}
		if err := json.Unmarshal(doc.Data, &e); err != nil {
			t.Fatal(err)
		}
		agent := last(e.AgentARN)
		was := now[agent]
		if was == nil {
			was = &desk{since: e.EventTimestamp}
		}
		for from := was.since; from.Before(e.EventTimestamp); {
			end := from.Truncate(time.Hour).Add(time.Hour)
			if end.After(e.EventTimestamp) {
				end = e.EventTimestamp
			}
			for metric, runs := range map[string]bool{
				"SUM_ONLINE_TIME_AGENT":         was.status == "ROUTABLE" || was.status == "CUSTOM",
				"SUM_NON_PRODUCTIVE_TIME_AGENT": was.status == "CUSTOM",
				"SUM_CONTACT_TIME_AGENT":        was.status == "ROUTABLE" && was.busy,
				"SUM_IDLE_TIME_AGENT":           was.status == "ROUTABLE" && !was.busy && !was.ringing,
				"SUM_ERROR_STATUS_TIME_AGENT":   was.failed,
			} {
				if runs {
					count(agent, from, metric, end.Sub(from))
				}
			}
			from = end
		}
		is := &desk{since: e.EventTimestamp, status: e.CurrentAgentSnapshot.AgentStatus.Type, states: map[string]string{}}
		for _, c := range e.CurrentAgentSnapshot.Contacts {
			is.states[c.ContactID] = c.State
			switch c.State {
			case "CONNECTED", "CONNECTED_ONHOLD", "ENDED":
				is.busy = true
			case "CONNECTING":
				is.ringing = true
			case "MISSED", "REJECTED", "ERROR":
				is.failed = true
				if was.states[c.ContactID] == "CONNECTING" {
					count(agent, e.EventTimestamp, "AGENT_NON_RESPONSE", 1)
				}
			}
		}
		now[agent] = is
	}
	metrics := []Metric{{Name: "SUM_ONLINE_TIME_AGENT"}, {Name: "SUM_NON_PRODUCTIVE_TIME_AGENT"}, {Name: "SUM_CONTACT_TIME_AGENT"}, {Name: "SUM_IDLE_TIME_AGENT"},
		{Name: "SUM_ERROR_STATUS_TIME_AGENT"}, {Name: "AGENT_NON_RESPONSE"}, {Name: "AGENT_OCCUPANCY"}}
	compared, total := 0, map[string]float64{}
	for from := d.end.Add(-8 * time.Hour).Truncate(time.Hour); from.Before(d.end); from = from.Add(time.Hour) {
		got, err := w.Measure(t.Context(), MetricQuery{From: from, To: from.Add(time.Hour), By: []Field{Agent}, Metrics: metrics, Now: d.end})
		if err != nil {
			t.Fatal(err)
		}
		for _, g := range got {
			key := g.Of[0] + " " + from.Format(time.RFC3339)
			for i, m := range metrics[:6] {
				said := want[key][m.Name].Seconds()
				if m.Name == "AGENT_NON_RESPONSE" {
					said = float64(want[key][m.Name])
				}
				total[m.Name] += said
				compared++
				// An event that comes a millisecond after another of its agent says so.
				if math.Abs(g.Values[i].Number-said) > 0.5 {
					t.Errorf("%s: %s is %v, agent events say %v", key, m.Name, g.Values[i], said)
				}
			}
			busy, idle := g.Values[2].Number, g.Values[3].Number
			if o := g.Values[6]; o.OK != (busy+idle > 0) || o.OK && math.Abs(o.Number-100*busy/(busy+idle)) > 1e-6 {
				t.Errorf("%s: occupancy %v of %v busy and %v idle", key, o, busy, idle)
			}
			delete(want, key)
		}
	}
	for key, left := range want {
		for m, d := range left {
			if d > 0 {
				t.Errorf("%s: no metric tells of %s %v", key, m, d)
			}
		}
	}
	for _, m := range metrics[:6] {
		if total[m.Name] == 0 {
			t.Errorf("%s was never anything: %s", m.Name, fmt.Sprint(total))
		}
	}
}
