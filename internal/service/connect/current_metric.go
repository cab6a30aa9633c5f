package connect

import (
	"cmp"
	"math"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/projection/live"
)

// currentMetrics are the units of the real-time metrics, and what computes them for a group. The API documents OLDEST_CONTACT_AGE in seconds when results are grouped,
// and in milliseconds (under the unit SECONDS) when they are not.
var currentMetrics = map[string]struct {
	unit string
	of   func(m live.Metrics, grouped bool) float64
}{
	connectapi.CurrentMetricNameAgentsOnline:           {"COUNT", func(m live.Metrics, _ bool) float64 { return float64(m.Online) }},
	connectapi.CurrentMetricNameAgentsAvailable:        {"COUNT", func(m live.Metrics, _ bool) float64 { return float64(m.Available) }},
	connectapi.CurrentMetricNameAgentsOnCall:           {"COUNT", func(m live.Metrics, _ bool) float64 { return float64(m.OnContact) }},
	connectapi.CurrentMetricNameAgentsOnContact:        {"COUNT", func(m live.Metrics, _ bool) float64 { return float64(m.OnContact) }},
	connectapi.CurrentMetricNameAgentsNonProductive:    {"COUNT", func(m live.Metrics, _ bool) float64 { return float64(m.NonProductive) }},
	connectapi.CurrentMetricNameAgentsAfterContactWork: {"COUNT", func(m live.Metrics, _ bool) float64 { return float64(m.AfterContactWork) }},
	connectapi.CurrentMetricNameAgentsError:            {"COUNT", func(m live.Metrics, _ bool) float64 { return float64(m.Error) }},
	connectapi.CurrentMetricNameAgentsStaffed:          {"COUNT", func(m live.Metrics, _ bool) float64 { return float64(m.Staffed) }},
	connectapi.CurrentMetricNameContactsInQueue:        {"COUNT", func(m live.Metrics, _ bool) float64 { return float64(m.InQueue) }},
	connectapi.CurrentMetricNameContactsScheduled:      {"COUNT", func(m live.Metrics, _ bool) float64 { return float64(m.Scheduled) }},
	connectapi.CurrentMetricNameSlotsActive:            {"COUNT", func(m live.Metrics, _ bool) float64 { return float64(m.SlotsActive) }},
	connectapi.CurrentMetricNameSlotsAvailable:         {"COUNT", func(m live.Metrics, _ bool) float64 { return float64(m.SlotsAvailable) }},
	connectapi.CurrentMetricNameOldestContactAge: {"SECONDS", func(m live.Metrics, grouped bool) float64 {
		if grouped {
			return math.Floor(m.OldestAge.Seconds())
		}
		return float64(m.OldestAge.Milliseconds())
	}},
}

// metricOrder is how the groups of an answer are sorted.
type metricOrder struct {
	metric    string // "" for none
	ascending bool
	grouped   bool
}

// orderOf returns the order that a request asks for; by default AGENTS_ONLINE, DESCENDING (documented). Without a
// direction the highest come first (ours).
func orderOf(in *connectapi.GetCurrentMetricDataInput) metricOrder {
	o := metricOrder{metric: connectapi.CurrentMetricNameAgentsOnline, grouped: len(in.Groupings) > 0}
	if len(in.SortCriteria) > 0 {
		o.metric, o.ascending = value(in.SortCriteria[0].SortByMetric), value(in.SortCriteria[0].SortOrder) == "ASCENDING"
	}
	return o
}

// place is where a group stands in an order: groups with the same value come by their dimensions, so that each has a
// place of its own that the next page can go on after.
type place struct {
	Value float64 `json:"v"`
	Group string  `json:"g"`
}

func (o metricOrder) place(m live.Metrics) place {
	return place{currentMetrics[o.metric].of(m, o.grouped), string(m.Queue) + " " + string(m.Profile) + " " + string(m.Channel)}
}

func (o metricOrder) compare(a, b place) int {
	by := cmp.Compare(b.Value, a.Value)
	if o.ascending {
		by = -by
	}
	return cmp.Or(by, cmp.Compare(a.Group, b.Group))
}
