package connect

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsconnect "github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"
)

func stream(name string) *types.InstanceStorageConfig {
	return &types.InstanceStorageConfig{StorageType: types.StorageTypeKinesisStream, KinesisStreamConfig: &types.KinesisStreamConfig{StreamArn: aws.String(streamARN + name)}}
}

func (n *tenant) associate(t testing.TB, kind types.InstanceStorageResourceType, config *types.InstanceStorageConfig) (*string, error) {
	out, err := n.client.AssociateInstanceStorageConfig(t.Context(), &awsconnect.AssociateInstanceStorageConfigInput{InstanceId: n.id, ResourceType: kind, StorageConfig: config})
	if err != nil {
		return nil, err
	}
	return out.AssociationId, nil
}

func TestStorageConfigs(t *testing.T) {
	w := newWorld(t)
	n := w.tenant(t, "desk", types.DirectoryTypeConnectManaged)
	ctx, c := t.Context(), n.client
	records, events := types.InstanceStorageResourceTypeContactTraceRecords, types.InstanceStorageResourceTypeAgentEvents
	list := func(kind types.InstanceStorageResourceType) []types.InstanceStorageConfig {
		return must(c.ListInstanceStorageConfigs(ctx, &awsconnect.ListInstanceStorageConfigsInput{InstanceId: n.id, ResourceType: kind}))(t).StorageConfigs
	}
	describe := func(kind types.InstanceStorageResourceType, id *string) (*types.InstanceStorageConfig, error) {
		out, err := c.DescribeInstanceStorageConfig(ctx, &awsconnect.DescribeInstanceStorageConfigInput{InstanceId: n.id, AssociationId: id, ResourceType: kind})
		if err != nil {
			return nil, err
		}
		return out.StorageConfig, nil
	}
	if len(list(records)) != 0 || len(list(types.InstanceStorageResourceTypeCallRecordings)) != 0 {
		t.Error("a new instance has associations")
	}
	id := must(n.associate(t, records, stream("is-records")))(t)
	want := stream("is-records")
	want.AssociationId = id
	for range 2 {
		same(t, must(describe(records, id))(t), want)
	}
	same(t, list(records), []types.InstanceStorageConfig{*want})
	if len(list(events)) != 0 {
		t.Error("agent events are associated too")
	}
	other := must(n.associate(t, events, stream("is-records")))(t) // one stream may serve both
	if *other == *id {
		t.Error("two associations have one id")
	}

	_, err := n.associate(t, records, stream("is-records"))
	refused(t, err, "ResourceConflictException", 409, "CONTACT_TRACE_RECORDS is associated already")

	must(c.UpdateInstanceStorageConfig(ctx, &awsconnect.UpdateInstanceStorageConfigInput{InstanceId: n.id, AssociationId: id, ResourceType: records, StorageConfig: stream("is-other")}))(t)
	if got := must(describe(records, id))(t); *got.KinesisStreamConfig.StreamArn != streamARN+"is-other" || *got.AssociationId != *id {
		t.Errorf("after the update it is %s", shown(t, got))
	}
	for name, bad := range map[string]struct {
		id   *string
		kind types.InstanceStorageResourceType
	}{"another association's id": {other, records}, "the other resource type": {id, events}, "no such id": {aws.String("x"), records}} {
		t.Run(name, func(t *testing.T) {
			_, err := describe(bad.kind, bad.id)
			refused(t, err, "ResourceNotFoundException", 404, "storage-config")
			_, err = c.UpdateInstanceStorageConfig(ctx, &awsconnect.UpdateInstanceStorageConfigInput{InstanceId: n.id, AssociationId: bad.id, ResourceType: bad.kind, StorageConfig: stream("is-other")})
			refused(t, err, "ResourceNotFoundException", 404, "storage-config")
			_, err = c.DisassociateInstanceStorageConfig(ctx, &awsconnect.DisassociateInstanceStorageConfigInput{InstanceId: n.id, AssociationId: bad.id, ResourceType: bad.kind})
			refused(t, err, "ResourceNotFoundException", 404, "storage-config")
		})
	}
	must(c.DisassociateInstanceStorageConfig(ctx, &awsconnect.DisassociateInstanceStorageConfigInput{InstanceId: n.id, AssociationId: id, ResourceType: records}))(t)
	_, err = describe(records, id)
	refused(t, err, "ResourceNotFoundException", 404, "storage-config")
	if again := must(n.associate(t, records, stream("is-records")))(t); *again == *id {
		t.Error("an association's id came back")
	}
}

func TestStorageConfigsRefused(t *testing.T) {
	w := newWorld(t)
	n := w.tenant(t, "desk", types.DirectoryTypeConnectManaged)
	s3 := &types.InstanceStorageConfig{StorageType: types.StorageTypeS3, S3Config: &types.S3Config{BucketName: aws.String("b"), BucketPrefix: aws.String("p")}}
	firehose := &types.InstanceStorageConfig{StorageType: types.StorageTypeKinesisFirehose, KinesisFirehoseConfig: &types.KinesisFirehoseConfig{FirehoseArn: aws.String("arn:aws:firehose:eu-central-1:123456789012:deliverystream/d")}}
	video := &types.InstanceStorageConfig{StorageType: types.StorageTypeKinesisVideoStream, KinesisVideoStreamConfig: &types.KinesisVideoStreamConfig{
		Prefix: aws.String("p"), RetentionPeriodHours: 1, EncryptionConfig: &types.EncryptionConfig{EncryptionType: types.EncryptionTypeKms, KeyId: aws.String("k")}}}
	at := func(arn string) *types.InstanceStorageConfig {
		return &types.InstanceStorageConfig{StorageType: types.StorageTypeKinesisStream, KinesisStreamConfig: &types.KinesisStreamConfig{StreamArn: &arn}}
	}
	both := stream("is")
	both.S3Config = s3.S3Config
	for name, x := range map[string]struct {
		kind   types.InstanceStorageResourceType
		config *types.InstanceStorageConfig
		class  string
		status int
		words  string
	}{
		"agent events to Firehose":        {"AGENT_EVENTS", firehose, "InvalidRequestException", 400, "it takes KINESIS_STREAM"},
		"agent events to S3":              {"AGENT_EVENTS", s3, "InvalidRequestException", 400, "it takes KINESIS_STREAM"},
		"contact records to video":        {"CONTACT_TRACE_RECORDS", video, "InvalidRequestException", 400, "it takes KINESIS_STREAM or KINESIS_FIREHOSE"},
		"contact records to Firehose yet": {"CONTACT_TRACE_RECORDS", firehose, "InvalidRequestException", 400, "not supported yet"},
		"recordings to a stream":          {"CALL_RECORDINGS", stream("is"), "InvalidRequestException", 400, "it takes S3"},
		"segments to S3":                  {"REAL_TIME_CONTACT_ANALYSIS_VOICE_SEGMENTS", s3, "InvalidRequestException", 400, "it takes KINESIS_STREAM"},
		"media to S3":                     {"MEDIA_STREAMS", s3, "InvalidRequestException", 400, "it takes KINESIS_VIDEO_STREAM"},
		"recordings to S3, not honoured":  {"CALL_RECORDINGS", s3, "InvalidRequestException", 400, "CALL_RECORDINGS is not supported"},
		"no member":                       {"AGENT_EVENTS", &types.InstanceStorageConfig{StorageType: types.StorageTypeKinesisStream}, "InvalidParameterException", 400, "KinesisStreamConfig must be given"},
		"another member":                  {"AGENT_EVENTS", both, "InvalidParameterException", 400, "S3Config must not be given"},
		"no such stream":                  {"AGENT_EVENTS", stream("nowhere"), "ResourceNotFoundException", 404, "stream/nowhere"},
		"a stream of another Region":      {"AGENT_EVENTS", at("arn:aws:kinesis:us-east-1:123456789012:stream/is"), "InvalidParameterException", 400, "account and Region of the instance"},
		"a stream of another account":     {"AGENT_EVENTS", at("arn:aws:kinesis:eu-central-1:999999999999:stream/is"), "InvalidParameterException", 400, "account and Region of the instance"},
		"no ARN":                          {"AGENT_EVENTS", at("is"), "InvalidParameterException", 400, "StreamArn"},
		"the ARN of something else":       {"AGENT_EVENTS", at("arn:aws:sqs:eu-central-1:123456789012:is"), "InvalidParameterException", 400, "does not name a stream"},
		"no resource type":                {"NOTHING", stream("is"), "InvalidParameterException", 400, "esourceType"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := n.associate(t, x.kind, x.config)
			refused(t, err, x.class, x.status, x.words)
		})
	}
}

func TestAssociateOnceForEachToken(t *testing.T) {
	w := newWorld(t)
	n := w.tenant(t, "desk", types.DirectoryTypeConnectManaged)
	in := &awsconnect.AssociateInstanceStorageConfigInput{InstanceId: n.id, ResourceType: "AGENT_EVENTS", StorageConfig: stream("nowhere"), ClientToken: aws.String("token")}
	_, err := n.client.AssociateInstanceStorageConfig(t.Context(), in)
	refused(t, err, "ResourceNotFoundException", 404, "")
	in.StorageConfig = stream("is") // what failed may be tried again under the token, in another way too
	first := must(n.client.AssociateInstanceStorageConfig(t.Context(), in))(t)
	same(t, must(n.client.AssociateInstanceStorageConfig(t.Context(), in))(t), first)
	in.ResourceType = "CONTACT_TRACE_RECORDS"
	_, err = n.client.AssociateInstanceStorageConfig(t.Context(), in)
	refused(t, err, "InvalidRequestException", 400, "ClientToken")
}
