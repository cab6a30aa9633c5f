package kinesis

import (
	"context"
	"sync"
	"time"

	"github.com/hookswitch/hookswitch/internal/storage"
)

// Bounds of enhanced fan-out.
const (
	subscriptionLife = 5 * time.Minute // then a subscription ends
	takeoverAfter    = 5 * time.Second // so long after one began another of the same consumer and shard is refused
	silenceMax       = 5 * time.Second // after so long without records an event without any is sent

	// eventBytesMax bounds the data and partition keys of one event, unless one record is larger.
	eventBytesMax = 1 << 20
	// sharedBytesMax bounds the records of a page that a feed keeps for the subscriptions that come for it next. It
	// is what a shard holds in memory, however many subscriptions it has.
	sharedBytesMax = 64 << 10
)

// fanout is the subscriptions of this process. Subscriptions of one consumer and shard at two processes do not know of
// each other.
type fanout struct {
	mu    sync.Mutex                      // guards everything below
	feeds map[string]map[int]*feed        // by a stream's incarnation and a shard's index
	subs  map[subscriptionKey]*subscribed // who subscribed last
}

// subscriptionKey is what has one subscription at a time.
type subscriptionKey struct {
	stream   string // incarnation
	consumer consumerID
	shard    int
}

// subscribed is a subscription that began. It is kept until its life is over, or until takeoverAfter if it ended before.
type subscribed struct {
	began time.Time
	ended bool
	taken chan struct{} // closed when another takes over
}

// begin makes sub the subscription of its consumer and shard, or says that it is too soon after the last one.
func (f *fanout) begin(key subscriptionKey, now time.Time) (*subscribed, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if old := f.subs[key]; old != nil {
		if now.Sub(old.began) < takeoverAfter {
			return nil, false
		}
		close(old.taken)
	}
	sub := &subscribed{began: now, taken: make(chan struct{})}
	if f.subs == nil {
		f.subs = map[subscriptionKey]*subscribed{}
	}
	f.subs[key] = sub
	return sub, true
}

// end notes that a subscription is over.
func (f *fanout) end(key subscriptionKey, sub *subscribed, now time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	sub.ended = true
	if f.subs[key] == sub && now.Sub(sub.began) >= takeoverAfter {
		delete(f.subs, key)
	}
}

// forget removes what is known of subscriptions that are over.
func (f *fanout) forget(now time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for key, sub := range f.subs {
		if age := now.Sub(sub.began); age >= takeoverAfter && sub.ended || age > subscriptionLife+takeoverAfter {
			delete(f.subs, key)
		}
	}
}

// changed tells the subscriptions of a stream that its description is another.
func (f *fanout) changed(stream string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, feed := range f.feeds[stream] {
		feed.wake(nil)
	}
}

// join returns the feed of a shard, which follows the shard's log until the last of those who joined has left.
func (f *fanout) join(ctx context.Context, stream string, sh *shard, log *recordLog) (*feed, error) {
	_, last, err := log.Bounds(ctx)
	if err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	shards := f.feeds[stream]
	if shards == nil {
		shards = map[int]*feed{}
		if f.feeds == nil {
			f.feeds = map[string]map[int]*feed{}
		}
		f.feeds[stream] = shards
	}
	w := shards[sh.index]
	if w == nil {
		ctx, stop := context.WithCancel(context.WithoutCancel(ctx)) // it outlives whoever was first
		w = &feed{stream: stream, shard: sh.index, stop: stop, done: make(chan struct{})}
		shards[sh.index] = w
		go w.follow(ctx, log, storage.Range{Key: sh.id, From: last + 1})
	}
	w.members++
	return w, nil
}

// leave undoes a join. When it returns, a feed that nobody needs any more does nothing any more.
func (f *fanout) leave(w *feed) {
	f.mu.Lock()
	w.members--
	last := w.members == 0
	if last {
		delete(f.feeds[w.stream], w.shard)
		if len(f.feeds[w.stream]) == 0 {
			delete(f.feeds, w.stream)
		}
	}
	f.mu.Unlock()
	if last {
		w.stop()
		<-w.done
	}
}

// A feed wakes the subscriptions of one shard when it has new records, and lets those that stand at the same place read
// once for all of them. It never waits for any of them.
type feed struct {
	stream  string // incarnation
	shard   int
	stop    context.CancelFunc
	done    chan struct{} // closed when follow has returned
	members int           // guarded by fanout.mu

	mu      sync.Mutex    // guards what follows, up to reading
	woken   chan struct{} // closed at the next change; nil while nobody waits
	version uint64        // rises with each change
	failed  error         // following ended

	reading sync.Mutex // held while one reads for all: guards what follows
	from    uint64     // place at which the shared page begins
	at      uint64     // version when it was read
	sh      *shard     // that it was read of
	shared  *page      // nil: none
}

// follow wakes whenever the log has more records of the shard.
func (w *feed) follow(ctx context.Context, log *recordLog, r storage.Range) {
	defer close(w.done)
	for _, err := range log.Tail(ctx, r) {
		w.wake(err)
	}
}

// wake wakes all who wait. err, when it is not nil, is why there will be nothing more.
func (w *feed) wake(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.version++
	if err != nil {
		w.failed = err
	}
	if w.woken != nil {
		close(w.woken)
		w.woken = nil
	}
}

// watch returns a channel that is closed at the next change, and the version of now.
func (w *feed) watch() (woken <-chan struct{}, version uint64, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.woken == nil {
		w.woken = make(chan struct{})
	}
	return w.woken, w.version, w.failed
}

// read returns the records of the shard from a place on, up to an event's worth. It is at least as new as version.
func (w *feed) read(ctx context.Context, log *recordLog, sh *shard, from, version uint64, horizon int64) (page, error) {
	w.reading.Lock()
	defer w.reading.Unlock()
	if w.shared != nil && w.from == from && w.at == version && w.sh == sh {
		return *w.shared, nil
	}
	p, err := readShardUpTo(ctx, log, sh, from, readRecordsMax, eventBytesMax, horizon)
	if err != nil {
		return p, err
	}
	size := 0
	for i := range p.records {
		size += len(p.records[i].data) + len(p.records[i].partitionKey)
	}
	w.shared = nil
	if size <= sharedBytesMax {
		w.from, w.at, w.sh, w.shared = from, version, sh, &p
	}
	return p, nil
}
