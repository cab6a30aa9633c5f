package kinesis

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"math/rand"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hookswitch/hookswitch/internal/courier"
	"github.com/hookswitch/hookswitch/internal/keys"
	"github.com/hookswitch/hookswitch/internal/keys/local"
	"github.com/hookswitch/hookswitch/internal/storage"
	"github.com/hookswitch/hookswitch/internal/storage/memory"
	"github.com/hookswitch/hookswitch/internal/wire"
)

var testKeys = keys.Caller{Account: testAccount, Region: testRegion}

// keyed is a world with keys. Its provider counts what it is asked, and can be made to refuse.
type keyed struct {
	*world
	keys *local.Store

	keys.Provider
	generated, unwrapped atomic.Int64
	refuse               atomic.Pointer[keys.Error]
}

func newKeyed(t testing.TB, change ...func(*Config)) *keyed {
	t.Helper()
	k := &keyed{}
	k.world = newWorld(t, append(change, func(c *Config) { c.Keys = k })...)
	var err error
	k.keys, err = local.Open(context.Background(), local.Config{Storage: memory.New(memory.Config{Clock: k.clock}), Clock: k.clock,
		Random: rand.New(rand.NewSource(2)), Root: bytes.Repeat([]byte{1}, local.RootBytes)})
	if err != nil {
		t.Fatal(err)
	}
	k.Provider = k.keys
	return k
}

func (k *keyed) refusal() error {
	if e := k.refuse.Load(); e != nil {
		return e
	}
	return nil
}

func (k *keyed) Check(ctx context.Context, c keys.Caller, key string, use keys.Use) error {
	if err := k.refusal(); err != nil {
		return err
	}
	return k.Provider.Check(ctx, c, key, use)
}

func (k *keyed) Generate(ctx context.Context, c keys.Caller, key string, about keys.Context) (keys.DataKey, error) {
	k.generated.Add(1)
	if err := k.refusal(); err != nil {
		return keys.DataKey{}, err
	}
	return k.Provider.Generate(ctx, c, key, about)
}

func (k *keyed) Unwrap(ctx context.Context, c keys.Caller, wrapped []byte, about keys.Context) (keys.DataKey, error) {
	k.unwrapped.Add(1)
	if err := k.refusal(); err != nil {
		return keys.DataKey{}, err
	}
	return k.Provider.Unwrap(ctx, c, wrapped, about)
}

// key makes a key with an alias and returns its ARN.
func (k *keyed) key(alias string) string {
	k.t.Helper()
	made, err := k.keys.Create(k.t.Context(), testKeys, "", alias)
	if err != nil {
		k.t.Fatal(err)
	}
	return made.ARN
}

func (k *keyed) enable(key string, enabled bool) {
	k.t.Helper()
	if _, err := k.keys.SetEnabled(k.t.Context(), testKeys, key, enabled); err != nil {
		k.t.Fatal(err)
	}
}

// encrypt starts encryption of a stream.
func (k *keyed) encrypt(stream, key string) {
	k.t.Helper()
	k.ok("StartStreamEncryption", `{"StreamName":%q,"EncryptionType":"KMS","KeyId":%q}`, stream, key)
}

// data puts one record and returns its answer.
func (k *keyed) data(stream, partition, text string) answer {
	k.t.Helper()
	return k.ok("PutRecord", `{"StreamName":%q,"PartitionKey":%q,"Data":%q}`, stream, partition, base64Of(text))
}

func base64Of(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }

// read returns what GetRecords answers from the oldest record on: data, with a lock where it was encrypted.
func (k *keyed) read(stream string) (all string) {
	k.t.Helper()
	for it := k.iterator(stream, `"ShardIteratorType":"TRIM_HORIZON"`); it != ""; {
		out := k.ok("GetRecords", `{"ShardIterator":%q}`, it)
		if len(out.list("Records")) == 0 {
			break
		}
		all += records(out)
		it = out.text("NextShardIterator")
	}
	return strings.TrimSpace(all)
}

func records(out answer) (all string) {
	for i := range out.list("Records") {
		at := fmt.Sprintf("Records.%d.", i)
		all += decodeBase64(out.text(at + "Data"))
		switch out.at(at + "EncryptionType") {
		case "KMS":
			all += "*"
		case nil:
		default:
			all += "?"
		}
		all += " "
	}
	return all
}

// stored returns all that the logs of the service hold.
func (k *keyed) stored() []byte {
	k.t.Helper()
	var all []byte
	for _, name := range append(k.logs(), metaLog) {
		log, err := k.cfg.Storage.Open(k.t.Context(), name, storage.Config{Latest: name == metaLog})
		if err != nil {
			k.t.Fatal(err)
		}
		recs, err := log.Read(k.t.Context(), storage.Range{})
		if err != nil {
			k.t.Fatal(err)
		}
		for _, r := range recs {
			all = append(all, r.Data...)
		}
	}
	return all
}

func TestEncryption(t *testing.T) {
	k := newKeyed(t)
	k.create("s", 1)
	describe := func() string {
		s := k.ok("DescribeStreamSummary", `{"StreamName":"s"}`)
		d := k.ok("DescribeStream", `{"StreamName":"s"}`)
		if s.at("StreamDescriptionSummary.KeyId") != d.at("StreamDescription.KeyId") || s.at("StreamDescriptionSummary.EncryptionType") != d.at("StreamDescription.EncryptionType") {
			t.Errorf("the summary differs: %v, %v", s, d)
		}
		return fmt.Sprint(d.at("StreamDescription.EncryptionType"), " ", d.at("StreamDescription.KeyId"), " ", d.text("StreamDescription.StreamStatus"))
	}
	if got := describe(); got != "NONE <nil> ACTIVE" {
		t.Errorf("at first: %s", got)
	}
	if got := k.data("s", "k", "in-clear-1"); got.at("EncryptionType") != nil {
		t.Errorf("a plain put answers %v", got)
	}
	k.encrypt("s", "alias/aws/kinesis")
	if got := describe(); got != "KMS alias/aws/kinesis ACTIVE" {
		t.Errorf("encrypted: %s", got)
	}
	if got := k.data("s", "k", "sealed-1"); got.text("EncryptionType") != "KMS" || got.text("SequenceNumber") == "" {
		t.Errorf("a sealed put answers %v", got)
	}
	if got := k.ok("PutRecords", `{"StreamName":"s","Records":[{"PartitionKey":"k","Data":%q},{"PartitionKey":"k","Data":""}]}`, base64Of("sealed-2")); got.text("EncryptionType") != "KMS" {
		t.Errorf("a sealed batch answers %v", got)
	}
	own := k.key("alias/own")
	k.encrypt("s", own)
	if got := describe(); got != "KMS "+own+" ACTIVE" {
		t.Errorf("with another key: %s", got)
	}
	k.data("s", "k", "sealed-3")
	k.ok("StopStreamEncryption", `{"StreamName":"s","EncryptionType":"KMS","KeyId":"alias/own"}`)
	if got := describe(); got != "NONE <nil> ACTIVE" {
		t.Errorf("stopped: %s", got)
	}
	if got := k.ok("PutRecords", `{"StreamName":"s","Records":[{"PartitionKey":"k","Data":%q}]}`, base64Of("in-clear-2")); got.at("EncryptionType") != nil {
		t.Errorf("a plain batch answers %v", got)
	}
	const want = "in-clear-1 sealed-1* sealed-2* * sealed-3* in-clear-2"
	if got := k.read("s"); got != want {
		t.Errorf("read %s, want %s", got, want)
	}
	k.reopen()
	if got := k.read("s"); got != want {
		t.Errorf("after a restart: %s", got)
	}
	stored := k.stored()
	if bytes.Contains(stored, []byte("sealed-")) || !bytes.Contains(stored, []byte("in-clear-1")) || !bytes.Contains(stored, []byte("in-clear-2")) {
		t.Error("what is sealed is stored in clear, or what is not is not")
	}
}

func TestStartAndStopAreRefused(t *testing.T) {
	k := newKeyed(t)
	k.create("s", 1)
	own := k.key("alias/own")
	const none = "00000000-0000-4000-8000-000000000000"
	start := func(kind, key string) string {
		return fmt.Sprintf(`{"StreamName":"s","EncryptionType":%q,"KeyId":%q}`, kind, key)
	}
	k.refused("StartStreamEncryption", start("NONE", own), "InvalidArgumentException", "EncryptionType NONE is not valid here. The only valid value is KMS.")
	k.refused("StopStreamEncryption", start("NONE", own), "InvalidArgumentException", "EncryptionType NONE is not valid here. The only valid value is KMS.")
	k.refused("StartStreamEncryption", start("KMS", none), "KMSNotFoundException", "Key 'arn:aws:kms:eu-west-3:123456789012:key/"+none+"' does not exist")
	k.refused("StartStreamEncryption", start("KMS", "alias/none"), "KMSNotFoundException", "Alias arn:aws:kms:eu-west-3:123456789012:alias/none is not found.")
	k.refused("StartStreamEncryption", `{"StreamName":"t","EncryptionType":"KMS","KeyId":"x"}`, "ResourceNotFoundException", "Stream t under account 123456789012 not found.")
	foreign := "arn:aws:kms:eu-west-3:999999999999:key/" + none
	k.refused("StartStreamEncryption", start("KMS", foreign), "KMSAccessDeniedException",
		"User: arn:aws:iam::123456789012:root is not authorized to perform: kms:DescribeKey on resource: "+foreign+" because no resource-based policy allows the kms:DescribeKey action")
	k.enable(own, false)
	k.refused("StartStreamEncryption", start("KMS", own), "KMSDisabledException", own+" is disabled.")
	if _, err := k.keys.ScheduleDeletion(t.Context(), testKeys, own, 7); err != nil {
		t.Fatal(err)
	}
	k.refused("StartStreamEncryption", start("KMS", own), "KMSInvalidStateException", own+" is pending deletion.")
	k.ok("StopStreamEncryption", start("KMS", own)) // nothing to stop

	k.encrypt("s", "alias/aws/kinesis")
	k.refused("StopStreamEncryption", start("KMS", own), "InvalidArgumentException", "Stream s under account 123456789012 is not encrypted with key "+own+".")
	k.refused("StopStreamEncryption", start("KMS", "alias/none"), "InvalidArgumentException", "Stream s under account 123456789012 is not encrypted with key alias/none.")
	k.ok("StopStreamEncryption", start("KMS", k.state("s").Key))

	w := newWorld(t) // without a provider of keys
	w.create("s", 1)
	w.refused("StartStreamEncryption", start("KMS", "alias/aws/kinesis"), "KMSNotFoundException", "There is no key: no key provider is set up.")
}

func TestEncryptionIsATransition(t *testing.T) {
	k := newKeyed(t, func(c *Config) { c.TransitionDelay = time.Second })
	k.create("s", 1)
	k.advance(time.Second)
	k.encrypt("s", "alias/aws/kinesis")
	const start = `{"StreamName":"s","EncryptionType":"KMS","KeyId":"alias/aws/kinesis"}`
	for _, op := range []string{"StartStreamEncryption", "StopStreamEncryption"} {
		k.refused(op, start, "ResourceInUseException", "Stream s under account 123456789012 not ACTIVE, instead in state UPDATING")
	}
	if got := k.data("s", "k", "meanwhile"); got.text("EncryptionType") != "KMS" {
		t.Errorf("a put meanwhile answers %v", got)
	}
	k.advance(time.Second)
	k.ok("StopStreamEncryption", start)
	if got := k.read("s"); got != "meanwhile*" {
		t.Errorf("read %s", got)
	}
}

func TestEncryptionIsStartedAndStoppedSoOftenADay(t *testing.T) {
	k := newKeyed(t)
	k.create("s", 1)
	const body = `{"StreamName":"s","EncryptionType":"KMS","KeyId":"alias/aws/kinesis"}`
	for range encryptionChangesPerDayMax {
		k.ok("StartStreamEncryption", body)
		k.ok("StopStreamEncryption", body)
	}
	k.refused("StartStreamEncryption", body, "LimitExceededException", "Encryption of stream s under account 123456789012 can be started 25 times in 24 hours.")
	k.advance(24 * time.Hour)
	k.ok("StartStreamEncryption", body)
	for range encryptionChangesPerDayMax - 1 {
		k.ok("StopStreamEncryption", body)
		k.ok("StartStreamEncryption", body)
	}
	k.advance(time.Hour)
	k.ok("StopStreamEncryption", body)
	k.advance(23 * time.Hour)
	k.ok("StartStreamEncryption", body)
	k.ok("StopStreamEncryption", body)
}

// TestRefusedKeys has the provider refuse in each of its ways: everybody who needs the key is told as AWS words it, and all
// go on when it does not refuse any more.
func TestRefusedKeys(t *testing.T) {
	for kind, code := range map[keys.Kind]string{
		keys.NotFound: "KMSNotFoundException", keys.Disabled: "KMSDisabledException", keys.InvalidState: "KMSInvalidStateException",
		keys.AccessDenied: "KMSAccessDeniedException", keys.OptIn: "KMSOptInRequired", keys.Throttling: "KMSThrottlingException",
	} {
		t.Run(string(kind), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				k := newKeyed(t)
				k.create("s", 1)
				k.encrypt("s", "alias/aws/kinesis")
				k.data("s", "k", "a")
				consumer := k.register("app")
				l := k.listen(t, consumer, `"Type":"TRIM_HORIZON"`)
				if got := l.next(); len(got) != 1 || records(got[0]) != "a* " {
					t.Fatalf("the subscription hears %v", got)
				}
				it := k.iterator("s", `"ShardIteratorType":"TRIM_HORIZON"`)
				k.refuse.Store(&keys.Error{Kind: kind, Message: "words of the provider"})
				body := fmt.Sprintf(`{"ShardIterator":%q}`, it)
				k.refused("PutRecord", `{"StreamName":"s","PartitionKey":"k","Data":"YQ=="}`, code, "words of the provider")
				k.refused("PutRecords", `{"StreamName":"s","Records":[{"PartitionKey":"k","Data":"YQ=="}]}`, code, "words of the provider")
				k.refused("GetRecords", body, code, "words of the provider")
				k.refused("StartStreamEncryption", `{"StreamName":"s","EncryptionType":"KMS","KeyId":"alias/aws/kinesis"}`, code, "words of the provider")
				if l.ended() {
					t.Error("a subscription ends though nothing came")
				}
				k.advance(takeoverAfter)
				late := k.listen(t, consumer, `"Type":"TRIM_HORIZON"`)
				if got := late.next(); len(got) != 1 || got[0].text("exception") != code || got[0].text("message") != "words of the provider" || !late.ended() {
					t.Errorf("a subscription with a refused key hears %v", got)
				}
				k.refuse.Store(nil)
				k.data("s", "k", "b")
				if got := k.read("s"); got != "a* b*" {
					t.Errorf("afterwards there is %s", got)
				}
			})
		})
	}
}

// TestADisabledKey stops producers and consumers, subscriptions among them; enabled again all go on, and nothing is lost.
func TestADisabledKey(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := newKeyed(t)
		k.create("s", 1)
		own := k.key("alias/own")
		k.data("s", "k", "clear")
		k.encrypt("s", "alias/own")
		k.data("s", "k", "one")
		consumer := k.register("app")
		l := k.listen(t, consumer, `"Type":"TRIM_HORIZON"`)
		if got := l.next(); len(got) != 1 || records(got[0]) != "clear one* " {
			t.Fatalf("the subscription hears %v", got)
		}
		k.enable(own, false)
		k.refused("PutRecord", `{"StreamName":"s","PartitionKey":"k","Data":"YQ=="}`, "KMSDisabledException", own+" is disabled.")
		// What is not sealed can still be read.
		out := k.ok("GetRecords", `{"ShardIterator":%q}`, k.iterator("s", `"ShardIteratorType":"TRIM_HORIZON"`))
		if records(out) != "clear " || out.at("MillisBehindLatest") == nil {
			t.Errorf("before the sealed record there is %v", out)
		}
		k.refused("GetRecords", fmt.Sprintf(`{"ShardIterator":%q}`, out.text("NextShardIterator")), "KMSDisabledException", own+" is disabled.")
		k.advance(takeoverAfter)
		late := k.listen(t, consumer, `"Type":"TRIM_HORIZON"`)
		if got := late.next(); len(got) != 2 || records(got[0]) != "clear " || got[1].text("exception") != "KMSDisabledException" || !late.ended() {
			t.Errorf("a subscription with a disabled key hears %v", got)
		}
		_, err := k.svc.Deliver(t.Context(), streamOf("s"), []courier.Item{{Key: "k", Data: []byte("x")}})
		if err != nil {
			t.Fatal(err)
		}
		k.enable(own, true)
		k.data("s", "k", "two")
		if got := k.ok("GetRecords", `{"ShardIterator":%q}`, out.text("NextShardIterator")); records(got) != "one* two* " {
			t.Errorf("enabled again, the iterator gives %v", got)
		}
		k.advance(takeoverAfter)
		again := k.listen(t, consumer, `"Type":"TRIM_HORIZON"`)
		if got := again.next(); len(got) != 1 || records(got[0]) != "clear one* two* " {
			t.Errorf("enabled again, the subscription hears %v", got)
		}
		// A subscription that listens when the key is disabled hears of it with the next record that it cannot read.
		k.ok("StopStreamEncryption", `{"StreamName":"s","EncryptionType":"KMS","KeyId":"alias/own"}`)
		k.enable(own, false)
		k.data("s", "k", "plain")
		if got := again.next(); len(got) != 1 || records(got[0]) != "plain " || again.ended() {
			t.Errorf("a record in clear comes as %v", got)
		}
	})
}

// TestSubscribersShareNoRights: a page that one subscriber has opened is not shown to another who may not read it.
func TestSubscribersShareNoRights(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := newKeyed(t)
		k.create("s", 1)
		k.encrypt("s", k.key("alias/own"))
		k.data("s", "k", "a")
		cur := k.state("s")
		log, err := cur.logs.open(t.Context(), 0)
		if err != nil {
			t.Fatal(err)
		}
		f, err := k.svc.fanout.join(t.Context(), &subscription{s: k.svc, stream: k.svc.known(cur.key), key: subscriptionKey{stream: cur.ID}}, cur.shards.all[0], log)
		if err != nil {
			t.Fatal(err)
		}
		defer k.svc.fanout.leave(f)
		read := func(principal string) (int, error) {
			who := keyUser(courier.WithSender(t.Context(), principal), cur)
			p, err := f.read(t.Context(), who, cur, cur.shards.all[0], 0, 0, 0)
			if err != nil {
				return 0, err
			}
			return len(p.records), nil
		}
		if _, err := k.keys.Deny(t.Context(), testKeys, cur.Key, local.Statement{Principal: "lambda.amazonaws.com"}); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if n, err := read("connect.amazonaws.com"); n != 1 || err != nil {
				t.Errorf("who may read gets %d records, %v", n, err)
			}
			if _, err := read("lambda.amazonaws.com"); refusedKey(cur, err) == nil {
				t.Errorf("who may not read gets %v", err)
			}
		}
	})
}

// TestDataKeys: one for five minutes, or so many bytes, or until a decision about keys; kept for reading, up to a bound.
func TestDataKeys(t *testing.T) {
	k := newKeyed(t)
	k.create("s", 1)
	own := k.key("alias/own")
	k.encrypt("s", own)
	want := int64(0)
	put := func(text string, more int64) {
		t.Helper()
		k.data("s", "k", text)
		if want += more; k.generated.Load() != want {
			t.Errorf("%s: %d data keys were made, want %d", text, k.generated.Load(), want)
		}
	}
	put("first", 1)
	put("same", 0)
	k.advance(dataKeyLife - time.Millisecond)
	put("just-in-time", 0)
	k.advance(time.Millisecond)
	put("later", 1)
	cur := k.state("s")
	sealing := cur.logs.vault.sealing.Load()
	if _, err := k.svc.sealingKey(k.ctx, cur, millis(k.clock.Now()), int(sealing.room.Load())); err != nil || k.generated.Load() != want {
		t.Errorf("what just fits: %d data keys, %v", k.generated.Load(), err)
	}
	put("full", 1)
	k.encrypt("s", "alias/aws/kinesis")
	put("other-key", 1)
	k.encrypt("s", "alias/own")
	put("back", 1)
	k.enable(own, false)
	k.enable(own, true)
	put("after-a-decision", 1)
	if got := k.read("s"); strings.Count(got, "*") != 8 {
		t.Errorf("read %s", got)
	}
	if got := k.unwrapped.Load(); got != want {
		t.Errorf("%d data keys were unwrapped, want %d", got, want)
	}
	k.read("s")
	if got := k.unwrapped.Load(); got != want {
		t.Errorf("reading again unwraps %d data keys", got-want)
	}
	k.enable(own, false)
	k.enable(own, true)
	k.read("s")
	if got := k.unwrapped.Load(); got != 2*want {
		t.Errorf("after a decision %d data keys are unwrapped anew, want %d", got-want, want)
	}
	for range openedKeysMax {
		k.advance(dataKeyLife)
		put("more", 1)
	}
	before := k.unwrapped.Load()
	if got := k.read("s"); strings.Count(got, "*") != 8+openedKeysMax {
		t.Errorf("%d records come back", strings.Count(got, "*"))
	}
	v := &k.state("s").logs.vault
	if n, more := len(v.opened), k.unwrapped.Load()-before; n != openedKeysMax || more != openedKeysMax {
		t.Errorf("%d data keys are kept, want %d; %d were unwrapped", n, openedKeysMax, more)
	}
}

// TestDataKeysGoWithTheirRecords, and not before, also when the clock was set back while they were in use.
func TestDataKeysGoWithTheirRecords(t *testing.T) {
	k := newKeyed(t)
	k.create("s", 1)
	k.encrypt("s", "alias/aws/kinesis")
	stored := func() (n int) {
		log, err := k.state("s").logs.openKeys(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		first, last, err := log.Bounds(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return int(last + 1 - first)
	}
	k.data("s", "k", "one")
	k.advance(2 * dataKeyLife)
	k.data("s", "k", "two")
	k.advance(24*time.Hour - 2*dataKeyLife) // one is about to expire
	k.work()
	if got := k.read("s"); got != "one* two*" || stored() != 2 {
		t.Errorf("there is %s, and %d data keys", got, stored())
	}
	k.advance(dataKeyLife + time.Second)
	k.work()
	if got := k.read("s"); got != "two*" || stored() != 2 {
		t.Errorf("there is %s, and %d data keys", got, stored())
	}
	k.advance(dataKeyMargin)
	k.data("s", "k", "three")
	k.work()
	if got := k.read("s"); got != "three*" || stored() != 2 {
		t.Errorf("a day later there is %s, and %d data keys, want two's and three's", got, stored())
	}
	k.advance(dataKeyMargin)
	k.work()
	if stored() != 1 {
		t.Errorf("another day later there are %d data keys, want three's", stored())
	}

	keyLog, err := k.state("s").logs.openKeys(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for range storage.MaxBatch + 1 { // more than one round takes
		if _, err := keyLog.Append(t.Context(), storage.Entry{Key: dataKeyEntry, Data: appendDataKey(nil, 0, []byte("wrapped"))}); err != nil {
			t.Fatal(err)
		}
	}
	k.advance(2 * dataKeyMargin)
	k.work()
	if n := stored(); n != 2 {
		t.Errorf("after one round %d data keys are left, want 2", n)
	}
	k.advance(time.Minute)
	k.work()
	if n := stored(); n != 0 {
		t.Errorf("after two rounds %d data keys are left", n)
	}

	// The log's clock stays ahead of one that is set back: data keys follow the former.
	log, err := k.state("s").logs.open(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	ahead := millis(k.clock.Now().Add(72 * time.Hour))
	log.newest.Store(ahead)
	k.data("s", "k", "ahead")
	recs, err := log.Read(t.Context(), storage.Range{From: 4})
	if err != nil || len(recs) != 1 {
		t.Fatalf("%d records, %v", len(recs), err)
	}
	if until := k.state("s").logs.vault.sealing.Load().until; until <= ahead {
		t.Errorf("a record of %d is sealed with a data key until %d", ahead, until)
	}
}

func TestADeletedStreamLeavesNoDataKeys(t *testing.T) {
	k := newKeyed(t)
	k.create("s", 1)
	k.encrypt("s", "alias/aws/kinesis")
	k.data("s", "k", "one")
	if n := len(k.logs()); n != 2 {
		t.Fatalf("%d logs: %v", n, k.logs())
	}
	k.ok("DeleteStream", `{"StreamName":"s"}`)
	k.create("s", 1)
	k.work()
	if logs := k.logs(); len(logs) != 0 {
		t.Errorf("the deleted stream left %v", logs)
	}
	k.data("s", "k", "plain")
	if got := k.read("s"); got != "plain" {
		t.Errorf("the new stream has %s", got)
	}
}

// TestSealedRecordsAreBound: altered, or in another shard's or stream's place, a sealed record is not read as if nothing was.
func TestSealedRecordsAreBound(t *testing.T) {
	k := newKeyed(t)
	k.create("s", 2)
	k.encrypt("s", "alias/aws/kinesis")
	k.ok("PutRecord", `{"StreamName":"s","PartitionKey":"key","ExplicitHashKey":"0","Data":%q}`, base64Of("text"))
	cur := k.state("s")
	log, err := cur.logs.open(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	recs, err := log.Read(t.Context(), storage.Range{})
	if err != nil || len(recs) != 1 {
		t.Fatal(len(recs), err)
	}
	stored := recs[0].Data
	open := func(b []byte, st *streamState, sh *shard) (string, error) {
		r, err := decodeRecord(b)
		if err != nil {
			return "", err
		}
		p := &page{records: []record{r}, seqs: []uint64{1}}
		err = k.svc.unseal(k.ctx, st, sh, p, keyUser(k.ctx, st))
		return string(p.records[0].data), err
	}
	if got, err := open(bytes.Clone(stored), cur, cur.shards.all[0]); got != "text" || err != nil {
		t.Fatalf("untouched: %q, %v", got, err)
	}
	for i := range stored {
		b := bytes.Clone(stored)
		b[i] ^= 1
		if got, err := open(b, cur, cur.shards.all[0]); err == nil && i != 1 { // without its flag it is a plain record of noise
			t.Errorf("with byte %d altered: %q", i, got)
		}
		if got, err := open(stored[:i:i], cur, cur.shards.all[0]); err == nil {
			t.Errorf("cut at %d: %q", i, got)
		}
	}
	if got, err := open(bytes.Clone(stored), cur, cur.shards.all[1]); err == nil {
		t.Errorf("in another shard: %q", got)
	}
	other := *cur
	other.ID = "other"
	if got, err := open(bytes.Clone(stored), &other, cur.shards.all[0]); err == nil {
		t.Errorf("in another stream: %q", got)
	}
	b := bytes.Clone(stored) // with a data key that is not there
	r, err := decodeRecord(b)
	if err != nil {
		t.Fatal(err)
	}
	b[len(r.head)-9] = 77
	if _, err := open(b, cur, cur.shards.all[0]); !errors.Is(err, errNoDataKey) {
		t.Errorf("with a data key that is not there: %v", err)
	}
}

// TestNothingIsStoredWithoutItsDataKey: the data key is durable first.
func TestNothingIsStoredWithoutItsDataKey(t *testing.T) {
	k := newKeyed(t)
	disk := &failing{Engine: k.cfg.Storage, fail: map[string]error{"-keys": errors.New("the disk is broken")}}
	var err error
	k.cfg.Storage = disk
	if k.svc, err = New(k.ctx, k.cfg); err != nil {
		t.Fatal(err)
	}
	k.create("s", 1)
	k.encrypt("s", "alias/aws/kinesis")
	if status, text := k.send("PutRecord", `{"StreamName":"s","PartitionKey":"k","Data":"YQ=="}`); status != 500 {
		t.Errorf("without a place for the data key: %d %s", status, text)
	}
	disk.fail = nil
	k.data("s", "k", "a")
	if got := k.read("s"); got != "a*" {
		t.Errorf("read %s", got)
	}
}

// TestEverythingPutAfterTheStartIsSealed has producers put while encryption starts and stops again and again.
func TestEverythingPutAfterTheStartIsSealed(t *testing.T) {
	k := newKeyed(t)
	k.create("s", 20) // two logs
	const changes = encryptionChangesPerDayMax
	var state atomic.Int64 // odd: encrypted, and has been for a while
	var all sync.WaitGroup
	stop := make(chan struct{})
	for p := range 4 {
		all.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				default:
				}
				before := state.Load()
				out := k.ok("PutRecords", `{"StreamName":"s","Records":[{"PartitionKey":"a%d-%d","Data":"YQ=="},{"PartitionKey":"b%d-%d","Data":"YQ=="},{"PartitionKey":"c%d-%d","Data":"YQ=="}]}`, p, i, p, i, p, i)
				if after := state.Load(); before == after && (before%4 == 1) != (out.text("EncryptionType") == "KMS") && before%2 == 1 {
					t.Errorf("in state %d a put answers %v", before, out["EncryptionType"])
				}
			}
		})
	}
	for range changes {
		k.encrypt("s", "alias/aws/kinesis")
		state.Add(1)
		for n := k.puts(); k.puts() < n+4; {
			k.ok("DescribeLimits", `{}`)
		}
		state.Add(1)
		k.ok("StopStreamEncryption", `{"StreamName":"s","EncryptionType":"KMS","KeyId":"alias/aws/kinesis"}`)
		state.Add(1)
		for n := k.puts(); k.puts() < n+4; {
			k.ok("DescribeLimits", `{}`)
		}
		state.Add(1)
	}
	close(stop)
	all.Wait()
	items, _ := k.drain("s", "")
	slices.Sort(items)
	if n := len(slices.Compact(slices.Clone(items))); n != len(items) || n == 0 {
		t.Errorf("%d records, of which %d differ", len(items), n)
	}
}

// puts counts the records stored.
func (k *keyed) puts() (n uint64) {
	for i := range k.state("s").logCount() {
		log, err := k.state("s").logs.open(context.Background(), i)
		if err != nil {
			k.t.Fatal(err)
		}
		_, last, err := log.Bounds(context.Background())
		if err != nil {
			k.t.Fatal(err)
		}
		n += last
	}
	return n
}

// TestSealedRecordsThroughTheCourier: delivered, read, through a split and a merge, with the right of who delivers.
func TestSealedRecordsThroughTheCourier(t *testing.T) {
	k := newKeyed(t)
	k.create("s", 1)
	own := k.key("alias/own")
	k.encrypt("s", "alias/own")
	ctx := courier.WithSender(t.Context(), "connect.amazonaws.com")
	deliver := func(key string) error {
		failed, err := k.svc.Deliver(ctx, streamOf("s"), []courier.Item{{Key: key, Data: []byte(key), Lineage: "contact 7"}})
		if err != nil {
			t.Fatal(err)
		}
		if len(failed) > 0 {
			return failed[0].Err
		}
		return nil
	}
	for i, change := range []func(){func() {}, func() { k.split("s", 0) }, func() { k.merge("s", 1, 2) }} {
		change()
		if err := deliver(fmt.Sprint("d", i)); err != nil {
			t.Fatal(err)
		}
	}
	got, _ := k.drain("s", "")
	if strings.Join(got, " ") != "d0 d1 d2" {
		t.Errorf("read %v", got)
	}
	items, _, err := k.svc.Read(ctx, streamOf("s"), "")
	if err != nil || len(items) != 1 || string(items[0].Data) != "d0" || items[0].Lineage != "contact 7" {
		t.Errorf("read %+v, %v", items, err)
	}
	if _, err := k.keys.Deny(t.Context(), testKeys, own, local.Statement{Principal: "connect.amazonaws.com", Uses: []keys.Use{keys.GenerateDataKey}}); err != nil {
		t.Fatal(err)
	}
	for what, err := range map[string]error{"Deliver": deliver("d3"), "Check": k.svc.Check(ctx, streamOf("s"))} {
		var refused *keys.Error
		if !errors.As(err, &refused) || refused.Kind != keys.AccessDenied || refused.Who != "connect.amazonaws.com" || errors.Is(err, courier.ErrRefused) || errors.Is(err, courier.ErrNoSuchTarget) {
			t.Errorf("%s with a denied key: %v", what, err)
		}
	}
	k.data("s", "k", "mine") // others may
	if _, err := k.keys.Allow(t.Context(), testKeys, own, local.Statement{Principal: "connect.amazonaws.com"}); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(deliver("d3"), k.svc.Check(ctx, streamOf("s"))); err != nil {
		t.Error(err)
	}
}

// TestDeniedReaders and writers are told so in the service's words.
func TestDeniedReaders(t *testing.T) {
	k := newKeyed(t)
	k.create("s", 1)
	own := k.key("alias/own")
	k.encrypt("s", "alias/own")
	k.data("s", "k", "a")
	it := k.iterator("s", `"ShardIteratorType":"TRIM_HORIZON"`)
	if _, err := k.keys.Deny(t.Context(), testKeys, own, local.Statement{Principal: testAccount}); err != nil {
		t.Fatal(err)
	}
	k.refused("GetRecords", fmt.Sprintf(`{"ShardIterator":%q}`, it), "KMSAccessDeniedException", "User arn:aws:iam::123456789012:root is not authorized to decrypt records in stream 123456789012:s")
	k.refused("PutRecord", `{"StreamName":"s","PartitionKey":"k","Data":"YQ=="}`, "KMSAccessDeniedException",
		"User: arn:aws:iam::123456789012:root is not authorized to perform: kms:GenerateDataKey on resource: "+own+" with an explicit deny in a resource-based policy")
	if _, text := k.send("GetRecords", fmt.Sprintf(`{"ShardIterator":%q}`, it)); strings.Contains(text, "YQ==") {
		t.Errorf("a refusal carries data: %s", text)
	}
}

// TestLargeAndManySealedRecords keeps to the bounds of a put and of a read, which count what clients see.
func TestLargeAndManySealedRecords(t *testing.T) {
	k := newKeyed(t)
	k.create("s", 1)
	k.encrypt("s", "alias/aws/kinesis")
	k.ok("UpdateMaxRecordSize", `{"StreamARN":%q,"MaxRecordSizeInKiB":10240}`, streamOf("s").String())
	large := strings.Repeat("x", 10<<20-1)
	k.data("s", "k", large)
	k.data("s", "k", "y")
	out := k.ok("GetRecords", `{"ShardIterator":%q}`, k.iterator("s", `"ShardIteratorType":"TRIM_HORIZON"`))
	if n := len(out.list("Records")); n != 1 || decodeBase64(out.text("Records.0.Data")) != large {
		t.Errorf("%d records come with the large one", n)
	}
	for range 3 {
		entries := make([]string, putRecordsMax)
		for i := range entries {
			entries[i] = fmt.Sprintf(`{"PartitionKey":"k","Data":%q}`, base64Of(fmt.Sprint(i)))
		}
		k.ok("PutRecords", `{"StreamName":"s","Records":[%s]}`, strings.Join(entries, ","))
	}
	if got := strings.Count(k.read("s"), "*"); got != 2+3*putRecordsMax {
		t.Errorf("%d records come back", got)
	}
}

// TestAnotherAccountNeedsTheKey: another account that a stream's policy lets in needs the key as well.
func TestAnotherAccountNeedsTheKey(t *testing.T) {
	k := newKeyed(t)
	k.create("s", 1)
	own := k.key("alias/own")
	k.encrypt("s", "alias/own")
	const friend = "999999999999"
	arn := streamOf("s").String()
	k.putPolicy(arn, fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":%q},"Action":"kinesis:PutRecord","Resource":%q}]}`, friend, arn))
	ctx := wire.WithCaller(k.ctx, wire.Caller{Account: friend, Region: testRegion, Partition: "aws"})
	k.refusedAs(ctx, "PutRecord", fmt.Sprintf(`{"StreamARN":%q,"PartitionKey":"k","Data":"YQ=="}`, arn), "KMSAccessDeniedException",
		"User: arn:aws:iam::"+friend+":root is not authorized to perform: kms:GenerateDataKey on resource: "+own+" because no resource-based policy allows the kms:GenerateDataKey action")
	if _, err := k.keys.Allow(t.Context(), testKeys, own, local.Statement{Principal: friend, Uses: []keys.Use{keys.GenerateDataKey}}); err != nil {
		t.Fatal(err)
	}
	if status, text := k.sendAs(ctx, "PutRecord", fmt.Sprintf(`{"StreamARN":%q,"PartitionKey":"k","Data":"YQ=="}`, arn)); status != 200 || !strings.Contains(text, `"EncryptionType":"KMS"`) {
		t.Errorf("with both policies the answer is %d %s", status, text)
	}
	if got := k.read("s"); got != "a*" {
		t.Errorf("read %s", got)
	}
}

func decodeBase64(text string) string {
	b, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return err.Error()
	}
	return string(b)
}
