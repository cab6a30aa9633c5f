package outbox

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
)

func collect(f *Feed, filter Filter, n int) (got []Item) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	if n == 0 {
		return nil
	}
	for it := range f.Follow(ctx, filter) {
		if got = append(got, it); len(got) == n {
			break
		}
	}
	return got
}

func TestFollowersSeeWhatTheyAskFor(t *testing.T) {
	f := new(Feed)
	all := f.Follow(context.Background(), Filter{Instance: "i", Kinds: []string{KindAgentEvent, KindContactEvent}, Key: "k"})
	f.Publish(Item{Instance: "j", Kind: KindAgentEvent, Key: "k", ID: "1"}, Item{Instance: "i", Kind: KindContactRecord, Key: "k", ID: "2"},
		Item{Instance: "i", Kind: KindAgentEvent, Key: "l", ID: "3"}, Item{Instance: "i", Kind: KindAgentEvent, Key: "k", ID: "4"})
	f.Publish(Item{Instance: "i", Kind: KindContactEvent, Key: "k", ID: "5"})
	var ids []string
	for it := range all {
		if ids = append(ids, it.ID); it.ID == "5" {
			break
		}
	}
	if !slices.Equal(ids, []string{"4", "5"}) {
		t.Errorf("got %v", ids)
	}
	if got := collect(f, Filter{After: 3}, 2); got[0].ID != "4" || got[0].Number != 4 {
		t.Errorf("after the third: %+v", got)
	}
	if got := collect(f, Filter{Recent: 2}, 2); got[0].ID != "4" {
		t.Errorf("the newest two: %+v", got)
	}
	if got := collect(f, Filter{Recent: 100}, 5); got[0].ID != "1" {
		t.Errorf("more than there are: %+v", got)
	}
}

func TestASlowFollowerIsToldWhatItLost(t *testing.T) {
	f := &Feed{ItemsMax: 10}
	next, n := f.Follow(context.Background(), Filter{}), 0
	for i := range 25 {
		f.Publish(Item{ID: fmt.Sprint(i + 1)})
	}
	var lost uint64
	for it := range next {
		if it.Kind == KindLost {
			lost += it.Lost
			continue
		}
		n++
		if it.Number == 25 {
			break
		}
	}
	if lost != 15 || n != 10 {
		t.Errorf("lost %d, saw %d", lost, n)
	}
}

func TestTheFeedIsBoundedInBytes(t *testing.T) {
	f := new(Feed)
	for range 100 {
		f.Publish(Item{Document: bytes.Repeat([]byte("x"), 1<<20)})
		if f.bytes > FeedBytesMax {
			t.Fatalf("%d bytes", f.bytes)
		}
	}
	f.Publish(Item{Document: bytes.Repeat([]byte("x"), 2*FeedBytesMax)})
	if len(f.items) != 1 {
		t.Errorf("%d items beside one that is too big", len(f.items))
	}
}

func TestFollowersAtOnce(t *testing.T) {
	f := new(Feed)
	var group sync.WaitGroup
	for range 8 {
		items := f.Follow(context.Background(), Filter{})
		group.Go(func() {
			last := uint64(0)
			for it := range items {
				if it.Number != last+1 {
					t.Errorf("%d after %d", it.Number, last)
				}
				if last = it.Number; last == 1000 {
					break
				}
			}
		})
	}
	for range 500 {
		f.Publish(Item{}, Item{})
	}
	group.Wait()
}

func TestFollowingEndsWithItsContext(t *testing.T) {
	f := new(Feed)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		for range f.Follow(ctx, Filter{}) {
			t.Error("an item out of nothing")
		}
	}()
	cancel()
	<-done
}
