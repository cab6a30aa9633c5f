package cloudwatch

import (
	"context"
	"errors"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	client "github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/schemas"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
	"github.com/aws/smithy-go/transport/http/protocol/awsjson"
	"github.com/aws/smithy-go/transport/http/protocol/awsquery"

	"github.com/hookswitch/hookswitch/internal/clock"
	"github.com/hookswitch/hookswitch/internal/edge"
	"github.com/hookswitch/hookswitch/internal/storage/memory"
)

const testAccount = "123456789012"

// epoch is when tests begin: not on a whole second.
var epoch = time.Date(2026, 3, 4, 5, 6, 7, 250e6, time.UTC)

// minute is the one that epoch is in.
var minute = epoch.Truncate(time.Minute)

// world is a service behind the front door, on a virtual clock and a storage that outlives it.
type world struct {
	t     testing.TB
	cfg   Config
	clock *clock.Virtual
	disk  *memory.Disk
	svc   *Service
	url   string
	*client.Client
}

func newWorld(t testing.TB, change ...func(*Config)) *world {
	t.Helper()
	w := &world{t: t, clock: clock.NewVirtual(epoch), disk: new(memory.Disk)}
	w.cfg.Clock = w.clock
	for _, f := range change {
		f(&w.cfg)
	}
	w.reopen()
	return w
}

// reopen starts a new service on what the old one left, as after a crash.
func (w *world) reopen() {
	w.t.Helper()
	w.cfg.Storage = memory.New(memory.Config{Clock: w.clock, Disk: w.disk})
	var err error
	if w.svc, err = New(context.Background(), w.cfg); err != nil {
		w.t.Fatal(err)
	}
	front, err := edge.New(edge.Config{Operations: w.svc.Operations()})
	if err != nil {
		w.t.Fatal(err)
	}
	server := httptest.NewServer(front)
	w.t.Cleanup(server.Close)
	w.url = server.URL
	w.Client = w.as(testAccount, "eu-west-3", nil)
}

// protocols are what official clients of CloudWatch speak; nil is the Go SDK's own choice.
var protocols = map[string]smithyhttp.ClientProtocol{
	"cbor": nil, "json": awsjson.New10(schemas.GraniteServiceVersion20100801), "query": awsquery.New(schemas.GraniteServiceVersion20100801),
}

func (w *world) as(account, region string, protocol smithyhttp.ClientProtocol) *client.Client {
	return client.NewFromConfig(aws.Config{Region: region, BaseEndpoint: &w.url, Credentials: credentials.NewStaticCredentialsProvider(account, "secret", "")},
		func(o *client.Options) {
			o.Retryer = aws.NopRetryer{}
			if protocol != nil {
				o.Protocol = protocol
			}
		})
}

func (w *world) advance(d time.Duration) {
	w.t.Helper()
	if err := w.clock.Advance(d); err != nil {
		w.t.Fatal(err)
	}
}

// put puts data into the namespace "Test".
func (w *world) put(data ...types.MetricDatum) {
	w.t.Helper()
	if _, err := w.PutMetricData(w.t.Context(), &client.PutMetricDataInput{Namespace: aws.String("Test"), MetricData: data}); err != nil {
		w.t.Fatal(err)
	}
}

func value(name string, at time.Time, v float64) types.MetricDatum {
	return types.MetricDatum{MetricName: &name, Timestamp: &at, Value: &v}
}

func asked(name string, from, to time.Time, period int32, stats ...types.Statistic) *client.GetMetricStatisticsInput {
	return &client.GetMetricStatisticsInput{Namespace: aws.String("Test"), MetricName: &name, StartTime: &from, EndTime: &to, Period: &period, Statistics: stats}
}

// statistics asks for the statistics of a metric of "Test".
func (w *world) statistics(in *client.GetMetricStatisticsInput) []types.Datapoint {
	w.t.Helper()
	out, err := w.GetMetricStatistics(w.t.Context(), in)
	if err != nil {
		w.t.Fatal(err)
	}
	return out.Datapoints
}

// sums asks for the sums of a metric of "Test" by the minute, from two weeks ago to two hours ahead, at most a day at once.
func (w *world) sum(name string) float64 {
	w.t.Helper()
	total := 0.0
	now := w.clock.Now()
	for from := now.Add(-16 * 24 * time.Hour); from.Before(now.Add(2 * time.Hour)); from = from.Add(24 * time.Hour) {
		for _, d := range w.statistics(asked(name, from.Truncate(time.Minute), from.Truncate(time.Minute).Add(24*time.Hour), 60, types.StatisticSum)) {
			total += *d.Sum
		}
	}
	return total
}

func wantError(t testing.TB, err error, code, message string) {
	t.Helper()
	var api smithy.APIError
	if !errors.As(err, &api) || api.ErrorCode() != code || api.ErrorMessage() != message {
		t.Errorf("got  %v\nwant %s: %s", err, code, message)
	}
}
