package outbox

import (
	"context"
	"iter"
	"slices"
	"sync"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
)

// Bounds of a Feed.
const (
	FeedItemsUsual = 4096    // items that are kept for slow or late followers
	FeedBytesMax   = 8 << 20 // about what they may take
)

// Kinds of items.
const (
	KindContactRecord = "contact-record"
	KindAgentEvent    = "agent-event"
	KindContactEvent  = "contact-event"
	// KindLost stands for items that a follower was too slow to see: Lost says how many there were, of all kinds.
	KindLost = "lost"
)

// Item is a document as it was published.
type Item struct {
	Number   uint64 // counts the items of the feed, from 1; not kept over a restart
	Kind     string
	Instance center.InstanceID
	Key      string    // partition key: the contact's id or the agent's ARN
	ID       string    // of the document: the same for every delivery of it
	Time     time.Time // of what it tells
	Place    uint64    // of the step in the instance's journal; 0: time alone brought it
	Target   string    // ARN it was delivered to; empty: it has none
	Document []byte
	Lost     uint64 // of KindLost
}

// Filter says which items a follower wants. The zero Filter is everything from now on.
type Filter struct {
	Instance center.InstanceID // empty: all
	Kinds    []string          // empty: all
	Key      string            // empty: all
	After    uint64            // go on behind the item with this Number, if it is still kept
	Feed     string            // ID of the feed that After counts in: in one with another ID everything is new
	Recent   int               // begin with so many of the newest items of these; After comes first
}

func (f *Filter) wants(it *Item) bool {
	return (f.Instance == "" || f.Instance == it.Instance) && (f.Key == "" || f.Key == it.Key) &&
		(len(f.Kinds) == 0 || slices.Contains(f.Kinds, it.Kind))
}

// Feed shows what is published while it is published. It carries contact records and agent events that were delivered, and
// every contact event, delivered or not. It is a window, not a promise: a follower that falls behind what is kept loses
// items and is told so, and nothing ever waits for a follower. The zero Feed is ready, and safe for concurrent use.
type Feed struct {
	// ID tells this feed from those of other runs of the program, whose items have the same Numbers. Set it before use.
	ID string
	// ItemsMax is how many items are kept; 0: FeedItemsUsual. Set it before use.
	ItemsMax int

	mu    sync.Mutex // guards everything below
	items []Item     // the newest, ascending by Number
	bytes int
	last  uint64 // Number of the newest item ever
	wake  chan struct{}
}

// Publish adds items. Their Number is set here.
func (f *Feed) Publish(items ...Item) {
	if len(items) == 0 {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, it := range items {
		f.last++
		it.Number = f.last
		f.items = append(f.items, it)
		f.bytes += weigh(&it)
	}
	most := f.ItemsMax
	if most <= 0 {
		most = FeedItemsUsual
	}
	n := 0
	for len(f.items)-n > most || f.bytes > FeedBytesMax && len(f.items)-n > 1 {
		f.bytes -= weigh(&f.items[n])
		n++
	}
	clear(f.items[:n])
	f.items = f.items[n:]
	if f.wake != nil {
		close(f.wake)
		f.wake = nil
	}
}

func weigh(it *Item) int { return len(it.Document) + len(it.Key) + len(it.Target) + 256 }

// Follow yields the items that a filter wants, until ctx ends. Items that went by unseen are one item of KindLost.
func (f *Feed) Follow(ctx context.Context, filter Filter) iter.Seq[Item] {
	_, items := f.Open(ctx, filter)
	return items
}

// Open is Follow that also says where it begins: behind the item with the Number after. A follower who goes on behind it with
// Filter.After and Filter.Feed misses nothing, even if no item has come yet.
func (f *Feed) Open(ctx context.Context, filter Filter) (after uint64, items iter.Seq[Item]) {
	f.mu.Lock() // the start is now, not when the first item is asked for
	next := f.last + 1
	switch {
	case filter.Feed != "" && filter.Feed != f.ID:
		next = 1
	case filter.Feed != "" || filter.After > 0:
		next = min(next, filter.After+1)
	default:
		next = f.recent(&filter)
	}
	f.mu.Unlock()
	return next - 1, func(yield func(Item) bool) {
		for ctx.Err() == nil {
			items, more := f.from(next)
			for i := range items {
				it := &items[i]
				if lost := it.Number - next; lost > 0 && !yield(Item{Number: it.Number - 1, Kind: KindLost, Lost: lost}) {
					return
				}
				next = it.Number + 1
				if filter.wants(it) && (ctx.Err() != nil || !yield(*it)) {
					return
				}
			}
			if len(items) > 0 {
				continue
			}
			select {
			case <-more:
			case <-ctx.Done():
			}
		}
	}
}

// recent returns the number to begin with so that Recent items that the filter wants come at once, or as many as are kept.
// mu is held.
func (f *Feed) recent(filter *Filter) uint64 {
	next, found := f.last+1, 0
	for i := len(f.items) - 1; i >= 0 && found < filter.Recent; i-- {
		if filter.wants(&f.items[i]) {
			next, found = f.items[i].Number, found+1
		}
	}
	return next
}

// first returns the number of the oldest item kept. mu is held.
func (f *Feed) first() uint64 { return f.last + 1 - uint64(len(f.items)) }

const feedRead = 64 // items copied at once

// from returns kept items from a number on, or a channel that is closed when there are some.
func (f *Feed) from(next uint64) ([]Item, <-chan struct{}) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if next > f.last {
		if f.wake == nil {
			f.wake = make(chan struct{})
		}
		return nil, f.wake
	}
	i := 0
	if first := f.first(); next > first {
		i = int(next - first)
	}
	return slices.Clone(f.items[i:min(i+feedRead, len(f.items))]), nil
}
