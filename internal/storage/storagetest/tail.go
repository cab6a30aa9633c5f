package storagetest

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/hookswitch/hookswitch/internal/storage"
)

// follower runs a Tail in a goroutine.
type follower struct {
	records chan storage.Record
	err     error         // why the tail ended; read after done
	done    chan struct{} // closed when it ended
	stop    context.CancelFunc
}

func follow(t *testing.T, l storage.Log, r storage.Range) *follower {
	ctx, cancel := context.WithCancel(background(t))
	f := &follower{records: make(chan storage.Record, 10_000), done: make(chan struct{}), stop: cancel}
	t.Cleanup(func() { cancel(); <-f.done })
	go func() {
		defer close(f.done)
		for rec, err := range l.Tail(ctx, r) {
			if err != nil {
				f.err = err
				return
			}
			f.records <- rec
		}
	}()
	return f
}

func (f *follower) next(t *testing.T) string {
	t.Helper()
	select {
	case rec := <-f.records:
		return show([]storage.Record{rec})
	case <-f.done:
		t.Fatalf("the tail ended: %v", f.err)
	case <-background(t).Done():
		t.Fatalf("the tail yields nothing")
	}
	return ""
}

func testTail(t *testing.T, h *Harness) {
	l := openLog(t, h.Engine, "tail", storage.Config{})
	for i := range 3 {
		mustAppend(t, l, entry("k", fmt.Sprint(i)))
	}
	byKey := follow(t, l, storage.Range{Key: "k", From: 2, Max: 1, MaxBytes: 1})
	all := follow(t, l, storage.Range{})
	future := follow(t, l, storage.Range{From: 5})
	want(t, "history by key", byKey.next(t), "2:k=1")
	want(t, "history by key", byKey.next(t), "3:k=2")
	for i := range 3 {
		want(t, "history", all.next(t), fmt.Sprintf("%d:k=%d", i+1, i))
	}
	mustAppend(t, l, entry("other", "x"), entry("k", "live"))
	want(t, "live by key", byKey.next(t), "5:k=live")
	want(t, "live", all.next(t), "4:other=x")
	want(t, "live", all.next(t), "5:k=live")
	want(t, "from a number to come", future.next(t), "5:k=live")

	const many = 2500 // more than is read at once
	for i := 0; i < many; i += 500 {
		var es []storage.Entry
		for j := range 500 {
			es = append(es, entry("k", fmt.Sprint(i+j)))
		}
		mustAppend(t, l, es...)
	}
	for i := range many {
		want(t, "many", byKey.next(t), fmt.Sprintf("%d:k=%d", i+6, i))
	}
	if h.Clock != nil {
		since := follow(t, l, storage.Range{Since: h.Clock.Now().Add(1)})
		h.Clock.Advance(10)
		mustAppend(t, l, entry("k", "later"))
		want(t, "since a time to come", since.next(t), "2506:k=later")
	}
	n := 0
	for range l.Tail(background(t), storage.Range{}) { // a consumer may stop at any record
		if n++; n == 3 {
			break
		}
	}
}

func testTailEnds(t *testing.T, h *Harness) {
	ctx := background(t)
	e := h.Engine
	l := openLog(t, e, "ends", storage.Config{})
	mustAppend(t, l, entry("k", "1"))
	f := follow(t, l, storage.Range{})
	f.next(t)
	f.stop()
	<-f.done
	want(t, "a cancelled tail's error", f.err, nil)

	f = follow(t, l, storage.Range{})
	f.next(t)
	wantErr(t, "drop", e.Drop(ctx, "ends"), nil)
	<-f.done
	wantErr(t, "the tail of a dropped log", f.err, storage.ErrNotFound)

	l = openLog(t, e, "ends", storage.Config{})
	f = follow(t, l, storage.Range{})
	mustAppend(t, l, entry("k", "2"))
	want(t, "the tail of a new log", f.next(t), "1:k=2")
	wantErr(t, "close", e.Close(), nil)
	<-f.done
	if !errors.Is(f.err, storage.ErrClosed) {
		t.Fatalf("the tail of a closed engine ends with %v", f.err)
	}
}
