package directory

import (
	"strings"
	"testing"

	"github.com/hookswitch/hookswitch/internal/center"
)

func TestStorageRules(t *testing.T) {
	const stream = "arn:aws:kinesis:us-east-1:111122223333:stream/records"
	associate := func(r center.ResourceType, c center.StorageConfig) func(*testing.T, *desk) center.Command {
		return func(*testing.T, *desk) center.Command { return center.AssociateStorage{Resource: r, Config: c} }
	}
	ok := center.StorageConfig{Type: typeStream, StreamARN: stream}
	with := func(change func(*center.StorageConfig)) center.StorageConfig { c := ok; change(&c); return c }
	rules := []rule{
		{"contact records to a stream", associate(center.ContactTraceRecords, ok), want{}},
		{"agent events to a stream", associate(center.AgentEvents, ok), want{}},
		{"contact records to a delivery stream", associate(center.ContactTraceRecords, center.StorageConfig{Type: typeDeliveryStream, FirehoseARN: "arn:aws:firehose:us-east-1:111122223333:deliverystream/d"}), bad("StorageType")},
		{"agent events to a delivery stream", associate(center.AgentEvents, center.StorageConfig{Type: typeDeliveryStream}), bad("StorageType")},
		{"contact records to S3", associate(center.ContactTraceRecords, center.StorageConfig{Type: typeS3, Bucket: "b"}), bad("StorageType")},
		{"agent events to video", associate(center.AgentEvents, center.StorageConfig{Type: typeVideoStream, Prefix: "p"}), bad("StorageType")},
		{"no storage type", associate(center.AgentEvents, center.StorageConfig{}), bad("StorageType")},
		{"no stream", associate(center.AgentEvents, center.StorageConfig{Type: typeStream}), bad("KinesisStreamConfig")},
		{"a bucket as well", associate(center.AgentEvents, with(func(c *center.StorageConfig) { c.Bucket = "b" })), bad("S3Config")},
		{"a delivery stream as well", associate(center.AgentEvents, with(func(c *center.StorageConfig) { c.FirehoseARN = "f" })), bad("KinesisFirehoseConfig")},
		{"a retention as well", associate(center.AgentEvents, with(func(c *center.StorageConfig) { c.RetentionHour = 1 })), bad("KinesisVideoStreamConfig")},
		{"a stream of another Region", associate(center.AgentEvents, with(func(c *center.StorageConfig) { c.StreamARN = strings.Replace(stream, "us-east-1", "eu-west-1", 1) })), bad("StreamArn")},
		{"a stream of another account", associate(center.AgentEvents, with(func(c *center.StorageConfig) { c.StreamARN = strings.Replace(stream, "1111", "9999", 1) })), bad("StreamArn")},
		{"not a stream", associate(center.AgentEvents, with(func(c *center.StorageConfig) { c.StreamARN = "records" })), bad("StreamArn")},
		{"unknown resource type", associate("TEA_LEAVES", ok), bad("ResourceType")},
		{"second association", func(t *testing.T, k *desk) center.Command {
			k.must(t, center.AssociateStorage{Resource: center.AgentEvents, Config: ok})
			return center.AssociateStorage{Resource: center.AgentEvents, Config: ok}
		}, want{reason: center.Conflict, field: "ResourceType", kind: center.KindAssociation}},
		{"update of none", func(t *testing.T, k *desk) center.Command {
			return center.UpdateStorage{ID: "x", Resource: center.AgentEvents, Config: ok}
		}, missing(center.KindAssociation)},
		{"update under another resource type", func(t *testing.T, k *desk) center.Command {
			k.must(t, center.AssociateStorage{Resource: center.AgentEvents, Config: ok})
			return center.UpdateStorage{ID: k.Associations[center.AgentEvents].ID, Resource: center.ContactTraceRecords, Config: ok}
		}, missing(center.KindAssociation)},
		{"update to what is not supported", func(t *testing.T, k *desk) center.Command {
			k.must(t, center.AssociateStorage{Resource: center.AgentEvents, Config: ok})
			return center.UpdateStorage{ID: k.Associations[center.AgentEvents].ID, Resource: center.AgentEvents, Config: center.StorageConfig{Type: typeS3}}
		}, bad("StorageType")},
		{"disassociate none", func(t *testing.T, k *desk) center.Command {
			return center.DisassociateStorage{ID: "x", Resource: center.AgentEvents}
		}, missing(center.KindAssociation)},
	}
	for _, r := range resourceTypes() {
		if r != center.ContactTraceRecords && r != center.AgentEvents {
			rules = append(rules, rule{string(r), associate(r, ok), bad("ResourceType")})
		}
	}
	check(t, rules)
}

func TestStorageAssociationKeepsItsIDUntilItIsDisassociated(t *testing.T) {
	k := newDesk(t)
	c := center.StorageConfig{Type: typeStream, StreamARN: "arn:aws:kinesis:us-east-1:111122223333:stream/a"}
	k.must(t, center.AssociateStorage{Resource: center.AgentEvents, Config: c})
	id := k.Associations[center.AgentEvents].ID
	if len(id) != 64 || strings.Trim(string(id), "0123456789abcdef") != "" {
		t.Errorf("id %q is not 64 hex digits", id)
	}
	c.StreamARN = "arn:aws:kinesis:us-east-1:111122223333:stream/b"
	k.must(t, center.UpdateStorage{ID: id, Resource: center.AgentEvents, Config: c})
	if a := k.Associations[center.AgentEvents]; a.ID != id || a.Target() != c.StreamARN {
		t.Errorf("after the update: %+v", a)
	}
	k.must(t, center.DisassociateStorage{ID: id, Resource: center.AgentEvents})
	k.must(t, center.AssociateStorage{Resource: center.AgentEvents, Config: c})
	if a := k.Associations[center.AgentEvents]; a.ID == id {
		t.Error("another association has the same id")
	}
}
