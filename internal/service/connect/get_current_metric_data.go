package connect

import (
	"cmp"
	"context"
	"slices"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
	"github.com/hookswitch/hookswitch/internal/projection/live"
)

// metricsOnPage is how many results one answer holds at most: the model's own bound.
const metricsOnPage = 100

// getCurrentMetricData counts agents and contacts right now, as far as the filters reach, together or divided.
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
	if err := known(c, in.Filters); err != nil {
		return nil, err
	}
	inst, grouped, own := instanceOf(c), len(in.Groupings) > 0, agentQueues(c, q.Queues)
	groups := slices.DeleteFunc(c.View().Metrics(q), func(m live.Metrics) bool { // where nothing goes on there is no data
		return m.Online == 0 && m.InQueue == 0 && m.SlotsActive == 0 && m.Error == 0 && m.Scheduled == 0
	})
	part, next, err := pageOfMetrics(in, groups, q.At)
	if err != nil {
		return nil, err
	}
	return &connectapi.GetCurrentMetricDataOutput{
		NextToken: next, DataSnapshotTime: &q.At, ApproximateTotalCount: ptr(int64(len(groups))),
		MetricResults: mapped(part, func(m live.Metrics) connectapi.CurrentMetricResult {
			return metricResult(inst, m, in.CurrentMetrics, grouped, own)
		}),
	}, nil
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
	if err := checkGroupings(in); err != nil {
		return err
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
		switch by := value(c.SortByMetric); by {
		case connectapi.CurrentMetricNameSlotsActive, connectapi.CurrentMetricNameSlotsAvailable: // documented
			return invalidParameter("SortCriteria: sorting on %s is not supported", by)
		default:
			if _, ok := currentMetrics[by]; !ok {
				return unsupported("SortCriteria.SortByMetric " + by)
			}
		}
	}
	return nil
}

// checkGroupings holds the rules of dividing: each dimension once, and waiting contacts by routing profile only where
// the filter says which profiles.
func checkGroupings(in *connectapi.GetCurrentMetricDataInput) error {
	for i, g := range in.Groupings {
		if g != connectapi.GroupingQueue && g != connectapi.GroupingChannel && g != connectapi.GroupingRoutingProfile {
			return unsupported("Groupings " + g)
		}
		if slices.Contains(in.Groupings[:i], g) {
			return invalidParameter("Groupings: %s is named twice", g)
		}
	}
	if !slices.Contains(in.Groupings, connectapi.GroupingRoutingProfile) || len(in.Filters.RoutingProfiles) > 0 {
		return nil
	}
	for _, m := range in.CurrentMetrics {
		switch name := value(m.Name); name {
		case connectapi.CurrentMetricNameContactsScheduled, connectapi.CurrentMetricNameContactsInQueue, connectapi.CurrentMetricNameOldestContactAge:
			return invalidParameter("CurrentMetrics: %s grouped by ROUTING_PROFILE needs a RoutingProfiles filter", name)
		}
	}
	return nil
}

// known refuses queues and routing profiles that the instance does not have.
func known(c Center, f *connectapi.Filters) (err error) {
	c.View().Directory(func(d *directory.Directory) {
		err = cmp.Or(missing(d.Queues, center.KindQueue, f.Queues), missing(d.Profiles, center.KindRoutingProfile, f.RoutingProfiles))
	})
	return err
}

// agentQueues says which of some queues are agents' own, which are named in another way.
func agentQueues(c Center, queues []center.QueueID) map[center.QueueID]bool {
	own := map[center.QueueID]bool{}
	c.View().Directory(func(d *directory.Directory) {
		for _, q := range queues {
			own[q] = d.Queues[q].Agent != ""
		}
	})
	return own
}

// metricResult shows a group: all the metrics that were asked for, and every dimension that divides. Own are the queues
// of agents.
func metricResult(inst center.Instance, m live.Metrics, wanted []connectapi.CurrentMetric, grouped bool, own map[center.QueueID]bool) connectapi.CurrentMetricResult {
	out := connectapi.CurrentMetricResult{}
	if grouped {
		out.Dimensions = &connectapi.Dimensions{Channel: optional(string(m.Channel))}
		if m.Queue != "" {
			out.Dimensions.Queue = &connectapi.QueueReference{Id: ptr(string(m.Queue)), Arn: ptr(queueARN(inst, m.Queue, own[m.Queue]))}
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
