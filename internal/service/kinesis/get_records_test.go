package kinesis

import (
	"context"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/internal/storage"
)

func TestGetRecords(t *testing.T) {
	w := newWorld(t)
	w.create("s", 1)
	put := w.ok("PutRecord", `{"StreamName":"s","PartitionKey":"k","Data":"AQID"}`)
	w.advance(90 * time.Second)
	it := w.iterator("s", `"ShardIteratorType":"TRIM_HORIZON"`)
	out := w.ok("GetRecords", `{"ShardIterator":%q,"StreamARN":"arn:aws:kinesis:eu-west-3:123456789012:stream/s"}`, it)
	want := fmt.Sprintf(`map[ApproximateArrivalTimestamp:%v Data:AQID PartitionKey:k SequenceNumber:%s]`, float64(millis(epoch))/1000, put.text("SequenceNumber"))
	if got := fmt.Sprint(out.at("Records.0")); got != want {
		t.Errorf("record\n got %s\nwant %s", got, want)
	}
	if out.at("MillisBehindLatest") != 0.0 || out.text("NextShardIterator") == it || out["ChildShards"] != nil {
		t.Errorf("answer %v", out)
	}
	again := w.ok("GetRecords", `{"ShardIterator":%q}`, it)
	if fmt.Sprint(again.at("Records")) != fmt.Sprint(out.at("Records")) {
		t.Errorf("the same iterator gives %v, then %v", out, again)
	}
	empty := w.ok("GetRecords", `{"ShardIterator":%q}`, out.text("NextShardIterator"))
	if l, isList := empty.at("Records").([]any); !isList || len(l) != 0 || empty.text("NextShardIterator") == "" || empty.at("MillisBehindLatest") != 0.0 {
		t.Errorf("at the tip: %v", empty)
	}
}

func TestGetRecordsPages(t *testing.T) {
	w := newWorld(t)
	w.create("s", 1)
	w.put("s", 3)
	w.advance(time.Minute)
	w.put("s", 2)
	w.advance(time.Minute)
	it := w.iterator("s", `"ShardIteratorType":"TRIM_HORIZON"`)
	for i, want := range []struct {
		keys   string
		behind float64
	}{{"k0 k1", 120000}, {"k2 k0", 60000}, {"k1", 0}, {"", 0}} {
		if i == 2 {
			w.reopen() // iterators outlive the process
		}
		out := w.ok("GetRecords", `{"ShardIterator":%q,"Limit":2}`, it)
		if got := w.keysOf(out); got != want.keys || out.at("MillisBehindLatest") != want.behind {
			t.Errorf("page %d is %q, %v ms behind; want %q, %v", i, got, out.at("MillisBehindLatest"), want.keys, want.behind)
		}
		it = out.text("NextShardIterator")
	}
}

func (w *world) keysOf(out answer) string {
	var keys []string
	for i := range out.list("Records") {
		keys = append(keys, out.text(fmt.Sprintf("Records.%d.PartitionKey", i)))
	}
	return strings.Join(keys, " ")
}

func TestGetRecordsBounds(t *testing.T) {
	w := newWorld(t)
	w.ok("CreateStream", `{"StreamName":"s","ShardCount":1,"MaxRecordSizeInKiB":10240}`)
	mib := base64.StdEncoding.EncodeToString(make([]byte, 1<<20))
	w.ok("PutRecords", `{"StreamName":"s","Records":%s}`, entries(9, mib))
	w.ok("PutRecords", `{"StreamName":"s","Records":%s}`, entries(2, mib))
	whole := base64.StdEncoding.EncodeToString(make([]byte, 10<<20-1))
	w.ok("PutRecord", `{"StreamName":"s","PartitionKey":"k","Data":"%s"}`, whole)
	w.advance(time.Second)
	it := w.iterator("s", `"ShardIteratorType":"TRIM_HORIZON"`)
	// With its key a record of 1 MiB of data is a little more, so nine fit into 10 MiB; the last is exactly 10 MiB.
	for i, want := range []int{9, 2, 1, 0} {
		out := w.ok("GetRecords", `{"ShardIterator":%q}`, it)
		if got := len(out.list("Records")); got != want {
			t.Fatalf("page %d has %d records, want %d", i, got, want)
		}
		if behind := out.at("MillisBehindLatest"); (behind == 0.0) != (i >= 2) {
			t.Errorf("page %d is %v behind", i, behind)
		}
		it = out.text("NextShardIterator")
	}
}

func TestGetRecordsGivesTenThousandAtMost(t *testing.T) {
	w := newWorld(t)
	w.create("s", 1)
	for range readRecordsMax/putRecordsMax + 1 {
		w.ok("PutRecords", `{"StreamName":"s","Records":%s}`, entries(putRecordsMax, ""))
	}
	out := w.ok("GetRecords", `{"ShardIterator":%q}`, w.iterator("s", `"ShardIteratorType":"TRIM_HORIZON"`))
	rest := w.ok("GetRecords", `{"ShardIterator":%q}`, out.text("NextShardIterator"))
	if a, b := len(out.list("Records")), len(rest.list("Records")); a != readRecordsMax || b != putRecordsMax {
		t.Errorf("pages of %d and %d records, want %d and %d", a, b, readRecordsMax, putRecordsMax)
	}
}

func TestGetRecordsRefuses(t *testing.T) {
	w := newWorld(t)
	w.create("s", 1)
	w.create("other", 1)
	it := w.iterator("s", `"ShardIteratorType":"TRIM_HORIZON"`)
	altered := it[:40] + string('A'+(it[40]-'A'+1)%26) + it[41:]
	tests := []struct{ name, body, code, message string }{
		{"not an iterator", `{"ShardIterator":"x"}`, "InvalidArgumentException", "Invalid ShardIterator."},
		{"an altered iterator", fmt.Sprintf(`{"ShardIterator":%q}`, altered), "InvalidArgumentException", "Invalid ShardIterator."},
		{"a NextToken", fmt.Sprintf(`{"ShardIterator":%q}`, w.svc.sealNextToken(tokenListStreams, "s", epoch)), "InvalidArgumentException", "Invalid ShardIterator."},
		{"the ARN of another stream", fmt.Sprintf(`{"ShardIterator":%q,"StreamARN":"arn:aws:kinesis:eu-west-3:123456789012:stream/other"}`, it), "InvalidArgumentException",
			"StreamARN arn:aws:kinesis:eu-west-3:123456789012:stream/other is not the stream of the ShardIterator."},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w.t = t
			w.refused("GetRecords", tt.body, tt.code, tt.message)
		})
	}
	w.t = t
	body := fmt.Sprintf(`{"ShardIterator":%q}`, it)
	w.refusedAs(as(testAccount, "us-east-1"), "GetRecords", body, "InvalidArgumentException", "Invalid ShardIterator.")
	w.refusedAs(as("000000000000", testRegion), "GetRecords", body, "AccessDeniedException",
		"User: arn:aws:iam::000000000000:root is not authorized to perform: kinesis:GetRecords on resource: arn:aws:kinesis:eu-west-3:123456789012:stream/s "+
			"because no resource-based policy allows the kinesis:GetRecords action")
	if w.sealerDiffers() {
		t.Error("a service that shares the storage cannot read our tokens")
	}
}

// sealerDiffers says whether a second service on the same storage has another secret.
func (w *world) sealerDiffers() bool {
	token := w.svc.tokens.seal(tokenIterator, []byte("x"))
	w.reopen()
	_, err := w.svc.tokens.open(tokenIterator, token)
	return err != nil
}

func TestIteratorsExpire(t *testing.T) {
	w := newWorld(t)
	w.create("s", 1)
	it := w.iterator("s", `"ShardIteratorType":"TRIM_HORIZON"`)
	w.advance(tokenLife)
	w.ok("GetRecords", `{"ShardIterator":%q}`, it)
	w.advance(time.Millisecond)
	w.refused("GetRecords", fmt.Sprintf(`{"ShardIterator":%q}`, it), "ExpiredIteratorException",
		"Iterator expired. The iterator was created at time Wed Mar 04 05:06:07 UTC 2026 while right now it is Wed Mar 04 05:11:07 UTC 2026 "+
			"which is further in the future than the tolerated delay of 300000 milliseconds.")
}

func TestIteratorsDieWithTheStream(t *testing.T) {
	w := newWorld(t)
	w.create("s", 2)
	it := w.iterator("s", `"ShardIteratorType":"TRIM_HORIZON"`)
	gone := "Shard shardId-000000000000 in stream s under account 123456789012 does not exist"
	w.ok("DeleteStream", `{"StreamName":"s"}`)
	w.refused("GetRecords", fmt.Sprintf(`{"ShardIterator":%q}`, it), "ResourceNotFoundException", gone)
	w.create("s", 2)
	w.refused("GetRecords", fmt.Sprintf(`{"ShardIterator":%q}`, it), "ResourceNotFoundException", gone)
}

// closeShard0 ends shard 0 of a stream and gives it children, as a split and a merge would: shard 2 has shard 0 as its
// only parent, shard 3 has both.
func (w *world) closeShard0(stream string) {
	w.t.Helper()
	st := w.svc.known(streamKey{testAccount, testRegion, stream})
	now := w.clock.Now()
	err := w.svc.changeActive(w.ctx, st, func(cur *streamState, doc *streamDoc) error {
		a, b := cur.Shards[0], cur.Shards[1]
		doc.Shards[0].Closed, doc.Shards[1].Closed = millis(now), millis(now)
		middle := hashKey{a.End.hi / 2, 0}
		doc.Shards = append(doc.Shards,
			shardDoc{Start: a.Start, End: middle, Created: now.Unix() + 1, Parents: []int{0}},
			shardDoc{Start: middle.next(), End: b.End, Created: now.Unix() + 1, Parents: []int{0, 1}})
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

func TestEndOfAClosedShard(t *testing.T) {
	w := newWorld(t)
	w.create("s", 2)
	w.put("s", 3)
	it := w.iterator("s", `"ShardIteratorType":"TRIM_HORIZON"`)
	w.closeShard0("s")
	w.reopen()
	first := w.ok("GetRecords", `{"ShardIterator":%q,"Limit":2}`, it)
	if first.text("NextShardIterator") == "" || first["ChildShards"] != nil {
		t.Errorf("before the end: %v", first)
	}
	for name, it := range map[string]string{
		"the last records": first.text("NextShardIterator"),
		"latest":           w.iterator("s", `"ShardIteratorType":"LATEST"`),
		"the ending number": w.iterator("s", `"ShardIteratorType":"AFTER_SEQUENCE_NUMBER","StartingSequenceNumber":"%s"`,
			w.state("s").shards.all[0].endSeq),
	} {
		out := w.ok("GetRecords", `{"ShardIterator":%q}`, it)
		if _, more := out["NextShardIterator"]; more || out.at("MillisBehindLatest") != 0.0 {
			t.Errorf("%s: %v", name, out)
		}
		want := "[map[HashKeyRange:map[EndingHashKey:85070591730234615847396907784232501248 StartingHashKey:0] ParentShards:[shardId-000000000000] ShardId:shardId-000000000002] " +
			"map[HashKeyRange:map[EndingHashKey:340282366920938463463374607431768211455 StartingHashKey:85070591730234615847396907784232501249] " +
			"ParentShards:[shardId-000000000000 shardId-000000000001] ShardId:shardId-000000000003]]"
		if got := fmt.Sprint(out["ChildShards"]); got != want {
			t.Errorf("%s: children\n got %s\nwant %s", name, got, want)
		}
	}
	if id := w.ok("PutRecord", `{"StreamName":"s","PartitionKey":"k","Data":"","ExplicitHashKey":"0"}`).text("ShardId"); id != "shardId-000000000002" {
		t.Errorf("after the split a record goes to %s", id)
	}
}

// lagging is a log whose reads do not see the newest records yet, as those of a replica may not.
type lagging struct {
	storage.Log
	until uint64
}

func (l lagging) Read(ctx context.Context, r storage.Range) ([]storage.Record, error) {
	recs, err := l.Log.Read(ctx, r)
	return slices.DeleteFunc(recs, func(r storage.Record) bool { return r.Seq > l.until }), err
}

func TestAClosedShardDoesNotEndBecauseAReadLags(t *testing.T) {
	w := newWorld(t)
	w.create("s", 2)
	w.put("s", 3)
	w.closeShard0("s")
	st := w.state("s")
	log, err := st.logs.open(w.ctx, 0)
	if err != nil {
		t.Fatal(err)
	}
	for until, want := range []bool{true, true, true, false} {
		p, err := readShard(w.ctx, &recordLog{Log: lagging{log.Log, uint64(until)}}, st.shards.all[0], 0, 10, 0)
		if err != nil || len(p.records) != until || p.more != want {
			t.Errorf("reads see %d records of 3: more %v, %v; want %v", len(p.records), p.more, err, want)
		}
	}
}
