package node

import (
	"errors"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdkkinesis "github.com/aws/aws-sdk-go-v2/service/kinesis"
	kinesistypes "github.com/aws/aws-sdk-go-v2/service/kinesis/types"
)

// TestRatesAreLimitedWhenAsked runs into a rate with the official client, on a clock that stands still.
func TestRatesAreLimitedWhenAsked(t *testing.T) {
	for limits, want := range map[string]string{"": LimitsOff, LimitsOff: LimitsOff, LimitsAWS: LimitsAWS} {
		n := run(t, Config{Memory: true, Limits: limits, Clock: VirtualClock})
		var info struct{ Limits string }
		if operate(t, n, "GET", "/info", "", 200, &info); info.Limits != want {
			t.Errorf("%q: /info says %q", limits, info.Limits)
		}
		k := sdkkinesis.NewFromConfig(sdk(n), func(o *sdkkinesis.Options) { o.Retryer = aws.NopRetryer{} })
		var err error
		for range 2 {
			_, err = k.DescribeLimits(t.Context(), &sdkkinesis.DescribeLimitsInput{})
		}
		var tooFast *kinesistypes.LimitExceededException
		if errors.As(err, &tooFast) != (limits == LimitsAWS) {
			t.Errorf("%q: the second DescribeLimits at one moment: %v", limits, err)
		}
		if limits != LimitsAWS {
			continue
		}
		operate(t, n, "POST", "/clock", `{"advance":"1s"}`, 200, nil)
		if _, err := k.DescribeLimits(t.Context(), &sdkkinesis.DescribeLimitsInput{}); err != nil {
			t.Errorf("a second later: %v", err)
		}
		name := aws.String("s")
		if _, err := k.CreateStream(t.Context(), &sdkkinesis.CreateStreamInput{StreamName: name, ShardCount: aws.Int32(1)}); err != nil {
			t.Fatal(err)
		}
		put := func() error {
			_, err := k.PutRecord(t.Context(), &sdkkinesis.PutRecordInput{StreamName: name, PartitionKey: aws.String("k"), Data: make([]byte, 1<<20-1)})
			return err
		}
		if err := put(); err != nil {
			t.Fatal(err)
		}
		var full *kinesistypes.ProvisionedThroughputExceededException
		if err := put(); !errors.As(err, &full) {
			t.Errorf("the second MiB at one moment: %v", err)
		}
		operate(t, n, "POST", "/clock", `{"advance":"`+time.Second.String()+`"}`, 200, nil)
		if err := put(); err != nil {
			t.Errorf("a second later: %v", err)
		}
	}
}
