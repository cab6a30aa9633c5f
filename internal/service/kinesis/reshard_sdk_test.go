package kinesis_test

import (
	"errors"
	"fmt"
	"math/big"
	"slices"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	client "github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
)

// TestReshardingWithTheGoSDK changes a stream's shards and settings with the unmodified official client.
func TestReshardingWithTheGoSDK(t *testing.T) {
	c, ctx := sdk(serve(t)), t.Context()
	name := aws.String("s")
	arn := aws.String("arn:aws:kinesis:eu-west-3:123456789012:stream/s")
	must[*client.CreateStreamOutput](t)(c.CreateStream(ctx, &client.CreateStreamInput{StreamName: name, ShardCount: aws.Int32(1)}))
	put := func(key string) string {
		return *must[*client.PutRecordOutput](t)(c.PutRecord(ctx, &client.PutRecordInput{StreamARN: arn, PartitionKey: &key, Data: []byte(key)})).ShardId
	}
	put("before")
	must[*client.SplitShardOutput](t)(c.SplitShard(ctx, &client.SplitShardInput{StreamName: name, ShardToSplit: aws.String("shardId-000000000000"), NewStartingHashKey: aws.String("1000")}))
	if id := put("between"); id != "shardId-000000000002" {
		t.Errorf("after the split a record is in %s", id)
	}
	_, err := c.SplitShard(ctx, &client.SplitShardInput{StreamName: name, ShardToSplit: aws.String("shardId-000000000000"), NewStartingHashKey: aws.String("1000")})
	var invalid *types.InvalidArgumentException
	if !errors.As(err, &invalid) {
		t.Errorf("a second split: %v", err)
	}
	must[*client.MergeShardsOutput](t)(c.MergeShards(ctx, &client.MergeShardsInput{StreamARN: arn, ShardToMerge: aws.String("shardId-000000000001"), AdjacentShardToMerge: aws.String("shardId-000000000002")}))
	if id := put("after"); id != "shardId-000000000003" {
		t.Errorf("after the merge a record is in %s", id)
	}
	scaled := must[*client.UpdateShardCountOutput](t)(c.UpdateShardCount(ctx, &client.UpdateShardCountInput{StreamName: name, TargetShardCount: aws.Int32(2), ScalingType: types.ScalingTypeUniformScaling}))
	if *scaled.CurrentShardCount != 1 || *scaled.TargetShardCount != 2 || *scaled.StreamARN != *arn {
		t.Errorf("UpdateShardCount answers %+v", scaled)
	}
	_, err = c.UpdateShardCount(ctx, &client.UpdateShardCountInput{StreamName: name, TargetShardCount: aws.Int32(5), ScalingType: types.ScalingTypeUniformScaling})
	var limit *types.LimitExceededException
	if !errors.As(err, &limit) {
		t.Errorf("more than double: %v", err)
	}
	if got := follow(t, c, "s", "shardId-000000000000"); fmt.Sprint(got) != "[before between after]" {
		t.Errorf("along the lines of descent: %v", got)
	}

	must[*client.UpdateMaxRecordSizeOutput](t)(c.UpdateMaxRecordSize(ctx, &client.UpdateMaxRecordSizeInput{StreamARN: arn, MaxRecordSizeInKiB: aws.Int32(4096)}))
	must[*client.UpdateStreamModeOutput](t)(c.UpdateStreamMode(ctx, &client.UpdateStreamModeInput{StreamARN: arn, StreamModeDetails: &types.StreamModeDetails{StreamMode: types.StreamModeOnDemand}}))
	got := must[*client.DescribeStreamSummaryOutput](t)(c.DescribeStreamSummary(ctx, &client.DescribeStreamSummaryInput{StreamName: name})).StreamDescriptionSummary
	if got.StreamModeDetails.StreamMode != types.StreamModeOnDemand || *got.MaxRecordSizeInKiB != 4096 || *got.OpenShardCount != 2 ||
		got.StreamStatus != types.StreamStatusActive {
		t.Errorf("summary %+v", got)
	}
}

// follow reads a shard to its end, then its children: what a consumer of the KCL's kind does.
func follow(t *testing.T, c *client.Client, stream, first string) (keys []string) {
	t.Helper()
	wait, done := []string{first}, map[string]bool{}
	for len(wait) > 0 {
		id := wait[0]
		wait = wait[1:]
		it := must[*client.GetShardIteratorOutput](t)(c.GetShardIterator(t.Context(), &client.GetShardIteratorInput{
			StreamName: &stream, ShardId: &id, ShardIteratorType: types.ShardIteratorTypeTrimHorizon})).ShardIterator
		for it != nil {
			out := must[*client.GetRecordsOutput](t)(c.GetRecords(t.Context(), &client.GetRecordsInput{ShardIterator: it}))
			for _, r := range out.Records {
				keys = append(keys, *r.PartitionKey)
			}
			if (out.NextShardIterator == nil) != (len(out.ChildShards) > 0) {
				t.Fatalf("%s: an answer must have an iterator or children: %+v", id, out)
			}
			for _, child := range out.ChildShards {
				parents := 0
				for _, p := range child.ParentShards {
					if p == id || done[p] {
						parents++
					}
				}
				if parents == len(child.ParentShards) {
					wait = append(wait, *child.ShardId)
				}
			}
			it = out.NextShardIterator
			if len(out.Records) == 0 && *out.MillisBehindLatest == 0 {
				break
			}
		}
		done[id] = true
	}
	return keys
}

// TestKilledWhileResharding kills the server with SIGKILL while clients put and shards split and merge. After each start
// the open shards cover the hash space, and every record that was acknowledged is where it was said to be, once.
func TestKilledWhileResharding(t *testing.T) {
	const kills, writers, changesBeforeKill = 4, 4, 12
	dir, stream := t.TempDir(), aws.String("s")
	var mu sync.Mutex // guards acked
	acked := map[string]string{}
	for round := range kills {
		url, kill := startChild(t, dir)
		c := client.New(sdk(url).Options(), func(o *client.Options) { o.Retryer = aws.NopRetryer{} })
		if round == 0 {
			must[*client.CreateStreamOutput](t)(c.CreateStream(t.Context(), &client.CreateStreamInput{StreamName: stream, ShardCount: aws.Int32(2)}))
		}
		openShards(t, c, *stream)
		var all sync.WaitGroup
		for w := range writers {
			all.Go(func() {
				for i := 0; ; i++ {
					key := fmt.Sprintf("%d/%d/%d", round, w, i)
					out, err := c.PutRecord(t.Context(), &client.PutRecordInput{StreamName: stream, PartitionKey: &key, Data: []byte("data")})
					if err != nil {
						return // killed
					}
					mu.Lock()
					acked[key] = *out.ShardId + " " + *out.SequenceNumber
					mu.Unlock()
				}
			})
		}
		for range changesBeforeKill {
			open := openShards(t, c, *stream)
			if len(open) > 4 {
				must[*client.MergeShardsOutput](t)(c.MergeShards(t.Context(), &client.MergeShardsInput{StreamName: stream, ShardToMerge: open[1].ShardId, AdjacentShardToMerge: open[2].ShardId}))
			} else {
				must[*client.SplitShardOutput](t)(c.SplitShard(t.Context(), splitOf(stream, open[0])))
			}
		}
		open := openShards(t, c, *stream)
		all.Go(func() { // one more is under way when the end comes
			for {
				if _, err := c.SplitShard(t.Context(), splitOf(stream, open[len(open)-1])); err != nil {
					return
				}
			}
		})
		kill()
		all.Wait()
	}
	url, _ := startChild(t, dir)
	c := sdk(url)
	openShards(t, c, *stream)
	found := map[string]string{}
	for shard, records := range readAll(t, c, *stream) {
		for _, r := range records {
			if found[*r.PartitionKey] != "" {
				t.Errorf("record %s is there twice", *r.PartitionKey)
			}
			found[*r.PartitionKey] = shard + " " + *r.SequenceNumber
		}
	}
	for key, place := range acked {
		if found[key] != place {
			t.Errorf("record %s was acknowledged at %s and is at %q", key, place, found[key])
		}
	}
	if extra := len(found) - len(acked); len(acked) == 0 || extra < 0 || extra > kills*writers {
		t.Errorf("%d records acknowledged, %d more are there", len(acked), extra)
	}
}

func splitOf(stream *string, sh types.Shard) *client.SplitShardInput {
	start, end := number(*sh.HashKeyRange.StartingHashKey), number(*sh.HashKeyRange.EndingHashKey)
	at := start.Add(start, end)
	return &client.SplitShardInput{StreamName: stream, ShardToSplit: sh.ShardId, NewStartingHashKey: aws.String(at.Rsh(at, 1).String())}
}

// openShards returns the open shards in the order of their ranges, which must cover the hash space once.
func openShards(t *testing.T, c *client.Client, stream string) []types.Shard {
	t.Helper()
	list := must[*client.ListShardsOutput](t)(c.ListShards(t.Context(), &client.ListShardsInput{StreamName: &stream, ShardFilter: &types.ShardFilter{Type: types.ShardFilterTypeAtLatest}})).Shards
	slices.SortFunc(list, func(a, b types.Shard) int {
		return number(*a.HashKeyRange.StartingHashKey).Cmp(number(*b.HashKeyRange.StartingHashKey))
	})
	next := new(big.Int)
	for _, sh := range list {
		if sh.SequenceNumberRange.EndingSequenceNumber != nil || number(*sh.HashKeyRange.StartingHashKey).Cmp(next) != 0 {
			t.Fatalf("%s starts at %s and ends at %v, where %v is due", *sh.ShardId, *sh.HashKeyRange.StartingHashKey, sh.SequenceNumberRange.EndingSequenceNumber, next)
		}
		next = number(*sh.HashKeyRange.EndingHashKey)
		next.Add(next, big.NewInt(1))
	}
	if next.BitLen() != 129 {
		t.Fatalf("%d open shards end at %v", len(list), next)
	}
	return list
}

func number(s string) *big.Int {
	n, _ := new(big.Int).SetString(s, 10)
	return n
}
