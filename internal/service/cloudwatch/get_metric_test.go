package cloudwatch

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	client "github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
)

func TestStatisticsRefusals(t *testing.T) {
	w := newWorld(t)
	sum := types.StatisticSum
	extended := func(names ...string) *client.GetMetricStatisticsInput {
		in := asked("m", minute, minute.Add(time.Hour), 60)
		in.ExtendedStatistics = names
		return in
	}
	both := extended("p50")
	both.Statistics = []types.Statistic{sum}
	for _, c := range []struct {
		code, message string
		in            *client.GetMetricStatisticsInput
	}{
		{"InvalidParameterValue", "The parameter StartTime must not equal parameter EndTime.", asked("m", minute, minute, 60, sum)},
		{"InvalidParameterValue", "The parameter StartTime must be less than the parameter EndTime.", asked("m", minute, minute.Add(-time.Hour), 60, sum)},
		{"InvalidParameterValue", "The parameter Period must be a value in the set [1, 5, 10, 20, 30] or a multiple of 60.", asked("m", minute, minute.Add(time.Hour), 90, sum)},
		{"InvalidParameterCombination", "You have requested up to 1441 datapoints, which exceeds the limit of 1440. You may reduce the datapoints requested by increasing Period, or decreasing the time range.",
			asked("m", minute, minute.Add(1441*time.Minute), 60, sum)},
		{"MissingParameter", "The parameter Statistics or the parameter ExtendedStatistics must be specified.", asked("m", minute, minute.Add(time.Hour), 60)},
		{"InvalidParameterCombination", "The parameters Statistics and ExtendedStatistics are mutually exclusive and you have specified both.", both},
		{"InvalidParameterValue", "The value TM(10%:90%) for parameter ExtendedStatistics is not supported. Percentiles are, from p0 to p100.", extended("p1", "TM(10%:90%)")},
		{"InvalidParameterValue", "The value p101 for parameter ExtendedStatistics is not supported. Percentiles are, from p0 to p100.", extended("p101")},
		{"InvalidParameterValue", "The value Sum for parameter ExtendedStatistics is not supported. Percentiles are, from p0 to p100.", extended("Sum")},
	} {
		_, err := w.GetMetricStatistics(t.Context(), c.in)
		wantError(t, err, c.code, c.message)
	}
	if got := w.statistics(asked("m", minute, minute.Add(1440*time.Minute), 60, sum)); len(got) != 0 {
		t.Errorf("an unknown metric has %v", got)
	}
}

// TestPeriods: periods are counted from StartTime, which is rounded down to a minute, or to a shorter period; the end is
// not looked at; seconds are there for three hours and only for data of high resolution.
func TestPeriods(t *testing.T) {
	w := newWorld(t)
	fine := func(name string, at time.Time, v float64) types.MetricDatum {
		d := value(name, at, v)
		d.StorageResolution = aws.Int32(1)
		return d
	}
	hour := epoch.Truncate(time.Hour)
	for i := range 10 {
		w.put(value("m", hour.Add(time.Duration(i)*time.Minute), math.Ldexp(1, i)))
	}
	for _, c := range []struct {
		from, to time.Time
		period   int32
		want     map[int]float64 // by minute of the hour
	}{
		{hour, hour.Add(10 * time.Minute), 300, map[int]float64{0: 31, 5: 992}},
		{hour.Add(2*time.Minute + 59*time.Second), hour.Add(9 * time.Minute), 180, map[int]float64{2: 4 + 8 + 16, 5: 32 + 64 + 128, 8: 256}},
		{hour, hour.Add(time.Minute), 3600, map[int]float64{0: 1}},
		{hour, hour.Add(24 * time.Hour), 86400, map[int]float64{0: 1023}},
		{hour, hour.Add(10 * time.Minute), 30, map[int]float64{}},
	} {
		got := map[int]float64{}
		for _, d := range w.statistics(asked("m", c.from, c.to, c.period, types.StatisticSum)) {
			got[int(d.Timestamp.Sub(hour)/time.Minute)] = *d.Sum
		}
		if fmt.Sprint(got) != fmt.Sprint(c.want) {
			t.Errorf("from %v to %v by %d: %v, want %v", c.from, c.to, c.period, got, c.want)
		}
	}
	for i := range 30 {
		w.put(fine("f", hour.Add(time.Duration(i)*time.Second), 1))
	}
	seconds := asked("f", hour.Add(7*time.Second), hour.Add(time.Minute), 10, types.StatisticSum)
	got := w.statistics(seconds)
	if len(got) != 3 || !got[0].Timestamp.Equal(hour) || *got[0].Sum != 10 || *got[2].Sum != 10 {
		t.Errorf("by ten seconds: %+v", got)
	}
	w.advance(3*time.Hour - epoch.Sub(hour))
	if got := w.statistics(seconds); len(got) != 3 {
		t.Errorf("after three hours: %+v", got)
	}
	w.advance(11 * time.Second)
	if got := w.statistics(seconds); len(got) != 2 || *got[0].Sum != 9 {
		t.Errorf("after three hours and eleven seconds: %+v", got)
	}
	if got := w.statistics(asked("f", hour, hour.Add(time.Minute), 60, types.StatisticSum)); len(got) != 1 || *got[0].Sum != 30 {
		t.Errorf("by the minute: %+v", got)
	}
}

// TestRetention: data of the last 15 days is there, by their timestamps, and nothing older; storage lets go of it too.
func TestRetention(t *testing.T) {
	w := newWorld(t)
	w.put(value("m", epoch.Add(-14*24*time.Hour), 1), value("m", epoch, 2), value("m", epoch.Add(2*time.Hour), 4))
	if got := w.sum("m"); got != 7 {
		t.Errorf("at first: %v", got)
	}
	w.advance(24*time.Hour + time.Minute)
	if got := w.sum("m"); got != 6 {
		t.Errorf("after a day: %v", got)
	}
	w.advance(14 * 24 * time.Hour)
	if got := w.sum("m"); got != 4 {
		t.Errorf("after 15 days: %v", got)
	}
	if list, err := w.ListMetrics(t.Context(), &client.ListMetricsInput{}); err != nil || len(list.Metrics) != 0 {
		t.Errorf("two weeks after the last data there is %v, %v", list, err)
	}
	w.advance(3 * time.Hour)
	if err := w.svc.Work(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(w.svc.index.all) != 0 || w.svc.index.bytes != 0 {
		t.Errorf("the index keeps %v, %d bytes", w.svc.index.all, w.svc.index.bytes)
	}
	first, last, err := w.svc.minutes.log.Bounds(t.Context())
	if err != nil || first != last+1 {
		t.Errorf("storage keeps %d to %d, %v", first, last, err)
	}
}

// TestPercentiles: exact while a minute has no more than 150 different values, then within the error that rounding says.
func TestPercentiles(t *testing.T) {
	w := newWorld(t)
	ask := func(name string, p string) []types.Datapoint {
		in := asked(name, minute, minute.Add(time.Hour), 3600)
		in.ExtendedStatistics = []string{p}
		return w.statistics(in)
	}
	want := func(name, p string, low, high float64) {
		t.Helper()
		got := ask(name, p)
		if len(got) != 1 || got[0].ExtendedStatistics[p] < low || got[0].ExtendedStatistics[p] > high {
			t.Errorf("%s of %s is %+v, want %v to %v", p, name, got, low, high)
		}
	}
	var few []float64
	for i := range 100 {
		few = append(few, float64(100-i))
	}
	w.put(types.MetricDatum{MetricName: aws.String("few"), Values: few})
	want("few", "p99", 99, 99)
	want("few", "p99.5", 100, 100)
	want("few", "p0", 1, 1)
	want("few", "p100", 100, 100)
	for i := range 40 { // 6,000 different values
		var many []float64
		for j := range 150 {
			many = append(many, float64(1+i*150+j))
		}
		w.put(types.MetricDatum{MetricName: aws.String("many"), Values: many})
		w.put(types.MetricDatum{MetricName: aws.String("spread"), Values: []float64{math.Ldexp(1, 9*i), math.Ldexp(1.3, -9*i), 0}})
	}
	want("many", "p50", 3000*0.95, 3000*1.05)
	want("many", "p0", 1, 1)
	want("many", "p100", 6000, 6000)
	want("spread", "p10", 0, 0)
	// Sixty minutes at once hold more values than a bucket may.
	for i := range 60 {
		var own []float64
		for j := range 150 {
			own = append(own, float64(j*60+i))
		}
		w.put(types.MetricDatum{MetricName: aws.String("hour"), Timestamp: aws.Time(minute.Add(time.Duration(i) * time.Minute)), Values: own})
	}
	want("hour", "p50", 4499, 4499)

	// A statistic set does not tell them, unless all its values are the same; nor do negative values.
	w.put(types.MetricDatum{MetricName: aws.String("set"), StatisticValues: &types.StatisticSet{SampleCount: aws.Float64(3), Sum: aws.Float64(6), Minimum: aws.Float64(2), Maximum: aws.Float64(2)}})
	want("set", "p50", 2, 2)
	w.put(types.MetricDatum{MetricName: aws.String("set"), StatisticValues: &types.StatisticSet{SampleCount: aws.Float64(3), Sum: aws.Float64(6), Minimum: aws.Float64(1), Maximum: aws.Float64(3)}})
	w.put(value("negative", epoch, -1), value("negative", epoch, 1))
	for _, name := range []string{"set", "negative"} {
		if got := ask(name, "p50"); len(got) != 0 {
			t.Errorf("%s has a percentile: %+v", name, got)
		}
	}
}

// TestRoundingStaysBounded: whatever values come, a bucket keeps at most distinctMax of them, and a coarser level is two
// steps of the finer.
func TestRoundingStaysBounded(t *testing.T) {
	var s spread
	for i := -1074; i <= 360; i++ {
		s.add(math.Ldexp(1, i), 1)
	}
	s.settle(distinctMax)
	if len(s.values) > distinctMax || s.coarse > 12 {
		t.Errorf("%d values at level %d", len(s.values), s.coarse)
	}
	for v := 1e-3; v < 1e3; v *= 1.0007 {
		for level := uint8(1); level < 10; level++ {
			once, twice := rounded(v, level+1), rounded(rounded(v, level), level+1)
			if once != twice {
				t.Fatalf("%v at level %d: %v, by the finer level first %v", v, level+1, once, twice)
			}
			if level == 1 && math.Abs(rounded(v, 1)/v-1) > 0.011 {
				t.Fatalf("%v becomes %v", v, rounded(v, 1))
			}
		}
	}
}

func (w *world) query(id, name string, period int32, stat string) types.MetricDataQuery {
	return types.MetricDataQuery{Id: &id, MetricStat: &types.MetricStat{Metric: &types.Metric{Namespace: aws.String("Test"), MetricName: &name}, Period: &period, Stat: &stat}}
}

func TestMetricDataRefusals(t *testing.T) {
	w := newWorld(t)
	q := func(change func(*types.MetricDataQuery)) []types.MetricDataQuery {
		one := w.query("a", "m", 60, "Sum")
		change(&one)
		return []types.MetricDataQuery{one}
	}
	none := func(*types.MetricDataQuery) {}
	end := minute.Add(time.Hour)
	const at = "MetricDataQueries.member.1"
	for _, c := range []struct {
		message string
		in      client.GetMetricDataInput
	}{
		{"The parameter StartTime must not equal parameter EndTime.", client.GetMetricDataInput{StartTime: &end, MetricDataQueries: q(none)}},
		{"The parameter StartTime must be less than the parameter EndTime.", client.GetMetricDataInput{StartTime: aws.Time(end.Add(time.Hour)), MetricDataQueries: q(none)}},
		{"LabelOptions is not supported yet.", client.GetMetricDataInput{LabelOptions: &types.LabelOptions{Timezone: aws.String("+0100")}, MetricDataQueries: q(none)}},
		{"The value 100801 for parameter MaxDatapoints is invalid. It must be from 1 to 100800.", client.GetMetricDataInput{MaxDatapoints: aws.Int32(100801), MetricDataQueries: q(none)}},
		{"The parameter MetricDataQueries is required.", client.GetMetricDataInput{MetricDataQueries: []types.MetricDataQuery{}}},
		{"The collection MetricDataQueries must not have a size greater than 500.", client.GetMetricDataInput{MetricDataQueries: slices.Repeat(q(none), 501)}},
		{"The values for parameter id in MetricDataQueries are not unique.", client.GetMetricDataInput{MetricDataQueries: slices.Repeat(q(none), 2)}},
		{"The value A-1 for parameter " + at + ".Id is not matching the expected pattern ^[a-z][a-zA-Z0-9_]*$.", client.GetMetricDataInput{MetricDataQueries: q(func(m *types.MetricDataQuery) { m.Id = aws.String("A-1") })}},
		{at + ".Expression is not supported yet.", client.GetMetricDataInput{MetricDataQueries: q(func(m *types.MetricDataQuery) { m.Expression = aws.String("a+1") })}},
		{"The parameter " + at + ".MetricStat is required.", client.GetMetricDataInput{MetricDataQueries: q(func(m *types.MetricDataQuery) { m.MetricStat = nil })}},
		{"The parameters " + at + ".Period and " + at + ".MetricStat are mutually exclusive and you have specified both.", client.GetMetricDataInput{MetricDataQueries: q(func(m *types.MetricDataQuery) { m.Period = aws.Int32(60) })}},
		{at + ".AccountId is not supported yet for another account.", client.GetMetricDataInput{MetricDataQueries: q(func(m *types.MetricDataQuery) { m.AccountId = aws.String("210987654321") })}},
		{at + ".Label is not supported yet with dynamic values.", client.GetMetricDataInput{MetricDataQueries: q(func(m *types.MetricDataQuery) { m.Label = aws.String("${MAX}") })}},
		{"The parameter " + at + ".MetricStat.Period must be a value in the set [1, 5, 10, 20, 30] or a multiple of 60.", client.GetMetricDataInput{MetricDataQueries: q(func(m *types.MetricDataQuery) { m.MetricStat.Period = aws.Int32(7) })}},
		{"The parameter " + at + ".MetricStat.Metric.Namespace is required.", client.GetMetricDataInput{MetricDataQueries: q(func(m *types.MetricDataQuery) { m.MetricStat.Metric.Namespace = nil })}},
		{"The parameter " + at + ".MetricStat.Metric.MetricName is required.", client.GetMetricDataInput{MetricDataQueries: q(func(m *types.MetricDataQuery) { m.MetricStat.Metric.MetricName = nil })}},
		{"The value IQM for parameter " + at + ".MetricStat.Stat is not supported. Supported are Average, Maximum, Minimum, SampleCount, Sum and percentiles from p0 to p100.",
			client.GetMetricDataInput{MetricDataQueries: q(func(m *types.MetricDataQuery) { m.MetricStat.Stat = aws.String("IQM") })}},
	} {
		if c.in.StartTime == nil {
			c.in.StartTime = &minute
		}
		c.in.EndTime = &end
		_, err := w.GetMetricData(t.Context(), &c.in)
		wantError(t, err, "ValidationError", c.message+"\n")
	}
}

// TestMetricDataInPages: the SDK's paginator gathers the points of all queries, in either order, a few at a time.
func TestMetricDataInPages(t *testing.T) {
	w := newWorld(t)
	for i := range 10 {
		at := minute.Add(time.Duration(i) * time.Minute)
		w.put(value("m", at, float64(i)), value("n", at, float64(10*i)))
	}
	for _, order := range []types.ScanBy{"", types.ScanByTimestampDescending, types.ScanByTimestampAscending} {
		for _, size := range []int32{1, 3, 10, 20, 100} {
			in := &client.GetMetricDataInput{StartTime: &minute, EndTime: aws.Time(minute.Add(time.Hour)), ScanBy: order, MaxDatapoints: &size,
				MetricDataQueries: []types.MetricDataQuery{w.query("a", "m", 60, "Maximum"), w.query("none", "o", 60, "Sum"), w.query("b", "n", 120, "Sum")}}
			got := map[string][]float64{}
			pages := client.NewGetMetricDataPaginator(w.Client, in)
			for pages.HasMorePages() {
				page, err := pages.NextPage(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				n := 0
				for _, r := range page.MetricDataResults {
					if len(r.Timestamps) != len(r.Values) {
						t.Fatalf("%d timestamps of %d values", len(r.Timestamps), len(r.Values))
					}
					got[*r.Id] = append(got[*r.Id], r.Values...)
					n += len(r.Values)
				}
				if n > int(size) {
					t.Errorf("a page of %d has %d points", size, n)
				}
			}
			want := map[string][]float64{"a": {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, "none": nil, "b": {10, 50, 90, 130, 170}}
			if order != types.ScanByTimestampAscending {
				for _, v := range want {
					slices.Reverse(v)
				}
			}
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("%s by %d: %v, want %v", order, size, got, want)
			}
		}
	}
	first, err := w.GetMetricData(t.Context(), &client.GetMetricDataInput{StartTime: &minute, EndTime: aws.Time(minute.Add(time.Hour)), MaxDatapoints: aws.Int32(1),
		MetricDataQueries: []types.MetricDataQuery{w.query("a", "m", 60, "Sum")}})
	if err != nil || first.MetricDataResults[0].StatusCode != types.StatusCodePartialData {
		t.Fatalf("got %+v, %v", first, err)
	}
	_, err = w.GetMetricData(t.Context(), &client.GetMetricDataInput{StartTime: &minute, EndTime: aws.Time(minute.Add(time.Hour)), MaxDatapoints: aws.Int32(1),
		MetricDataQueries: []types.MetricDataQuery{w.query("a", "n", 60, "Sum")}, NextToken: first.NextToken})
	wantError(t, err, "InvalidNextToken", "The value for parameter NextToken is invalid.")
}

// TestMetricDataEndsEarly: an answer ends after lookedMax blocks, and the next page goes on.
func TestMetricDataEndsEarly(t *testing.T) {
	w := newWorld(t)
	in := &client.GetMetricDataInput{StartTime: aws.Time(epoch.Add(-14 * 24 * time.Hour)), EndTime: &epoch}
	for i := range 40 {
		name := fmt.Sprintf("m%d", i)
		w.put(value(name, epoch.Add(-time.Hour), 1))
		in.MetricDataQueries = append(in.MetricDataQueries, w.query(name, name, 3600, "Sum"))
	}
	first, err := w.GetMetricData(t.Context(), in)
	if err != nil || first.NextToken == nil {
		t.Fatalf("got %v, %v", first, err)
	}
	in.NextToken = first.NextToken
	second, err := w.GetMetricData(t.Context(), in)
	if err != nil || second.NextToken != nil || len(first.MetricDataResults)+len(second.MetricDataResults) != 40 {
		t.Errorf("pages of %d and %d results, %v", len(first.MetricDataResults), len(second.MetricDataResults), err)
	}
}
