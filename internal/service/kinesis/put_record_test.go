package kinesis

import (
	"encoding/base64"
	"strings"
	"testing"
	"time"
)

func TestPutRecord(t *testing.T) {
	w := newWorld(t)
	w.create("s", 4)
	// MD5 of "a" begins with 0c, that of "b" with 92.
	for _, tt := range []struct{ key, explicit, shard string }{
		{"a", "", "shardId-000000000000"},
		{"b", "", "shardId-000000000002"},
		{"a", "340282366920938463463374607431768211455", "shardId-000000000003"},
		{"b", "0", "shardId-000000000000"},
		{"b", "85070591730234615865843651857942052864", "shardId-000000000001"},
	} {
		body := `{"StreamName":"s","PartitionKey":"` + tt.key + `","Data":"AQID"`
		if tt.explicit != "" {
			body += `,"ExplicitHashKey":"` + tt.explicit + `"`
		}
		out := w.ok("PutRecord", "%s", body+"}")
		if out.text("ShardId") != tt.shard {
			t.Errorf("%s went to %s, want %s", body, out.text("ShardId"), tt.shard)
		}
		if _, encrypted := out["EncryptionType"]; encrypted {
			t.Errorf("%v says how it is encrypted, which only encrypted streams do", out)
		}
		n, err := parseSequence(out.text("SequenceNumber"))
		if err != nil || shardID(n.shardIndex) != tt.shard || n.time != epoch.Unix() || n.shardCreated != epoch.Unix() {
			t.Errorf("sequence number %s is %+v, %v", out.text("SequenceNumber"), n, err)
		}
	}
}

func TestSequenceNumbersRise(t *testing.T) {
	w := newWorld(t)
	w.create("s", 2)
	last := ""
	for i := range 50 {
		if i == 20 {
			w.reopen()
		}
		n := w.ok("PutRecord", `{"StreamName":"s","PartitionKey":"a","Data":"","SequenceNumberForOrdering":"%s"}`, max(last, "0")).text("SequenceNumber")
		if len(n) != sequenceDigits || n <= last {
			t.Fatalf("%s after %s", n, last)
		}
		last = n
		w.advance(time.Second / 3)
	}
}

func TestPutRecordRefuses(t *testing.T) {
	w := newWorld(t)
	w.create("s", 1)
	w.ok("CreateStream", `{"StreamName":"large","ShardCount":1,"MaxRecordSizeInKiB":2048}`)
	data := func(n int) string { return base64.StdEncoding.EncodeToString(make([]byte, n)) }
	future := sequenceNumber{shardCreated: epoch.Unix(), counter: 1, time: epoch.Unix() + 1, version: 2}.String()
	tests := []struct{ name, body, code, message string }{
		{"no such stream", `{"StreamName":"t","PartitionKey":"k","Data":""}`, "ResourceNotFoundException", "Stream t under account 123456789012 not found."},
		{"hash key out of range", `{"StreamName":"s","PartitionKey":"k","Data":"","ExplicitHashKey":"340282366920938463463374607431768211456"}`, "InvalidArgumentException",
			"Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. Specified value was 340282366920938463463374607431768211456"},
		{"ordering after what is no sequence number", `{"StreamName":"s","PartitionKey":"k","Data":"","SequenceNumberForOrdering":"680564733841876926926749214863536422912"}`, "InvalidArgumentException",
			"ExclusiveMinimumSequenceNumber 680564733841876926926749214863536422912 used in PutRecord on stream s under account 123456789012 is invalid."},
		{"ordering after the future", `{"StreamName":"s","PartitionKey":"k","Data":"","SequenceNumberForOrdering":"` + future + `"}`, "InvalidArgumentException",
			"ExclusiveMinimumSequenceNumber " + future + " used in PutRecord on stream s under account 123456789012 is invalid."},
		{"data and key one byte too long", `{"StreamName":"s","PartitionKey":"kk","Data":"` + data(1<<20-1) + `"}`, "ValidationException",
			"1 validation error detected: Value 'java.nio.HeapByteBuffer[pos=0 lim=1048575 cap=1048575]' at 'data' failed to satisfy constraint: Member must have length less than or equal to 1048576"},
		{"larger than the stream's own limit", `{"StreamName":"large","PartitionKey":"k","Data":"` + data(2<<20) + `"}`, "ValidationException",
			"1 validation error detected: Value 'java.nio.HeapByteBuffer[pos=0 lim=2097152 cap=2097152]' at 'data' failed to satisfy constraint: Member must have length less than or equal to 2097152"},
		{"a partition key of 257 characters", `{"StreamName":"s","PartitionKey":"` + strings.Repeat("é", 257) + `","Data":""}`, "ValidationException",
			"1 validation error detected: Value '" + strings.Repeat("é", 257) + "' at 'partitionKey' failed to satisfy constraint: Member must have length less than or equal to 256"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w.t = t
			w.refused("PutRecord", tt.body, tt.code, tt.message)
		})
	}
	w.t = t
	w.ok("PutRecord", `{"StreamName":"s","PartitionKey":"k","Data":"%s"}`, data(1<<20-1))
	w.ok("PutRecord", `{"StreamName":"large","PartitionKey":"k","Data":"%s"}`, data(2<<20-1))
	w.ok("PutRecord", `{"StreamName":"s","PartitionKey":"%s","Data":""}`, strings.Repeat("é", 256))
}
