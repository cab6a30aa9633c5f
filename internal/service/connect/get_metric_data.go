package connect

import (
	"context"
	"slices"
	"time"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/history"
)

// What a range of GetMetricData is held to (documented).
const (
	oldMetricsStep = 5 * time.Minute
	oldMetricsMost = 24 * time.Hour // both of a range, and of how long ago it may begin
)

// historicalMetrics are the metrics of GetMetricData: which one of GetMetricDataV2 each is, with which filter, and how it is
// asked for.
var historicalMetrics = map[string]struct {
	name            string
	filter          []history.Filter
	statistic, unit string
}{
	"CONTACTS_QUEUED":                     {"CONTACTS_QUEUED", nil, "SUM", "COUNT"},
	"CONTACTS_HANDLED":                    {"CONTACTS_HANDLED", nil, "SUM", "COUNT"},
	"CONTACTS_ABANDONED":                  {"CONTACTS_ABANDONED", nil, "SUM", "COUNT"},
	"CONTACTS_AGENT_HUNG_UP_FIRST":        {"CONTACTS_HANDLED", []history.Filter{{Field: history.Reason, Values: []string{"AGENT_DISCONNECT"}}}, "SUM", "COUNT"},
	"CONTACTS_HANDLED_INCOMING":           {"CONTACTS_HANDLED", byMethod("INBOUND", "TRANSFER", "QUEUE_TRANSFER"), "SUM", "COUNT"},
	"CONTACTS_HANDLED_OUTBOUND":           {"CONTACTS_HANDLED", byMethod("OUTBOUND"), "SUM", "COUNT"},
	"CALLBACK_CONTACTS_HANDLED":           {"CONTACTS_HANDLED", byMethod("CALLBACK"), "SUM", "COUNT"},
	"API_CONTACTS_HANDLED":                {"CONTACTS_HANDLED", byMethod("API"), "SUM", "COUNT"},
	"CONTACTS_HOLD_ABANDONS":              {"CONTACTS_HOLD_ABANDONS", nil, "SUM", "COUNT"},
	"CONTACTS_TRANSFERRED_IN":             {"SUM_CONTACTS_DISCONNECTED", byMethod("TRANSFER", "QUEUE_TRANSFER"), "SUM", "COUNT"},
	"CONTACTS_TRANSFERRED_IN_FROM_QUEUE":  {"SUM_CONTACTS_DISCONNECTED", byMethod("QUEUE_TRANSFER"), "SUM", "COUNT"},
	"CONTACTS_TRANSFERRED_OUT":            {"CONTACTS_TRANSFERRED_OUT", nil, "SUM", "COUNT"},
	"CONTACTS_TRANSFERRED_OUT_FROM_QUEUE": {"CONTACTS_TRANSFERRED_OUT_FROM_QUEUE", nil, "SUM", "COUNT"},
	"CONTACTS_MISSED":                     {"AGENT_NON_RESPONSE", nil, "SUM", "COUNT"},
	"HANDLE_TIME":                         {"AVG_HANDLE_TIME", nil, "AVG", "SECONDS"},
	"AFTER_CONTACT_WORK_TIME":             {"AVG_AFTER_CONTACT_WORK_TIME", nil, "AVG", "SECONDS"},
	"QUEUED_TIME":                         {"MAX_QUEUED_TIME", nil, "MAX", "SECONDS"},
	"ABANDON_TIME":                        {"AVG_ABANDON_TIME", nil, "AVG", "SECONDS"},
	"QUEUE_ANSWER_TIME":                   {"AVG_QUEUE_ANSWER_TIME", nil, "AVG", "SECONDS"},
	"HOLD_TIME":                           {"AVG_HOLD_TIME", nil, "AVG", "SECONDS"},
	"INTERACTION_TIME":                    {"AVG_INTERACTION_TIME", nil, "AVG", "SECONDS"},
	"INTERACTION_AND_HOLD_TIME":           {"AVG_INTERACTION_AND_HOLD_TIME", nil, "AVG", "SECONDS"},
	"SERVICE_LEVEL":                       {"SERVICE_LEVEL", nil, "AVG", "PERCENT"},
}

func byMethod(methods ...string) []history.Filter {
	return []history.Filter{{Field: history.Method, Values: methods}}
}

// getMetricData is GetMetricDataV2 as it was: one interval of the last day, by queue, channel and routing profile.
func (s *Service) getMetricData(ctx context.Context, in *connectapi.GetMetricDataInput) (*connectapi.GetMetricDataOutput, error) {
	c, err := s.find(ctx, in.InstanceId)
	if err != nil {
		return nil, err
	}
	q := history.MetricQuery{Now: s.cfg.Clock.Now()}
	from, to := in.StartTime.UTC(), in.EndTime.UTC()
	if !from.Truncate(oldMetricsStep).Equal(from) || !to.Truncate(oldMetricsStep).Equal(to) {
		return nil, invalidParameter("StartTime, EndTime: must be multiples of %v", oldMetricsStep)
	}
	// What was 24 hours ago when the five minutes began counts.
	if err := checkRange(from, to, q.Now, q.Now.Truncate(oldMetricsStep).Add(-oldMetricsMost), oldMetricsMost); err != nil {
		return nil, err
	}
	if q.Filters, err = filtersV1(in.Filters); err != nil {
		return nil, err
	}
	for i, g := range in.Groupings {
		f, ok := map[string]history.Field{connectapi.GroupingQueue: history.Queue, connectapi.GroupingChannel: history.Channel, connectapi.GroupingRoutingProfile: history.Profile}[g]
		if !ok {
			return nil, unsupported("Groupings " + g)
		}
		if slices.Contains(in.Groupings[:i], g) {
			return nil, invalidParameter("Groupings: %s is named twice", g)
		}
		q.By = append(q.By, f)
	}
	if q.Metrics, err = metricsV1(in.HistoricalMetrics); err != nil {
		return nil, err
	}
	if err := unknownResource(c, q.Filters); err != nil {
		return nil, err
	}
	same := *in
	same.NextToken = nil
	digest, err := requestDigest(same)
	if err != nil {
		return nil, err
	}
	page, next, err := measurePage(ctx, c, q, []span{{from, to}}, "GetMetricData", digest, in.NextToken, in.MaxResults)
	if err != nil {
		return nil, err
	}
	inst := instanceOf(c)
	return &connectapi.GetMetricDataOutput{NextToken: next, MetricResults: mapped(page, func(m measured) connectapi.HistoricalMetricResult {
		out := connectapi.HistoricalMetricResult{Dimensions: dimensionsOut(inst, q.By, m.Of)}
		for i := range in.HistoricalMetrics {
			out.Collections = append(out.Collections, connectapi.HistoricalMetricData{Metric: &in.HistoricalMetrics[i], Value: number(m.Values[i])})
		}
		return out
	})}, nil
}

func dimensionsOut(inst center.Instance, by []history.Field, of []string) *connectapi.Dimensions {
	if len(by) == 0 {
		return nil
	}
	out := &connectapi.Dimensions{}
	for i, f := range by {
		switch f {
		case history.Queue:
			out.Queue = &connectapi.QueueReference{Id: &of[i], Arn: ptr(queueARN(inst, center.QueueID(of[i]), false))}
		case history.Profile:
			out.RoutingProfile = &connectapi.RoutingProfileReference{Id: &of[i], Arn: ptr(resourceARN(inst, center.KindRoutingProfile, of[i]))}
		case history.Channel:
			out.Channel = &of[i]
		}
	}
	return out
}

func filtersV1(f *connectapi.Filters) (out []history.Filter, err error) {
	if err := refuseSet(
		member{"Filters.RoutingStepExpressions", len(f.RoutingStepExpressions) > 0},
		member{"Filters.AgentStatuses", len(f.AgentStatuses) > 0},
		member{"Filters.Subtypes", len(f.Subtypes) > 0},
		member{"Filters.ValidationTestTypes", len(f.ValidationTestTypes) > 0},
	); err != nil {
		return nil, err
	}
	for _, x := range []struct {
		field  history.Field
		values []string
	}{{history.Queue, f.Queues}, {history.Channel, f.Channels}, {history.Profile, f.RoutingProfiles}} {
		if len(x.values) > 0 {
			out = append(out, history.Filter{Field: x.field, Values: mapped(x.values, bare)})
		}
	}
	if len(out) == 0 {
		return nil, invalidParameter("Filters: Queues, Channels or RoutingProfiles is required")
	}
	return out, nil
}

func metricsV1(in []connectapi.HistoricalMetric) (out []history.Metric, err error) {
	if len(in) == 0 || len(in) > metricsMax {
		return nil, invalidParameter("HistoricalMetrics: must have 1 to %d items", metricsMax)
	}
	levels := 0
	for _, m := range in {
		name := value(m.Name)
		d, ok := historicalMetrics[name]
		switch {
		case !ok:
			return nil, unsupported("HistoricalMetrics " + name)
		case m.Statistic != nil && *m.Statistic != d.statistic:
			return nil, invalidParameter("HistoricalMetrics: the statistic of %s is %s", name, d.statistic)
		case m.Unit != nil && *m.Unit != d.unit:
			return nil, invalidParameter("HistoricalMetrics: the unit of %s is %s", name, d.unit)
		}
		metric := history.Metric{Name: d.name, Filters: d.filter}
		switch {
		case name != "SERVICE_LEVEL" && m.Threshold != nil:
			return nil, invalidParameter("HistoricalMetrics: Threshold of %s is not allowed", name)
		case name == "SERVICE_LEVEL" && m.Threshold == nil:
			return nil, invalidParameter("HistoricalMetrics: Threshold of %s is required", name)
		case name == "SERVICE_LEVEL":
			if levels++; levels > serviceLevelMax {
				return nil, invalidParameter("HistoricalMetrics: at most %d SERVICE_LEVEL are allowed", serviceLevelMax)
			}
			if metric.Below, err = below("HistoricalMetrics.Threshold", name, value(m.Threshold.Comparison), m.Threshold.ThresholdValue, false); err != nil {
				return nil, err
			}
		}
		out = append(out, metric)
	}
	return out, nil
}
