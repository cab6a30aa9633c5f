package connect

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
	"github.com/hookswitch/hookswitch/internal/projection/live"
)

// metricsOnPage is how many results one answer holds at most: the model's own bound.
const metricsOnPage = 100

// currentMetric computes one metric of a group. The API documents OLDEST_CONTACT_AGE in seconds when results are grouped,
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

func (s *Service) getCurrentMetricData(ctx context.Context, in *connectapi.GetCurrentMetricDataInput) (*connectapi.GetCurrentMetricDataOutput, error) {
	c, err := s.find(ctx, in.InstanceId)
	if err != nil {
		return nil, err
	}
	if err := checkMetrics(in); err != nil {
		return nil, err
	}
	q := live.MetricsQuery{At: s.cfg.Clock.Now()}
	q.Queues = mapped(in.Filters.Queues, func(i string) center.QueueID { return center.QueueID(bare(i)) })
	q.Profiles = mapped(in.Filters.RoutingProfiles, func(i string) center.RoutingProfileID { return center.RoutingProfileID(bare(i)) })
	q.Channels = mapped(in.Filters.Channels, func(i string) center.Channel { return center.Channel(i) })
	for _, g := range in.Groupings {
		switch g {
		case connectapi.GroupingQueue:
			q.ByQueue = true
		case connectapi.GroupingChannel:
			q.ByChannel = true
		case connectapi.GroupingRoutingProfile:
			q.ByProfile = true
		}
	}
	if err := known(c, q); err != nil {
		return nil, err
	}
	inst, grouped := instanceOf(c), len(in.Groupings) > 0
	groups := slices.DeleteFunc(c.View().Metrics(q), func(m live.Metrics) bool { // where nothing goes on there is no data
		return m.Online == 0 && m.InQueue == 0 && m.SlotsActive == 0 && m.Error == 0
	})
	sortMetrics(groups, in.SortCriteria, grouped)
	numbered := make([]numberedMetrics, len(groups))
	for i, m := range groups {
		numbered[i] = numberedMetrics{fmt.Sprintf("%08d", i), m}
	}
	part, next, err := page(numbered, func(n numberedMetrics) string { return n.key }, in.NextToken, in.MaxResults, metricsOnPage, metricsOnPage)
	if err != nil {
		return nil, err
	}
	return &connectapi.GetCurrentMetricDataOutput{
		NextToken: next, DataSnapshotTime: &q.At, ApproximateTotalCount: ptr(int64(len(groups))),
		MetricResults: mapped(part, func(n numberedMetrics) connectapi.CurrentMetricResult {
			return metricResult(inst, n.m, in.CurrentMetrics, grouped)
		}),
	}, nil
}

// numberedMetrics is a group with its place among the sorted ones: what a page continues after.
type numberedMetrics struct {
	key string
	m   live.Metrics
}

// checkMetrics holds the rules of the request: queues or routing profiles to look at, and only what is computed here.
func checkMetrics(in *connectapi.GetCurrentMetricDataInput) error {
	f := in.Filters
	if err := refuseSet(
		member{"Filters.RoutingStepExpressions", len(f.RoutingStepExpressions) > 0},
		member{"Filters.AgentStatuses", len(f.AgentStatuses) > 0},
		member{"Filters.Subtypes", len(f.Subtypes) > 0},
		member{"Filters.ValidationTestTypes", len(f.ValidationTestTypes) > 0},
	); err != nil {
		return err
	}
	if len(f.Queues) == 0 && len(f.RoutingProfiles) == 0 {
		return invalidParameter("Filters: Queues or RoutingProfiles is required")
	}
	if len(f.Queues) > 0 && len(f.RoutingProfiles) > 0 {
		return invalidParameter("Filters: Queues and RoutingProfiles cannot be given together")
	}
	for _, g := range in.Groupings {
		if g != connectapi.GroupingQueue && g != connectapi.GroupingChannel && g != connectapi.GroupingRoutingProfile {
			return unsupported("Groupings " + g)
		}
	}
	for _, m := range in.CurrentMetrics {
		d, ok := currentMetrics[value(m.Name)]
		switch {
		case m.MetricId != nil:
			return unsupported("CurrentMetrics.MetricId")
		case !ok:
			return unsupported("CurrentMetrics " + value(m.Name))
		case m.Unit != nil && *m.Unit != d.unit:
			return invalidParameter("CurrentMetrics: the unit of %s is %s", *m.Name, d.unit)
		}
	}
	if len(in.SortCriteria) > 1 {
		return invalidParameter("SortCriteria: at most one is allowed")
	}
	for _, c := range in.SortCriteria {
		if _, ok := currentMetrics[value(c.SortByMetric)]; !ok {
			return unsupported("SortCriteria.SortByMetric " + value(c.SortByMetric))
		}
	}
	return nil
}

// known refuses queues and routing profiles that the instance does not have.
func known(c Center, q live.MetricsQuery) (err error) {
	c.View().Directory(func(d *directory.Directory) {
		for _, i := range q.Queues {
			if _, ok := d.Queues[i]; !ok {
				err = notFound(center.KindQueue, string(i))
			}
		}
		for _, i := range q.Profiles {
			if _, ok := d.Profiles[i]; !ok {
				err = notFound(center.KindRoutingProfile, string(i))
			}
		}
	})
	return err
}

func sortMetrics(groups []live.Metrics, by []connectapi.CurrentMetricSortCriteria, grouped bool) {
	if len(by) == 0 {
		return
	}
	of := currentMetrics[value(by[0].SortByMetric)].of
	slices.SortStableFunc(groups, func(a, b live.Metrics) int {
		if value(by[0].SortOrder) == "DESCENDING" {
			a, b = b, a
		}
		return cmp.Compare(of(a, grouped), of(b, grouped))
	})
}

func metricResult(inst center.Instance, m live.Metrics, wanted []connectapi.CurrentMetric, grouped bool) connectapi.CurrentMetricResult {
	out := connectapi.CurrentMetricResult{}
	if grouped {
		out.Dimensions = &connectapi.Dimensions{Channel: optional(string(m.Channel))}
		if m.Queue != "" {
			out.Dimensions.Queue = &connectapi.QueueReference{Id: ptr(string(m.Queue)), Arn: ptr(queueARN(inst, m.Queue, false))}
		}
		if m.Profile != "" {
			out.Dimensions.RoutingProfile = &connectapi.RoutingProfileReference{Id: ptr(string(m.Profile)), Arn: ptr(resourceARN(inst, center.KindRoutingProfile, string(m.Profile)))}
		}
	}
	out.Collections = mapped(wanted, func(w connectapi.CurrentMetric) connectapi.CurrentMetricData {
		d := currentMetrics[value(w.Name)]
		return connectapi.CurrentMetricData{Metric: &connectapi.CurrentMetric{Name: w.Name, Unit: ptr(d.unit)}, Value: ptr(d.of(m, grouped))}
	})
	return out
}
