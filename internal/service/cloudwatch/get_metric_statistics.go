package cloudwatch

import (
	"context"
	"slices"
	"time"

	"github.com/hookswitch/hookswitch/internal/api/cloudwatchapi"
)

// datapointsMax is how many periods one GetMetricStatistics may ask for.
const datapointsMax = 1440

// getMetricStatistics computes statistics of one metric, unit by unit, oldest first.
func (s *Service) getMetricStatistics(ctx context.Context, in *cloudwatchapi.GetMetricStatisticsInput) (*cloudwatchapi.GetMetricStatisticsOutput, error) {
	stats, err := statisticsAsked(in)
	if err != nil {
		return nil, err
	}
	start, end, period := in.StartTime.Unix(), in.EndTime.Unix(), int64(*in.Period)
	switch { // the first text: telegraf issue 2022, 2016-11-09; the last: cloud-custodian issue 7683, 2022-08-24
	case start == end:
		return nil, invalidValue("The parameter StartTime must not equal parameter EndTime.")
	case start > end:
		return nil, invalidValue("The parameter StartTime must be less than the parameter EndTime.")
	case !validPeriod(period):
		return nil, invalidValue(periodRule, "Period")
	}
	asked := aligned(start, end, period)
	if n := (asked.to - asked.from + period - 1) / period; n > datapointsMax {
		return nil, invalidCombination("You have requested up to %d datapoints, which exceeds the limit of %d. "+
			"You may reduce the datapoints requested by increasing Period, or decreasing the time range.", n, datapointsMax)
	}
	dims, wrong := dimensions(in.Dimensions, "")
	if wrong != "" {
		return nil, invalidValue("%s", wrong)
	}
	of := caller(ctx)
	id := newIdentity(of, *in.Namespace, *in.MetricName, dims).id()
	out := &cloudwatchapi.GetMetricStatisticsOutput{Label: in.MetricName, Datapoints: []cloudwatchapi.Datapoint{}}
	spreads := slices.ContainsFunc(stats, func(st statistic) bool { return !st.basic })
	for _, u := range s.index.unitsOf(of, id) {
		if in.Unit != nil && *in.Unit != units[u] {
			continue
		}
		_, err := s.tableFor(period).query(ctx, id, u, asked, s.clock.Now(), spreads, func(p *point) {
			if d, ok := datapoint(p, u, stats); ok {
				out.Datapoints = append(out.Datapoints, d)
			}
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// statisticsAsked reads the statistics that a request names.
func statisticsAsked(in *cloudwatchapi.GetMetricStatisticsInput) ([]statistic, error) {
	switch {
	case len(in.Statistics) == 0 && len(in.ExtendedStatistics) == 0:
		return nil, missing("The parameter Statistics or the parameter ExtendedStatistics must be specified.")
	case len(in.Statistics) > 0 && len(in.ExtendedStatistics) > 0:
		return nil, invalidCombination("The parameters Statistics and ExtendedStatistics are mutually exclusive and you have specified both.")
	}
	var stats []statistic
	for _, name := range slices.Concat(in.Statistics, in.ExtendedStatistics) {
		st, ok := parseStatistic(name)
		if !ok || st.basic != (len(in.Statistics) > 0) {
			return nil, invalidValue("The value %s for parameter ExtendedStatistics is not supported. Percentiles are, from p0 to p100.", name)
		}
		stats = append(stats, st)
	}
	return stats, nil
}

// datapoint gives the statistics of a point; false when none of them can be told.
func datapoint(p *point, u unit, stats []statistic) (cloudwatchapi.Datapoint, bool) {
	at, name := time.Unix(p.at, 0).UTC(), units[u]
	d, any := cloudwatchapi.Datapoint{Timestamp: &at, Unit: &name}, false
	for _, st := range stats {
		v, ok := st.of(&p.bucket)
		if !ok {
			continue
		}
		any = true
		switch st.name {
		case "Average":
			d.Average = &v
		case "Maximum":
			d.Maximum = &v
		case "Minimum":
			d.Minimum = &v
		case "SampleCount":
			d.SampleCount = &v
		case "Sum":
			d.Sum = &v
		default:
			if d.ExtendedStatistics == nil {
				d.ExtendedStatistics = map[string]float64{}
			}
			d.ExtendedStatistics[st.name] = v
		}
	}
	return d, any
}
