package e2e

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
)

// Of TestKilledWhilePutting.
const (
	tortureEnv     = "HOOKSWITCH_TORTURE_ROUNDS"
	tortureRounds  = 10 // unless tortureEnv says otherwise
	tortureWriters = 64
	tortureShards  = 4
	tortureBatch   = 20
	tortureStream  = "load"
)

// TestKilledWhilePutting kills the program with SIGKILL at random moments, while 64 writers put single records and batches
// and every few rounds while it starts, and starts it again on the same data. After each kill iterators that were issued
// before it still lead to what came after them; in the end every acknowledged record is there, once, under the number
// that was told, and each shard is in order, every writer's records in theirs.
func TestKilledWhilePutting(t *testing.T) {
	rounds := tortureRounds
	if text := os.Getenv(tortureEnv); text != "" {
		var err error
		if rounds, err = strconv.Atoi(text); err != nil || rounds < 1 {
			t.Fatalf("%s=%q is not a number of rounds", tortureEnv, text)
		}
	}
	w := &torture{t: t, data: filepath.Join(t.TempDir(), "data"), random: rand.New(rand.NewPCG(1, uint64(rounds))), acked: map[string]string{}}
	for w.round = range rounds {
		if w.round%5 == 3 {
			w.killWhileStarting()
		}
		s := start(t, "--data", w.data)
		w.use(s)
		if w.round == 0 {
			w.createStream(s)
		}
		w.followIterators()
		w.putUntilKilled(s)
	}
	w.use(start(t, "--data", w.data))
	w.followIterators()
	w.checkEverything()
}

// torture is a server that is killed again and again, and what it has promised.
type torture struct {
	t       *testing.T
	data    string
	random  *rand.Rand
	client  *kinesis.Client // of the present life
	writer  *kinesis.Client // the same, but it never tries again: what was sent was sent once
	round   int
	spoilt  int // starts that were cut short
	follow  []followed
	checked int // iterators that were followed after a kill

	mu    sync.Mutex        // guards what follows
	acked map[string]string // place by partition key
	sent  int
}

// followed is an iterator that was issued before a kill, and the record that was put, and acknowledged, right after.
type followed struct{ shard, iterator, marker, before string }

func (w *torture) use(s *server) {
	w.client = kinesis.NewFromConfig(sdkConfig(s))
	w.writer = kinesis.NewFromConfig(sdkConfig(s), func(o *kinesis.Options) { o.Retryer = aws.NopRetryer{} })
}

func (w *torture) createStream(s *server) {
	if _, err := w.client.CreateStream(w.t.Context(), &kinesis.CreateStreamInput{StreamName: aws.String(tortureStream), ShardCount: aws.Int32(tortureShards)}); err != nil {
		w.t.Fatal(err)
	}
	world := &world{server: s, caller: newGoClient(w.t, s)}
	eventually(w.t, time.Minute, func() error {
		if status := world.do("kinesis", "DescribeStreamSummary", obj{"StreamName": tortureStream}).str("StreamDescriptionSummary", "StreamStatus"); status != "ACTIVE" {
			return fmt.Errorf("the stream is %s", status)
		}
		return nil
	})
}

// killWhileStarting starts the program and kills it within the time that a start takes.
func (w *torture) killWhileStarting() {
	cmd := exec.Command(binary, "serve", "--listen", "127.0.0.1:0", "--data", w.data, "--log-format", "json")
	if err := cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
	kill := time.AfterFunc(time.Duration(w.random.IntN(100))*time.Millisecond, func() { cmd.Process.Kill() })
	defer kill.Stop()
	if err := cmd.Wait(); err == nil {
		w.t.Error("the program ended by itself while it started")
	}
	w.spoilt++
}

// putUntilKilled puts from all writers and kills the server after a random number of acknowledged records.
func (w *torture) putUntilKilled(s *server) {
	kill := sync.OnceFunc(s.kill)
	enough, fresh := 1+w.random.IntN(2500), 0
	ctx, cancel := context.WithTimeout(w.t.Context(), time.Minute)
	defer cancel()
	took := func(key, shard, sequence string) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.acked[key] = shard + " " + sequence
		if fresh++; fresh == enough {
			go kill()
		}
	}
	var all sync.WaitGroup
	for writer := range tortureWriters {
		all.Go(func() {
			for i := 0; ; i++ {
				n := 1
				if writer%2 == 1 {
					n = tortureBatch
				}
				w.mu.Lock()
				w.sent += n
				w.mu.Unlock()
				if w.put(ctx, writer, i, n, took) != nil {
					return // killed
				}
			}
		})
	}
	all.Go(func() { w.issueIterators(ctx, took) })
	all.Wait()
	kill()
	if fresh < enough {
		w.t.Fatalf("round %d ended by itself after %d records\n%s", w.round, fresh, s.logs)
	}
}

// put puts a record or a batch. Keys say whose records they are, and which.
func (w *torture) put(ctx context.Context, writer, i, n int, took func(key, shard, sequence string)) error {
	key := func(j int) *string { return aws.String(fmt.Sprintf("%d/%d/%d/%d", writer, w.round, i, j)) }
	if n == 1 {
		out, err := w.writer.PutRecord(ctx, &kinesis.PutRecordInput{StreamName: aws.String(tortureStream), PartitionKey: key(0), Data: dataOf(*key(0))})
		if err == nil {
			took(*key(0), *out.ShardId, *out.SequenceNumber)
		}
		return err
	}
	entries := make([]types.PutRecordsRequestEntry, n)
	for j := range entries {
		entries[j] = types.PutRecordsRequestEntry{PartitionKey: key(j), Data: dataOf(*key(j))}
	}
	out, err := w.writer.PutRecords(ctx, &kinesis.PutRecordsInput{StreamName: aws.String(tortureStream), Records: entries})
	if err != nil {
		return err
	}
	for j, r := range out.Records {
		if r.ErrorCode == nil {
			took(*entries[j].PartitionKey, *r.ShardId, *r.SequenceNumber)
		}
	}
	return nil
}

func dataOf(key string) []byte { return []byte("data of " + key) }

// issueIterators takes one iterator after the other, of all types, and puts a record after each; the newest of each shard
// are followed after the kill.
func (w *torture) issueIterators(ctx context.Context, took func(key, shard, sequence string)) {
	kept := map[string]followed{}
	put := func(k int, what string) (key, shard, sequence string, err error) {
		key = fmt.Sprintf("%s/%d/%d/0", what, w.round, k)
		w.mu.Lock()
		w.sent++
		w.mu.Unlock()
		hash := aws.String([]string{"0", "85070591730234615865843651857942052864", "170141183460469231731687303715884105728", "255211775190703847597530955573826158592"}[k%tortureShards])
		out, err := w.writer.PutRecord(ctx, &kinesis.PutRecordInput{StreamName: aws.String(tortureStream), PartitionKey: &key, ExplicitHashKey: hash, Data: dataOf(key)})
		if err != nil {
			return "", "", "", err
		}
		took(key, *out.ShardId, *out.SequenceNumber)
		return key, *out.ShardId, *out.SequenceNumber, nil
	}
	for k := 0; ; k++ {
		before, shard, sequence, err := put(k, "before")
		if err != nil {
			break
		}
		in := &kinesis.GetShardIteratorInput{StreamName: aws.String(tortureStream), ShardId: &shard, ShardIteratorType: types.ShardIteratorTypeLatest}
		if k/tortureShards%2 == 1 {
			in.ShardIteratorType, in.StartingSequenceNumber = types.ShardIteratorTypeAfterSequenceNumber, &sequence
		}
		out, err := w.writer.GetShardIterator(ctx, in)
		if err != nil {
			break
		}
		marker, _, _, err := put(k, "marker")
		if err != nil {
			break
		}
		kept[shard] = followed{shard, *out.ShardIterator, marker, before}
	}
	w.follow = slices.Collect(maps.Values(kept))
}

// followIterators uses the iterators of the life before: they lead to all that came after them and to nothing before.
func (w *torture) followIterators() {
	for _, f := range w.follow {
		found := false
		for _, r := range readFrom(w.t, w.client, &f.iterator) {
			if found = found || *r.PartitionKey == f.marker; *r.PartitionKey == f.before {
				w.t.Errorf("round %d: an iterator of %s leads back to record %s", w.round, f.shard, f.before)
			}
		}
		if !found {
			w.t.Errorf("round %d: an iterator of %s does not lead to record %s", w.round, f.shard, f.marker)
		}
		w.checked++
	}
	w.follow = nil
}

// checkEverything reads the whole stream.
func (w *torture) checkEverything() {
	found := map[string]string{}
	for shard, records := range readStream(w.t, w.client, tortureStream) {
		last, writers := "", map[string][3]int{}
		for _, r := range records {
			key := *r.PartitionKey
			if *r.SequenceNumber <= last {
				w.t.Errorf("%s: %s comes after %s", shard, *r.SequenceNumber, last)
			}
			last = *r.SequenceNumber
			if _, twice := found[key]; twice {
				w.t.Errorf("record %s is there twice", key)
			}
			found[key] = shard + " " + last
			if string(r.Data) != string(dataOf(key)) {
				w.t.Errorf("record %s holds %q", key, r.Data)
			}
			writer, place := placeOf(w.t, key)
			if before, ok := writers[writer]; ok && slices.Compare(before[:], place[:]) >= 0 {
				w.t.Errorf("%s: of writer %s %v comes after %v", shard, writer, place, before)
			}
			writers[writer] = place
		}
	}
	for key, place := range w.acked {
		if found[key] != place {
			w.t.Errorf("record %s was acknowledged at %q and is at %q", key, place, found[key])
		}
	}
	if len(found) > w.sent {
		w.t.Errorf("%d records were put and %d are there", w.sent, len(found))
	}
	if w.checked == 0 || len(w.acked) == 0 {
		w.t.Errorf("%d iterators were followed and %d records acknowledged", w.checked, len(w.acked))
	}
	w.t.Logf("%d kills, %d of them while starting: %d records acknowledged, %d found, %d iterators followed", w.round+1+w.spoilt, w.spoilt, len(w.acked), len(found), w.checked)
}

// placeOf takes a key apart: whose record it is, and its round, request and place in that.
func placeOf(t *testing.T, key string) (writer string, place [3]int) {
	t.Helper()
	parts := strings.Split(key, "/")
	if len(parts) != 4 {
		t.Fatalf("record %s is none of ours", key)
	}
	for i := range place {
		n, err := strconv.Atoi(parts[i+1])
		if err != nil {
			t.Fatalf("record %s is none of ours", key)
		}
		place[i] = n
	}
	return parts[0], place
}

// readStream returns the records of each shard from its oldest to its tip.
func readStream(t *testing.T, k *kinesis.Client, stream string) map[string][]types.Record {
	t.Helper()
	all := map[string][]types.Record{}
	shards, err := k.ListShards(t.Context(), &kinesis.ListShardsInput{StreamName: &stream})
	if err != nil {
		t.Fatal(err)
	}
	for _, sh := range shards.Shards {
		first, err := k.GetShardIterator(t.Context(), &kinesis.GetShardIteratorInput{StreamName: &stream, ShardId: sh.ShardId, ShardIteratorType: types.ShardIteratorTypeTrimHorizon})
		if err != nil {
			t.Fatal(err)
		}
		all[*sh.ShardId] = readFrom(t, k, first.ShardIterator)
	}
	return all
}

// readFrom returns the records from an iterator to the tip of its shard.
func readFrom(t *testing.T, k *kinesis.Client, iterator *string) (records []types.Record) {
	t.Helper()
	for iterator != nil {
		out, err := k.GetRecords(t.Context(), &kinesis.GetRecordsInput{ShardIterator: iterator})
		if err != nil {
			t.Fatal(err)
		}
		records = append(records, out.Records...)
		if iterator = out.NextShardIterator; *out.MillisBehindLatest == 0 {
			break
		}
	}
	return records
}
