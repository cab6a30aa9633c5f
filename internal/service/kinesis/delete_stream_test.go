package kinesis

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/internal/storage"
)

func TestDeleteStream(t *testing.T) {
	w := newWorld(t)
	w.create("s", 20)
	w.put("s", 1)
	old := w.put("s", 1)[0]
	w.ok("DeleteStream", `{"StreamName":"s","EnforceConsumerDeletion":true}`)
	w.refused("DeleteStream", `{"StreamName":"s"}`, "ResourceNotFoundException", "Stream s under account 123456789012 not found.")
	w.refused("PutRecord", `{"StreamName":"s","PartitionKey":"k","Data":""}`, "ResourceNotFoundException", "Stream s under account 123456789012 not found.")

	w.create("s", 20)
	if got := w.keys(w.iterator("s", `"ShardIteratorType":"TRIM_HORIZON"`)); got != "" {
		t.Errorf("a stream made anew has records %q", got)
	}
	w.refused("GetShardIterator", `{"StreamName":"s","ShardId":"0","ShardIteratorType":"AT_SEQUENCE_NUMBER","StartingSequenceNumber":"`+old+`"}`, "InvalidArgumentException",
		"StartingSequenceNumber "+old+" used in GetShardIterator on shard shardId-000000000000 in stream s under account 123456789012 is invalid because it did not come from this stream.")
	w.put("s", 1)
	w.reopen()
	w.work()
	for _, name := range w.logs() {
		if !strings.HasPrefix(name, "k-"+w.state("s").ID) {
			t.Errorf("log %s of the deleted stream is still there", name)
		}
	}
	if got := w.keys(w.iterator("s", `"ShardIteratorType":"TRIM_HORIZON"`)); got != "k0" {
		t.Errorf("the new stream has records %q, want k0", got)
	}
	w.ok("DeleteStream", `{"StreamName":"s"}`)
	w.work()
	w.reopen()
	w.work()
	if logs := w.logs(); len(logs) != 0 {
		t.Errorf("logs %v are still there", logs)
	}
	w.create("s", 1) // a third time, over the traces of the others
	if first := w.state("s").shards.all[0].startSeq; first <= old {
		t.Errorf("the third incarnation's numbers begin with %s, not after %s", first, old)
	}
}

func TestDeletingTakesTheTransitionDelay(t *testing.T) {
	w := newWorld(t, func(c *Config) { c.TransitionDelay = time.Second })
	w.create("s", 1)
	w.advance(time.Second)
	w.put("s", 1)
	w.ok("DeleteStream", `{"StreamName":"s"}`)
	w.ok("DeleteStream", `{"StreamName":"s"}`)
	if got := w.ok("DescribeStream", `{"StreamName":"s"}`).text("StreamDescription.StreamStatus"); got != "DELETING" {
		t.Errorf("the stream is %s", got)
	}
	w.refused("PutRecord", `{"StreamName":"s","PartitionKey":"k","Data":""}`, "ResourceNotFoundException", "Stream s under account 123456789012 not found.")
	w.refused("CreateStream", `{"StreamName":"s","ShardCount":1}`, "ResourceInUseException", "Stream s under account 123456789012 already exists.")
	w.work()
	if len(w.logs()) != 1 {
		t.Errorf("logs %v while DELETING", w.logs())
	}
	w.advance(time.Second)
	w.refused("DescribeStream", `{"StreamName":"s"}`, "ResourceNotFoundException", "Stream s under account 123456789012 not found.")
	w.work()
	if len(w.logs()) != 0 {
		t.Errorf("logs %v after it", w.logs())
	}
}

func TestADeletedStreamOpensNoLogs(t *testing.T) {
	w := newWorld(t)
	w.create("s", 1)
	cur := w.state("s")
	w.ok("DeleteStream", `{"StreamName":"s"}`)
	w.work()
	// A put that was under way all the time comes too late, and leaves nothing behind.
	r := w.svc.put(context.Background(), cur, []putEntry{{partitionKey: "k"}}, epoch)
	if !missing(r[0].err) || len(w.logs()) != 0 {
		t.Errorf("a late put: %v, logs %v", r[0].err, w.logs())
	}
}

func TestTwoServicesOnOneStorage(t *testing.T) {
	w := newWorld(t)
	here := w.svc
	there, err := New(w.ctx, w.cfg)
	if err != nil {
		t.Fatal(err)
	}
	w.create("s", 2)
	w.svc = there
	w.put("s", 1)
	w.ok("AddTagsToStream", `{"StreamName":"s","Tags":{"there":"1"}}`)
	w.refused("CreateStream", `{"StreamName":"s","ShardCount":1}`, "ResourceInUseException", "Stream s under account 123456789012 already exists.")
	w.svc = here
	w.ok("AddTagsToStream", `{"StreamName":"s","Tags":{"here":"1"}}`) // on a stale copy
	if got := len(w.ok("ListTagsForStream", `{"StreamName":"s"}`).list("Tags")); got != 2 {
		t.Errorf("%d tags, want those of both", got)
	}
	w.svc = there
	w.work()
	if got := len(w.ok("ListTagsForStream", `{"StreamName":"s"}`).list("Tags")); got != 2 {
		t.Errorf("%d tags after a round, want those of both", got)
	}
	w.ok("DeleteStream", `{"StreamName":"s"}`)
	w.svc = here
	w.work()
	w.refused("PutRecord", `{"StreamName":"s","PartitionKey":"k","Data":""}`, "ResourceNotFoundException", "Stream s under account 123456789012 not found.")
}

// contested is a metadata log whose guards always lose.
type contested struct{ storage.Log }

func (contested) Append(context.Context, ...storage.Entry) (uint64, error) {
	return 0, storage.ErrConflict
}

func TestChangesAreTriedSoOften(t *testing.T) {
	w := newWorld(t)
	w.create("s", 1)
	w.svc.meta = contested{w.svc.meta}
	w.refused("AddTagsToStream", `{"StreamName":"s","Tags":{"a":"b"}}`, "LimitExceededException", "Rate exceeded for stream s under account 123456789012.")
}

// uncertain is a metadata log that stores and then says it does not know.
type uncertain struct {
	storage.Log
	times int
}

func (u *uncertain) Append(ctx context.Context, e ...storage.Entry) (uint64, error) {
	last, err := u.Log.Append(ctx, e...)
	if err == nil && u.times > 0 {
		u.times--
		return 0, storage.ErrUnknown
	}
	return last, err
}

func TestChangesOfUnknownOutcomeAreFoundOut(t *testing.T) {
	w := newWorld(t)
	u := &uncertain{Log: w.svc.meta}
	w.svc.meta = u
	for _, request := range []struct{ operation, body string }{
		{"CreateStream", `{"StreamName":"s","ShardCount":1}`},
		{"AddTagsToStream", `{"StreamName":"s","Tags":{"a":"b"}}`},
		{"IncreaseStreamRetentionPeriod", `{"StreamName":"s","RetentionPeriodHours":48}`},
		{"DeleteStream", `{"StreamName":"s"}`},
	} {
		u.times = 1
		w.ok(request.operation, "%s", request.body)
	}
}
