package kinesis_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	client "github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
)

// TestSharedStreamWithTheGoSDK lets another account write and read a stream, and consume it, with the official client.
func TestSharedStreamWithTheGoSDK(t *testing.T) {
	url, ctx := serve(t), t.Context()
	owner := sdk(url)
	other := client.New(owner.Options(), func(o *client.Options) {
		o.Credentials = credentials.NewStaticCredentialsProvider("999999999999", "secret", "")
	})
	must[*client.CreateStreamOutput](t)(owner.CreateStream(ctx, &client.CreateStreamInput{StreamName: aws.String("s"), ShardCount: aws.Int32(1)}))
	arn := must[*client.DescribeStreamSummaryOutput](t)(owner.DescribeStreamSummary(ctx, &client.DescribeStreamSummaryInput{StreamName: aws.String("s")})).StreamDescriptionSummary.StreamARN
	consumer := must[*client.RegisterStreamConsumerOutput](t)(owner.RegisterStreamConsumer(ctx, &client.RegisterStreamConsumerInput{StreamARN: arn, ConsumerName: aws.String("app")})).Consumer.ConsumerARN
	put := func() error {
		_, err := other.PutRecord(ctx, &client.PutRecordInput{StreamARN: arn, PartitionKey: aws.String("k"), Data: []byte("data")})
		return err
	}
	var denied *types.AccessDeniedException
	if err := put(); !errors.As(err, &denied) || !strings.Contains(err.Error(), "no resource-based policy allows the kinesis:PutRecord action") {
		t.Fatalf("without a policy: %v", err)
	}
	for resource, actions := range map[*string]string{arn: `"kinesis:PutRecord","kinesis:GetShardIterator","kinesis:GetRecords"`, consumer: `"kinesis:SubscribeToShard"`} {
		text := fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Sid":"share","Effect":"Allow","Principal":{"AWS":"999999999999"},"Action":[%s],"Resource":%q}]}`, actions, *resource)
		must[*client.PutResourcePolicyOutput](t)(owner.PutResourcePolicy(ctx, &client.PutResourcePolicyInput{ResourceARN: resource, Policy: &text}))
		if got := must[*client.GetResourcePolicyOutput](t)(owner.GetResourcePolicy(ctx, &client.GetResourcePolicyInput{ResourceARN: resource})).Policy; *got != text {
			t.Errorf("the policy is %s", *got)
		}
	}
	if err := put(); err != nil {
		t.Fatal(err)
	}
	it := must[*client.GetShardIteratorOutput](t)(other.GetShardIterator(ctx, &client.GetShardIteratorInput{StreamARN: arn, ShardId: aws.String("shardId-000000000000"), ShardIteratorType: types.ShardIteratorTypeTrimHorizon}))
	if out := must[*client.GetRecordsOutput](t)(other.GetRecords(ctx, &client.GetRecordsInput{ShardIterator: it.ShardIterator, StreamARN: arn})); len(out.Records) != 1 || string(out.Records[0].Data) != "data" {
		t.Errorf("the other account reads %+v", out.Records)
	}
	sub := must[*client.SubscribeToShardOutput](t)(other.SubscribeToShard(ctx, &client.SubscribeToShardInput{ConsumerARN: consumer, ShardId: aws.String("shardId-000000000000"),
		StartingPosition: &types.StartingPosition{Type: types.ShardIteratorTypeTrimHorizon}}))
	event, ok := (<-sub.GetStream().Events()).(*types.SubscribeToShardEventStreamMemberSubscribeToShardEvent)
	if !ok || len(event.Value.Records) != 1 {
		t.Errorf("the other account is sent %+v", event)
	}
	if err := sub.GetStream().Close(); err != nil {
		t.Error(err)
	}
	if _, err := other.DeleteStream(ctx, &client.DeleteStreamInput{StreamARN: arn}); !errors.As(err, &denied) {
		t.Errorf("the other account deletes: %v", err)
	}
	must[*client.DeleteResourcePolicyOutput](t)(owner.DeleteResourcePolicy(ctx, &client.DeleteResourcePolicyInput{ResourceARN: arn}))
	if err := put(); !errors.As(err, &denied) {
		t.Errorf("after the policy is gone: %v", err)
	}
}

// TestWarmThroughputWithTheGoSDK commits an account and warms a stream up.
func TestWarmThroughputWithTheGoSDK(t *testing.T) {
	c, ctx, name := sdk(serve(t)), t.Context(), aws.String("s")
	settings := must[*client.DescribeAccountSettingsOutput](t)(c.DescribeAccountSettings(ctx, &client.DescribeAccountSettingsInput{}))
	if got := settings.MinimumThroughputBillingCommitment.Status; got != types.MinimumThroughputBillingCommitmentOutputStatusDisabled {
		t.Errorf("at first the commitment is %s", got)
	}
	create := &client.CreateStreamInput{StreamName: name, StreamModeDetails: &types.StreamModeDetails{StreamMode: types.StreamModeOnDemand}, WarmThroughputMiBps: aws.Int32(6)}
	var invalid *types.ValidationException
	if _, err := c.CreateStream(ctx, create); !errors.As(err, &invalid) {
		t.Errorf("without the commitment: %v", err)
	}
	set := must[*client.UpdateAccountSettingsOutput](t)(c.UpdateAccountSettings(ctx, &client.UpdateAccountSettingsInput{
		MinimumThroughputBillingCommitment: &types.MinimumThroughputBillingCommitmentInput{Status: types.MinimumThroughputBillingCommitmentInputStatusEnabled}})).MinimumThroughputBillingCommitment
	if set.Status != types.MinimumThroughputBillingCommitmentOutputStatusEnabled || set.EarliestAllowedEndAt.Sub(*set.StartedAt) != 24*time.Hour || set.EndedAt != nil {
		t.Errorf("the commitment is %+v", set)
	}
	must[*client.CreateStreamOutput](t)(c.CreateStream(ctx, create))
	out := must[*client.UpdateStreamWarmThroughputOutput](t)(c.UpdateStreamWarmThroughput(ctx, &client.UpdateStreamWarmThroughputInput{StreamName: name, WarmThroughputMiBps: aws.Int32(9)}))
	if *out.WarmThroughput.TargetMiBps != 9 || *out.WarmThroughput.CurrentMiBps != 6 {
		t.Errorf("the answer is %+v", out.WarmThroughput)
	}
	summary := must[*client.DescribeStreamSummaryOutput](t)(c.DescribeStreamSummary(ctx, &client.DescribeStreamSummaryInput{StreamName: name})).StreamDescriptionSummary
	if *summary.OpenShardCount != 9 || *summary.WarmThroughput.CurrentMiBps != 9 || *summary.WarmThroughput.TargetMiBps != 9 {
		t.Errorf("the stream is %+v, %+v", summary, summary.WarmThroughput)
	}
	openShards(t, c, "s")
}
