package connect

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/arn"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/courier"
	"github.com/hookswitch/hookswitch/internal/wire"
)

// configIn turns the API's storage configuration into the center's. The members must be those that StorageType names;
// the center refuses every other combination.
func configIn(c *connectapi.InstanceStorageConfig) center.StorageConfig {
	out := center.StorageConfig{Type: value(c.StorageType)}
	if s3 := c.S3Config; s3 != nil {
		out.Bucket, out.Prefix = value(s3.BucketName), value(s3.BucketPrefix)
		if s3.EncryptionConfig != nil {
			out.EncryptionKey = value(s3.EncryptionConfig.KeyId)
		}
	}
	if v := c.KinesisVideoStreamConfig; v != nil {
		out.Prefix, out.RetentionHour = value(v.Prefix), int(value(v.RetentionPeriodHours))
		if v.EncryptionConfig != nil {
			out.EncryptionKey = value(v.EncryptionConfig.KeyId)
		}
	}
	if k := c.KinesisStreamConfig; k != nil {
		out.StreamARN = value(k.StreamArn)
	}
	if f := c.KinesisFirehoseConfig; f != nil {
		out.FirehoseARN = value(f.FirehoseArn)
	}
	return out
}

// configOut is an association as the API shows it. Only streams can be associated so far.
func configOut(a center.Association) connectapi.InstanceStorageConfig {
	out := connectapi.InstanceStorageConfig{AssociationId: ptr(string(a.ID)), StorageType: ptr(a.Config.Type)}
	if a.Config.StreamARN != "" {
		out.KinesisStreamConfig = &connectapi.KinesisStreamConfig{StreamArn: ptr(a.Config.StreamARN)}
	}
	if a.Config.FirehoseARN != "" {
		out.KinesisFirehoseConfig = &connectapi.KinesisFirehoseConfig{FirehoseArn: ptr(a.Config.FirehoseARN)}
	}
	return out
}

// checkTarget refuses a configuration whose target is not there: associating does not create it (documented). Which error
// AWS answers with is not: of those that the operation declares, this is the one that says so.
func (s *Service) checkTarget(ctx context.Context, c center.StorageConfig) error {
	to, err := arn.Parse(c.StreamARN)
	caller := wire.CallerFrom(ctx)
	if err != nil || to.Service != "kinesis" || to.Account != caller.Account || to.Region != caller.Region {
		return nil // the center words what is wrong with it
	}
	err = s.cfg.Check(ctx, to)
	if errors.Is(err, courier.ErrNoSuchTarget) {
		return &connectapi.ResourceNotFoundException{Message: "The specified stream was not found: " + c.StreamARN}
	}
	return err
}

// checkMembers refuses a configuration without the member that its storage type asks for, or with another.
func checkMembers(c *connectapi.InstanceStorageConfig) error {
	want := map[string]bool{
		"S3Config":                 c.S3Config != nil,
		"KinesisVideoStreamConfig": c.KinesisVideoStreamConfig != nil,
		"KinesisStreamConfig":      c.KinesisStreamConfig != nil,
		"KinesisFirehoseConfig":    c.KinesisFirehoseConfig != nil,
	}
	of := map[string]string{"S3": "S3Config", "KINESIS_VIDEO_STREAM": "KinesisVideoStreamConfig", "KINESIS_STREAM": "KinesisStreamConfig", "KINESIS_FIREHOSE": "KinesisFirehoseConfig"}
	needed := of[value(c.StorageType)]
	if !want[needed] {
		return invalidParameter("%s must be given for storage type %s", needed, value(c.StorageType))
	}
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if want[name] && name != needed {
			return invalidParameter("%s must not be given for storage type %s", name, value(c.StorageType))
		}
	}
	return nil
}
