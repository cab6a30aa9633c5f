package kinesis

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestUpdateStreamMode(t *testing.T) {
	w := newWorld(t, func(c *Config) { c.Limits = Limits{Shards: 5, OnDemandStreams: 1} })
	w.create("s", 2)
	w.create("t", 1)
	mode := func(name, mode string) string {
		return fmt.Sprintf(`{"StreamARN":%q,"StreamModeDetails":{"StreamMode":%q}}`, streamOf(name), mode)
	}
	is := func(want string, shards int) {
		t.Helper()
		got := w.ok("DescribeStreamSummary", `{"StreamName":"s"}`)
		if got.text("StreamDescriptionSummary.StreamModeDetails.StreamMode") != want || got.at("StreamDescriptionSummary.OpenShardCount") != float64(shards) {
			t.Errorf("summary %v, want %s with %d shards", got, want, shards)
		}
	}
	w.put("s", 3)
	w.ok("UpdateStreamMode", mode("s", "PROVISIONED")) // as it is
	w.ok("UpdateStreamMode", mode("s", "ON_DEMAND"))
	is("ON_DEMAND", 2)
	w.refused("SplitShard", `{"StreamName":"s","ShardToSplit":"0","NewStartingHashKey":"9"}`, "ValidationException", "SplitShard is not supported for a stream in ON_DEMAND mode.")
	w.refused("UpdateStreamMode", mode("t", "ON_DEMAND"), "LimitExceededException",
		"This request would exceed the on-demand stream limit for the account 123456789012 in eu-west-3. Current on-demand stream count for the account: 1. Limit: 1.")
	w.create("u", 4) // now no two shards are left
	if status, text := w.send("UpdateStreamMode", mode("s", "PROVISIONED")); status != 400 || !strings.Contains(text, "would exceed the shard limit") || !strings.Contains(text, "LimitExceededException") {
		t.Errorf("to provisioned without shards left: %s", text)
	}
	w.ok("DeleteStream", `{"StreamName":"u"}`)
	w.ok("UpdateStreamMode", mode("s", "PROVISIONED"))
	is("PROVISIONED", 2)
	w.reopen()
	is("PROVISIONED", 2)
	w.refused("UpdateStreamMode", mode("s", "ON_DEMAND"), "LimitExceededException", "The mode of stream s under account 123456789012 can be changed 2 times in 24 hours.")
	w.advance(24*time.Hour - time.Millisecond)
	w.refused("UpdateStreamMode", mode("s", "ON_DEMAND"), "LimitExceededException", "The mode of stream s under account 123456789012 can be changed 2 times in 24 hours.")
	w.advance(time.Millisecond)
	w.ok("UpdateStreamMode", mode("s", "ON_DEMAND"))
	w.refused("UpdateStreamMode", fmt.Sprintf(`{"StreamARN":%q,"StreamModeDetails":{"StreamMode":"ON_DEMAND"},"WarmThroughputMiBps":1}`, streamOf("t")),
		"ValidationException", "WarmThroughputMiBps needs MinimumThroughputBillingCommitment to be enabled for account 123456789012.")
	w.refused("UpdateStreamMode", fmt.Sprintf(`{"StreamARN":%q,"StreamModeDetails":{"StreamMode":"PROVISIONED"},"WarmThroughputMiBps":1}`, streamOf("s")),
		"ValidationException", "WarmThroughputMiBps is not supported for a stream in PROVISIONED mode.")
	w.refused("UpdateStreamMode", mode("none", "ON_DEMAND"), "ResourceNotFoundException", "Stream none under account 123456789012 not found.")
}

func TestUpdateMaxRecordSize(t *testing.T) {
	w := newWorld(t)
	w.create("s", 1)
	large := fmt.Sprintf(`{"StreamName":"s","PartitionKey":"k","Data":%q}`, strings.Repeat("AAAA", 1<<20/3+1))
	if status, text := w.send("PutRecord", large); status != 400 || !strings.Contains(text, "less than or equal to 1048576") {
		t.Errorf("before: %s", text)
	}
	w.ok("UpdateMaxRecordSize", `{"StreamARN":%q,"MaxRecordSizeInKiB":2048}`, streamOf("s"))
	w.reopen()
	if got := w.ok("DescribeStreamSummary", `{"StreamName":"s"}`).at("StreamDescriptionSummary.MaxRecordSizeInKiB"); got != 2048.0 {
		t.Errorf("the size is %v", got)
	}
	w.ok("PutRecord", "%s", large)
	w.ok("UpdateMaxRecordSize", `{"StreamARN":%q,"MaxRecordSizeInKiB":1024}`, streamOf("s"))
	if status, _ := w.send("PutRecord", large); status != 400 {
		t.Error("a large record was taken after the bound went down")
	}
	if out := w.ok("GetRecords", `{"ShardIterator":%q}`, w.iterator("s", `"ShardIteratorType":"TRIM_HORIZON"`)); len(out.list("Records")) != 1 {
		t.Errorf("%d large records are there", len(out.list("Records")))
	}
	w.refused("UpdateMaxRecordSize", `{"MaxRecordSizeInKiB":2048}`, "ValidationException",
		"1 validation error detected: Value null at 'streamARN' failed to satisfy constraint: Member must not be null")
}
