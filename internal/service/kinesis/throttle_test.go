package kinesis

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hookswitch/hookswitch/internal/courier"
)

func throttled(c *Config) { c.Throttle = true }

const (
	writeRate = "Rate exceeded for shard shardId-000000000000 in stream s under account 123456789012."
	readRate  = "Rate exceeded for Shard - 123456789012/s/shardId-000000000000"
)

// records makes the list of a PutRecords to shard 0 or 1 of two, n records of a size each.
func recordsTo(shard, n, size int) string {
	hash := []string{"0", hashKeyMax.String()}[shard]
	one := fmt.Sprintf(`{"PartitionKey":"k","ExplicitHashKey":%q,"Data":%q}`, hash, base64.StdEncoding.EncodeToString(make([]byte, size-1)))
	return strings.TrimSuffix(strings.Repeat(one+",", n), ",")
}

func TestShardTakesThousandRecordsASecond(t *testing.T) {
	w := newWorld(t, throttled)
	w.create("s", 2)
	put := func(records string) (failed []int) {
		t.Helper()
		out := w.ok("PutRecords", `{"StreamName":"s","Records":[%s]}`, records)
		for i := range out.list("Records") {
			r := out.at(fmt.Sprint("Records.", i)).(map[string]any)
			if r["ErrorCode"] == nil {
				continue
			}
			failed = append(failed, i)
			if r["ErrorCode"] != "ProvisionedThroughputExceededException" || r["ErrorMessage"] != writeRate || r["ShardId"] != nil || r["SequenceNumber"] != nil {
				t.Errorf("record %d: %v", i, r)
			}
		}
		if out.at("FailedRecordCount") != float64(len(failed)) {
			t.Errorf("FailedRecordCount is %v of %d", out.at("FailedRecordCount"), len(failed))
		}
		return failed
	}
	for _, n := range []int{500, 490} {
		if failed := put(recordsTo(0, n, 10)); failed != nil {
			t.Fatalf("%v failed within the rate", failed)
		}
	}
	// Ten are left: the rest fail, but not those of another shard, in the order of the request.
	if failed := put(recordsTo(0, 8, 10) + "," + recordsTo(1, 3, 10) + "," + recordsTo(0, 4, 10)); fmt.Sprint(failed) != "[13 14]" {
		t.Errorf("%v failed, want 13 and 14", failed)
	}
	w.refused("PutRecord", `{"StreamName":"s","PartitionKey":"k","ExplicitHashKey":"0","Data":""}`, "ProvisionedThroughputExceededException", writeRate)
	if failed := put(recordsTo(0, 2, 10)); len(failed) != 2 {
		t.Errorf("%v failed, want all", failed)
	}
	w.advance(5 * time.Millisecond)
	if failed := put(recordsTo(0, 6, 10)); fmt.Sprint(failed) != "[5]" {
		t.Errorf("after 5 ms %v failed, want the sixth", failed)
	}
	w.advance(time.Hour) // not more than a second's worth comes together
	put(recordsTo(0, 500, 10))
	if failed := put(recordsTo(0, 500, 10)); failed != nil {
		t.Errorf("%d failed after an hour", len(failed))
	}
	w.refused("PutRecord", `{"StreamName":"s","PartitionKey":"k","ExplicitHashKey":"0","Data":""}`, "ProvisionedThroughputExceededException", writeRate)
	stored := 0
	for _, sh := range []string{"0", "1"} {
		it := w.ok("GetShardIterator", `{"StreamName":"s","ShardId":%q,"ShardIteratorType":"TRIM_HORIZON"}`, sh).text("ShardIterator")
		stored += len(w.ok("GetRecords", `{"ShardIterator":%q}`, it).list("Records"))
	}
	if want := 500 + 490 + 13 + 5 + 1000; stored != want {
		t.Errorf("%d records are there, want %d: those refused must not be", stored, want)
	}
}

func TestShardTakesAMebibyteASecond(t *testing.T) {
	w := newWorld(t, throttled)
	w.ok("CreateStream", `{"StreamName":"s","ShardCount":2,"MaxRecordSizeInKiB":10240}`)
	put := func(size int) int {
		t.Helper()
		status, text := w.send("PutRecord", fmt.Sprintf(`{"StreamName":"s",%s`, recordsTo(0, 1, size)[1:]))
		if status != 200 && !strings.Contains(text, writeRate) {
			t.Fatal(text)
		}
		return status
	}
	is := func(size, want int) {
		t.Helper()
		if got := put(size); got != want {
			t.Errorf("a record of %d bytes: %d, want %d", size, got, want)
		}
	}
	is(1<<20-100, 200)
	is(101, 400)
	is(100, 200)
	w.advance(500 * time.Millisecond)
	is(1<<19+1, 400)
	is(1<<19, 200)
	// A larger one takes all of a second, and what it owes comes in before anything else.
	w.advance(999 * time.Millisecond)
	is(10<<20, 400)
	w.advance(time.Millisecond)
	is(10<<20, 200)
	w.advance(9 * time.Second)
	is(1, 400)
	w.advance(time.Millisecond)
	is(1, 200)

	// The contact center's own documents keep to it too, and are told to come again.
	w.advance(time.Minute)
	items := []courier.Item{}
	for range 3 {
		items = append(items, courier.Item{Key: "k", Data: make([]byte, 600<<10)})
	}
	failed, err := w.svc.Deliver(w.ctx, streamOf("s"), items)
	if err != nil || len(failed) != 2 || failed[0].Index != 1 || !strings.Contains(failed[0].Err.Error(), "Rate exceeded") {
		t.Errorf("delivered with %v, %v", failed, err)
	}
}

func TestShardGivesFiveAnswersASecond(t *testing.T) {
	w := newWorld(t, throttled)
	w.create("s", 2)
	it := w.iterator("s", `"ShardIteratorType":"TRIM_HORIZON"`)
	body := fmt.Sprintf(`{"ShardIterator":%q}`, it)
	for range readCallsPerSecond {
		w.ok("GetRecords", "%s", body)
	}
	w.refused("GetRecords", body, "ProvisionedThroughputExceededException", readRate)
	other := w.ok("GetShardIterator", `{"StreamName":"s","ShardId":"1","ShardIteratorType":"LATEST"}`).text("ShardIterator")
	w.ok("GetRecords", `{"ShardIterator":%q}`, other)
	w.advance(199 * time.Millisecond)
	w.refused("GetRecords", body, "ProvisionedThroughputExceededException", readRate)
	w.advance(time.Millisecond)
	w.ok("GetRecords", "%s", body)

	again := `{"StreamName":"s","ShardId":"0","ShardIteratorType":"LATEST"}`
	w.advance(time.Second)
	for range iteratorCallsPerSecond {
		w.ok("GetShardIterator", "%s", again)
	}
	w.refused("GetShardIterator", again, "ProvisionedThroughputExceededException", readRate)
	w.advance(200 * time.Millisecond)
	w.ok("GetShardIterator", "%s", again)
}

func TestShardGivesTwoMebibytesASecond(t *testing.T) {
	w := newWorld(t, throttled)
	w.ok("CreateStream", `{"StreamName":"s","ShardCount":2,"MaxRecordSizeInKiB":10240}`)
	w.ok("PutRecord", `{"StreamName":"s",%s`, recordsTo(0, 1, 10<<20)[1:])
	w.advance(time.Minute)
	large := fmt.Sprintf(`{"ShardIterator":%q}`, w.iterator("s", `"ShardIteratorType":"TRIM_HORIZON"`))
	if got := len(w.ok("GetRecords", "%s", large).list("Records")); got != 1 {
		t.Fatalf("%d records", got)
	}
	w.advance(5*time.Second - time.Millisecond)
	w.refused("GetRecords", large, "ProvisionedThroughputExceededException", readRate)
	w.advance(time.Millisecond)
	w.ok("GetRecords", "%s", large)
}

// TestSubscriptionsArePaced reads 6 MiB through a subscription: what is left of the first second at once, the rest as it
// may come.
func TestSubscriptionsArePaced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, throttled)
		w.create("s", 2)
		for range 12 {
			w.ok("PutRecords", `{"StreamName":"s","Records":[%s]}`, recordsTo(0, 1, 512<<10))
			w.advance(time.Second)
		}
		arn := w.register("app")
		l := w.listen(t, arn, `"Type":"TRIM_HORIZON"`)
		came := []int{len(strings.Fields(eventKeys(l.next())))}
		for range 4 {
			w.advance(time.Second)
			came = append(came, len(strings.Fields(eventKeys(l.next()))))
		}
		if got := fmt.Sprint(came); got != "[6 4 2 0 0]" {
			t.Errorf("came %s records of 512 KiB, second by second, want [6 4 2 0 0]", got)
		}
		body := subscribeBody(arn, `"Type":"LATEST"`)
		w.refused("SubscribeToShard", body, "ResourceInUseException", "Another active subscription exists for this consumer: 123456789012:s:shardId-000000000000:app")
		fast := "Rate exceeded for SubscribeToShard of consumer app on shard shardId-000000000000 in stream s under account 123456789012."
		w.advance(subscribeEvery - time.Millisecond)
		w.refused("SubscribeToShard", body, "LimitExceededException", fast)
		w.advance(subscribeEvery)
		w.ok("SubscribeToShard", "%s", body) // takes over
	})
}

func TestCallsAreLimited(t *testing.T) {
	w := newWorld(t, throttled)
	w.create("s", 1)
	consumer := w.register("app")
	other := as(otherAccount, testRegion)
	byARN, byConsumer := `{"StreamARN":"`+testStreamARN+`"}`, `{"ConsumerARN":"`+consumer+`"}`
	bodies := map[string]string{
		"CreateStream": `{"StreamName":"s","ShardCount":1}`, "ListStreams": `{}`, "DescribeLimits": `{}`, "DescribeAccountSettings": `{}`, "UpdateAccountSettings": disable,
		"AddTagsToStream": `{"StreamName":"s","Tags":{"a":"b"}}`, "RemoveTagsFromStream": `{"StreamName":"s","TagKeys":["a"]}`, "ListTagsForStream": `{"StreamName":"s"}`,
		"IncreaseStreamRetentionPeriod": `{"StreamName":"s","RetentionPeriodHours":24}`, "DecreaseStreamRetentionPeriod": `{"StreamName":"s","RetentionPeriodHours":24}`,
		"SplitShard": `{"StreamName":"s","ShardToSplit":"9","NewStartingHashKey":"9"}`, "MergeShards": `{"StreamName":"s","ShardToMerge":"8","AdjacentShardToMerge":"9"}`,
		"UpdateShardCount": `{"StreamName":"s","TargetShardCount":9,"ScalingType":"UNIFORM_SCALING"}`, "UpdateStreamWarmThroughput": `{"StreamName":"s","WarmThroughputMiBps":1}`,
		"UpdateStreamMode": `{"StreamARN":"` + testStreamARN + `","StreamModeDetails":{"StreamMode":"PROVISIONED"}}`, "RegisterStreamConsumer": `{"StreamARN":"` + testStreamARN + `","ConsumerName":"app"}`,
		"StartStreamEncryption": `{"StreamName":"s","EncryptionType":"NONE","KeyId":"x"}`, "StopStreamEncryption": `{"StreamName":"s","EncryptionType":"NONE","KeyId":"x"}`,
		"EnableEnhancedMonitoring": `{"StreamName":"s","ShardLevelMetrics":["ALL"]}`, "DisableEnhancedMonitoring": `{"StreamName":"s","ShardLevelMetrics":["ALL"]}`,
		"DeleteStream": `{"StreamName":"none"}`, "DescribeStreamConsumer": byConsumer, "DeregisterStreamConsumer": byConsumer + " ",
	}
	served := map[string]bool{}
	for _, op := range w.svc.Operations() {
		served[op.Model.Name] = true
	}
	for action, rate := range callRates {
		if !served[action] {
			continue
		}
		body := bodies[action]
		if body == "" {
			body = byARN
		}
		w.advance(2 * time.Second)
		text := "Rate exceeded for stream s under account 123456789012."
		switch {
		case action == "DeleteStream":
			text = "Rate exceeded for stream none under account 123456789012."
		case !strings.Contains(body, "stream") && !strings.Contains(body, "Stream"):
			text = "Rate exceeded for account 123456789012."
		}
		for i := range rate.perSecond {
			if _, got := w.send(action, body); strings.Contains(got, "Rate exceeded") {
				t.Fatalf("%s: call %d of %d is too many", action, i+1, rate.perSecond)
			}
		}
		w.refused(action, body, "LimitExceededException", text)
		if _, got := w.sendAs(other, action, body); strings.Contains(got, "Rate exceeded") {
			t.Errorf("%s: another account's calls count too", action)
		}
		w.advance(time.Second/time.Duration(rate.perSecond) + time.Millisecond)
		if _, got := w.send(action, body); strings.Contains(got, "Rate exceeded") {
			t.Errorf("%s: refused after its time", action)
		}
	}
	// A rate for one stream is not another's.
	w.advance(time.Second)
	w.create("t", 1)
	for range 6 {
		w.send("ListStreamConsumers", byARN)
	}
	w.refused("ListStreamConsumers", byARN, "LimitExceededException", "Rate exceeded for stream s under account 123456789012.")
	w.ok("ListStreamConsumers", `{"StreamARN":%q}`, streamOf("t"))
	w.advance(time.Second)
	w.work()
	if n := len(w.svc.rates.left); n != 0 {
		t.Errorf("%d counts of calls are kept without need", n)
	}
}

func TestRatesAreBounded(t *testing.T) {
	r := &rates{left: map[rateKey]bucket{}}
	take := func(i int, now time.Time) error {
		return r.take(account{fmt.Sprint(i), testRegion}, "ListStreams", streamKey{}, now)
	}
	for i := range rateKeysMax {
		if err := take(i, epoch); err != nil {
			t.Fatal(err)
		}
	}
	if take(rateKeysMax, epoch) == nil || len(r.left) != rateKeysMax {
		t.Errorf("%d accounts are counted", len(r.left))
	}
	if err := take(rateKeysMax, epoch.Add(time.Second)); err != nil || len(r.left) != 1 {
		t.Errorf("a second later: %v, with %d counted", err, len(r.left))
	}
}

func TestNothingIsLimitedUnlessAsked(t *testing.T) {
	w := newWorld(t)
	w.create("s", 2)
	for range 3 {
		if got := w.ok("PutRecords", `{"StreamName":"s","Records":[%s]}`, recordsTo(0, 500, 2000)).at("FailedRecordCount"); got != 0.0 {
			t.Fatalf("%v records failed", got)
		}
	}
	for range 30 {
		w.ok("GetRecords", `{"ShardIterator":%q,"Limit":1}`, w.iterator("s", `"ShardIteratorType":"TRIM_HORIZON"`))
		w.ok("DescribeLimits", `{}`)
	}
}

func TestBucketOfAClockSetBack(t *testing.T) {
	var b bucket
	b.fill(10000, 5)
	b.left = 0
	if b.fill(9000, 5); b.left != 0 {
		t.Errorf("a step back brought %v", b.left)
	}
	if b.fill(9200, 5); b.left != 1*thousandths {
		t.Errorf("200 ms later there is %v, want 1", b.left)
	}
}
