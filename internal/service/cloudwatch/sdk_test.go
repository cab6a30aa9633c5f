package cloudwatch

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	client "github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/smithy-go/middleware"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// TestAllProtocols walks every operation in each protocol that official clients speak: what one puts, all see.
func TestAllProtocols(t *testing.T) {
	w := newWorld(t)
	ignore := cmpopts.IgnoreTypes(middleware.Metadata{})
	unexported := cmpopts.IgnoreUnexported(types.Datapoint{}, types.Metric{}, types.Dimension{}, types.MetricDataResult{}, client.ListMetricsOutput{}, client.GetMetricDataOutput{}, client.GetMetricStatisticsOutput{})
	put := 0.0
	for name, protocol := range protocols {
		c := w.as(testAccount, "eu-west-3", protocol)
		if _, err := c.PutMetricData(t.Context(), &client.PutMetricDataInput{Namespace: aws.String("Test"), MetricData: []types.MetricDatum{
			{MetricName: aws.String("Latency"), Timestamp: &epoch, Unit: types.StandardUnitMilliseconds, Values: []float64{1.5, 20}, Counts: []float64{3, 1},
				Dimensions: []types.Dimension{{Name: aws.String("Stage"), Value: aws.String("<a & b>")}}, StorageResolution: aws.Int32(1)},
		}}); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		put++
	}
	dims := []types.Dimension{{Name: aws.String("Stage"), Value: aws.String("<a & b>")}}
	whole := types.Metric{Namespace: aws.String("Test"), MetricName: aws.String("Latency"), Dimensions: dims}
	for name, protocol := range protocols {
		c := w.as(testAccount, "eu-west-3", protocol)
		list, err := c.ListMetrics(t.Context(), &client.ListMetricsInput{Dimensions: []types.DimensionFilter{{Name: aws.String("Stage")}}, RecentlyActive: types.RecentlyActivePt3h})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if d := cmp.Diff([]types.Metric{whole}, list.Metrics, ignore, unexported); d != "" {
			t.Errorf("%s: ListMetrics\n%s", name, d)
		}

		in := asked("Latency", minute, minute.Add(time.Hour), 60, types.StatisticAverage, types.StatisticSum, types.StatisticMaximum, types.StatisticMinimum, types.StatisticSampleCount)
		in.Dimensions = dims
		got, err := c.GetMetricStatistics(t.Context(), in)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if d := cmp.Diff([]types.Datapoint{{Timestamp: &minute, Unit: types.StandardUnitMilliseconds, SampleCount: aws.Float64(4 * put), Sum: aws.Float64(24.5 * put),
			Average: aws.Float64(24.5 / 4), Minimum: aws.Float64(1.5), Maximum: aws.Float64(20)}}, got.Datapoints, ignore, unexported); d != "" {
			t.Errorf("%s: GetMetricStatistics\n%s", name, d)
		}
		in.Statistics, in.ExtendedStatistics = nil, []string{"p50", "p99.9"}
		if got, err = c.GetMetricStatistics(t.Context(), in); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if d := cmp.Diff([]types.Datapoint{{Timestamp: &minute, Unit: types.StandardUnitMilliseconds, ExtendedStatistics: map[string]float64{"p50": 1.5, "p99.9": 20}}},
			got.Datapoints, ignore, unexported); d != "" {
			t.Errorf("%s: percentiles\n%s", name, d)
		}

		second := epoch.Truncate(time.Second)
		data, err := c.GetMetricData(t.Context(), &client.GetMetricDataInput{StartTime: &minute, EndTime: aws.Time(minute.Add(time.Minute)), MetricDataQueries: []types.MetricDataQuery{
			{Id: aws.String("a"), MetricStat: &types.MetricStat{Metric: &whole, Period: aws.Int32(1), Stat: aws.String("SampleCount")}, Label: aws.String("<l>")},
			{Id: aws.String("b"), MetricStat: &types.MetricStat{Metric: &whole, Period: aws.Int32(60), Stat: aws.String("p90")}, ReturnData: aws.Bool(false)},
		}})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if d := cmp.Diff([]types.MetricDataResult{{Id: aws.String("a"), Label: aws.String("<l>"), StatusCode: types.StatusCodeComplete, Timestamps: []time.Time{second}, Values: []float64{4 * put}}},
			data.MetricDataResults, ignore, unexported); d != "" {
			t.Errorf("%s: GetMetricData\n%s", name, d)
		}

		_, err = c.PutMetricData(t.Context(), &client.PutMetricDataInput{Namespace: aws.String("AWS/Kinesis"), MetricData: []types.MetricDatum{value("a", epoch, 1)}})
		// The SDK names errors by their query codes where it came from another protocol, and by their types where it did not.
		invalid, violated := "InvalidParameterValue", "ValidationError"
		if name == "query" {
			invalid, violated = "InvalidParameterValueException", "ValidationException"
		}
		wantError(t, err, invalid, "The value AWS/ for parameter Namespace is invalid.")
		_, err = c.GetMetricData(t.Context(), &client.GetMetricDataInput{StartTime: &minute, EndTime: &epoch, NextToken: aws.String("x"), MetricDataQueries: []types.MetricDataQuery{
			{Id: aws.String("a"), MetricStat: &types.MetricStat{Metric: &whole, Period: aws.Int32(60), Stat: aws.String("Sum")}}}})
		wantError(t, err, "InvalidNextToken", "The value for parameter NextToken is invalid.")
		_, err = c.PutMetricData(t.Context(), &client.PutMetricDataInput{Namespace: aws.String(":x"), MetricData: []types.MetricDatum{}})
		wantError(t, err, violated, "1 validation error detected: Value ':x' at 'namespace' failed to satisfy constraint: Member must satisfy regular expression pattern: [^:].*")
		_, err = c.DescribeAlarms(t.Context(), &client.DescribeAlarmsInput{})
		if err == nil {
			t.Errorf("%s: DescribeAlarms is answered", name)
		}
	}
}
