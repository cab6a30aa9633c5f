package e2e

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"
)

// TestMetrics: each client puts values and statistic sets of its own metric, so many that the SDKs compress them, and
// finds them by all that asks for metrics. The Go SDK speaks CBOR; the AWS CLI and boto3 JSON, or forms where they are old.
func TestMetrics(t *testing.T) {
	s := start(t, virtual...)
	const day, at = "2026-03-02T", "16:58:30Z"
	for name, make := range clients {
		t.Run(name, func(t *testing.T) {
			c := make(t, s)
			call := func(operation string, input obj) obj {
				t.Helper()
				out, err := c.call(t.Context(), "cloudwatch", operation, input)
				if err != nil {
					t.Fatalf("%s: %v", operation, err)
				}
				return out
			}
			dims := []obj{{"Name": "Client", "Value": name}}
			var data []obj
			for i := range 400 {
				data = append(data, obj{"MetricName": "Latency", "Dimensions": dims, "Timestamp": day + at, "Unit": "Milliseconds", "Values": []float64{float64(i), 1000}, "Counts": []float64{2, 0.5}, "StorageResolution": 1})
			}
			data = append(data, obj{"MetricName": "Latency", "Dimensions": dims, "Timestamp": day + "16:59:00Z", "Unit": "Milliseconds", "StatisticValues": obj{"SampleCount": 4, "Sum": 10, "Minimum": 1, "Maximum": 5}})
			call("PutMetricData", obj{"Namespace": "Test/Clients", "MetricData": data})

			if got := call("ListMetrics", obj{"Namespace": "Test/Clients", "Dimensions": dims, "RecentlyActive": "PT3H"}); fmt.Sprint(got["Metrics"]) != fmt.Sprint([]any{obj{"Namespace": "Test/Clients", "MetricName": "Latency", "Dimensions": []any{dims[0]}}}) {
				t.Errorf("ListMetrics: %v", got)
			}
			in := obj{"Namespace": "Test/Clients", "MetricName": "Latency", "Dimensions": dims, "StartTime": day + "16:58:00Z", "EndTime": day + "17:00:00Z", "Period": 60}
			in["Statistics"] = []string{"SampleCount", "Average", "Sum", "Minimum", "Maximum"}
			points := list(call("GetMetricStatistics", in)["Datapoints"])
			if len(points) != 2 {
				t.Fatalf("GetMetricStatistics: %v", points)
			}
			first, second := points[0], points[1]
			sum := 2*399*200.0 + 400*500
			if first["SampleCount"] != 1000.0 || first["Sum"] != sum || first["Average"] != sum/1000 || first["Minimum"] != 0.0 || first["Maximum"] != 1000.0 || first["Unit"] != "Milliseconds" || when(t, first["Timestamp"]) != day+"16:58:00Z" {
				t.Errorf("the first minute: %v", first)
			}
			if second["SampleCount"] != 4.0 || second["Sum"] != 10.0 || second["Minimum"] != 1.0 {
				t.Errorf("the second minute: %v", second)
			}
			delete(in, "Statistics")
			in["ExtendedStatistics"] = []string{"p20", "p99"}
			points = list(call("GetMetricStatistics", in)["Datapoints"])
			if len(points) != 1 {
				t.Fatalf("percentiles: %v", points)
			}
			told, _ := points[0]["ExtendedStatistics"].(map[string]any)
			p20, _ := told["p20"].(float64) // 401 different values came in one minute: they are rounded
			p99, _ := told["p99"].(float64)
			if math.Abs(p20/99-1) > 0.1 || math.Abs(p99/1000-1) > 0.1 {
				t.Errorf("percentiles: %v", points)
			}
			metric := obj{"Namespace": "Test/Clients", "MetricName": "Latency", "Dimensions": dims}
			results := list(call("GetMetricData", obj{"StartTime": day + "16:58:00Z", "EndTime": day + "17:00:00Z", "ScanBy": "TimestampAscending", "MetricDataQueries": []obj{
				{"Id": "minutes", "MetricStat": obj{"Metric": metric, "Period": 60, "Stat": "Maximum"}},
				{"Id": "seconds", "MetricStat": obj{"Metric": metric, "Period": 1, "Stat": "SampleCount"}, "Label": "fine"},
			}})["MetricDataResults"])
			if len(results) != 2 || fmt.Sprintf("%v %v %v %v", results[0]["Values"], results[1]["Values"], results[1]["Label"], results[0]["StatusCode"]) != "[1000 5] [1000] fine Complete" ||
				when(t, results[1]["Timestamps"].([]any)[0]) != day+at {
				t.Errorf("GetMetricData: %v", results)
			}

			refused := func(operation string, input obj, codes ...string) {
				t.Helper()
				_, err := c.call(t.Context(), "cloudwatch", operation, input)
				var api *apiError
				if !errors.As(err, &api) || !strings.Contains(strings.Join(codes, " "), api.code) {
					t.Errorf("%s: %v, want %v", operation, err, codes)
				}
			}
			refused("PutMetricData", obj{"Namespace": "AWS/Kinesis", "MetricData": data[:1]}, "InvalidParameterValue")
			refused("PutMetricData", obj{"Namespace": "Test/Clients", "MetricData": []obj{{"MetricName": "m", "Value": 1, "Timestamp": "2026-02-01T00:00:00Z"}}}, "InvalidParameterValue")
			refused("DescribeAlarms", obj{}, "UnknownOperationException", "InvalidAction")
		})
	}
}

// when reads a time as clients print it: the AWS CLI (1.45) as the number that came, the others as text.
func when(t *testing.T, v any) string {
	t.Helper()
	if seconds, ok := v.(float64); ok {
		return time.Unix(int64(seconds), 0).UTC().Format(time.RFC3339)
	}
	at, err := time.Parse(time.RFC3339, fmt.Sprint(v))
	if err != nil {
		t.Error(err)
	}
	return at.UTC().Format(time.RFC3339)
}

// list is a JSON list of objects.
func list(v any) (out []obj) {
	items, _ := v.([]any)
	for _, i := range items {
		o, _ := i.(map[string]any)
		out = append(out, o)
	}
	return out
}
