package kinesis

import (
	"encoding/base64"
	"fmt"
	"slices"
	"testing/synctest"
	"time"
)

// position draws a place of a shard to begin to read at, as a request says it and as the model does. member is the name
// that the request has for the sequence number.
func (g *gambler) position(shard int, kindMember, sequenceMember string) (request string, at int) {
	s := g.m.shards[shard]
	kind := []string{iterateTrimHorizon, iterateLatest, iterateAtSequence, iterateAfterSequence, iterateAtTimestamp}[g.draw("kind", 0, 4)]
	request = fmt.Sprintf(`%q:%q`, kindMember, kind)
	switch kind {
	case iterateLatest:
		at = len(s.records)
	case iterateAtSequence, iterateAfterSequence:
		sequence := newShard(shard, shardDoc{Created: s.created}).startSeq
		if n := len(s.records); n > 0 {
			if k := g.draw("record", 0, n-1); s.records[k].sequence != "" {
				sequence, at = s.records[k].sequence, k
				if kind == iterateAfterSequence {
					at++
				}
			}
		}
		request += fmt.Sprintf(`,%q:%q`, sequenceMember, sequence)
	case iterateAtTimestamp:
		t := g.m.millis() - int64(g.draw("ms ago", 0, 5000))
		if n := len(s.records); n > 0 && g.draw("about a record", 0, 3) > 0 {
			t = min(g.m.millis(), s.records[g.draw("record", 0, n-1)].arrival+int64(g.draw("off", -1, 1)))
		}
		request += fmt.Sprintf(`,"Timestamp":%d.%03d`, t/1000, t%1000)
		at = g.m.since(shard, t)
	}
	return request, at
}

func (g *gambler) iterate() {
	shard := g.draw("shard", 0, len(g.m.shards)-1)
	request, at := g.position(shard, "ShardIteratorType", "StartingSequenceNumber")
	code := ""
	if !g.m.listed(shard) {
		code = "ResourceNotFoundException"
	}
	a := g.must(code, "GetShardIterator", `{"StreamName":"s","ShardId":%q,%s}`, shardID(shard), request)
	if code == "" {
		g.keep(modelIterator{a.text("ShardIterator"), shard, at, g.w.clock.Now()})
	}
}

// keep remembers an iterator, in the place of another when there are many.
func (g *gambler) keep(it modelIterator) {
	if len(g.iterators) < randomIterators {
		g.iterators = append(g.iterators, it)
	} else {
		g.iterators[g.draw("forgotten", 0, randomIterators-1)] = it
	}
}

// get uses an iterator, which stays good for more.
func (g *gambler) get() {
	if len(g.iterators) == 0 {
		return
	}
	k := g.draw("iterator", 0, len(g.iterators)-1)
	it := g.iterators[k]
	limit, request := 10000, ""
	if g.draw("limited", 0, 3) > 0 {
		limit = g.draw("limit", 1, 6)
		request = fmt.Sprintf(`,"Limit":%d`, limit)
	}
	code := ""
	switch {
	case g.w.clock.Now().Sub(it.made) > 5*time.Minute:
		code = "ExpiredIteratorException"
	case !g.m.listed(it.shard):
		code = "ResourceNotFoundException"
	}
	a := g.must(code, "GetRecords", `{"ShardIterator":%q%s}`, it.token, request)
	if code != "" {
		g.iterators = slices.Delete(g.iterators, k, k+1)
		return
	}
	if next, more := g.got(a, it, limit); more {
		g.keep(next)
	}
}

// got compares an answer of GetRecords and returns the iterator to go on with.
func (g *gambler) got(a answer, it modelIterator, limit int) (next modelIterator, more bool) {
	places := g.m.visible(it.shard, it.at)
	left := len(places) > limit
	places = places[:min(limit, len(places))]
	g.compare(a, it.shard, places)
	behind := 0.0
	if left {
		behind = float64(g.m.millis() - g.m.shards[it.shard].records[places[len(places)-1]].arrival)
	}
	if a["MillisBehindLatest"] != behind {
		g.failf("the reader is %v ms behind, want %v", a["MillisBehindLatest"], behind)
	}
	if len(places) > 0 {
		it.at = places[len(places)-1] + 1
	}
	ended := !g.m.shards[it.shard].open() && !left
	g.ends(a, it.shard, ended)
	if it.token = a.text("NextShardIterator"); (it.token == "") != ended {
		g.failf("the iterator to go on with is %q, at the end of the shard: %v", it.token, ended)
	}
	it.made = g.w.clock.Now()
	return it, !ended
}

// compare compares the records of an answer with those of the model.
func (g *gambler) compare(a answer, shard int, places []int) {
	s := g.m.shards[shard]
	got := a.list("Records")
	if len(got) != len(places) {
		g.failf("%d records of %s, want %d", len(got), shardID(shard), len(places))
	}
	for k, place := range places {
		r, want := answer(got[k].(map[string]any)), &s.records[place]
		data, err := base64.StdEncoding.DecodeString(r.text("Data"))
		if err != nil || string(data) != want.data || r.text("PartitionKey") != want.key {
			g.failf("record %d of %s is %v, want %+v", place, shardID(shard), r, want)
		}
		if at, ok := r["ApproximateArrivalTimestamp"].(float64); !ok || int64(at*1000+0.5) != want.arrival {
			g.failf("record %q arrived at %v, want %d ms", want.data, r["ApproximateArrivalTimestamp"], want.arrival)
		}
		sequence := r.text("SequenceNumber")
		if want.sequence == "" {
			want.sequence = sequence
			for j, other := range s.records {
				if other.sequence != "" && (j < place && other.sequence >= sequence || j > place && other.sequence <= sequence) {
					g.failf("record %q has the number %s and record %q %s", want.data, sequence, other.data, other.sequence)
				}
			}
		}
		if sequence != want.sequence {
			g.failf("record %q has the number %s, want %s", want.data, sequence, want.sequence)
		}
	}
}

// ends checks that an answer lists the children of a shard at its end, and only there.
func (g *gambler) ends(a answer, shard int, ended bool) {
	var got, want []string
	for _, c := range a.list("ChildShards") {
		child := answer(c.(map[string]any))
		got = append(got, fmt.Sprintln(child.text("ShardId"), child.list("ParentShards"), child.text("HashKeyRange.StartingHashKey"), child.text("HashKeyRange.EndingHashKey")))
	}
	if ended {
		for _, i := range g.m.children(shard) {
			child := g.m.shards[i]
			parents := []string{}
			for _, p := range child.parents {
				parents = append(parents, shardID(p))
			}
			want = append(want, fmt.Sprintln(shardID(i), parents, child.start, child.end))
		}
	}
	if !slices.Equal(got, want) {
		g.failf("the children of %s are %v, want %v", shardID(shard), got, want)
	}
}

// subscribe begins a subscription; it may take one over.
func (g *gambler) subscribe() {
	k := g.draw("consumer", 0, randomConsumers-1)
	if k >= len(g.consumers) {
		k = len(g.consumers)
		g.consumers = append(g.consumers, g.w.register(fmt.Sprint("c", k)))
	}
	shard := g.draw("shard", 0, len(g.m.shards)-1)
	request, at := g.position(shard, "Type", "SequenceNumber")
	code := ""
	if !g.m.listed(shard) {
		code = "ResourceNotFoundException"
	}
	now := g.w.clock.Now()
	i := slices.IndexFunc(g.readers, func(r *modelReader) bool { return r.arn == g.consumers[k] && r.shard == shard })
	if code == "" && i >= 0 && now.Sub(g.readers[i].began) < 5*time.Second {
		code = "ResourceInUseException"
	}
	body := fmt.Sprintf(`{"ConsumerARN":%q,"ShardId":%q,"StartingPosition":{%s}}`, g.consumers[k], shardID(shard), request)
	r := &modelReader{listener: &listener{t: g.t}, arn: g.consumers[k], shard: shard, at: at, began: now}
	if got := g.w.stream(g.t, r.listener, body); got != code {
		g.failf("SubscribeToShard %s is answered with %q, want %q", body, got, code)
	}
	if code != "" {
		return
	}
	if i >= 0 {
		g.overtaken(g.readers[i])
		g.readers = slices.Delete(g.readers, i, i+1)
	}
	g.readers = append(g.readers, r)
}

// overtaken checks that a subscription was told that another took it over; one that had ended hears nothing.
func (g *gambler) overtaken(r *modelReader) {
	if r.over {
		return
	}
	events := r.next()
	if n := len(events); n == 0 || events[n-1].text("exception") != "ResourceInUseException" || !r.ended() {
		g.failf("a subscription that was taken over heard %v", events)
	}
}

// hear checks what subscriptions have been sent meanwhile: all that there is, and nothing twice.
func (g *gambler) hear() {
	synctest.Wait()
	now := g.w.clock.Now()
	for _, r := range g.readers {
		if r.over {
			continue
		}
		var all answer
		closed := false
		for _, e := range r.next() {
			if all == nil {
				all = answer{"Records": []any{}}
			}
			all["Records"] = append(all.list("Records"), e.list("Records")...)
			sequence := e.text("ContinuationSequenceNumber")
			if closed = sequence == ""; !closed && sequence < r.last {
				g.failf("the number to go on after falls from %s to %s", r.last, sequence)
			}
			r.last = sequence
			g.ends(e, r.shard, closed)
		}
		places := g.m.visible(r.shard, r.at)
		late, ended := now.Sub(r.began) >= 5*time.Minute, !g.m.shards[r.shard].open()
		g.compare(all, r.shard, places)
		r.at = len(g.m.shards[r.shard].records)
		if closed != ended || r.ended() != (late || ended) {
			g.failf("a subscription to %s: closed %v, want %v; over %v, want %v", shardID(r.shard), closed, ended, r.ended(), late || ended)
		}
		r.over = r.ended() // it stays in the list: for 5 s after its beginning nobody else may begin
	}
	g.readers = slices.DeleteFunc(g.readers, func(r *modelReader) bool { return r.over && now.Sub(r.began) >= 5*time.Second })
}

// readEverything reads every shard from its oldest record to its tip.
func (g *gambler) readEverything() {
	g.list()
	for shard := range g.m.shards {
		if !g.m.listed(shard) {
			continue
		}
		a := g.must("", "GetShardIterator", `{"StreamName":"s","ShardId":%q,"ShardIteratorType":"TRIM_HORIZON"}`, shardID(shard))
		it := modelIterator{a.text("ShardIterator"), shard, 0, g.w.clock.Now()}
		for more := true; more; {
			before := it.at
			it, more = g.got(g.must("", "GetRecords", `{"ShardIterator":%q,"Limit":100}`, it.token), it, 100)
			if it.at == before {
				break
			}
		}
	}
}
