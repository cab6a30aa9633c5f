package e2e

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
)

// TestKilledWhilePutting kills the program with SIGKILL while writers put single records and batches, starts it again on
// the same data, and does so several times: every acknowledged record is there, once, under the number that was told,
// and each shard is in order.
func TestKilledWhilePutting(t *testing.T) {
	const kills, writers, shards, batch = 4, 6, 4, 20
	data := filepath.Join(t.TempDir(), "data")
	acked := map[string]string{} // place by partition key
	attempts := 0
	random := rand.New(rand.NewPCG(1, 2))

	for round := range kills {
		s := start(t, "--data", data)
		k := kinesis.NewFromConfig(sdkConfig(s))
		if round == 0 {
			if _, err := k.CreateStream(t.Context(), &kinesis.CreateStreamInput{StreamName: aws.String("load"), ShardCount: aws.Int32(shards)}); err != nil {
				t.Fatal(err)
			}
			w := &world{server: s, caller: newGoClient(t, s)}
			eventually(t, time.Minute, func() error {
				if status := w.do("kinesis", "DescribeStreamSummary", obj{"StreamName": "load"}).str("StreamDescriptionSummary", "StreamStatus"); status != "ACTIVE" {
					return fmt.Errorf("the stream is %s", status)
				}
				return nil
			})
		}
		enough := 300 + random.IntN(700) // acknowledged records, then the kill
		tried := putUntilKilled(t, s, k, round, writers, batch, enough, acked)
		attempts += tried
	}

	s := start(t, "--data", data)
	found := map[string]string{}
	for shard, records := range readStream(t, kinesis.NewFromConfig(sdkConfig(s)), "load") {
		last := ""
		for _, r := range records {
			if *r.SequenceNumber <= last {
				t.Errorf("%s: %s comes after %s", shard, *r.SequenceNumber, last)
			}
			last = *r.SequenceNumber
			if _, twice := found[*r.PartitionKey]; twice {
				t.Errorf("record %s is there twice", *r.PartitionKey)
			}
			found[*r.PartitionKey] = shard + " " + last
			if string(r.Data) != "data of "+*r.PartitionKey {
				t.Errorf("record %s holds %q", *r.PartitionKey, r.Data)
			}
		}
	}
	for key, place := range acked {
		if found[key] != place {
			t.Errorf("record %s was acknowledged at %q and is at %q", key, place, found[key])
		}
	}
	if len(found) > attempts {
		t.Errorf("%d records were put and %d are there", attempts, len(found))
	}
	t.Logf("%d kills: %d records acknowledged, %d found", kills, len(acked), len(found))
}

// putUntilKilled puts from several writers, kills the server after enough acknowledged records, and returns how many
// records were sent.
func putUntilKilled(t *testing.T, s *server, k *kinesis.Client, round, writers, batch, enough int, acked map[string]string) (sent int) {
	t.Helper()
	var mu sync.Mutex // guards acked, sent and new
	fresh := 0
	kill := sync.OnceFunc(s.kill)
	took := func(key, shard, sequence string) {
		mu.Lock()
		defer mu.Unlock()
		acked[key] = shard + " " + sequence
		if fresh++; fresh == enough {
			go kill()
		}
	}
	sending := func(n int) {
		mu.Lock()
		defer mu.Unlock()
		sent += n
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var all sync.WaitGroup
	for writer := range writers {
		all.Go(func() {
			for i := 0; ; i++ {
				key := func(j int) *string { return aws.String(fmt.Sprintf("%d/%d/%d/%d", round, writer, i, j)) }
				data := func(j int) []byte { return []byte("data of " + *key(j)) }
				if writer%2 == 0 {
					sending(1)
					out, err := k.PutRecord(ctx, &kinesis.PutRecordInput{StreamName: aws.String("load"), PartitionKey: key(0), Data: data(0)})
					if err != nil {
						return // killed
					}
					took(*key(0), *out.ShardId, *out.SequenceNumber)
					continue
				}
				entries := make([]types.PutRecordsRequestEntry, batch)
				for j := range entries {
					entries[j] = types.PutRecordsRequestEntry{PartitionKey: key(j), Data: data(j)}
				}
				sending(batch)
				out, err := k.PutRecords(ctx, &kinesis.PutRecordsInput{StreamName: aws.String("load"), Records: entries})
				if err != nil {
					return
				}
				for j, r := range out.Records {
					if r.ErrorCode == nil {
						took(*entries[j].PartitionKey, *r.ShardId, *r.SequenceNumber)
					}
				}
			}
		})
	}
	all.Wait()
	kill()
	if fresh < enough {
		t.Fatalf("round %d ended by itself after %d records\n%s", round, fresh, s.logs)
	}
	return sent
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
		for it := first.ShardIterator; it != nil; {
			out, err := k.GetRecords(t.Context(), &kinesis.GetRecordsInput{ShardIterator: it})
			if err != nil {
				t.Fatal(err)
			}
			all[*sh.ShardId] = append(all[*sh.ShardId], out.Records...)
			if it = out.NextShardIterator; *out.MillisBehindLatest == 0 {
				break
			}
		}
	}
	return all
}
