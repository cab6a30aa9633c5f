package cloudwatch

import (
	"context"
	"slices"
	"sort"

	"github.com/hookswitch/hookswitch/internal/api/cloudwatchapi"
	"github.com/hookswitch/hookswitch/internal/metric"
)

// listPageMax is how many metrics one answer has.
const listPageMax = 500

// A listToken names the last metric of the page before.
type listToken struct {
	Namespace, Name string
	Dimensions      []metric.Dimension
}

// listMetrics lists the metrics that data came of in the last two weeks, or three hours, by namespace, name and dimensions.
func (s *Service) listMetrics(ctx context.Context, in *cloudwatchapi.ListMetricsInput) (*cloudwatchapi.ListMetricsOutput, error) {
	of := caller(ctx)
	if in.IncludeLinkedAccounts != nil && *in.IncludeLinkedAccounts {
		return nil, notSupported("IncludeLinkedAccounts")
	}
	if in.OwningAccount != nil {
		return nil, notSupported("OwningAccount")
	}
	since := s.clock.Now().Add(-listedFor)
	if in.RecentlyActive != nil {
		since = s.clock.Now().Add(-recentFor)
	}
	all := s.index.list(of, since, func(i identity) bool {
		return (in.Namespace == nil || i.namespace == *in.Namespace) && (in.MetricName == nil || i.name == *in.MetricName) &&
			matches(i.dimensions, in.Dimensions)
	})
	if in.NextToken != nil {
		var t listToken
		if !readToken(*in.NextToken, &t) {
			return nil, invalidValue("The value for parameter NextToken is invalid.")
		}
		last := identity{of, t.Namespace, t.Name, t.Dimensions}
		all = all[sort.Search(len(all), func(n int) bool { return all[n].compare(last) > 0 }):]
	}
	out := &cloudwatchapi.ListMetricsOutput{Metrics: []cloudwatchapi.Metric{}}
	for n, i := range all {
		if n == listPageMax {
			last := all[n-1]
			token := writeToken(listToken{last.namespace, last.name, last.dimensions})
			out.NextToken = &token
			break
		}
		m := cloudwatchapi.Metric{Namespace: &i.namespace, MetricName: &i.name, Dimensions: []cloudwatchapi.Dimension{}}
		for _, d := range i.dimensions {
			m.Dimensions = append(m.Dimensions, cloudwatchapi.Dimension{Name: &d.Name, Value: &d.Value})
		}
		out.Metrics = append(out.Metrics, m)
	}
	return out, nil
}

// matches reports whether every filter has its dimension: of its name, and of its value if it has one.
func matches(have []metric.Dimension, filters []cloudwatchapi.DimensionFilter) bool {
	for _, f := range filters {
		if !slices.ContainsFunc(have, func(d metric.Dimension) bool {
			return d.Name == *f.Name && (f.Value == nil || d.Value == *f.Value)
		}) {
			return false
		}
	}
	return true
}
