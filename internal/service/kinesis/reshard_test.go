package kinesis

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/hookswitch/hookswitch/internal/storage"
)

// split splits a shard in the middle.
func (w *world) split(stream string, index int) {
	w.t.Helper()
	sh := w.state(stream).shards.all[index]
	w.ok("SplitShard", `{"StreamName":%q,"ShardToSplit":%q,"NewStartingHashKey":%q}`, stream, sh.id, middle(sh.Start, sh.End))
}

func middle(a, b hashKey) hashKey {
	sum := a.big()
	sum.Add(sum, b.big())
	return hashKeyOf(sum.Rsh(sum, 1))
}

func (w *world) merge(stream string, a, b int) {
	w.t.Helper()
	w.ok("MergeShards", `{"StreamName":%q,"ShardToMerge":%q,"AdjacentShardToMerge":%q}`, stream, shardID(a), shardID(b))
}

// covered returns why shards, in whatever order, do not cover the hash space exactly once, or nil.
func covered(ranges []hashRange) error {
	slices.SortFunc(ranges, func(a, b hashRange) int { return a.start.cmp(b.start) })
	var next hashKey
	for i, r := range ranges {
		if r.start != next || r.end.cmp(r.start) < 0 {
			return fmt.Errorf("range %d of %d goes from %v to %v, want a start at %v", i, len(ranges), r.start, r.end, next)
		}
		next = r.end.next()
	}
	if len(ranges) == 0 || next != (hashKey{}) {
		return fmt.Errorf("%d ranges end before %v", len(ranges), next)
	}
	return nil
}

// listed returns the ranges of the shards that a ListShards with a filter answers.
func (w *world) listed(stream, filter string) (ranges []hashRange) {
	w.t.Helper()
	out := w.ok("ListShards", `{"StreamName":%q,"ShardFilter":%s}`, stream, filter)
	for i := range out.list("Shards") {
		start, ok := parseHashKey(out.text(fmt.Sprintf("Shards.%d.HashKeyRange.StartingHashKey", i)))
		end, ok2 := parseHashKey(out.text(fmt.Sprintf("Shards.%d.HashKeyRange.EndingHashKey", i)))
		if !ok || !ok2 {
			w.t.Fatalf("ListShards answers %v", out)
		}
		ranges = append(ranges, hashRange{start, end})
	}
	return ranges
}

func TestSplitShard(t *testing.T) {
	w := newWorld(t)
	w.create("s", 2)
	w.ok("PutRecord", `{"StreamName":"s","PartitionKey":"before","Data":"","ExplicitHashKey":"5"}`)
	it := w.iterator("s", `"ShardIteratorType":"TRIM_HORIZON"`)
	w.advance(3 * time.Second)
	w.ok("SplitShard", `{"StreamName":"s","ShardToSplit":"0","NewStartingHashKey":"1000"}`)
	w.reopen()
	got := w.ok("DescribeStream", `{"StreamName":"s"}`)
	want := map[string]any{
		"StreamStatus":                                        "ACTIVE",
		"Shards.0.HashKeyRange.EndingHashKey":                 "170141183460469231731687303715884105727",
		"Shards.0.SequenceNumberRange.EndingSequenceNumber":   sequenceNumber{epoch.Unix(), 0, counterEnd, epoch.Unix() + 3, 2}.String(),
		"Shards.1.SequenceNumberRange.EndingSequenceNumber":   nil,
		"Shards.2.ShardId":                                    "shardId-000000000002",
		"Shards.2.ParentShardId":                              "shardId-000000000000",
		"Shards.2.AdjacentParentShardId":                      nil,
		"Shards.2.HashKeyRange.StartingHashKey":               "0",
		"Shards.2.HashKeyRange.EndingHashKey":                 "999",
		"Shards.2.SequenceNumberRange.StartingSequenceNumber": sequenceNumber{epoch.Unix() + 4, 2, 0, epoch.Unix() + 4, 2}.String(),
		"Shards.2.SequenceNumberRange.EndingSequenceNumber":   nil,
		"Shards.3.ShardId":                                    "shardId-000000000003",
		"Shards.3.ParentShardId":                              "shardId-000000000000",
		"Shards.3.HashKeyRange.StartingHashKey":               "1000",
		"Shards.3.HashKeyRange.EndingHashKey":                 "170141183460469231731687303715884105727",
		"Shards.4":                                            nil,
	}
	for path, v := range want {
		if g := got.at("StreamDescription." + path); g != v {
			t.Errorf("%s is %v, want %v", path, g, v)
		}
	}
	if n := w.ok("DescribeStreamSummary", `{"StreamName":"s"}`).at("StreamDescriptionSummary.OpenShardCount"); n != 3.0 {
		t.Errorf("%v open shards, want 3", n)
	}
	out := w.ok("GetRecords", `{"ShardIterator":%q}`, it)
	if out.text("Records.0.PartitionKey") != "before" || out["NextShardIterator"] != nil || len(out.list("ChildShards")) != 2 ||
		out.text("ChildShards.1.ShardId") != "shardId-000000000003" || fmt.Sprint(out.at("ChildShards.1.ParentShards")) != "[shardId-000000000000]" {
		t.Errorf("the parent's end: %v", out)
	}
	put := w.ok("PutRecord", `{"StreamName":"s","PartitionKey":"after","Data":"","ExplicitHashKey":"1000"}`)
	if put.text("ShardId") != "shardId-000000000003" || put.text("SequenceNumber") <= got.text("StreamDescription.Shards.0.SequenceNumberRange.EndingSequenceNumber") {
		t.Errorf("a record after the split: %v", put)
	}
}

func TestMergeShards(t *testing.T) {
	w := newWorld(t)
	w.create("s", 3)
	w.advance(time.Second)
	w.merge("s", 1, 2)
	got := w.ok("DescribeStream", `{"StreamName":"s"}`)
	for path, v := range map[string]any{
		"Shards.1.SequenceNumberRange.EndingSequenceNumber":   sequenceNumber{epoch.Unix(), 1, counterEnd, epoch.Unix() + 1, 2}.String(),
		"Shards.2.SequenceNumberRange.EndingSequenceNumber":   sequenceNumber{epoch.Unix(), 2, counterEnd, epoch.Unix() + 1, 2}.String(),
		"Shards.3.ParentShardId":                              "shardId-000000000001",
		"Shards.3.AdjacentParentShardId":                      "shardId-000000000002",
		"Shards.3.HashKeyRange.StartingHashKey":               "113427455640312821154458202477256070485",
		"Shards.3.HashKeyRange.EndingHashKey":                 "340282366920938463463374607431768211455",
		"Shards.3.SequenceNumberRange.StartingSequenceNumber": sequenceNumber{epoch.Unix() + 2, 3, 0, epoch.Unix() + 2, 2}.String(),
	} {
		if g := got.at("StreamDescription." + path); g != v {
			t.Errorf("%s is %v, want %v", path, g, v)
		}
	}
	for _, parent := range []int{1, 2} {
		it := w.ok("GetShardIterator", `{"StreamName":"s","ShardId":"%d","ShardIteratorType":"LATEST"}`, parent).text("ShardIterator")
		out := w.ok("GetRecords", `{"ShardIterator":%q}`, it)
		if fmt.Sprint(out.at("ChildShards.0.ParentShards")) != "[shardId-000000000001 shardId-000000000002]" || len(out.list("ChildShards")) != 1 {
			t.Errorf("the end of shard %d: %v", parent, out)
		}
	}
}

func TestReshardingRefuses(t *testing.T) {
	w := newWorld(t, func(c *Config) { c.Limits.Shards = 7 })
	w.create("s", 3)
	w.create("t", 3)
	w.split("s", 2) // 2 is closed, 3 and 4 are its children; all 7 shards are in use
	w.ok("CreateStream", `{"StreamName":"demand"}`)
	const in = " in stream s under account 123456789012"
	split := func(shard, key string) string {
		return fmt.Sprintf(`{"StreamName":"s","ShardToSplit":%q,"NewStartingHashKey":%q}`, shard, key)
	}
	merge := func(a, b string) string {
		return fmt.Sprintf(`{"StreamName":"s","ShardToMerge":%q,"AdjacentShardToMerge":%q}`, a, b)
	}
	scale := func(n int) string {
		return fmt.Sprintf(`{"StreamName":"s","TargetShardCount":%d,"ScalingType":"UNIFORM_SCALING"}`, n)
	}
	point := func(key string) string {
		return "NewStartingHashKey " + key + " used in SplitShard() on shard shardId-000000000000" + in +
			" is not both greater than one plus the shard's StartingHashKey 0 and less than the shard's EndingHashKey 113427455640312821154458202477256070484."
	}
	pair := func(a, b int) string {
		return fmt.Sprintf("Shards %s and %s%s are not an adjacent pair of shards eligible for merging", shardID(a), shardID(b), in)
	}
	const closed = "Shard shardId-000000000002" + in + " has already been merged or split, and thus is not eligible for merging or splitting."
	for _, tt := range []struct{ operation, body, code, message string }{
		{"SplitShard", `{"StreamName":"none","ShardToSplit":"0","NewStartingHashKey":"9"}`, "ResourceNotFoundException", "Stream none under account 123456789012 not found."},
		{"SplitShard", split("abc", "9"), "ResourceNotFoundException", "Could not find shard abc" + in + "."},
		{"SplitShard", split("5", "9"), "ResourceNotFoundException", "Could not find shard shardId-000000000005" + in + "."},
		{"SplitShard", split("2", "9"), "InvalidArgumentException", closed},
		{"SplitShard", split("0", "0"), "InvalidArgumentException", point("0")},
		{"SplitShard", split("0", "1"), "InvalidArgumentException", point("1")},
		{"SplitShard", split("0", "113427455640312821154458202477256070484"), "InvalidArgumentException", point("113427455640312821154458202477256070484")},
		{"SplitShard", split("0", "999999999999999999999999999999999999999"), "InvalidArgumentException", point("999999999999999999999999999999999999999")},
		{"SplitShard", split("0", "2"), "LimitExceededException", "This request would exceed the shard limit for the account 123456789012 in eu-west-3. Current shard count for the account: 7. Limit: 7. " +
			"Number of additional shards that would have resulted from this request: 1. Refer to the AWS Service Limits page (http://docs.aws.amazon.com/general/latest/gr/aws_service_limits.html) for current limits and how to request higher limits."},
		{"SplitShard", `{"StreamName":"demand","ShardToSplit":"0","NewStartingHashKey":"9"}`, "ValidationException", "SplitShard is not supported for a stream in ON_DEMAND mode."},
		{"MergeShards", merge("abc", "1"), "ResourceNotFoundException", "Could not find shard abc" + in + "."},
		{"MergeShards", merge("1", "abc"), "ResourceNotFoundException", "Could not find shard abc" + in + "."},
		{"MergeShards", merge("1", "9"), "ResourceNotFoundException", "Could not find shard shardId-000000000009" + in + "."},
		{"MergeShards", merge("9", "1"), "ResourceNotFoundException", "Could not find shard shardId-000000000009" + in + "."},
		{"MergeShards", merge("1", "2"), "InvalidArgumentException", closed},
		{"MergeShards", merge("1", "0"), "InvalidArgumentException", pair(1, 0)},
		{"MergeShards", merge("0", "3"), "InvalidArgumentException", pair(0, 3)},
		{"MergeShards", merge("0", "0"), "InvalidArgumentException", pair(0, 0)},
		{"MergeShards", merge("4", "0"), "InvalidArgumentException", pair(4, 0)},
		{"MergeShards", `{"StreamName":"demand","ShardToMerge":"0","AdjacentShardToMerge":"1"}`, "ValidationException", "MergeShards is not supported for a stream in ON_DEMAND mode."},
		{"UpdateShardCount", scale(9), "LimitExceededException", "UpdateShardCount cannot scale up over double your current open shard count. Current open shard count: 4 Target shard count: 9"},
		{"UpdateShardCount", scale(1), "LimitExceededException", "UpdateShardCount cannot scale down below half your current open shard count. Current open shard count: 4 Target shard count: 1"},
		{"UpdateShardCount", scale(5), "LimitExceededException", "Target shard count or number of open shards cannot be greater than 7. Current open shard count: 4, Target shard count: 5"},
		{"UpdateShardCount", `{"StreamName":"demand","TargetShardCount":5,"ScalingType":"UNIFORM_SCALING"}`, "ValidationException", "UpdateShardCount is not supported for a stream in ON_DEMAND mode."},
	} {
		w.refused(tt.operation, tt.body, tt.code, tt.message)
	}
	if n := len(w.state("s").Shards); n != 5 || len(w.state("s").Scaled) != 0 {
		t.Errorf("after refusals only: %d shards, calls at %v", n, w.state("s").Scaled)
	}
}

func TestUpdateShardCount(t *testing.T) {
	w := newWorld(t)
	w.create("s", 2)
	for i, n := range []int{4, 3, 6, 6, 3, 2, 1, 2, 4, 7} {
		before := len(w.state("s").shards.open)
		out := w.ok("UpdateShardCount", `{"StreamName":"s","TargetShardCount":%d,"ScalingType":"UNIFORM_SCALING"}`, n)
		want := answer{"StreamName": "s", "StreamARN": streamOf("s").String(), "CurrentShardCount": float64(before), "TargetShardCount": float64(n)}
		if fmt.Sprint(out) != fmt.Sprint(want) {
			t.Errorf("answer %v, want %v", out, want)
		}
		var open []hashRange
		for _, sh := range w.state("s").shards.open {
			open = append(open, hashRange{sh.Start, sh.End})
		}
		if !slices.Equal(open, splitHashSpace(n)) {
			t.Errorf("call %d: %d shards are %v", i, n, open)
		}
		w.advance(time.Minute)
	}
	if n := len(w.state("s").Shards); n > 70 {
		t.Errorf("%d shards were made on the way", n)
	}
	body := `{"StreamName":"s","TargetShardCount":8,"ScalingType":"UNIFORM_SCALING"}`
	w.refused("UpdateShardCount", body, "LimitExceededException", "UpdateShardCount can be called 10 times in 24 hours for stream s under account 123456789012.")
	w.advance(24*time.Hour - 10*time.Minute)
	w.ok("UpdateShardCount", body)
	w.refused("UpdateShardCount", body, "LimitExceededException", "UpdateShardCount can be called 10 times in 24 hours for stream s under account 123456789012.")
}

// TestDoublingAndHalvingAreOneStep: no shards in between where none are needed.
func TestDoublingAndHalvingAreOneStep(t *testing.T) {
	w := newWorld(t)
	w.create("s", 4)
	for _, tt := range []struct{ target, ever int }{{8, 12}, {4, 16}, {4, 16}} {
		w.ok("UpdateShardCount", `{"StreamName":"s","TargetShardCount":%d,"ScalingType":"UNIFORM_SCALING"}`, tt.target)
		if n := len(w.state("s").Shards); n != tt.ever {
			t.Errorf("to %d: %d shards ever, want %d", tt.target, n, tt.ever)
		}
	}
}

func TestShardsInAStreamsLifeAreBounded(t *testing.T) {
	w := newWorld(t)
	w.create("s", 1)
	st := w.svc.known(streamKey{testAccount, testRegion, "s"})
	err := w.svc.change(w.ctx, st, func(cur *streamState) (streamDoc, error) {
		doc := cur.copyDoc()
		open := doc.Shards[0]
		closed := open
		closed.Closed = millis(epoch)
		doc.Shards = slices.Repeat([]shardDoc{closed}, shardsEverMax-1)
		doc.Shards[shardsEverMax-3] = open
		return doc, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	body := fmt.Sprintf(`{"StreamName":"s","ShardToSplit":"%d","NewStartingHashKey":"1000"}`, shardsEverMax-3)
	w.refused("SplitShard", body, "LimitExceededException", "Stream s under account 123456789012 cannot have more than 50000 shards in its life. Shards after this request: 50001.")
}

func TestUpdatingStreamsTakeRecordsOnly(t *testing.T) {
	w := newWorld(t, func(c *Config) { c.TransitionDelay = 5 * time.Second })
	w.create("s", 2)
	w.advance(5 * time.Second)
	w.split("s", 0)
	if got := w.ok("DescribeStreamSummary", `{"StreamName":"s"}`).text("StreamDescriptionSummary.StreamStatus"); got != "UPDATING" {
		t.Errorf("the stream is %s", got)
	}
	const busy = "Stream s under account 123456789012 not ACTIVE, instead in state UPDATING"
	for operation, rest := range map[string]string{
		"SplitShard":                    `"StreamName":"s","ShardToSplit":"1","NewStartingHashKey":"9"`,
		"MergeShards":                   `"StreamName":"s","ShardToMerge":"2","AdjacentShardToMerge":"3"`,
		"UpdateShardCount":              `"StreamName":"s","TargetShardCount":4,"ScalingType":"UNIFORM_SCALING"`,
		"UpdateStreamMode":              fmt.Sprintf(`"StreamARN":%q,"StreamModeDetails":{"StreamMode":"ON_DEMAND"}`, streamOf("s")),
		"UpdateMaxRecordSize":           fmt.Sprintf(`"StreamARN":%q,"MaxRecordSizeInKiB":2048`, streamOf("s")),
		"IncreaseStreamRetentionPeriod": `"StreamName":"s","RetentionPeriodHours":48`,
		"DeleteStream":                  `"StreamName":"s"`,
	} {
		w.refused(operation, "{"+rest+"}", "ResourceInUseException", busy)
	}
	w.put("s", 3)
	w.advance(5 * time.Second)
	w.merge("s", 2, 3)
}

// TestShardsAlwaysCoverTheHashSpace reshards as chance has it, with crashes and expiry in between.
func TestShardsAlwaysCoverTheHashSpace(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld(t)
		w.create("s", rapid.IntRange(1, 6).Draw(rt, "shards"))
		ids, acked := map[string]string{}, map[string]string{}
		keep := time.Duration(0) // since the start; records are compared only while none has expired
		check := func() {
			st := w.state("s")
			for _, sh := range st.shards.all {
				what := fmt.Sprint(sh.startKey, sh.endKey, sh.startSeq, sh.Parents)
				if ids[sh.id] == "" {
					ids[sh.id] = what
				}
				if ids[sh.id] != what {
					rt.Fatalf("%s was %s and is %s", sh.id, ids[sh.id], what)
				}
				for _, p := range sh.Parents {
					if parent := st.shards.all[p]; parent.open() || sh.startSeq <= parent.endSeq {
						rt.Fatalf("%s begins at %s, its parent ends at %q", sh.id, sh.startSeq, parent.endSeq)
					}
				}
			}
			now := w.clock.Now()
			filters := []string{`{"Type":"AT_LATEST"}`, `{"Type":"AT_TRIM_HORIZON"}`}
			at := now.Add(-time.Duration(rapid.IntRange(0, 90000).Draw(rt, "seconds ago")*100) * time.Millisecond)
			if at.Unix() > epoch.Unix() {
				filters = append(filters, fmt.Sprintf(`{"Type":"AT_TIMESTAMP","Timestamp":%d.%03d}`, at.Unix(), at.Nanosecond()/1e6))
			}
			for _, f := range filters {
				if err := covered(w.listed("s", f)); err != nil {
					rt.Fatalf("%s: %v", f, err)
				}
			}
		}
		rt.Repeat(map[string]func(*rapid.T){
			"": func(*rapid.T) { check() },
			"split": func(rt *rapid.T) {
				open := w.state("s").shards.open
				sh := open[rapid.IntRange(0, len(open)-1).Draw(rt, "shard")]
				if middle(sh.Start, sh.End).cmp(sh.Start.next()) > 0 {
					w.split("s", sh.index)
				}
			},
			"merge": func(rt *rapid.T) {
				open := w.state("s").shards.open
				if len(open) < 2 {
					return
				}
				k := rapid.IntRange(0, len(open)-2).Draw(rt, "shard")
				w.merge("s", open[k].index, open[k+1].index)
			},
			"scale": func(rt *rapid.T) {
				n := len(w.state("s").shards.open)
				target := rapid.IntRange((n+1)/2, 2*n).Draw(rt, "target")
				status, text := w.send("UpdateShardCount", fmt.Sprintf(`{"StreamName":"s","TargetShardCount":%d,"ScalingType":"UNIFORM_SCALING"}`, target))
				if status == 200 && len(w.state("s").shards.open) != target || status != 200 && !strings.Contains(text, "24 hours") {
					rt.Fatalf("UpdateShardCount to %d: %s", target, text)
				}
			},
			"put": func(rt *rapid.T) {
				key := fmt.Sprintf("k%d", rapid.IntRange(0, 30).Draw(rt, "key"))
				acked[w.ok("PutRecord", `{"StreamName":"s","PartitionKey":%q,"Data":""}`, key).text("SequenceNumber")] = key
			},
			"reopen": func(*rapid.T) { w.reopen() },
			"wait": func(rt *rapid.T) {
				d := time.Duration(rapid.IntRange(1, 3000).Draw(rt, "milliseconds")) * time.Millisecond
				keep += d
				w.advance(d)
			},
			"a day": func(rt *rapid.T) {
				w.advance(13 * time.Hour)
				keep += 13 * time.Hour
			},
			"work": func(*rapid.T) { w.work() },
		})
		if keep < 24*time.Hour && len(acked) > 0 {
			w.newReader("s").check(acked, nil)
		}
	})
}

func TestClosedShardsExpire(t *testing.T) {
	w := newWorld(t)
	w.create("s", 1)
	w.put("s", 1)
	it := w.iterator("s", `"ShardIteratorType":"TRIM_HORIZON"`)
	w.advance(time.Second)
	w.split("s", 0)
	_, pos := w.drain("s", "")
	w.advance(24 * time.Hour)
	if got := w.shards(``); got != "0 1 2" {
		t.Errorf("a day later: shards %q", got)
	}
	w.advance(time.Millisecond)
	if got := w.shards(``); got != "1 2" {
		t.Errorf("after the day: shards %q", got)
	}
	if got := w.ok("DescribeStream", `{"StreamName":"s"}`); len(got.list("StreamDescription.Shards")) != 2 || got.text("StreamDescription.Shards.0.ParentShardId") != "shardId-000000000000" {
		t.Errorf("described: %v", got)
	}
	const gone = "Shard shardId-000000000000 in stream s under account 123456789012 does not exist"
	w.refused("GetShardIterator", `{"StreamName":"s","ShardId":"0","ShardIteratorType":"LATEST"}`, "ResourceNotFoundException", gone)
	if status, text := w.send("GetRecords", fmt.Sprintf(`{"ShardIterator":%q}`, it)); status != 400 || !strings.Contains(text, "Exception") {
		t.Errorf("its iterator answers %s", text)
	}
	w.refused("SplitShard", `{"StreamName":"s","ShardToSplit":"0","NewStartingHashKey":"9"}`, "ResourceNotFoundException",
		"Could not find shard shardId-000000000000 in stream s under account 123456789012.")
	w.ok("PutRecord", `{"StreamName":"s","PartitionKey":"late","Data":""}`)
	keys, after := w.drain("s", pos)
	if fmt.Sprint(keys) != "[late]" || strings.Contains(after, `"0":`) {
		t.Errorf("read on: %v, to %s", keys, after)
	}
	w.split("s", 2)
	if got := w.shards(``); got != "1 2 3 4" {
		t.Errorf("numbers after a shard expired: %q", got)
	}
}

// unsure is a storage whose appends to the metadata log say that their outcome is not known, done or not.
type unsure struct {
	storage.Engine
	after, instead int // how many appends fail after, and instead of, being done
}

type unsureLog struct {
	storage.Log
	of *unsure
}

func (u *unsure) Open(ctx context.Context, name string, cfg storage.Config) (storage.Log, error) {
	l, err := u.Engine.Open(ctx, name, cfg)
	if name == metaLog {
		return unsureLog{l, u}, err
	}
	return l, err
}

func (l unsureLog) Append(ctx context.Context, entries ...storage.Entry) (uint64, error) {
	if l.of.instead > 0 {
		l.of.instead--
		return 0, storage.ErrUnknown
	}
	last, err := l.Log.Append(ctx, entries...)
	if l.of.after > 0 && err == nil {
		l.of.after--
		return 0, storage.ErrUnknown
	}
	return last, err
}

func TestReshardingOfUnknownOutcomeHappensOnce(t *testing.T) {
	for _, u := range []*unsure{{after: 1}, {instead: 1}, {instead: 2, after: 1}} {
		w := newWorld(t)
		w.create("s", 2)
		u.Engine = w.cfg.Storage
		w.cfg.Storage = u
		var err error
		after, instead := u.after, u.instead
		u.after, u.instead = 0, 0
		if w.svc, err = New(w.ctx, w.cfg); err != nil {
			t.Fatal(err)
		}
		for _, change := range []func(){
			func() { w.split("s", 0) },
			func() { w.merge("s", 2, 3) },
			func() {
				w.ok("UpdateShardCount", `{"StreamName":"s","TargetShardCount":4,"ScalingType":"UNIFORM_SCALING"}`)
			},
		} {
			u.after, u.instead = after, instead
			change()
		}
		if st := w.state("s"); len(st.Shards) != 9 || len(st.shards.open) != 4 || len(st.Scaled) != 1 {
			t.Errorf("%d after, %d instead: %d shards, %d of them open", after, instead, len(st.Shards), len(st.shards.open))
		}
		w.reopen()
		if got := len(w.state("s").shards.open); got != 4 {
			t.Errorf("after a restart %d shards are open", got)
		}
	}
}

// TestAFailedReshardingChangesNothing also lets puts go on.
func TestAFailedReshardingChangesNothing(t *testing.T) {
	w := newWorld(t)
	w.create("s", 1)
	u := &unsure{Engine: w.cfg.Storage}
	w.cfg.Storage = u
	var err error
	if w.svc, err = New(w.ctx, w.cfg); err != nil {
		t.Fatal(err)
	}
	u.instead = changeAttemptsMax
	w.refused("SplitShard", `{"StreamName":"s","ShardToSplit":"0","NewStartingHashKey":"9"}`, "LimitExceededException", "Rate exceeded for stream s under account 123456789012.")
	w.put("s", 2)
	w.reopen()
	if got := w.shards(``); got != "0" {
		t.Errorf("shards %q", got)
	}
	if n := w.ok("DescribeLimits", `{}`).at("OpenShardCount"); n != 1.0 {
		t.Errorf("%v shards count", n)
	}
}

// TestPutIntoAStreamMadeAnew: a request that found the old stream does not put into the new one.
func TestPutIntoAStreamMadeAnew(t *testing.T) {
	w := newWorld(t)
	w.create("s", 1)
	old := w.state("s")
	w.ok("DeleteStream", `{"StreamName":"s"}`)
	w.create("s", 1)
	r := w.svc.put(w.ctx, old, []putEntry{{partitionKey: "k"}}, w.clock.Now())
	if !errors.Is(r[0].err, storage.ErrNotFound) {
		t.Errorf("put: %+v", r[0])
	}
	if keys, _ := w.drain("s", ""); len(keys) != 0 {
		t.Errorf("the new stream has %v", keys)
	}
}
