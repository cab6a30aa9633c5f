package kinesis

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws/protocol/eventstream"

	"github.com/hookswitch/hookswitch/internal/api/kinesisapi"
	"github.com/hookswitch/hookswitch/internal/clock"
	"github.com/hookswitch/hookswitch/internal/wire"
)

// listener is one subscription as a client sees it, without a network between.
type listener struct {
	t      *testing.T
	cancel context.CancelFunc
	block  chan struct{} // not nil: writes wait until it is closed

	mu     sync.Mutex // guards everything below
	frames []answer   // payloads of events; an exception has its type under "exception"
	sizes  []int
	last   *byte // where the last frame lies
	done   bool
	err    error
}

// Write takes a frame apart with the official decoder.
func (l *listener) Write(b []byte) (int, error) {
	if l.block != nil {
		<-l.block
	}
	m, err := eventstream.NewDecoder().Decode(bytes.NewReader(b), nil)
	if err != nil {
		l.t.Errorf("frame: %v", err)
		return 0, err
	}
	a := answer{}
	if err := json.Unmarshal(m.Payload, &a); err != nil {
		l.t.Errorf("payload %s: %v", m.Payload, err)
	}
	if e := m.Headers.Get(":exception-type"); e != nil {
		a["exception"] = e.String()
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if e := m.Headers.Get(":event-type"); e == nil || e.String() != "initial-response" {
		l.frames, l.sizes, l.last = append(l.frames, a), append(l.sizes, len(b)), &b[0]
	}
	return len(b), nil
}

// next waits until nothing moves and returns the events that came since the last call.
func (l *listener) next() []answer {
	synctest.Wait()
	l.mu.Lock()
	defer l.mu.Unlock()
	frames := l.frames
	l.frames = nil
	return frames
}

// ended waits until nothing moves and says whether the stream is over.
func (l *listener) ended() bool {
	synctest.Wait()
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.err != nil {
		l.t.Errorf("the stream ended with %v", l.err)
	}
	return l.done
}

func subscribeBody(arn, position string, args ...any) string {
	return fmt.Sprintf(`{"ConsumerARN":%q,"ShardId":"shardId-000000000000","StartingPosition":{%s}}`, arn, fmt.Sprintf(position, args...))
}

// listen subscribes to shard 0.
func (w *world) listen(t *testing.T, arn, position string, args ...any) *listener {
	t.Helper()
	l := &listener{t: t}
	w.start(t, l, arn, position, args...)
	return l
}

func (w *world) start(t *testing.T, l *listener, arn, position string, args ...any) {
	t.Helper()
	if code := w.stream(t, l, subscribeBody(arn, position, args...)); code != "" {
		t.Fatalf("SubscribeToShard is refused with %s", code)
	}
}

// stream subscribes, and returns the type of the error with which that is refused.
func (w *world) stream(t *testing.T, l *listener, body string) (code string) {
	t.Helper()
	for _, op := range w.svc.Operations() {
		if op.Model.Name != "SubscribeToShard" {
			continue
		}
		resp, err := op.Serve(w.ctx, &wire.Request{Encoding: wire.JSON, Body: []byte(body)})
		if err != nil {
			var modelled wire.Error
			if !errors.As(err, &modelled) {
				t.Fatal(err)
			}
			return modelled.ErrorCode()
		}
		var ctx context.Context
		ctx, l.cancel = context.WithCancel(w.ctx)
		t.Cleanup(l.cancel)
		go func() {
			err := resp.Stream(ctx, l)
			l.mu.Lock()
			defer l.mu.Unlock()
			l.done, l.err = true, err
		}()
	}
	return ""
}

func eventKeys(events []answer) (keys string) {
	for _, e := range events {
		for i := range e.list("Records") {
			keys += e.text(fmt.Sprintf("Records.%d.PartitionKey", i)) + " "
		}
	}
	return strings.TrimSpace(keys)
}

// inBubble runs a test whose goroutines can be waited for, and fails when one is left at the end.
func inBubble(t *testing.T, test func(t *testing.T, w *world)) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.create("s", 1)
		test(t, w)
	})
}

func TestSubscriptionPushesWhatComes(t *testing.T) {
	inBubble(t, func(t *testing.T, w *world) {
		first := w.put("s", 3)
		l := w.listen(t, w.register("app"), `"Type":"TRIM_HORIZON"`)
		got := l.next()
		if eventKeys(got) != "k0 k1 k2" || len(got) != 1 || got[0].text("ContinuationSequenceNumber") != first[2] || got[0].at("MillisBehindLatest") != 0.0 || got[0]["ChildShards"] != nil {
			t.Fatalf("at first came %v", got)
		}
		if r := got[0].at("Records.0").(map[string]any); r["SequenceNumber"] != first[0] || r["ApproximateArrivalTimestamp"] == nil || r["EncryptionType"] != nil {
			t.Errorf("a record is %v", r)
		}
		for i := range 5 {
			seq := w.put("s", 1)[0]
			if got := l.next(); len(got) != 1 || got[0].text("ContinuationSequenceNumber") != seq {
				t.Errorf("put %d came as %v", i, got)
			}
		}
		if got := l.next(); len(got) != 0 {
			t.Errorf("unasked came %v", got)
		}
	})
}

// A subscription begins after it was answered: the stream, and another with its name, may have fewer shards by then.
func TestSubscriptionToAStreamThatWentMeanwhile(t *testing.T) {
	inBubble(t, func(t *testing.T, w *world) {
		subscribe := func(arn string) func(context.Context, func(wire.Event) error) error {
			t.Helper()
			out, err := w.svc.subscribeToShard(w.ctx, &kinesisapi.SubscribeToShardInput{ConsumerARN: &arn, ShardId: new("shardId-000000000000"),
				StartingPosition: &kinesisapi.StartingPosition{Type: new(iterateLatest)}})
			if err != nil {
				t.Fatal(err)
			}
			return out.EventStream
		}
		begin := subscribe(w.register("app"))
		w.ok("DeleteStream", `{"StreamName":"s","EnforceConsumerDeletion":true}`)
		w.work()
		err := begin(w.ctx, func(wire.Event) error { t.Error("it sends"); return nil })
		var gone *kinesisapi.ResourceNotFoundException
		if !errors.As(err, &gone) {
			t.Errorf("got %v", err)
		}
	})
}

func TestSubscriptionSilenceAndLife(t *testing.T) {
	inBubble(t, func(t *testing.T, w *world) {
		w.put("s", 1)
		arn := w.register("app")
		l := w.listen(t, arn, `"Type":"LATEST"`)
		if got := l.next(); len(got) != 0 {
			t.Fatalf("at first came %v", got)
		}
		last, silences := "", 0
		for w.advance(silenceMax - time.Millisecond); !l.ended(); w.advance(silenceMax - time.Millisecond) {
			if got := l.next(); len(got) != 0 {
				t.Fatalf("too soon came %v", got)
			}
			w.advance(time.Millisecond)
			if l.ended() {
				break
			}
			got := l.next()
			if len(got) != 1 || len(got[0].list("Records")) != 0 || got[0]["Records"] == nil || got[0].at("MillisBehindLatest") != 0.0 {
				t.Fatalf("after silence %d came %v", silences, got)
			}
			if next := got[0].text("ContinuationSequenceNumber"); next <= last || len(next) != sequenceDigits {
				t.Errorf("the number to go on after is %s after %s", next, last)
			} else {
				last = next
			}
			silences++
		}
		if want := int(subscriptionLife/silenceMax) - 1; silences != want || w.clock.Now().Sub(epoch) != subscriptionLife {
			t.Errorf("%d silences in %v, want %d in %v", silences, w.clock.Now().Sub(epoch), want, subscriptionLife)
		}
		if got := l.next(); len(got) != 0 {
			t.Errorf("at the end came %v", got)
		}
		// A new one goes on where the old one was, without a gap and without a repetition.
		w.ok("PutRecord", `{"StreamName":"s","PartitionKey":"later","Data":""}`)
		again := w.listen(t, arn, `"Type":"AFTER_SEQUENCE_NUMBER","SequenceNumber":%q`, last)
		if got := eventKeys(again.next()); got != "later" {
			t.Errorf("a subscription that goes on gets %q", got)
		}
	})
}

func TestSubscriptionPositions(t *testing.T) {
	inBubble(t, func(t *testing.T, w *world) {
		seqs := []string{}
		for i := range 4 {
			seqs = append(seqs, w.ok("PutRecord", `{"StreamName":"s","PartitionKey":"k%d","Data":"AA=="}`, i).text("SequenceNumber"))
			w.advance(2 * time.Second)
		}
		for i, c := range []struct{ position, want string }{
			{`"Type":"TRIM_HORIZON"`, "k0 k1 k2 k3 new0"},
			{`"Type":"LATEST"`, "new1"},
			{`"Type":"AT_SEQUENCE_NUMBER","SequenceNumber":"` + seqs[2] + `"`, "k2 k3 new0 new1 new2"},
			{`"Type":"AFTER_SEQUENCE_NUMBER","SequenceNumber":"` + seqs[2] + `"`, "k3 new0 new1 new2 new3"},
			{fmt.Sprintf(`"Type":"AT_TIMESTAMP","Timestamp":%d.3`, epoch.Unix()), "k1 k2 k3 new0 new1 new2 new3 new4"},
		} {
			l := w.listen(t, w.register(fmt.Sprint("app", i)), "%s", c.position)
			synctest.Wait()
			w.ok("PutRecord", `{"StreamName":"s","PartitionKey":"new%d","Data":""}`, i)
			if got := eventKeys(l.next()); got != c.want {
				t.Errorf("%s: %q, want %q", c.position, got, c.want)
			}
		}
		arn := w.register("bad")
		for _, c := range []struct{ position, code, message string }{
			{`"Type":"AT_SEQUENCE_NUMBER","SequenceNumber":"7"`, "InvalidArgumentException", "StartingSequenceNumber 7 used in SubscribeToShard on shard shardId-000000000000 in stream s under account 123456789012 is invalid because it did not come from this stream."},
			{`"Type":"AT_SEQUENCE_NUMBER"`, "InvalidArgumentException", "Must either specify (1) AT_SEQUENCE_NUMBER or AFTER_SEQUENCE_NUMBER and StartingSequenceNumber or (2) TRIM_HORIZON or LATEST and no StartingSequenceNumber. Request specified AT_SEQUENCE_NUMBER and no StartingSequenceNumber."},
			{`"Type":"AT_TIMESTAMP"`, "InvalidArgumentException", "Must specify timestampInMillis parameter for iterator of type AT_TIMESTAMP. Current request has no timestamp parameter."},
			{`"Type":"SOON"`, "ValidationException", "1 validation error detected: Value 'SOON' at 'startingPosition.type' failed to satisfy constraint: Member must satisfy enum value set: [AT_SEQUENCE_NUMBER, AFTER_SEQUENCE_NUMBER, TRIM_HORIZON, LATEST, AT_TIMESTAMP]"},
		} {
			if _, text := w.send("SubscribeToShard", subscribeBody(arn, "%s", c.position)); !strings.Contains(text, c.code) {
				t.Errorf("%s: %s, want %s", c.position, text, c.code)
			}
		}
		w.refused("SubscribeToShard", strings.Replace(subscribeBody(arn, `"Type":"LATEST"`), "shardId-000000000000", "shardId-000000000001", 1), "ResourceNotFoundException", "Shard shardId-000000000001 in stream s under account 123456789012 does not exist")
		w.refused("SubscribeToShard", strings.Replace(subscribeBody(arn, `"Type":"LATEST"`), "shardId-000000000000", "x", 1), "ResourceNotFoundException", "Could not find shard x in stream s under account 123456789012.")
		w.refused("SubscribeToShard", subscribeBody(arn+"1", `"Type":"LATEST"`), "ResourceNotFoundException", "Consumer "+arn+"1, account 123456789012 not found.")
		w.listen(t, arn, `"Type":"LATEST"`) // what was refused did not count
	})
}

func TestSubscriptionIsTakenOver(t *testing.T) {
	inBubble(t, func(t *testing.T, w *world) {
		arn, other := w.register("app"), w.register("other")
		old := w.listen(t, arn, `"Type":"LATEST"`)
		text := "Another active subscription exists for this consumer: 123456789012:s:shardId-000000000000:app"
		w.refused("SubscribeToShard", subscribeBody(arn, `"Type":"LATEST"`), "ResourceInUseException", text)
		bystander := w.listen(t, other, `"Type":"LATEST"`)
		w.advance(takeoverAfter - time.Millisecond)
		w.refused("SubscribeToShard", subscribeBody(arn, `"Type":"LATEST"`), "ResourceInUseException", text)
		old.next()
		w.advance(time.Millisecond)
		old.next()
		fresh := w.listen(t, arn, `"Type":"LATEST"`)
		if got := old.next(); len(got) != 1 || got[0]["exception"] != "ResourceInUseException" || got[0]["message"] != text || !old.ended() {
			t.Errorf("the old subscription hears %v", got)
		}
		bystander.next()
		w.put("s", 1)
		for name, l := range map[string]*listener{"new": fresh, "other": bystander} {
			if got := l.next(); eventKeys(got) != "k0" {
				t.Errorf("the %s subscription hears %v", name, got)
			}
		}
		// One that its client left counts for as long as one that goes on.
		fresh.cancel()
		if !fresh.ended() {
			t.Error("a subscription goes on without its client")
		}
		w.refused("SubscribeToShard", subscribeBody(arn, `"Type":"LATEST"`), "ResourceInUseException", text)
		w.advance(takeoverAfter)
		w.listen(t, arn, `"Type":"LATEST"`).cancel()
		bystander.cancel()
		synctest.Wait()
		w.advance(takeoverAfter)
		w.work()
		if n, f := len(w.svc.fanout.subs), len(w.svc.fanout.feeds); n != 0 || f != 0 {
			t.Errorf("%d subscriptions and %d feeds are remembered when all is over", n, f)
		}
	})
}

func TestSubscriptionEndsWithWhatItReads(t *testing.T) {
	for name, c := range map[string]struct{ op, body, want string }{
		"consumer": {"DeregisterStreamConsumer", `{"StreamARN":"` + testStreamARN + `","ConsumerName":"app"}`, "Consumer "},
		"stream":   {"DeleteStream", `{"StreamName":"s","EnforceConsumerDeletion":true}`, "Stream s under account 123456789012 not found."},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, w *world) {
				l := w.listen(t, w.register("app"), `"Type":"LATEST"`)
				synctest.Wait()
				w.ok(c.op, "%s", c.body)
				if got := l.next(); len(got) != 1 || got[0]["exception"] != "ResourceNotFoundException" || !strings.HasPrefix(got[0].text("message"), c.want) || !l.ended() {
					t.Errorf("the subscription hears %v", got)
				}
			})
		})
	}
}

// TestSubscriptionEndsWithItsShard splits the shard under a subscription: it tells of the children, once it has told all.
func TestSubscriptionEndsWithItsShard(t *testing.T) {
	inBubble(t, func(t *testing.T, w *world) {
		l := w.listen(t, w.register("app"), `"Type":"LATEST"`)
		synctest.Wait()
		w.put("s", 2)
		w.advance(time.Second)
		w.ok("SplitShard", `{"StreamName":"s","ShardToSplit":"shardId-000000000000","NewStartingHashKey":"170141183460469231731687303715884105728"}`)
		got := l.next()
		if eventKeys(got) != "k0 k1" || !l.ended() {
			t.Fatalf("the subscription hears %v", got)
		}
		for i, e := range got {
			ended := i == len(got)-1
			if (e["ContinuationSequenceNumber"] == nil) != ended || (len(e.list("ChildShards")) == 2) != ended {
				t.Errorf("event %d of %d is %v", i, len(got), e)
			}
		}
		last := got[len(got)-1]
		if last.text("ChildShards.1.ShardId") != "shardId-000000000002" || last.text("ChildShards.0.ParentShards.0") != "shardId-000000000000" {
			t.Errorf("the last event is %v", last)
		}
		// Who comes when it is closed gets what is left and the end.
		w.advance(takeoverAfter)
		got = w.listen(t, w.register("late"), `"Type":"TRIM_HORIZON"`).next()
		if len(got) != 1 || eventKeys(got) != "k0 k1" || got[0]["ContinuationSequenceNumber"] != nil || len(got[0].list("ChildShards")) != 2 {
			t.Errorf("a late subscription hears %v", got)
		}
	})
}

func TestEventsAreBounded(t *testing.T) {
	inBubble(t, func(t *testing.T, w *world) {
		big := strings.Repeat("A", 400<<10/3*4) // 400 KiB
		for range 7 {
			w.ok("PutRecord", `{"StreamName":"s","PartitionKey":"k","Data":%q}`, big)
			w.advance(time.Second)
		}
		l := w.listen(t, w.register("app"), `"Type":"TRIM_HORIZON"`)
		got := l.next()
		total := 0
		for i, e := range got {
			n := len(e.list("Records"))
			total += n
			if n > 2 || l.sizes[i] > 2*eventBytesMax {
				t.Errorf("event %d has %d records in %d bytes", i, n, l.sizes[i])
			}
			if behind, _ := e.at("MillisBehindLatest").(float64); (behind == 0) != (i == len(got)-1) {
				t.Errorf("event %d of %d is %v behind", i, len(got), behind)
			}
		}
		if total != 7 {
			t.Errorf("%d records came", total)
		}
		for _, shards := range w.svc.fanout.feeds {
			for _, f := range shards {
				if f.shared != nil && len(f.shared.records) > 0 {
					t.Errorf("a page of %d large records is kept", len(f.shared.records))
				}
			}
		}
	})
}

// TestASlowSubscriberSlowsNobody lets one subscriber not read at all: the producer and the others do not notice.
func TestASlowSubscriberSlowsNobody(t *testing.T) {
	inBubble(t, func(t *testing.T, w *world) {
		slow := &listener{t: t, block: make(chan struct{})}
		w.start(t, slow, w.register("slow"), `"Type":"LATEST"`)
		quick := w.listen(t, w.register("quick"), `"Type":"LATEST"`)
		synctest.Wait()
		const records = 200
		for i := range records {
			w.ok("PutRecord", `{"StreamName":"s","PartitionKey":"k%d","Data":%q}`, i, strings.Repeat("A", 64<<10))
			if got := eventKeys(quick.next()); got != fmt.Sprint("k", i) {
				t.Fatalf("record %d came as %q", i, got)
			}
		}
		// What the slow one missed is nowhere in memory but in storage; it gets everything once it reads.
		for _, shards := range w.svc.fanout.feeds {
			for _, f := range shards {
				for _, p := range []*sharedPage{f.shared, f.tip.Load()} {
					if p != nil && p.size() > sharedBytesMax {
						t.Errorf("the feed holds %d bytes", p.size())
					}
				}
			}
		}
		close(slow.block)
		got := slow.next()
		if n := len(strings.Fields(eventKeys(got))); n != records {
			t.Errorf("the slow subscriber got %d records, want %d", n, records)
		}
		if !strings.HasPrefix(eventKeys(got), "k0 k1 k2 ") {
			t.Errorf("in the order %.40s", eventKeys(got))
		}
	})
}

// TestSubscribersAtTheTipShareAFrame puts while all wait: what comes is read and encoded once, whatever place in the log
// each of them says it stands at, and forgotten when nothing more comes.
func TestSubscribersAtTheTipShareAFrame(t *testing.T) {
	inBubble(t, func(t *testing.T, w *world) {
		w.create("other", 1)
		w.put("s", 1)
		var all []*listener
		for i := range 3 {
			all = append(all, w.listen(t, w.register(fmt.Sprint("c", i)), `"Type":"LATEST"`))
		}
		behind := w.listen(t, w.register("behind"), `"Type":"TRIM_HORIZON"`)
		for round := range 3 {
			synctest.Wait()
			keys := []string{"a", "b c d", "e"}[round]
			var records []string
			for _, key := range strings.Fields(keys) {
				records = append(records, fmt.Sprintf(`{"PartitionKey":%q,"Data":""}`, key))
			}
			w.ok("PutRecords", `{"StreamName":"s","Records":[%s]}`, strings.Join(records, ","))
			for i, l := range all {
				if got := l.next(); eventKeys(got) != keys || len(got) != 1 {
					t.Errorf("round %d: subscriber %d got %q in %d events", round, i, eventKeys(got), len(got))
				}
				if l.last != all[0].last {
					t.Errorf("round %d: subscriber %d got a frame of its own", round, i)
				}
			}
		}
		if got := eventKeys(behind.next()); got != "k0 a b c d e" {
			t.Errorf("who began behind got %q", got)
		}
		w.advance(silenceMax)
		synctest.Wait()
		for _, f := range w.svc.fanout.feeds[w.state("s").ID] {
			if f.tip.Load() != nil || f.shared == nil || f.shared.size() > 0 {
				t.Errorf("an idle feed holds %v and %v", f.tip.Load(), f.shared)
			}
		}
		// A record that the feed would not keep is read by everybody for himself.
		w.ok("PutRecord", `{"StreamName":"s","PartitionKey":"large","Data":%q}`, strings.Repeat("A", 96<<10))
		for i, l := range all {
			if got := eventKeys(l.next()); !strings.HasSuffix(got, "large") {
				t.Errorf("subscriber %d got %q", i, got)
			}
		}
		for _, f := range w.svc.fanout.feeds[w.state("s").ID] {
			if f.tip.Load() != nil || f.shared != nil {
				t.Error("the feed keeps a record of more than it may")
			}
		}
	})
}

// idleBytesMax bounds what an idle subscription costs, in bytes, its goroutine's stack among them. Connections come on top.
const idleBytesMax = 20 << 10

func TestIdleSubscriptionsAreCheap(t *testing.T) {
	w := newWorld(t)
	const shards, consumers = 50, 20
	w.create("s", shards)
	arns := make([]string, consumers)
	for i := range arns {
		arns[i] = w.register(fmt.Sprint("c", i))
	}
	var op wire.Operation
	for _, o := range w.svc.Operations() {
		if o.Model.Name == "SubscribeToShard" {
			op = o
		}
	}
	used := func() uint64 {
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc + m.StackInuse
	}
	ctx, cancel := context.WithCancel(w.ctx)
	defer cancel()
	goroutines := runtime.NumGoroutine()
	before := used()
	var all, greeted sync.WaitGroup
	for _, arn := range arns {
		for shard := range shards {
			resp, err := op.Serve(ctx, &wire.Request{Encoding: wire.JSON, Body: []byte(strings.Replace(subscribeBody(arn, `"Type":"LATEST"`), "shardId-000000000000", shardID(shard), 1))})
			if err != nil {
				t.Fatal(err)
			}
			greeted.Add(1)
			all.Go(func() {
				if err := resp.Stream(ctx, &greeting{done: greeted.Done}); err != nil {
					t.Error(err)
				}
			})
		}
	}
	greeted.Wait()
	for runtime.NumGoroutine() < goroutines+shards*(consumers+1) { // and one for each shard's feed
		runtime.Gosched()
	}
	each := int64(used()-before) / (shards * consumers)
	t.Logf("%d bytes for each of %d idle subscriptions", each, shards*consumers)
	if each > idleBytesMax {
		t.Errorf("an idle subscription costs %d bytes, want at most %d", each, idleBytesMax)
	}
	cancel()
	all.Wait()
	if n := len(w.svc.fanout.feeds); n != 0 {
		t.Errorf("%d feeds are left", n)
	}
	for runtime.NumGoroutine() > goroutines { // those that are just about to end
		runtime.Gosched()
	}
}

// greeting is a connection that takes anything.
type greeting struct {
	once sync.Once
	done func()
}

func (g *greeting) Write(b []byte) (int, error) {
	g.once.Do(g.done)
	return len(b), nil
}

// keysSeen is a connection that passes on the partition keys of what it is sent.
type keysSeen struct{ keys chan string }

func (k keysSeen) Write(b []byte) (int, error) {
	m, err := eventstream.NewDecoder().Decode(bytes.NewReader(b), nil)
	if err != nil {
		return 0, err
	}
	var e struct {
		Records []struct{ PartitionKey string }
	}
	if err := json.Unmarshal(m.Payload, &e); err != nil {
		return 0, err
	}
	for _, r := range e.Records {
		k.keys <- r.PartitionKey
	}
	return len(b), nil
}

// TestSubscriptionsOnEveryEngine puts from several sides while a subscription listens: each record comes once, and those
// of one producer in their order.
func TestSubscriptionsOnEveryEngine(t *testing.T) {
	for name, open := range engines(t, clock.System{}) {
		t.Run(name, func(t *testing.T) {
			w := &world{t: t, ctx: as(testAccount, testRegion), cfg: Config{Storage: open()}}
			defer w.cfg.Storage.Close()
			var err error
			if w.svc, err = New(w.ctx, w.cfg); err != nil {
				t.Fatal(err)
			}
			w.create("s", 1)
			arn := w.register("app")
			seen := keysSeen{make(chan string, 1000)}
			ctx, cancel := context.WithCancel(w.ctx)
			var all sync.WaitGroup
			for _, op := range w.svc.Operations() {
				if op.Model.Name != "SubscribeToShard" {
					continue
				}
				resp, err := op.Serve(ctx, &wire.Request{Encoding: wire.JSON, Body: []byte(subscribeBody(arn, `"Type":"LATEST"`))})
				if err != nil {
					t.Fatal(err)
				}
				all.Go(func() {
					if err := resp.Stream(ctx, seen); err != nil {
						t.Error(err)
					}
				})
			}
			const producers, each = 4, 25
			for i := range producers {
				all.Go(func() {
					for j := range each {
						w.ok("PutRecord", `{"StreamName":"s","PartitionKey":"%d-%d","Data":""}`, i, j)
					}
				})
			}
			next := [producers]int{}
			for range producers * each {
				var i, j int
				key := <-seen.keys
				if _, err := fmt.Sscanf(key, "%d-%d", &i, &j); err != nil || j != next[i] {
					t.Fatalf("producer %d's record %d came as %s", i, next[i], key)
				}
				next[i]++
			}
			cancel()
			all.Wait()
			if len(seen.keys) != 0 {
				t.Errorf("%d records too many", len(seen.keys))
			}
		})
	}
}
