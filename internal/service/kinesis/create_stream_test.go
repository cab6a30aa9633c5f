package kinesis

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/internal/storage"
)

func TestCreateStream(t *testing.T) {
	tests := []struct {
		name, body, mode string
		shards           int
		recordKiB        float64
	}{
		{"provisioned", `{"StreamName":"s","ShardCount":3}`, "PROVISIONED", 3, 1024},
		{"provisioned by name", `{"StreamName":"s","ShardCount":2,"StreamModeDetails":{"StreamMode":"PROVISIONED"}}`, "PROVISIONED", 2, 1024},
		{"on demand", `{"StreamName":"s","StreamModeDetails":{"StreamMode":"ON_DEMAND"}}`, "ON_DEMAND", 4, 1024},
		{"neither count nor mode", `{"StreamName":"s"}`, "ON_DEMAND", 4, 1024},
		{"larger records", `{"StreamName":"s","ShardCount":1,"MaxRecordSizeInKiB":10240}`, "PROVISIONED", 1, 10240},
		{"more shards than one log has", `{"StreamName":"s","ShardCount":50}`, "PROVISIONED", 50, 1024},
		{"a name that is no storage key", `{"StreamName":"..s..","ShardCount":1}`, "PROVISIONED", 1, 1024},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			w.ok("CreateStream", "%s", tt.body)
			name := "s"
			if strings.Contains(tt.body, "..s..") {
				name = "..s.."
			}
			w.reopen()
			d := w.ok("DescribeStreamSummary", `{"StreamName":%q}`, name)
			got := fmt.Sprint(d.at("StreamDescriptionSummary.StreamModeDetails.StreamMode"), d.at("StreamDescriptionSummary.OpenShardCount"),
				d.at("StreamDescriptionSummary.MaxRecordSizeInKiB"), d.at("StreamDescriptionSummary.StreamStatus"))
			if want := fmt.Sprint(tt.mode, tt.shards, tt.recordKiB, "ACTIVE"); got != want {
				t.Errorf("stream is %s, want %s", got, want)
			}
		})
	}
}

func TestCreateStreamRefuses(t *testing.T) {
	w := newWorld(t, func(c *Config) { c.Limits = Limits{Shards: 10, OnDemandStreams: 1} })
	w.create("there", 4)
	w.ok("CreateStream", `{"StreamName":"demand","StreamModeDetails":{"StreamMode":"ON_DEMAND"}}`)
	tests := []struct{ name, body, code, message string }{
		{"a name that is taken", `{"StreamName":"there","ShardCount":1}`, "ResourceInUseException",
			"Stream there under account 123456789012 already exists."},
		{"too many shards", `{"StreamName":"s","ShardCount":7}`, "LimitExceededException",
			"This request would exceed the shard limit for the account 123456789012 in eu-west-3. Current shard count for the account: 4. Limit: 10. " +
				"Number of additional shards that would have resulted from this request: 7. Refer to the AWS Service Limits page " +
				"(http://docs.aws.amazon.com/general/latest/gr/aws_service_limits.html) for current limits and how to request higher limits."},
		{"more shards than the limit allows at all", `{"StreamName":"s","ShardCount":2147483647}`, "LimitExceededException",
			"This request would exceed the shard limit for the account 123456789012 in eu-west-3. Current shard count for the account: 4. Limit: 10. " +
				"Number of additional shards that would have resulted from this request: 2147483647. Refer to the AWS Service Limits page " +
				"(http://docs.aws.amazon.com/general/latest/gr/aws_service_limits.html) for current limits and how to request higher limits."},
		{"too many on-demand streams", `{"StreamName":"s"}`, "LimitExceededException",
			"This request would exceed the on-demand stream limit for the account 123456789012 in eu-west-3. Current on-demand stream count for the account: 1. Limit: 1."},
		{"a count for an on-demand stream", `{"StreamName":"s","ShardCount":1,"StreamModeDetails":{"StreamMode":"ON_DEMAND"}}`, "ValidationException",
			"ShardCount cannot be specified for a stream in ON_DEMAND mode."},
		{"no count for a provisioned stream", `{"StreamName":"s","StreamModeDetails":{"StreamMode":"PROVISIONED"}}`, "ValidationException",
			"1 validation error detected: Value null at 'shardCount' failed to satisfy constraint: Member must not be null"},
		{"warm throughput of a provisioned stream", `{"StreamName":"s","ShardCount":1,"WarmThroughputMiBps":10}`, "ValidationException",
			"WarmThroughputMiBps is not supported for a stream in PROVISIONED mode."},
		{"warm throughput without the commitment", `{"StreamName":"s","WarmThroughputMiBps":10}`, "ValidationException",
			"WarmThroughputMiBps needs MinimumThroughputBillingCommitment to be enabled for account 123456789012."},
		{"a tag with a bad character", `{"StreamName":"s","ShardCount":1,"Tags":{"a;b":""}}`, "InvalidArgumentException",
			"Some tags contain invalid characters. Valid characters: Unicode letters, digits, white space, _ . / = + - % @."},
		{"shards out of range", `{"StreamName":"s","ShardCount":0}`, "ValidationException",
			"1 validation error detected: Value '0' at 'shardCount' failed to satisfy constraint: Member must have value greater than or equal to 1"},
		{"small record size", `{"StreamName":"s","ShardCount":1,"MaxRecordSizeInKiB":1023}`, "ValidationException",
			"1 validation error detected: Value '1023' at 'maxRecordSizeInKiB' failed to satisfy constraint: Member must have value greater than or equal to 1024"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w.t = t
			w.refused("CreateStream", tt.body, tt.code, tt.message)
		})
	}
	w.t = t
	if got := len(w.ok("ListStreams", `{}`).list("StreamNames")); got != 2 {
		t.Errorf("%d streams after refusals, want 2", got)
	}
	if len(w.svc.reserved) != 0 {
		t.Errorf("limits stay reserved: %v", w.svc.reserved)
	}
}

func TestCreatingTakesTheTransitionDelay(t *testing.T) {
	w := newWorld(t, func(c *Config) { c.TransitionDelay = 2 * time.Second })
	for i := range creatingStreamsLimit {
		w.create(fmt.Sprintf("s%d", i), 2)
	}
	w.refused("CreateStream", `{"StreamName":"s","ShardCount":1}`, "LimitExceededException",
		"This request would exceed the limit of 5 streams in the CREATING state for the account 123456789012 in eu-west-3.")
	d := w.ok("DescribeStream", `{"StreamName":"s0"}`)
	if d.at("StreamDescription.StreamStatus") != "CREATING" || len(d.list("StreamDescription.Shards")) != 0 {
		t.Errorf("a stream just made is %v", d)
	}
	put := `{"StreamName":"s0","PartitionKey":"k","Data":"AAAA"}`
	w.refused("PutRecord", put, "ResourceNotFoundException", "Stream s0 under account 123456789012 not found.")
	w.refused("AddTagsToStream", `{"StreamName":"s0","Tags":{"a":"b"}}`, "ResourceInUseException",
		"Stream s0 under account 123456789012 not ACTIVE, instead in state CREATING")
	w.refused("ListShards", `{"StreamName":"s0"}`, "ResourceInUseException",
		"Stream s0 under account 123456789012 not ACTIVE, instead in state CREATING")
	w.advance(2 * time.Second)
	w.ok("PutRecord", "%s", put)
	w.create("s", 1)
}

func TestStreamsOfAccountsAndRegionsAreApart(t *testing.T) {
	w := newWorld(t)
	w.create("s", 1)
	for _, other := range []struct{ account, region string }{{testAccount, "us-east-1"}, {"000000000000", testRegion}} {
		ctx := as(other.account, other.region)
		w.refusedAs(ctx, "DescribeStream", `{"StreamName":"s"}`, "ResourceNotFoundException", "Stream s under account "+other.account+" not found.")
		if status, text := w.sendAs(ctx, "CreateStream", `{"StreamName":"s","ShardCount":2}`); status != 200 {
			t.Errorf("the same name in %s %s: %d %s", other.account, other.region, status, text)
		}
	}
	if got := w.ok("DescribeStreamSummary", `{"StreamName":"s"}`).at("StreamDescriptionSummary.OpenShardCount"); got != 1.0 {
		t.Errorf("%v shards, want 1", got)
	}
}

func TestTheRightStreamIsMeant(t *testing.T) {
	w := newWorld(t)
	w.create("s", 1)
	const mine = "arn:aws:kinesis:eu-west-3:123456789012:stream/"
	w.ok("DescribeStream", `{"StreamARN":"`+mine+`s"}`)
	w.ok("DescribeStream", `{"StreamARN":"`+mine+`s","StreamName":"s"}`)
	tests := []struct{ name, body, code, message string }{
		{"neither name nor ARN", `{}`, "ValidationException",
			"1 validation error detected: Value null at 'streamName' failed to satisfy constraint: Member must not be null"},
		{"name and ARN differ", `{"StreamName":"t","StreamARN":"` + mine + `s"}`, "InvalidArgumentException",
			"StreamName t and StreamARN " + mine + "s do not name the same stream."},
		{"unknown", `{"StreamARN":"` + mine + `t"}`, "ResourceNotFoundException", "Stream t under account 123456789012 not found."},
		{"of another region", `{"StreamARN":"arn:aws:kinesis:us-east-1:123456789012:stream/s"}`, "ResourceNotFoundException",
			"Stream s under account 123456789012 not found."},
		{"of another partition", `{"StreamARN":"arn:aws-cn:kinesis:eu-west-3:123456789012:stream/s"}`, "ResourceNotFoundException",
			"Stream s under account 123456789012 not found."},
		{"of another account", `{"StreamARN":"arn:aws:kinesis:eu-west-3:000000000000:stream/s"}`, "AccessDeniedException",
			"User: arn:aws:iam::123456789012:root is not authorized to perform: kinesis:DescribeStream on resource: arn:aws:kinesis:eu-west-3:000000000000:stream/s " +
				"because no resource-based policy allows the kinesis:DescribeStream action"},
		{"a consumer", `{"StreamARN":"` + mine + `s/consumer/c:1"}`, "ResourceNotFoundException", "Stream s/consumer/c:1 under account 123456789012 not found."},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w.t = t
			w.refused("DescribeStream", tt.body, tt.code, tt.message)
		})
	}
}

func TestAStreamOfAllShards(t *testing.T) {
	w := newWorld(t, func(c *Config) { c.Limits.Shards = shardsLimitMax })
	w.create("s", shardsLimitMax)
	w.reopen()
	if got := len(w.state("s").shards.open); got != shardsLimitMax {
		t.Errorf("%d shards", got)
	}
}

// TestIteratorsStayShort makes the longest iterator there is.
func TestIteratorsStayShort(t *testing.T) {
	w := newWorld(t)
	name := strings.Repeat("n", 128)
	w.ctx = as(testAccount, strings.Repeat("r", 60))
	w.create(name, 1)
	it := w.iterator(name, `"ShardIteratorType":"TRIM_HORIZON"`)
	if len(it) > iteratorCharsMax {
		t.Errorf("an iterator of %d characters, want at most %d", len(it), iteratorCharsMax)
	}
	w.ok("GetRecords", `{"ShardIterator":%q}`, it)
}

func TestCreationLooksAgainAfterAConflict(t *testing.T) {
	w := newWorld(t)
	w.create("s", 1)
	w.ok("DeleteStream", `{"StreamName":"s"}`)
	// Between the look at the name and the append another process removes the logs of the deleted stream.
	other, err := New(w.ctx, w.cfg)
	if err != nil {
		t.Fatal(err)
	}
	w.svc.meta = &overtaken{Log: w.svc.meta, by: func() {
		if _, err := other.Work(w.ctx); err != nil {
			t.Error(err)
		}
	}}
	w.create("s", 2)
	if got := w.ok("DescribeStreamSummary", `{"StreamName":"s"}`).at("StreamDescriptionSummary.OpenShardCount"); got != 2.0 {
		t.Errorf("%v shards", got)
	}
}

// overtaken is a metadata log whose first append comes after another's.
type overtaken struct {
	storage.Log
	by func()
}

func (o *overtaken) Append(ctx context.Context, e ...storage.Entry) (uint64, error) {
	if by := o.by; by != nil {
		o.by = nil
		by()
	}
	return o.Log.Append(ctx, e...)
}
