package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// standInKinesis is a Kinesis endpoint that is no hookswitch, and answers as a test says.
type standInKinesis struct {
	t *testing.T

	mu     sync.Mutex                                              // a connection that breaks orders nothing
	asked  []string                                                // operations, with the shard or iterator they are about
	answer func(operation string, in map[string]any) (int, string) // status and body
}

func (k *standInKinesis) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	k.mu.Lock()
	defer k.mu.Unlock()
	_, operation, ok := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	if !ok {
		w.WriteHeader(http.StatusNotFound) // the operator API is not there
		return
	}
	var in map[string]any
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		k.t.Error(err)
	}
	about := ""
	for _, name := range []string{"ShardId", "ShardIterator", "ShardIteratorType", "StartingSequenceNumber"} {
		if v, ok := in[name].(string); ok {
			about += " " + v
		}
	}
	k.asked = append(k.asked, operation+about)
	status, body := k.answer(operation, in)
	if status == 0 {
		panic(http.ErrAbortHandler) // the connection breaks
	}
	w.WriteHeader(status)
	io.WriteString(w, body)
}

func (k *standInKinesis) open() (*kinesisStream, *time.Duration) {
	k.t.Setenv("AWS_REGION", "")
	c, waited := patient(k.t, k.ServeHTTP)
	return (&streamCommand{shared: &shared{}}).to(c, "s"), waited
}

func refusedWith(code, message string) (int, string) {
	return 400, fmt.Sprintf(`{"__type":%q,"message":%q}`, code, message)
}

// Two shards are merged while they are followed, by an endpoint that does not tell of children: the child comes after both.
func TestTailGoesOnIntoTheChildrenOfAReshard(t *testing.T) {
	merged, reads := false, map[string]int{}
	k := &standInKinesis{t: t}
	k.answer = func(operation string, in map[string]any) (int, string) {
		switch operation {
		case "ListShards":
			ended := ""
			all := `{"ShardId":"old","SequenceNumberRange":{"EndingSequenceNumber":"9"}},{"ShardId":"a","ParentShardId":"old","SequenceNumberRange":{%s}},{"ShardId":"b","ParentShardId":"old","SequenceNumberRange":{%[1]s}}`
			if merged {
				ended = `"EndingSequenceNumber":"9"`
				all += `,{"ShardId":"c","ParentShardId":"a","AdjacentParentShardId":"b","SequenceNumberRange":{}}`
			}
			return 200, fmt.Sprintf(`{"Shards":[`+all+`]}`, ended)
		case "GetShardIterator":
			return 200, fmt.Sprintf(`{"ShardIterator":"%s0"}`, in["ShardId"])
		}
		shard := in["ShardIterator"].(string)[:1]
		reads[shard]++
		next := fmt.Sprintf(`,"NextShardIterator":"%s%d"`, shard, reads[shard])
		if shard == "a" && reads["a"] == 1 || shard == "b" && reads["b"] == 3 {
			merged, next = true, ""
		}
		return 200, fmt.Sprintf(`{"Records":[{"SequenceNumber":"%d","PartitionKey":"k","Data":"eA==","ApproximateArrivalTimestamp":%d.5}]%s}`, reads[shard], len(k.asked), next)
	}
	stream, _ := k.open()
	var got []string
	begun := 0
	err := stream.tail(t.Context(), shardStart{latest: true}, func(n int) { begun = n }, func(r record) error {
		if got = append(got, r.shard+r.sequence); r.shard == "c" {
			return errEnough
		}
		return nil
	})
	if want := []string{"a1", "b1", "b2", "b3", "c1"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("got %v and %v, want %v", got, err, want)
	}
	if begun != 2 {
		t.Errorf("it began with %d shards, want 2", begun)
	}
	for _, want := range []string{"GetShardIterator a LATEST", "GetShardIterator c TRIM_HORIZON"} {
		if !slices.Contains(k.asked, want) {
			t.Errorf("never asked %q of %q", want, k.asked)
		}
	}
}

// Iterators that are lost and connections that break are nothing that a follower sees.
func TestTailGoesOnBehindTheLastRecord(t *testing.T) {
	n := 0
	k := &standInKinesis{t: t}
	k.answer = func(operation string, in map[string]any) (int, string) {
		switch operation {
		case "ListShards":
			return 200, `{"Shards":[{"ShardId":"a"}]}`
		case "GetShardIterator":
			return 200, `{"ShardIterator":"i"}`
		}
		switch n++; n {
		case 1:
			return refusedWith("ExpiredIteratorException", "Iterator expired.")
		case 3:
			return 0, ""
		case 4:
			return 500, `{"__type":"InternalFailure"}`
		case 5:
			return refusedWith("InvalidArgumentException", "Invalid ShardIterator.")
		case 6:
			return refusedWith("ProvisionedThroughputExceededException", "Rate exceeded for shard a")
		}
		return 200, fmt.Sprintf(`{"Records":[{"SequenceNumber":"%d","PartitionKey":"k","Data":""}],"NextShardIterator":"j"}`, n)
	}
	stream, _ := k.open()
	lost := 0
	stream.c.lost = func(error) { lost++ }
	var got []string
	err := stream.tail(t.Context(), shardStart{latest: true}, func(int) {}, func(r record) error {
		if got = append(got, r.sequence); len(got) == 2 {
			return errEnough
		}
		return nil
	})
	if want := []string{"2", "7"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("got %v and %v, want %v", got, err, want)
	}
	var begun []string
	for _, a := range k.asked {
		if what, ok := strings.CutPrefix(a, "GetShardIterator a "); ok {
			begun = append(begun, what)
		}
	}
	if want := []string{"LATEST", "AT_TIMESTAMP", "AFTER_SEQUENCE_NUMBER 2"}; !slices.Equal(begun, want) || lost != 1 {
		t.Errorf("it began at %v and said %d times that the connection broke, want %v and once", begun, lost, want)
	}
}

func TestTailGivesUp(t *testing.T) {
	reads := 0
	k := &standInKinesis{t: t}
	failure := func() (int, string) { return 500, `{"__type":"InternalFailure"}` }
	k.answer = func(operation string, in map[string]any) (int, string) {
		switch operation {
		case "ListShards":
			return 200, `{"Shards":[{"ShardId":"a"}]}`
		case "GetShardIterator":
			return 200, `{"ShardIterator":"i"}`
		}
		reads++
		return failure()
	}
	never := func(record) error { t.Error("a record out of nothing"); return nil }
	stream, waited := k.open()
	err := stream.tail(t.Context(), startOldest, func(int) {}, never)
	if !isCode(err, "InternalFailure") || reads != 1+followRetriesMax || *waited < 30*time.Second || *waited > 2*time.Minute {
		t.Errorf("got %v after %d reads in %v, want the failure after %d reads in about a minute", err, reads, *waited, 1+followRetriesMax)
	}
	reads = 0
	failure = func() (int, string) { return refusedWith("ResourceNotFoundException", "gone") }
	if err := stream.tail(t.Context(), startOldest, func(int) {}, never); !isCode(err, "ResourceNotFoundException") || reads != 1 {
		t.Errorf("got %v after %d reads, want that it is gone at once", err, reads)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := stream.tail(ctx, startOldest, func(int) {}, never); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want that it was told to stop", err)
	}
}

// What a busy shard refuses is put again, and places come in the records' order; there is a bound.
func TestPutAgainWhatAShardIsTooBusyFor(t *testing.T) {
	var batches []int
	stuck := false
	k := &standInKinesis{t: t}
	k.answer = func(operation string, in map[string]any) (int, string) {
		entries := in["Records"].([]any)
		batches = append(batches, len(entries))
		var out []string
		for i, e := range entries {
			data := e.(map[string]any)["Data"].(string)
			if stuck || i == 1 && len(batches) == 1 {
				out = append(out, `{"ErrorCode":"ProvisionedThroughputExceededException","ErrorMessage":"Rate exceeded"}`)
				continue
			}
			out = append(out, fmt.Sprintf(`{"ShardId":"a","SequenceNumber":%q}`, data))
		}
		return 200, `{"Records":[` + strings.Join(out, ",") + `]}`
	}
	stream, waited := k.open()
	places, err := stream.putRecords(t.Context(), putPlan{}, [][]byte{[]byte("aaa"), []byte("bbb"), []byte("ccc")})
	if err != nil || !slices.Equal(batches, []int{3, 1}) || places[0].Sequence != "YWFh" || places[1].Sequence != "YmJi" || places[2].Sequence != "Y2Nj" {
		t.Errorf("got %v and %v in batches of %v", places, err, batches)
	}
	stuck, batches, *waited = true, nil, 0
	_, err = stream.putRecords(t.Context(), putPlan{key: "k"}, [][]byte{[]byte("aaa")})
	if !isCode(err, "ProvisionedThroughputExceededException") || len(batches) != 1+throttledRetriesMax || *waited > time.Minute {
		t.Errorf("got %v after %d attempts in %v, want a refusal after %d", err, len(batches), *waited, 1+throttledRetriesMax)
	}
}

// Lines are put in batches within the bounds, and all of them.
func TestLinesArePutInBatches(t *testing.T) {
	var batches []int
	bytesSeen := 0
	k := &standInKinesis{t: t}
	k.answer = func(operation string, in map[string]any) (int, string) {
		entries := in["Records"].([]any)
		batches = append(batches, len(entries))
		size := 0
		for _, e := range entries {
			size += len(e.(map[string]any)["Data"].(string)) / 4 * 3
		}
		if bytesSeen += size; size > putBatchBytesMax {
			t.Errorf("a batch of %d bytes", size)
		}
		if len(entries) > putBatchRecordsMax {
			t.Errorf("a batch of %d records", len(entries))
		}
		return 200, `{"Records":[` + strings.TrimSuffix(strings.Repeat(`{"ShardId":"a","SequenceNumber":"1"},`, len(entries)), ",") + `]}`
	}
	stream, _ := k.open()
	put := func(in string) (string, error) {
		batches, bytesSeen = nil, 0
		var out bytes.Buffer
		s := &streamCommand{shared: &shared{streams: streams{in: strings.NewReader(in), out: &out, err: io.Discard}}}
		err := s.putLines(t.Context(), stream, putPlan{key: "k"})
		return out.String(), err
	}
	for name, in := range map[string]string{
		"many":  strings.Repeat("abc\n", 2*putBatchRecordsMax+1),
		"large": strings.Repeat(strings.Repeat("x", 3<<19)+"\n", 7),
		"none":  "\n\n",
	} {
		lines := strings.Count(strings.ReplaceAll(in, "\n\n", ""), "\n")
		out, err := put(in)
		if err != nil || strings.Count(out, "\n") != lines || bytesSeen != len(in)-strings.Count(in, "\n") {
			t.Errorf("%s: got %d lines, %d bytes and %v, want %d lines", name, strings.Count(out, "\n"), bytesSeen, err, lines)
		}
	}
	if _, err := put(strings.Repeat("x", putRecordBytesMax+1)); err == nil || !strings.Contains(err.Error(), "a line has more than") {
		t.Errorf("got %v, want an error about the length", err)
	}
}

func TestAskingIsBounded(t *testing.T) {
	calls := 0
	k := &standInKinesis{t: t}
	k.answer = func(operation string, in map[string]any) (int, string) {
		calls++
		switch operation {
		case "ListStreams":
			return 200, `{"StreamNames":["s"],"HasMoreStreams":true}`
		case "ListShards":
			return 200, `{"Shards":[{"ShardId":"a"}],"NextToken":"t"}`
		case "GetShardIterator":
			return 200, `{"ShardIterator":"i"}`
		case "DescribeStreamSummary":
			return 200, `{"StreamDescriptionSummary":{"StreamName":"s","StreamStatus":"UPDATING"}}`
		}
		return refusedWith("LimitExceededException", "Rate exceeded for stream s under account 1.")
	}
	stream, waited := k.open()
	if _, err := stream.streams(t.Context()); err == nil || calls != listPagesMax {
		t.Errorf("streams: got %v after %d pages", err, calls)
	}
	calls = 0
	if _, err := stream.shards(t.Context()); err == nil || calls != listPagesMax {
		t.Errorf("shards: got %v after %d pages", err, calls)
	}
	calls = 0
	if err := stream.ask(t.Context(), "SplitShard", object{}, nil); !isCode(err, "LimitExceededException") || calls != 1+throttledRetriesMax {
		t.Errorf("throttled: got %v after %d calls, want %d", err, calls, 1+throttledRetriesMax)
	}
	calls, *waited = 0, 0
	s := &streamCommand{shared: &shared{streams: streams{out: io.Discard, err: io.Discard}}}
	if _, err := s.awaitActive(t.Context(), stream); err == nil || calls != reshardLooksMax || *waited != reshardLooksMax*reshardLook {
		t.Errorf("waiting: got %v after %d looks in %v", err, calls, *waited)
	}
}

func TestAServerWithoutResharding(t *testing.T) {
	k := &standInKinesis{t: t, answer: func(string, map[string]any) (int, string) { return refusedWith("UnknownOperationException", "no") }}
	stream, _ := k.open()
	s := &streamCommand{shared: &shared{streams: streams{out: io.Discard, err: io.Discard}}}
	err := s.rescale(t.Context(), stream, 2, true)
	if err == nil || !strings.HasSuffix(err.Error(), " does not have UpdateShardCount: UnknownOperationException: no") || len(k.asked) != 1 {
		t.Errorf("got %v after %v", err, k.asked)
	}
}

// An endpoint whose clock is behind ours refuses times that have not come there: then everything is read.
func TestPeekAtAnEndpointInThePast(t *testing.T) {
	k := &standInKinesis{t: t}
	k.answer = func(operation string, in map[string]any) (int, string) {
		switch operation {
		case "ListShards":
			return 200, `{"Shards":[{"ShardId":"a"},{"ShardId":"b"}]}`
		case "GetShardIterator":
			if in["ShardIteratorType"] == "AT_TIMESTAMP" {
				return refusedWith("InvalidArgumentException", "The timestampInMillis parameter cannot be greater than the currentTimestampInMillis.")
			}
			return 200, fmt.Sprintf(`{"ShardIterator":%q}`, in["ShardId"])
		}
		at := 1
		if in["ShardIterator"] == "b" {
			at = 2
		}
		return 200, fmt.Sprintf(`{"NextShardIterator":"x","Records":[{"SequenceNumber":"%d","ApproximateArrivalTimestamp":%[1]d},{"SequenceNumber":"%d","ApproximateArrivalTimestamp":%[2]d}]}`, at, at+2)
	}
	stream, _ := k.open()
	s := &streamCommand{shared: &shared{streams: streams{out: io.Discard, err: io.Discard}}}
	for count, want := range map[int]string{1: "4", 3: "234", 9: "1234"} {
		found, err := s.look(t.Context(), stream, peekPlan{count: count, newest: true})
		got := ""
		for _, r := range found {
			got += r.sequence
		}
		if err != nil || got != want {
			t.Errorf("the newest %d: got %q and %v, want %q", count, got, err, want)
		}
	}
	found, err := s.look(t.Context(), stream, peekPlan{count: 3})
	if err != nil || len(found) != 3 || found[0].sequence != "1" || found[2].sequence != "3" {
		t.Errorf("the oldest: got %v and %v", found, err)
	}
}

func TestDataCannotSteerATerminal(t *testing.T) {
	for data, want := range map[string]string{
		"":                           "(empty)",
		`{"a":"` + "\u009b2J" + `"}`: `{"a":"\u009b2J"}`,
		"a\x1b[2Jb\nc":               `a\u001b[2Jb\nc`,
		"\xff":                       "/w== (base64 of 1 bytes)",
		`[1, 2]`:                     `[1,2]`,
		`{"broken"`:                  `{"broken"`,
	} {
		if got := shownData([]byte(data), false); got != want {
			t.Errorf("%q: got %q, want %q", data, got, want)
		}
		for _, r := range shownData([]byte(data), true) {
			if r < ' ' && r != '\n' && r != '\t' || r >= 0x7f && r < 0xa0 {
				t.Errorf("%q shows a control character", data)
			}
		}
	}
}
