package kinesis

import (
	"fmt"
	"sync"
	"time"

	"github.com/hookswitch/hookswitch/internal/api/kinesisapi"
)

// What one shard takes and gives in a second, when Config.Throttle says that rates are limited. (All from the service's
// documentation.)
const (
	writeRecordsPerSecond  = 1000
	writeBytesPerSecond    = 1 << 20
	readCallsPerSecond     = 5
	readBytesPerSecond     = 2 << 20
	iteratorCallsPerSecond = 5
	fanoutBytesPerSecond   = 2 << 20 // to one subscription

	// subscribeEvery is how far apart calls of SubscribeToShard for one consumer and shard must be.
	subscribeEvery = time.Second
	// rateKeysMax bounds how many accounts and streams have their calls counted at a time.
	rateKeysMax = 100000
)

// callRate is how often an operation may be called in a second: by an account, or by an account for one stream.
type callRate struct {
	perSecond int64
	ofStream  bool
}

// callRates are the rates of control operations. What is not here has none that is documented.
var callRates = map[string]callRate{
	"AddTagsToStream":               {5, false},
	"CreateStream":                  {5, false},
	"DecreaseStreamRetentionPeriod": {5, false},
	"DeleteStream":                  {5, false},
	"DeregisterStreamConsumer":      {5, true},
	"DescribeAccountSettings":       {5, false},
	"DescribeLimits":                {1, false},
	"DescribeStream":                {10, false},
	"DescribeStreamConsumer":        {20, true},
	"DescribeStreamSummary":         {20, false},
	"DisableEnhancedMonitoring":     {5, false},
	"EnableEnhancedMonitoring":      {5, false},
	"IncreaseStreamRetentionPeriod": {5, false},
	"ListShards":                    {1000, true},
	"ListStreamConsumers":           {5, true},
	"ListStreams":                   {5, false},
	"ListTagsForStream":             {5, false},
	"MergeShards":                   {5, false},
	"RegisterStreamConsumer":        {5, false},
	"RemoveTagsFromStream":          {5, false},
	"SplitShard":                    {5, false},
	"StartStreamEncryption":         {5, false},
	"StopStreamEncryption":          {5, false},
	"UpdateAccountSettings":         {5, false},
	"UpdateShardCount":              {10, false},
	"UpdateStreamMode":              {5, false},
	"UpdateStreamWarmThroughput":    {5, false},
}

// bucket holds what may be used at once, of something that comes at a rate. The zero value is full.
type bucket struct {
	left int64 // in thousandths, so that a millisecond brings a whole number of them
	at   int64 // when left was so, in milliseconds; 0: never used
}

const thousandths = 1000

// fill lets in what came until now, up to a second's worth. A clock that was set back brings nothing.
func (b *bucket) fill(now, perSecond int64) {
	if b.at == 0 || now-b.at > time.Hour.Milliseconds() { // so much is never owed
		b.left = perSecond * thousandths
	} else if now > b.at {
		b.left = min(perSecond*thousandths, b.left+(now-b.at)*perSecond)
	}
	b.at = now
}

// has says whether an amount may be used.
func (b *bucket) has(amount int64) bool { return b.left >= amount*thousandths }

// use takes an amount, even if it is more than is left: the rest is owed.
func (b *bucket) use(amount int64) { b.left -= amount * thousandths }

// spend is use, but who takes more than a second's worth gives up what was left and owes the whole amount.
func (b *bucket) spend(amount, perSecond int64) {
	if amount > perSecond {
		b.left = min(b.left, 0)
	}
	b.use(amount)
}

// free returns how long it takes until nothing is owed.
func (b *bucket) free(perSecond int64) time.Duration {
	return time.Duration((max(0, -b.left)+perSecond-1)/perSecond) * time.Millisecond
}

// shardThrottle is what is left of the rates of one shard.
type shardThrottle struct {
	mu                                           sync.Mutex // guards everything below
	records, written, calls, readable, iterators bucket
}

// write says whether a record may be put now, and counts it if so. A record larger than a second's worth may come when
// nothing was put for a second, and what it took beyond that must come in before the next.
func (t *shardThrottle) write(size int, now int64) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.records.fill(now, writeRecordsPerSecond)
	t.written.fill(now, writeBytesPerSecond)
	if !t.records.has(1) || !t.written.has(int64(min(size, writeBytesPerSecond))) {
		return false
	}
	t.records.use(1)
	t.written.use(int64(size))
	return true
}

// read says whether records may be got now: there is a call left, and no bytes are owed.
func (t *shardThrottle) read(now int64) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.calls.fill(now, readCallsPerSecond)
	t.readable.fill(now, readBytesPerSecond)
	if !t.calls.has(1) || !t.readable.has(0) {
		return false
	}
	t.calls.use(1)
	return true
}

// got counts the bytes of an answer: after one of 10 MiB nothing can be read for 5 seconds.
func (t *shardThrottle) got(size int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.readable.spend(int64(size), readBytesPerSecond)
}

// iterate says whether an iterator may be had now.
func (t *shardThrottle) iterate(now int64) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.iterators.fill(now, iteratorCallsPerSecond)
	if !t.iterators.has(1) {
		return false
	}
	t.iterators.use(1)
	return true
}

// throttleWrites refuses the records that come too fast, in the order of the request.
func throttleWrites(st *streamState, entries []putEntry, results []putResult, now time.Time) {
	for i := range results {
		if sh := results[i].shard; !sh.meter.throttle.write(entries[i].size(), millis(now)) {
			results[i].err = errWriteRate(st.key, sh)
		}
	}
}

// rates counts calls of control operations. nil counts nothing.
type rates struct {
	mu   sync.Mutex // guards left
	left map[rateKey]bucket
}

type rateKey struct {
	account account
	action  string
	stream  streamKey // zero: the rate is the account's
}

// take refuses a call that comes too soon. key is the stream that is meant; without a name it is none.
func (r *rates) take(a account, action string, key streamKey, now time.Time) error {
	if r == nil {
		return nil
	}
	rate, ok := callRates[action]
	if !ok {
		return nil
	}
	k := rateKey{account: a, action: action}
	if rate.ofStream {
		k.stream = key
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	b, known := r.left[k]
	if !known && len(r.left) >= rateKeysMax {
		r.forgetLocked(now)
	}
	b.fill(millis(now), rate.perSecond)
	if !b.has(1) || !known && len(r.left) >= rateKeysMax {
		return errCallRate(a, key)
	}
	b.use(1)
	r.left[k] = b
	return nil
}

// forget removes what is known of calls a second ago and more: it limits nothing any more.
func (r *rates) forget(now time.Time) {
	if r != nil {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.forgetLocked(now)
	}
}

func (r *rates) forgetLocked(now time.Time) {
	for k, b := range r.left {
		if millis(now)-b.at >= time.Second.Milliseconds() {
			delete(r.left, k)
		}
	}
}

func errWriteRate(k streamKey, sh *shard) error {
	return &kinesisapi.ProvisionedThroughputExceededException{Message: fmt.Sprintf("Rate exceeded for shard %s in stream %s.", sh.id, k.of())}
}

// errReadRate is worded as the service does since about 2023.
func errReadRate(k streamKey, sh *shard) error {
	return &kinesisapi.ProvisionedThroughputExceededException{Message: fmt.Sprintf("Rate exceeded for Shard - %s/%s/%s", k.account, k.name, sh.id)}
}

func errCallRate(a account, k streamKey) error {
	if k.name == "" {
		return limitExceeded("Rate exceeded for account " + a.id + ".") // our text
	}
	return limitExceeded("Rate exceeded for stream " + k.of() + ".")
}

// errSubscribeRate is our text.
func errSubscribeRate(k streamKey, shard string, id consumerID) error {
	return limitExceeded(fmt.Sprintf("Rate exceeded for SubscribeToShard of consumer %s on shard %s in stream %s.", id.name, shard, k.of()))
}
