package kinesis

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestDescribeStream(t *testing.T) {
	w := newWorld(t)
	w.create("s", 1)
	_, got := w.send("DescribeStream", `{"StreamName":"s"}`)
	start := w.state("s").shards.all[0].startSeq
	want := `{"StreamDescription":{"StreamName":"s","StreamARN":"arn:aws:kinesis:eu-west-3:123456789012:stream/s","StreamStatus":"ACTIVE",
		"StreamModeDetails":{"StreamMode":"PROVISIONED"},"Shards":[{"ShardId":"shardId-000000000000",
		"HashKeyRange":{"StartingHashKey":"0","EndingHashKey":"340282366920938463463374607431768211455"},
		"SequenceNumberRange":{"StartingSequenceNumber":"` + start + `"}}],"HasMoreShards":false,"RetentionPeriodHours":24,
		"StreamCreationTimestamp":` + fmt.Sprint(epoch.Unix()) + `,"EnhancedMonitoring":[{"ShardLevelMetrics":[]}],"EncryptionType":"NONE"}}`
	same(t, got, want)
	_, got = w.send("DescribeStreamSummary", `{"StreamName":"s"}`)
	same(t, got, `{"StreamDescriptionSummary":{"StreamName":"s","StreamARN":"arn:aws:kinesis:eu-west-3:123456789012:stream/s","StreamStatus":"ACTIVE",
		"StreamModeDetails":{"StreamMode":"PROVISIONED"},"RetentionPeriodHours":24,"StreamCreationTimestamp":`+fmt.Sprint(epoch.Unix())+`,
		"EnhancedMonitoring":[{"ShardLevelMetrics":[]}],"EncryptionType":"NONE","OpenShardCount":1,"ConsumerCount":0,"MaxRecordSizeInKiB":1024}}`)
}

// same compares two JSON texts.
func same(t *testing.T, got, want string) {
	t.Helper()
	var g, w any
	if err := json.Unmarshal([]byte(got), &g); err != nil {
		t.Fatalf("%s: %v", got, err)
	}
	if err := json.Unmarshal([]byte(want), &w); err != nil {
		t.Fatalf("%s: %v", want, err)
	}
	if d := cmp.Diff(w, g); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
}

func TestDescribeStreamPages(t *testing.T) {
	w := newWorld(t)
	w.create("s", describeShardsMax+30)
	tests := []struct {
		members     string
		first, last int
		more        bool
	}{
		{``, 0, 99, true},
		{`,"Limit":10000`, 0, 99, true},
		{`,"Limit":2`, 0, 1, true},
		{`,"Limit":2,"ExclusiveStartShardId":"shardId-000000000041"`, 42, 43, true},
		{`,"ExclusiveStartShardId":"29"`, 30, 129, false},
		{`,"ExclusiveStartShardId":"shardId-000000000128"`, 129, 129, false},
	}
	for _, tt := range tests {
		d := w.ok("DescribeStream", `{"StreamName":"s"%s}`, tt.members)
		shards := d.list("StreamDescription.Shards")
		first, last := d.text("StreamDescription.Shards.0.ShardId"), d.text(fmt.Sprintf("StreamDescription.Shards.%d.ShardId", len(shards)-1))
		if first != shardID(tt.first) || last != shardID(tt.last) || len(shards) != tt.last-tt.first+1 || d.at("StreamDescription.HasMoreShards") != tt.more {
			t.Errorf("with %s: %d shards from %s to %s, more %v", tt.members, len(shards), first, last, d.at("StreamDescription.HasMoreShards"))
		}
	}
	if d := w.ok("DescribeStream", `{"StreamName":"s","ExclusiveStartShardId":"shardId-000000000129"}`); len(d.list("StreamDescription.Shards")) != 0 {
		t.Errorf("after the last shard: %v", d)
	}
	w.refused("DescribeStream", `{"StreamName":"s","ExclusiveStartShardId":"abc"}`, "ResourceNotFoundException",
		"Could not find shard abc in stream s under account 123456789012.")
}

func TestDescribeStreamShowsLineage(t *testing.T) {
	w := newWorld(t)
	w.create("s", 2)
	w.advance(10 * time.Second)
	w.closeShard0("s")
	d := w.ok("DescribeStream", `{"StreamName":"s"}`)
	if end := d.text("StreamDescription.Shards.0.SequenceNumberRange.EndingSequenceNumber"); len(end) != sequenceDigits ||
		end >= d.text("StreamDescription.Shards.2.SequenceNumberRange.StartingSequenceNumber") {
		t.Errorf("a closed shard ends with %q", end)
	}
	got := fmt.Sprintln(d.at("StreamDescription.Shards.2.ParentShardId"), d.at("StreamDescription.Shards.2.AdjacentParentShardId"),
		d.at("StreamDescription.Shards.3.ParentShardId"), d.at("StreamDescription.Shards.3.AdjacentParentShardId"))
	if want := "shardId-000000000000 <nil> shardId-000000000000 shardId-000000000001\n"; got != want {
		t.Errorf("parents %s, want %s", got, want)
	}
	w.advance(24 * time.Hour)
	if got := len(w.ok("DescribeStream", `{"StreamName":"s"}`).list("StreamDescription.Shards")); got != 4 {
		t.Errorf("%d shards when the closed ones are as old as the retention, want 4", got)
	}
	w.advance(time.Millisecond)
	if got := len(w.ok("DescribeStream", `{"StreamName":"s"}`).list("StreamDescription.Shards")); got != 2 {
		t.Errorf("%d shards after the closed ones expired, want 2", got)
	}
}
