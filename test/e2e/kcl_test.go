package e2e

import (
	"bufio"
	"bytes"
	"context"
	"crypto/md5"
	wirebinary "encoding/binary"
	"fmt"
	"io"
	"maps"
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

const (
	kclEnv    = "HOOKSWITCH_KCL" // set by make kcl
	kclStream = "kcl"
	kclKeys   = 24
	kclWithin = 3 * time.Minute // each phase, on a machine that does other things
	kclPause  = 20 * time.Millisecond
)

// TestKCL lets two workers of the Java Kinesis Client Library share the four shards of a stream. While a producer goes on
// one shard is split, two are merged and one worker is killed: the other takes over. Every record is processed at least
// once, and those of a key in their order. Part of the records are aggregated as the Kinesis Producer Library does it.
func TestKCL(t *testing.T) {
	if os.Getenv(kclEnv) == "" {
		t.Skipf("takes minutes: make kcl runs this (it sets %s)", kclEnv)
	}
	for _, tool := range []string{"java", "mvn"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("there is no %s here: the Kinesis Client Library needs Java 17 and Maven", tool)
		}
	}
	if out, err := exec.CommandContext(t.Context(), "mvn", "-q", "-B", "-f", "kcl/pom.xml", "package").CombinedOutput(); err != nil {
		t.Fatalf("build the worker: %v\n%s", err, out)
	}
	for _, retrieval := range []string{"polling", "fanout"} {
		t.Run(retrieval, func(t *testing.T) { kclStory(t, retrieval) })
	}
}

func kclStory(t *testing.T, retrieval string) {
	s := start(t, "--data", filepath.Join(t.TempDir(), "data"))
	k := kinesis.NewFromConfig(sdkConfig(s))
	if _, err := k.CreateStream(t.Context(), &kinesis.CreateStreamInput{StreamName: aws.String(kclStream), ShardCount: aws.Int32(4)}); err != nil {
		t.Fatal(err)
	}
	said := &kclLines{seen: map[string]int{}, begun: map[string]map[string]int{}, holds: map[string]map[string]bool{}, ended: map[string]bool{}}
	run := func(name string) *kclWorker { return startKCL(t, s, retrieval, name, said) }

	producer := &kclProducer{k: k, next: map[string]int{}}
	ctx, stop := context.WithCancel(t.Context())
	producing := make(chan error, 1)
	go func() { producing <- producer.run(ctx) }()
	defer stop()

	run("A")
	eventually(t, kclWithin, func() error { return said.begins("A", 4) })
	b := run("B")
	eventually(t, kclWithin, func() error { return said.begins("B", 1) })
	kclReshard(t, k)
	eventually(t, kclWithin, func() error { return said.ends("shardId-000000000000", "shardId-000000000002", "shardId-000000000003") })
	eventually(t, kclWithin, func() error { return said.hold("B") })
	b.kill()
	taken := said.left("B", "A")
	before := producer.count()
	eventually(t, kclWithin, func() error { // so that what follows has something to show
		if n := producer.count() - before; n < 200 {
			return fmt.Errorf("%d records were put since the worker was killed", n)
		}
		return nil
	})
	stop()
	if err := <-producing; err != nil {
		t.Fatal(err)
	}
	eventually(t, kclWithin, func() error { return said.all(producer.next) })
	eventually(t, kclWithin, func() error { return said.taken("A", taken) })
	said.check(t)
	t.Logf("%d records of %d keys, %d times processed; B began %v and held %v when it was killed",
		producer.count(), len(producer.next), said.processed, slices.Sorted(maps.Keys(said.begun["B"])), slices.Sorted(maps.Keys(taken)))
}

// kclReshard splits the first shard and merges the last two.
func kclReshard(t *testing.T, k *kinesis.Client) {
	t.Helper()
	_, err := k.SplitShard(t.Context(), &kinesis.SplitShardInput{StreamName: aws.String(kclStream), ShardToSplit: aws.String("shardId-000000000000"),
		NewStartingHashKey: aws.String("42535295865117307932921825928971026432")})
	if err == nil {
		_, err = k.MergeShards(t.Context(), &kinesis.MergeShardsInput{StreamName: aws.String(kclStream), ShardToMerge: aws.String("shardId-000000000002"),
			AdjacentShardToMerge: aws.String("shardId-000000000003")})
	}
	if err != nil {
		t.Fatal(err)
	}
}

// kclWorker is a worker's process.
type kclWorker struct {
	cmd  *exec.Cmd
	done chan struct{}
}

func startKCL(t *testing.T, s *server, retrieval, name string, said *kclLines) *kclWorker {
	t.Helper()
	w := &kclWorker{done: make(chan struct{})}
	classes := strings.Join([]string{"kcl/target/kcl-worker-1.jar", "kcl/target/lib/*"}, string(os.PathListSeparator))
	w.cmd = exec.Command("java", "-Xmx256m", "-cp", classes, "Worker", s.url, account, "app-"+retrieval, kclStream, name, retrieval)
	var logs bytes.Buffer
	w.cmd.Stderr = &logs
	if _, err := w.cmd.StdinPipe(); err != nil { // the worker ends when it is closed
		t.Fatal(err)
	}
	out, err := w.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := w.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(w.done)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			said.take(name, strings.Split(lines.Text(), "\t"))
		}
		io.Copy(io.Discard, out)
		w.cmd.Wait()
	}()
	t.Cleanup(func() {
		w.kill()
		if t.Failed() {
			text := logs.String()
			t.Logf("worker %s logged:\n%s", name, text[max(0, len(text)-20000):])
		}
	})
	return w
}

func (w *kclWorker) kill() {
	w.cmd.Process.Kill()
	<-w.done
}

// kclLines is what the workers said.
type kclLines struct {
	mu        sync.Mutex                 // guards everything below
	seen      map[string]int             // how many of a key's records were processed, in their order
	begun     map[string]map[string]int  // by worker and shard: how often
	holds     map[string]map[string]bool // by worker: shards
	ended     map[string]bool            // shards
	processed int
	wrong     []string
}

func (l *kclLines) take(worker string, words []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case words[0] == "begin" && len(words) > 1:
		if l.begun[worker] == nil {
			l.begun[worker], l.holds[worker] = map[string]int{}, map[string]bool{}
		}
		l.begun[worker][words[1]]++
		l.holds[worker][words[1]] = true
	case words[0] == "end" && len(words) > 1:
		l.ended[words[1]] = true
		delete(l.holds[worker], words[1])
	case words[0] == "lost" && len(words) > 1:
		delete(l.holds[worker], words[1])
	case words[0] == "record" && len(words) > 3:
		l.processed++
		n, err := strconv.Atoi(words[3])
		if next := l.seen[words[2]]; err != nil || n > next {
			l.wrong = append(l.wrong, fmt.Sprintf("%s in %s: record %s of key %s came when %d were processed", worker, words[1], words[3], words[2], next))
		} else if n == next {
			l.seen[words[2]]++ // or it comes again
		}
	}
}

func (l *kclLines) begins(worker string, shards int) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if n := len(l.begun[worker]); n < shards {
		return fmt.Errorf("worker %s has begun %d shards, want %d", worker, n, shards)
	}
	return nil
}

func (l *kclLines) ends(shards ...string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, s := range shards {
		if !l.ended[s] {
			return fmt.Errorf("nobody has come to the end of %s", s)
		}
	}
	return nil
}

func (l *kclLines) hold(worker string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.holds[worker]) == 0 {
		return fmt.Errorf("worker %s holds no shard", worker)
	}
	return nil
}

// left returns, of the shards that a dead worker held, how often the other one has begun each.
func (l *kclLines) left(dead, other string) map[string]int {
	l.mu.Lock()
	defer l.mu.Unlock()
	left := map[string]int{}
	for shard := range l.holds[dead] {
		left[shard] = l.begun[other][shard]
	}
	return left
}

// taken fails unless a worker has begun each of the shards once more.
func (l *kclLines) taken(worker string, before map[string]int) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	for shard, n := range before {
		if l.begun[worker][shard] <= n {
			return fmt.Errorf("worker %s has not taken over %s", worker, shard)
		}
	}
	return nil
}

func (l *kclLines) all(put map[string]int) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	for key, n := range put {
		if l.seen[key] < n {
			return fmt.Errorf("of key %s %d of %d records are processed", key, l.seen[key], n)
		}
	}
	return nil
}

func (l *kclLines) check(t *testing.T) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.wrong) > 0 {
		t.Errorf("%d records out of order, the first: %s", len(l.wrong), l.wrong[0])
	}
	for _, child := range []string{"shardId-000000000004", "shardId-000000000005", "shardId-000000000006"} {
		if l.begun["A"][child] == 0 {
			t.Errorf("worker A, which was left, has not begun %s", child)
		}
	}
}

// kclProducer puts numbered records of many keys, every third time three of them in one as the Kinesis Producer Library
// aggregates them.
type kclProducer struct {
	k *kinesis.Client

	mu   sync.Mutex // guards next
	next map[string]int
}

func (p *kclProducer) count() (n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, of := range p.next {
		n += of
	}
	return n
}

func (p *kclProducer) run(ctx context.Context) error {
	pause := time.NewTicker(kclPause)
	defer pause.Stop()
	for turn := 0; ctx.Err() == nil; turn++ {
		<-pause.C
		p.mu.Lock()
		var entries []types.PutRecordsRequestEntry
		for i := range kclKeys {
			key := fmt.Sprint("key-", i)
			n := 1
			if (turn+i)%3 == 0 {
				n = 3
			}
			var values []string
			for range n {
				values = append(values, strconv.Itoa(p.next[key]))
				p.next[key]++
			}
			data := []byte(values[0])
			if n > 1 {
				data = aggregated(key, values)
			}
			entries = append(entries, types.PutRecordsRequestEntry{PartitionKey: &key, Data: data})
		}
		p.mu.Unlock()
		out, err := p.k.PutRecords(context.WithoutCancel(ctx), &kinesis.PutRecordsInput{StreamName: aws.String(kclStream), Records: entries})
		if err == nil && *out.FailedRecordCount > 0 {
			err = fmt.Errorf("%d records failed", *out.FailedRecordCount)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// aggregated packs user records of one partition key as the Kinesis Producer Library does: a magic number, a protocol
// buffer (1: partition keys, 3: records of 1: the index of their key and 3: data), and its MD5.
// (Format: aggregation-format.md of github.com/awslabs/amazon-kinesis-producer.)
func aggregated(key string, values []string) []byte {
	field := func(dst []byte, number byte, text []byte) []byte {
		return append(wirebinary.AppendUvarint(append(dst, number<<3|2), uint64(len(text))), text...)
	}
	message := field(nil, 1, []byte(key))
	for _, v := range values {
		message = field(message, 3, field([]byte{1 << 3, 0}, 3, []byte(v)))
	}
	sum := md5.Sum(message)
	return slices.Concat([]byte{0xf3, 0x89, 0x9a, 0xc2}, message, sum[:])
}
