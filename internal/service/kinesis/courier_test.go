package kinesis

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/internal/arn"
	"github.com/hookswitch/hookswitch/internal/courier"
)

func streamOf(name string) arn.ARN {
	return arn.ARN{Partition: "aws", Service: "kinesis", Region: testRegion, Account: testAccount, Resource: "stream/" + name}
}

func TestDeliver(t *testing.T) {
	w := newWorld(t)
	w.create("s", 1)
	items := []courier.Item{
		{Key: "a", Data: []byte("1"), Lineage: "contact 7"},
		{Key: "", Data: []byte("2")},
		{Key: strings.Repeat("x", partitionKeyMax+1), Data: []byte("3")},
		{Key: "b", Data: make([]byte, 1<<20)},
		{Key: "c", Data: []byte("5")},
		{Key: "d", Lineage: strings.Repeat("x", lineageBytesMax+1)},
	}
	failed, err := w.svc.Deliver(w.ctx, streamOf("s"), items)
	if err != nil {
		t.Fatal(err)
	}
	var indexes []int
	for _, f := range failed {
		indexes = append(indexes, f.Index)
		if !errors.Is(f.Err, courier.ErrRefused) {
			t.Errorf("item %d: %v", f.Index, f.Err)
		}
	}
	if fmt.Sprint(indexes) != "[1 2 3 5]" {
		t.Errorf("failed %v", indexes)
	}
	if got := w.keys(w.iterator("s", `"ShardIteratorType":"TRIM_HORIZON"`)); got != "a c" {
		t.Errorf("stored %q", got)
	}
	got, _, err := w.svc.Read(w.ctx, streamOf("s"), "")
	if err != nil || len(got) != 2 || got[0].Lineage != "contact 7" || string(got[0].Data) != "1" || got[0].Key != "a" || got[1].Lineage != "" {
		t.Errorf("read %+v, %v", got, err)
	}
}

func TestDeliverPutsInParts(t *testing.T) {
	w := newWorld(t)
	w.create("s", 1)
	items := make([]courier.Item, putRecordsMax+200)
	for i := range items {
		items[i] = courier.Item{Key: fmt.Sprintf("k%03d", i)}
	}
	items[3].Data, items[4].Data = make([]byte, 900<<10), make([]byte, 900<<10)
	for i := range 6 { // more than deliverBytesMax
		items[100+i].Data = make([]byte, 900<<10)
	}
	f := &failing{Engine: w.cfg.Storage}
	w.cfg.Storage = f
	var err error
	if w.svc, err = New(w.ctx, w.cfg); err != nil {
		t.Fatal(err)
	}
	if failed, err := w.svc.Deliver(w.ctx, streamOf("s"), items); err != nil || len(failed) != 0 {
		t.Fatalf("%v, %v", failed, err)
	}
	if got := w.keys(w.iterator("s", `"ShardIteratorType":"TRIM_HORIZON"`)); len(strings.Fields(got)) != len(items) {
		t.Errorf("%d items stored, want %d", len(strings.Fields(got)), len(items))
	} else if !slices.IsSorted(strings.Fields(got)) {
		t.Errorf("stored out of order: %s", got)
	}
	for _, b := range f.batches {
		if b[0] > putRecordsMax || b[1] > deliverBytesMax+b[0]*recordOverheadsMax {
			t.Errorf("%d records of %d bytes were put at once", b[0], b[1])
		}
	}
	if len(f.batches) != 3 {
		t.Errorf("appends of %v records and bytes, want three", f.batches)
	}
}

func TestDeliverFailsByItem(t *testing.T) {
	w := newWorld(t)
	w.create("s", 32)
	fire := errors.New("disk on fire")
	w.cfg.Storage = &failing{Engine: w.cfg.Storage, fail: map[string]error{"-1": fire}}
	var err error
	if w.svc, err = New(w.ctx, w.cfg); err != nil {
		t.Fatal(err)
	}
	items := make([]courier.Item, 50)
	for i := range items {
		items[i].Key = fmt.Sprintf("k%d", i)
	}
	failed, err := w.svc.Deliver(w.ctx, streamOf("s"), items)
	if err != nil || len(failed) == 0 || len(failed) == len(items) {
		t.Fatalf("%d failed, %v", len(failed), err)
	}
	for _, f := range failed {
		if st := w.state("s"); st.log(st.shards.route(hashPartitionKey(items[f.Index].Key))) != 1 || !errors.Is(f.Err, fire) {
			t.Errorf("item %d failed: %v", f.Index, f.Err)
		}
	}
}

func TestCheck(t *testing.T) {
	w := newWorld(t, func(c *Config) { c.TransitionDelay = time.Second })
	w.create("s", 1)
	check := func(what string, a arn.ARN, there bool) {
		t.Helper()
		err := w.svc.Check(w.ctx, a)
		if there && err != nil || !there && !errors.Is(err, courier.ErrNoSuchTarget) {
			t.Errorf("%s: %v", what, err)
		}
		if _, err := w.svc.Deliver(w.ctx, a, []courier.Item{{Key: "k"}}); there && err != nil || !there && !errors.Is(err, courier.ErrNoSuchTarget) {
			t.Errorf("delivery to %s: %v", what, err)
		}
		if _, _, err := w.svc.Read(w.ctx, a, ""); there && err != nil || !there && !errors.Is(err, courier.ErrNoSuchTarget) {
			t.Errorf("reading %s: %v", what, err)
		}
	}
	check("a stream CREATING", streamOf("s"), false)
	w.advance(time.Second)
	check("a stream", streamOf("s"), true)
	check("no stream", streamOf("t"), false)
	other := streamOf("s")
	other.Partition = "aws-cn"
	check("one of another partition", other, false)
	check("no stream's ARN", arn.ARN{Partition: "aws", Service: "kinesis", Region: testRegion, Account: testAccount, Resource: "s"}, false)
	check("another service's", arn.ARN{Partition: "aws", Service: "sqs", Region: testRegion, Account: testAccount, Resource: "stream/s"}, false)
	w.ok("DeleteStream", `{"StreamName":"s"}`)
	check("a stream DELETING", streamOf("s"), false)
}

// drain reads a stream to its end and returns the keys, and the position after them.
func (w *world) drain(name, pos string) (keys []string, next string) {
	w.t.Helper()
	for range 10000 {
		items, next, err := w.svc.Read(w.ctx, streamOf(name), pos)
		if err != nil {
			w.t.Fatal(err)
		}
		if pos = next; len(items) == 0 {
			return keys, pos
		}
		for _, i := range items {
			keys = append(keys, i.Key)
		}
	}
	w.t.Fatal("the stream does not end")
	return nil, ""
}

func TestReadFollowsLineage(t *testing.T) {
	w := newWorld(t)
	w.create("s", 2)
	w.put("s", 3)
	keys, pos := w.drain("s", "")
	if fmt.Sprint(keys) != "[k0 k1 k2]" {
		t.Errorf("read %v", keys)
	}
	w.ok("PutRecord", `{"StreamName":"s","PartitionKey":"last of 0","Data":"","ExplicitHashKey":"0"}`)
	w.closeShard0("s")
	w.ok("PutRecord", `{"StreamName":"s","PartitionKey":"first of 2","Data":"","ExplicitHashKey":"0"}`)
	keys, _ = w.drain("s", pos)
	if fmt.Sprint(keys) != "[last of 0 first of 2]" {
		t.Errorf("read on %v", keys)
	}
	if keys, _ = w.drain("s", ""); fmt.Sprint(keys) != "[k0 k1 k2 last of 0 first of 2]" {
		t.Errorf("read from the start %v", keys)
	}
	if _, _, err := w.svc.Read(w.ctx, streamOf("s"), "x"); err == nil {
		t.Error("a position that is none was taken")
	}
	w.ok("DeleteStream", `{"StreamName":"s"}`)
	w.create("s", 1)
	w.put("s", 1)
	if keys, _ = w.drain("s", pos); fmt.Sprint(keys) != "[k0]" {
		t.Errorf("read the stream made anew: %v", keys)
	}
}

func TestReadIsBounded(t *testing.T) {
	w := newWorld(t)
	w.create("s", 1)
	items := make([]courier.Item, sourceItemsMax+1)
	for i := range items {
		items[i].Key = "k"
	}
	for i := range 10 {
		items = append(items, courier.Item{Key: fmt.Sprintf("large %d", i), Data: make([]byte, 1000<<10)})
	}
	if failed, err := w.svc.Deliver(w.ctx, streamOf("s"), items); err != nil || len(failed) > 0 {
		t.Fatal(failed, err)
	}
	var sizes []int
	pos := ""
	for {
		got, next, err := w.svc.Read(w.ctx, streamOf("s"), pos)
		if err != nil {
			t.Fatal(err)
		}
		if len(got) == 0 {
			break
		}
		sizes, pos = append(sizes, len(got)), next
	}
	if fmt.Sprint(sizes) != "[1000 5 4 2]" {
		t.Errorf("reads of %v items", sizes)
	}
}
