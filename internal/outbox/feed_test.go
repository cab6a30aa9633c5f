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

// Numbers begin again with the program: a follower that comes back from another run sees all that there is, and is told what
// is no longer kept.
func TestAFollowerOfAnotherRun(t *testing.T) {
	f := &Feed{ID: "b", ItemsMax: 3}
	f.Publish(Item{ID: "1"}, Item{ID: "2"}, Item{ID: "3"})
	if got := collect(f, Filter{Feed: "a", After: 2}, 3); got[0].ID != "1" || got[2].ID != "3" {
		t.Errorf("got %+v", got)
	}
	if got := collect(f, Filter{Feed: "b", After: 2}, 1); got[0].ID != "3" {
		t.Errorf("of this run: got %+v", got)
	}
	f.Publish(Item{ID: "4"})
	if got := collect(f, Filter{Feed: "a", After: 9}, 2); got[0].Kind != KindLost || got[0].Lost != 1 || got[1].ID != "2" {
		t.Errorf("got %+v", got)
	}
	for _, c := range []struct {
		filter Filter
		after  uint64
	}{{Filter{}, 4}, {Filter{Recent: 2}, 2}, {Filter{After: 3}, 3}, {Filter{After: 9}, 4}, {Filter{Feed: "b"}, 0}, {Filter{Feed: "a", After: 3, Recent: 1}, 0}} {
		if after, _ := f.Open(t.Context(), c.filter); after != c.after {
			t.Errorf("%+v begins behind %d, want %d", c.filter, after, c.after)
		}
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
