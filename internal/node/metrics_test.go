package node

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdkcloudwatch "github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cloudwatchtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	sdkkinesis "github.com/aws/aws-sdk-go-v2/service/kinesis"
	kinesistypes "github.com/aws/aws-sdk-go-v2/service/kinesis/types"
)

// TestKinesisMetricsAreInCloudWatch puts records and asks CloudWatch about them, both with the official clients. The last
// minute is there after a restart.
func TestKinesisMetricsAreInCloudWatch(t *testing.T) {
	dir, now := t.TempDir(), clockStart
	ctx := t.Context()
	start := func() (*Node, func()) {
		n, err := Open(ctx, Config{Listen: "127.0.0.1:0", Data: dir, Clock: VirtualClock, ClockStart: now})
		if err != nil {
			t.Fatal(err)
		}
		running, stop := context.WithCancel(ctx)
		ready, ended := make(chan struct{}), make(chan error, 1)
		go func() { ended <- n.Run(running, func() { close(ready) }) }()
		<-ready
		return n, func() {
			stop()
			if err := <-ended; err != nil {
				t.Error(err)
			}
			if err := n.Close(context.WithoutCancel(ctx)); err != nil {
				t.Error(err)
			}
		}
	}
	n, stop := start()
	k, name := sdkkinesis.NewFromConfig(sdk(n)), aws.String("s")
	if _, err := k.CreateStream(ctx, &sdkkinesis.CreateStreamInput{StreamName: name, ShardCount: aws.Int32(1)}); err != nil {
		t.Fatal(err)
	}
	if _, err := k.EnableEnhancedMonitoring(ctx, &sdkkinesis.EnableEnhancedMonitoringInput{StreamName: name, ShardLevelMetrics: []kinesistypes.MetricsName{"IncomingBytes"}}); err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		if _, err := k.PutRecord(ctx, &sdkkinesis.PutRecordInput{StreamName: name, PartitionKey: aws.String("k"), Data: make([]byte, 9+10*i)}); err != nil {
			t.Fatal(err)
		}
	}
	stop()
	now = now.Add(time.Hour)
	n, stop = start()
	defer stop()
	// What was counted in a minute is there when a request that moved the clock past it is answered.
	k = sdkkinesis.NewFromConfig(sdk(n))
	if _, err := k.PutRecord(ctx, &sdkkinesis.PutRecordInput{StreamName: name, PartitionKey: aws.String("k"), Data: make([]byte, 6)}); err != nil {
		t.Fatal(err)
	}
	operate(t, n, "POST", "/clock", `{"advance":"1m"}`, 200, nil)
	cw := sdkcloudwatch.NewFromConfig(sdk(n))
	for _, dimensions := range [][]cloudwatchtypes.Dimension{
		{{Name: aws.String("StreamName"), Value: name}},
		{{Name: aws.String("StreamName"), Value: name}, {Name: aws.String("ShardId"), Value: aws.String("shardId-000000000000")}},
	} {
		out, err := cw.GetMetricStatistics(ctx, &sdkcloudwatch.GetMetricStatisticsInput{
			Namespace: aws.String("AWS/Kinesis"), MetricName: aws.String("IncomingBytes"), Dimensions: dimensions,
			StartTime: aws.Time(clockStart.Add(-time.Minute)), EndTime: aws.Time(clockStart.Add(2 * time.Hour)), Period: aws.Int32(60),
			Statistics: []cloudwatchtypes.Statistic{"SampleCount", "Sum", "Minimum", "Maximum"},
		})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, d := range out.Datapoints {
			got = append(got, fmt.Sprintf("%s %v %v %v %v %s", d.Timestamp.Format(time.TimeOnly), *d.SampleCount, *d.Sum, *d.Minimum, *d.Maximum, d.Unit))
		}
		slices.Sort(got)
		if want := []string{"17:00:00 3 60 10 30 Bytes", "18:00:00 1 7 7 7 Bytes"}; !slices.Equal(got, want) {
			t.Errorf("%d dimensions: %v, want %v", len(dimensions), got, want)
		}
	}
}
