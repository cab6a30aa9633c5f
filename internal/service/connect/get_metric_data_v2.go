package connect

import (
	"context"
	"slices"
	"time"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/history"
)

// filterValuesMax is how many values all filters have together at most, channels not counted (documented).
const filterValuesMax = 100

// dimensions are the keys that filter and divide historical metrics, and what they are of a contact.
var dimensions = map[string]history.Field{
	"QUEUE": history.Queue, "ROUTING_PROFILE": history.Profile, "AGENT": history.Agent, "CHANNEL": history.Channel,
	"AGENT_HIERARCHY_LEVEL_ONE": history.Level1, "AGENT_HIERARCHY_LEVEL_TWO": history.Level2, "AGENT_HIERARCHY_LEVEL_THREE": history.Level3,
	"AGENT_HIERARCHY_LEVEL_FOUR": history.Level4, "AGENT_HIERARCHY_LEVEL_FIVE": history.Level5,
	"contact/segmentAttributes/connect:Subtype": history.Subtype,
}

// getMetricDataV2 answers what contacts and agents' time add up to, as a whole or by intervals and groups.
func (s *Service) getMetricDataV2(ctx context.Context, in *connectapi.GetMetricDataV2Input) (*connectapi.GetMetricDataV2Output, error) {
	c, err := s.find(ctx, in.ResourceArn)
	if err != nil {
		return nil, err
	}
	q := history.MetricQuery{Now: s.cfg.Clock.Now()}
	period, spans, err := spansOf(in, q.Now)
	if err != nil {
		return nil, err
	}
	if q.Filters, err = filtersV2(in.Filters); err != nil {
		return nil, err
	}
	for i, g := range in.Groupings {
		f, ok := dimensions[g]
		if !ok {
			return nil, unsupported("Groupings " + g)
		}
		if slices.Contains(in.Groupings[:i], g) {
			return nil, invalidParameter("Groupings: %s is named twice", g)
		}
		q.By = append(q.By, f)
	}
	if q.Metrics, err = metricsV2(in); err != nil {
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
	page, next, err := measurePage(ctx, c, q, spans, "GetMetricDataV2", digest, in.NextToken, in.MaxResults)
	if err != nil {
		return nil, err
	}
	return &connectapi.GetMetricDataV2Output{NextToken: next, MetricResults: mapped(page, func(m measured) connectapi.MetricResultV2 {
		return resultV2(in, period, m)
	})}, nil
}

// spansOf divides the range of a request.
func spansOf(in *connectapi.GetMetricDataV2Input, now time.Time) (period string, spans []span, err error) {
	period, zone := connectapi.IntervalPeriodTotal, ""
	if in.Interval != nil {
		zone = value(in.Interval.TimeZone)
		if in.Interval.IntervalPeriod != nil {
			period = *in.Interval.IntervalPeriod
		}
	}
	most := historyMost
	switch period {
	case connectapi.IntervalPeriodFifteenMin, connectapi.IntervalPeriodThirtyMin, connectapi.IntervalPeriodHour:
		most = historyFineMost
	}
	if err := checkRange(*in.StartTime, *in.EndTime, now, now.AddDate(0, -historyMonths, 0), most); err != nil {
		return "", nil, err
	}
	spans, err = intervals(in.StartTime.UTC(), in.EndTime.UTC(), period, zone)
	return period, spans, err
}

func filtersV2(in []connectapi.FilterV2) (out []history.Filter, err error) {
	authorizes, n := false, 0
	for i, f := range in {
		key := value(f.FilterKey)
		field, ok := dimensions[key]
		switch {
		case f.StringCondition != nil:
			return nil, unsupported("Filters.StringCondition")
		case !ok:
			return nil, unsupported("Filters.FilterKey " + key)
		case slices.ContainsFunc(in[:i], func(o connectapi.FilterV2) bool { return value(o.FilterKey) == key }):
			return nil, invalidParameter("Filters: %s is named twice", key)
		case len(f.FilterValues) == 0:
			return nil, invalidParameter("Filters: FilterValues of %s is required", key)
		}
		if field != history.Channel {
			n += len(f.FilterValues)
		}
		authorizes = authorizes || field != history.Channel && field != history.Subtype
		out = append(out, history.Filter{Field: field, Values: mapped(f.FilterValues, bare)})
	}
	if !authorizes {
		return nil, invalidParameter("Filters: at least one of QUEUE, ROUTING_PROFILE, AGENT and AGENT_HIERARCHY_LEVEL_ONE to _FIVE is required")
	}
	if n > filterValuesMax {
		return nil, invalidParameter("Filters: must have at most %d values", filterValuesMax)
	}
	return out, nil
}

// metricsV2 reads the metrics of a request and holds each to what it can be filtered and divided by.
func metricsV2(in *connectapi.GetMetricDataV2Input) (out []history.Metric, err error) {
	if len(in.Metrics) == 0 || len(in.Metrics) > metricsMax {
		return nil, invalidParameter("Metrics: must have 1 to %d items", metricsMax)
	}
	levels := 0
	for _, m := range in.Metrics {
		name := value(m.Name)
		scope, threshold, filters, ok := history.Known(name)
		switch {
		case m.MetricId != nil:
			return nil, unsupported("Metrics.MetricId")
		case !ok:
			return nil, unsupported("Metrics " + name)
		case threshold != (len(m.Threshold) == 1):
			return nil, invalidParameter("Metrics: Threshold of %s %s", name, map[bool]string{true: "is required", false: "is not allowed"}[threshold])
		}
		if name == "SERVICE_LEVEL" {
			if levels++; levels > serviceLevelMax {
				return nil, invalidParameter("Metrics: at most %d SERVICE_LEVEL are allowed", serviceLevelMax)
			}
		}
		for _, f := range in.Filters {
			if !scope.Allows(dimensions[value(f.FilterKey)]) {
				return nil, invalidParameter("Filters: %s is not a valid filter for %s", value(f.FilterKey), name)
			}
		}
		for _, g := range in.Groupings {
			if !scope.Allows(dimensions[g]) {
				return nil, invalidParameter("Groupings: %s is not a valid grouping for %s", g, name)
			}
		}
		metric := history.Metric{Name: name}
		if threshold {
			t := m.Threshold[0]
			metric.OrEqual = value(t.Comparison) == "LTE"
			if metric.Below, err = below("Metrics.Threshold", name, value(t.Comparison), t.ThresholdValue, true); err != nil {
				return nil, err
			}
		}
		if metric.Filters, err = metricFilters(name, filters, m.MetricFilters); err != nil {
			return nil, err
		}
		out = append(out, metric)
	}
	return out, nil
}

// metricFilters reads a metric's own filters. AWS documents some metrics without them and has been seen to take them.
func metricFilters(name string, may history.MetricFilters, in []connectapi.MetricFilterV2) (out []history.Filter, err error) {
	for i, f := range in {
		key := value(f.MetricFilterKey)
		field, ok := map[string]history.Field{"INITIATION_METHOD": history.Method, "DISCONNECT_REASON": history.Reason}[key]
		switch {
		case !ok:
			return nil, unsupported("Metrics.MetricFilters.MetricFilterKey " + key)
		case may == history.NoFilters || may == history.ByMethodOnly && field != history.Method:
			return nil, invalidParameter("Metrics.MetricFilters: %s is not a valid filter for %s", key, name)
		case may == history.ByMethodOnly && value(f.Negate):
			return nil, invalidParameter("Metrics.MetricFilters: Negate is not applicable for %s", name)
		case slices.ContainsFunc(in[:i], func(o connectapi.MetricFilterV2) bool { return value(o.MetricFilterKey) == key }):
			return nil, invalidParameter("Metrics.MetricFilters: %s is named twice", key)
		case len(f.MetricFilterValues) == 0:
			return nil, invalidParameter("Metrics.MetricFilters: MetricFilterValues of %s is required", key)
		}
		values := f.MetricFilterValues
		if field == history.Method {
			values = mapped(values, methodNamed)
		}
		out = append(out, history.Filter{Field: field, Values: values, Not: value(f.Negate)})
	}
	return out, nil
}

// resultV2 shows a group: all metrics that were asked for, and what they are of.
func resultV2(in *connectapi.GetMetricDataV2Input, period string, m measured) connectapi.MetricResultV2 {
	out := connectapi.MetricResultV2{
		Dimensions:     make(map[string]string, len(in.Groupings)),
		MetricInterval: &connectapi.MetricInterval{Interval: &period, StartTime: &m.from, EndTime: &m.to},
	}
	for i, g := range in.Groupings {
		out.Dimensions[g] = m.Of[i]
	}
	for i := range in.Metrics {
		out.Collections = append(out.Collections, connectapi.MetricDataV2{Metric: &in.Metrics[i], Value: number(m.Values[i])})
	}
	return out
}
