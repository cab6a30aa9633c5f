package kinesis

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hookswitch/hookswitch/internal/keys"
	"github.com/hookswitch/hookswitch/internal/storage"
	"github.com/hookswitch/hookswitch/internal/wire"
)

// Bounds of enhanced fan-out.
const (
	subscriptionLife = 5 * time.Minute // then a subscription ends
	takeoverAfter    = 5 * time.Second // so long after one began another of the same consumer and shard is refused
	silenceMax       = 5 * time.Second // after so long without records an event without any is sent

	// eventBytesMax bounds the data and partition keys of one event, unless one record is larger.
	eventBytesMax = 1 << 20
	// sharedBytesMax bounds the records of a page that a feed keeps for the subscriptions that come for it next. It keeps
	// two, each with the frame that is made of it for each encoding: that is what a shard holds in memory, however many
	// subscriptions it has.
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
	tried time.Time // when it was last called for
	ended bool
	taken chan struct{} // closed when another takes over
}

// Why a subscription does not begin.
var (
	errTooSoon = errors.New("too soon after the last subscription")
	errTooFast = errors.New("too soon after the last call")
)

// begin makes sub the subscription of its consumer and shard, or says that it is too soon after the last one: errTooSoon,
// or, when calls must be some time apart and are not, errTooFast.
func (f *fanout) begin(key subscriptionKey, now time.Time, apart time.Duration) (*subscribed, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if old := f.subs[key]; old != nil {
		since := now.Sub(old.tried)
		old.tried = now
		if since < apart {
			return nil, errTooFast
		}
		if now.Sub(old.began) < takeoverAfter {
			return nil, errTooSoon
		}
		close(old.taken)
	}
	sub := &subscribed{began: now, tried: now, taken: make(chan struct{})}
	if f.subs == nil {
		f.subs = map[subscriptionKey]*subscribed{}
	}
	f.subs[key] = sub
	return sub, nil
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
		feed.wake(nil, nil)
	}
}

// join returns the feed of a shard, which follows the shard's log until the last of those who joined has left.
func (f *fanout) join(ctx context.Context, p *subscription, sh *shard, log *recordLog) (*feed, error) {
	_, last, err := log.Bounds(ctx)
	if err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	id := p.key.stream
	shards := f.feeds[id]
	if shards == nil {
		shards = map[int]*feed{}
		if f.feeds == nil {
			f.feeds = map[string]map[int]*feed{}
		}
		f.feeds[id] = shards
	}
	w := shards[sh.index]
	if w == nil {
		ctx, stop := context.WithCancel(context.WithoutCancel(ctx)) // it outlives whoever was first
		w = &feed{service: p.s, of: p.stream, stream: id, shard: sh.index, log: log, who: p.who, stop: stop, done: make(chan struct{})}
		shards[sh.index] = w
		go w.follow(ctx, storage.Range{Key: sh.id, From: last + 1})
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

// A feed wakes the subscriptions of one shard when it has new records. Those that wait at the tip find these read and
// encoded; others that stand at one place read once for all of them. It never waits for any of them.
type feed struct {
	service *Service
	of      *stream
	stream  string // incarnation
	shard   int
	log     *recordLog
	who     keys.Caller // whose right sealed records are opened with for all; each is still asked for their own
	stop    context.CancelFunc
	done    chan struct{} // closed when follow has returned
	members int           // guarded by fanout.mu

	mu      sync.Mutex    // guards what follows, up to tip
	woken   chan struct{} // closed at the next change; nil while nobody waits
	version uint64        // rises with each change
	failed  error         // following ended

	tip atomic.Pointer[sharedPage] // what woke those who waited last; nil: they read for themselves

	reading sync.Mutex  // held while one reads for all: guards shared
	shared  *sharedPage // nil: none
}

// sharedPage is records of a shard as of one version, for all who stand between two places. It is immutable.
type sharedPage struct {
	page
	version  uint64
	sh       *shard
	from, to uint64            // places: the page is what a read from any of them returns
	event    *wire.SharedEvent // nil: each makes its own
}

func (p *sharedPage) fits(sh *shard, from, version uint64) bool {
	return p != nil && p.version == version && p.sh == sh && p.from <= from && from <= p.to
}

// follow wakes whenever the log has more records of the shard.
func (w *feed) follow(ctx context.Context, r storage.Range) {
	defer close(w.done)
	after := r.From // all records of the shard before it are known
	for rec, err := range w.log.Tail(ctx, r) {
		if err == nil && rec.Seq < after {
			continue // it came with the one before it
		}
		var tip *sharedPage
		if err == nil {
			tip = w.readTip(ctx, after, rec.Seq)
			if after = rec.Seq + 1; tip != nil {
				after = tip.next
			}
		}
		w.wake(tip, err)
	}
}

// readTip reads what is new, the first of it at a place, for those who wait. It returns nil when nobody does, and when
// they would better find out for themselves what became of stream or shard.
func (w *feed) readTip(ctx context.Context, after, first uint64) *sharedPage {
	w.mu.Lock()
	waited := w.woken != nil
	w.mu.Unlock()
	cur, now := w.of.state.Load(), w.service.clock.Now()
	if !waited || cur.ID != w.stream || !cur.serves(now) || !cur.shards.all[w.shard].open() {
		return nil
	}
	sh := cur.shards.all[w.shard]
	p, err := readShardUpTo(ctx, w.log, sh, first, readRecordsMax, sharedBytesMax, cur.horizon(now))
	if err != nil || len(p.records) == 0 || p.size() > sharedBytesMax || p.seqs[0] != first {
		return nil
	}
	if w.service.unseal(ctx, cur, sh, &p, w.who) != nil || p.cut {
		return nil
	}
	return &sharedPage{page: p, sh: sh, from: after, to: first, event: &wire.SharedEvent{Event: p.newEvent(cur, sh, false, now)}}
}

// wake wakes all who wait. tip, when it is not nil, is what those at the tip will read; err, when it is not nil, is why
// there will be nothing more.
func (w *feed) wake(tip *sharedPage, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.version++
	if tip != nil {
		tip.version = w.version
		w.tip.Store(tip)
	}
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

// read returns the records of the shard from a place on, up to an event's worth, if who reads may. It is at least as new as
// version.
func (w *feed) read(ctx context.Context, who keys.Caller, cur *streamState, sh *shard, from, version uint64, horizon int64) (*sharedPage, error) {
	shown := func(p *sharedPage) bool {
		return p.fits(sh, from, version) && w.service.mayRead(ctx, who, &p.page) == nil
	}
	if tip := w.tip.Load(); shown(tip) {
		return tip, nil
	}
	w.reading.Lock()
	defer w.reading.Unlock()
	if shown(w.shared) {
		return w.shared, nil
	}
	p, err := readShardUpTo(ctx, w.log, sh, from, readRecordsMax, eventBytesMax, horizon)
	if err == nil {
		err = w.service.unseal(ctx, cur, sh, &p, who)
	}
	if err != nil {
		return nil, err
	}
	if len(p.records) == 0 {
		w.tip.Store(nil) // everybody has had it long ago: an idle shard holds no memory
	}
	got := &sharedPage{page: p, version: version, sh: sh, from: from, to: from}
	w.shared = nil
	if p.size() <= sharedBytesMax && !p.cut {
		w.shared = got
	}
	return got, nil
}
