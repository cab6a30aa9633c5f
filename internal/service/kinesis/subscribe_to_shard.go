package kinesis

import (
	"context"
	"fmt"
	"time"

	"github.com/hookswitch/hookswitch/internal/api/kinesisapi"
	"github.com/hookswitch/hookswitch/internal/keys"
	"github.com/hookswitch/hookswitch/internal/wire"
)

// subscribeToShard starts to send a consumer what a shard has, from a place on and as it comes. What can be refused is
// refused before the stream begins.
func (s *Service) subscribeToShard(ctx context.Context, in *kinesisapi.SubscribeToShardInput) (*kinesisapi.SubscribeToShardOutput, error) {
	st, id, now, err := s.existingConsumer(ctx, "SubscribeToShard", *in.ConsumerARN)
	if err != nil {
		return nil, err
	}
	index, ok := parseShardID(*in.ShardId)
	if !ok {
		return nil, errNoSuchShard(st.key, *in.ShardId)
	}
	cur, sh, err := s.readable(ctx, "", st.key, index, now)
	if err != nil {
		return nil, err
	}
	if i := cur.consumer(id, now); i < 0 {
		return nil, errNoConsumer(*in.ConsumerARN, st.key)
	} else if cur.Consumers[i].status(now) != statusActive {
		return nil, errConsumerNotActive(st.key, id)
	}
	start := startingPoint{call: "SubscribeToShard", kind: *in.StartingPosition.Type, sequence: in.StartingPosition.SequenceNumber, timestamp: in.StartingPosition.Timestamp}
	from, err := s.position(ctx, cur, sh, start, now)
	if missing(err) {
		return nil, errShardDoesNotExist(st.key, index)
	}
	if err != nil {
		return nil, err
	}
	key := subscriptionKey{cur.ID, id, index}
	apart := time.Duration(0)
	if s.rates != nil {
		apart = subscribeEvery
	}
	sub, err := s.fanout.begin(key, now, apart)
	s.countSubscribe(cur, id.name, err == nil, now)
	switch err {
	case errTooSoon:
		return nil, errSubscribed(st.key, sh.id, id)
	case errTooFast:
		return nil, errSubscribeRate(st.key, sh.id, id)
	}
	p := &subscription{s: s, stream: st, key: key, sub: sub, from: from, arn: *in.ConsumerARN, who: keyUser(ctx, cur), quiet: now}
	return &kinesisapi.SubscribeToShardOutput{EventStream: p.run}, nil
}

// subscription is one consumer's subscription to one shard.
type subscription struct {
	s      *Service
	stream *stream
	key    subscriptionKey
	sub    *subscribed
	arn    string // of the consumer
	who    keys.Caller
	from   uint64    // place in the shard's log to go on at
	quiet  time.Time // when the last event was sent
	alarm  alarm
	sent   bucket // what may still be sent, in bytes, when rates are limited
}

// alarm is the one timer of a subscription. It may go off early: what it is for moves on with every event.
type alarm struct {
	at   time.Time
	due  <-chan struct{} // nil: it is not set
	stop func()
}

// run sends events until the subscription's life is over, the shard ends, another takes over, something is deleted, or
// ctx ends.
func (p *subscription) run(ctx context.Context, send func(wire.Event) error) error {
	defer func() { p.s.fanout.end(p.key, p.sub, p.s.clock.Now()) }()
	cur, sh, err := p.look(p.s.clock.Now()) // the stream may be gone since the request was answered
	if err != nil {
		return err
	}
	log, err := cur.logs.open(ctx, cur.log(sh))
	if err == nil {
		var f *feed
		if f, err = p.s.fanout.join(ctx, p, sh, log); err == nil {
			defer p.s.fanout.leave(f)
			err = p.push(ctx, f, send)
		}
	}
	if missing(err) {
		return errShardDoesNotExist(p.stream.key, p.key.shard)
	}
	return err
}

// push is run once there is a feed.
func (p *subscription) push(ctx context.Context, f *feed, send func(wire.Event) error) error {
	defer p.alarm.clear()
	for ctx.Err() == nil {
		woken, version, err := f.watch() // before anything is looked at: what changes from here on wakes
		if err != nil {
			return err
		}
		now := p.s.clock.Now()
		if !now.Before(p.sub.began.Add(subscriptionLife)) {
			return nil
		}
		cur, sh, err := p.look(now)
		if err != nil {
			return err
		}
		if until := p.pace(now); until.After(now) {
			p.wait(ctx, nil, until)
			continue
		}
		page, err := f.read(ctx, p.who, cur, sh, p.from, version, cur.horizon(now))
		if ctx.Err() != nil {
			return nil
		}
		if refused := refusedKey(cur, err); refused != nil {
			return refused
		}
		if err != nil {
			return fmt.Errorf("subscription to %s of %s: %w", sh.id, cur.Name, err)
		}
		p.from = page.next
		ended := !sh.open() && !page.more
		if ended || len(page.records) > 0 || now.Sub(p.quiet) >= silenceMax {
			p.quiet = now
			err := p.send(cur, page, ended, now, send)
			p.s.countEvent(cur, p.key.consumer.name, &page.page, err == nil, now)
			if err != nil || ended {
				return err
			}
			if p.s.rates != nil {
				p.sent.use(int64(page.size()))
			}
		}
		if page.more {
			continue
		}
		p.wait(ctx, woken, p.quiet.Add(silenceMax))
	}
	return nil
}

// look returns the state of the stream and its shard, or why the subscription is over.
func (p *subscription) look(now time.Time) (*streamState, *shard, error) {
	select {
	case <-p.sub.taken:
		return nil, nil, errSubscribed(p.stream.key, shardID(p.key.shard), p.key.consumer)
	default:
	}
	cur := p.stream.state.Load()
	if cur.ID != p.key.stream || !cur.serves(now) {
		return nil, nil, errNoStream(p.stream.key)
	}
	if i := cur.consumer(p.key.consumer, now); i < 0 || cur.Consumers[i].status(now) != statusActive {
		return nil, nil, errNoConsumer(p.arn, p.stream.key)
	}
	sh := cur.shards.byIndex(p.key.shard, cur.horizon(now))
	if sh == nil {
		return nil, nil, errShardDoesNotExist(p.stream.key, p.key.shard)
	}
	return cur, sh, nil
}

// pace returns when more may be sent.
func (p *subscription) pace(now time.Time) time.Time {
	if p.s.rates == nil {
		return now
	}
	p.sent.fill(millis(now), fanoutBytesPerSecond)
	return now.Add(p.sent.free(fanoutBytesPerSecond))
}

// wait returns when there is something to do, or may be.
func (p *subscription) wait(ctx context.Context, woken <-chan struct{}, at time.Time) {
	if end := p.sub.began.Add(subscriptionLife); end.Before(at) {
		at = end
	}
	if a := &p.alarm; a.due == nil || at.Before(a.at) {
		a.clear()
		a.at = at
		a.due, a.stop = p.s.clock.WakeAt(at)
	}
	select {
	case <-woken:
	case <-p.alarm.due:
		p.alarm.clear()
	case <-p.sub.taken:
	case <-ctx.Done():
	}
}

func (a *alarm) clear() {
	if a.due != nil {
		a.stop()
		a.due = nil
	}
}

// send sends an event of a page, the one that was made for all if there is one.
func (p *subscription) send(cur *streamState, page *sharedPage, ended bool, now time.Time, send func(wire.Event) error) error {
	if page.event != nil && !ended {
		return send(page.event)
	}
	return send(page.newEvent(cur, page.sh, ended, now))
}

// newEvent makes an event. The number to go on after is that of the last record before the next place, and tells of now:
// it moves even when no records come. At the end of the shard there is none, but the shard's children.
func (p *page) newEvent(cur *streamState, sh *shard, ended bool, now time.Time) *kinesisapi.SubscribeToShardEvent {
	e := &kinesisapi.SubscribeToShardEvent{Records: outRecords(sh, p), MillisBehindLatest: new(p.behind(now))}
	if ended {
		e.ChildShards = childShards(cur, sh)
		return e
	}
	at := max(millis(now), sh.Created*1000)
	if n := len(p.records); n > 0 && p.seqs[n-1]+1 == p.next {
		at = p.records[n-1].arrival // the last record's very number
	}
	e.ContinuationSequenceNumber = new(sh.sequence(max(p.next, 1)-1, at).String())
	return e
}
