package local

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/internal/clock"
	"github.com/hookswitch/hookswitch/internal/keys"
	"github.com/hookswitch/hookswitch/internal/storage"
	"github.com/hookswitch/hookswitch/internal/storage/memory"
)

var (
	epoch  = time.Date(2026, 3, 4, 5, 6, 7, 250e6, time.UTC)
	caller = keys.Caller{Account: "123456789012", Region: "eu-west-3", Via: "kinesis"}
	about  = keys.Context{"aws:kinesis:arn": "arn:aws:kinesis:eu-west-3:123456789012:stream/s"}
)

// world is a store on a virtual clock and a disk that outlives it.
type world struct {
	t     *testing.T
	cfg   Config
	clock *clock.Virtual
	disk  *memory.Disk
	log   bytes.Buffer
	*Store
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, clock: clock.NewVirtual(epoch), disk: new(memory.Disk)}
	w.cfg = Config{Clock: w.clock, Random: rand.New(rand.NewSource(1)), Root: bytes.Repeat([]byte{7}, RootBytes),
		Logger: slog.New(slog.NewTextHandler(&w.log, &slog.HandlerOptions{Level: slog.LevelDebug}))}
	w.reopen()
	return w
}

// reopen starts a new store on what the old one left, as after a crash.
func (w *world) reopen() {
	w.t.Helper()
	w.cfg.Storage = memory.New(memory.Config{Clock: w.clock, Disk: w.disk})
	w.Store = w.another()
}

// another opens one more store on the same storage, as another process would.
func (w *world) another() *Store {
	w.t.Helper()
	s, err := Open(w.t.Context(), w.cfg)
	if err != nil {
		w.t.Fatal(err)
	}
	return s
}

func (w *world) advance(d time.Duration) {
	w.t.Helper()
	if err := w.clock.Advance(d); err != nil {
		w.t.Fatal(err)
	}
}

// must returns a key that could be had.
func (w *world) must(k Key, err error) Key {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
	return k
}

func (w *world) generate(key string) keys.DataKey {
	w.t.Helper()
	d, err := w.Generate(w.t.Context(), caller, key, about)
	if err != nil {
		w.t.Fatal(err)
	}
	return d
}

// refused checks that err is a refusal of a kind with a text in it.
func refused(t *testing.T, err error, kind keys.Kind, text string) {
	t.Helper()
	var e *keys.Error
	if !errors.As(err, &e) || e.Kind != kind || !strings.Contains(e.Message, text) {
		t.Errorf("refused with %v, want %s: …%s…", err, kind, text)
	}
}

func TestDataKeys(t *testing.T) {
	w := newWorld(t)
	k := w.must(w.Create(t.Context(), caller, "records", "alias/records"))
	d := w.generate(k.ARN)
	if len(d.Plain) != keys.DataKeyBytes || d.Key != k.ARN || bytes.Contains(d.Wrapped, d.Plain) {
		t.Fatalf("%d bytes under %s", len(d.Plain), d.Key)
	}
	if text := base64.StdEncoding.EncodeToString(d.Wrapped); !strings.HasPrefix(text, "AQICAH") || len(d.Wrapped) != blobBytes {
		t.Errorf("the wrapped key is %d bytes, %s…", len(d.Wrapped), text[:8])
	}
	if other := w.generate(k.ARN); bytes.Equal(other.Plain, d.Plain) || bytes.Equal(other.Wrapped, d.Wrapped) {
		t.Error("two data keys are the same")
	}
	w.reopen()
	got, err := w.Unwrap(t.Context(), caller, d.Wrapped, about)
	if err != nil || !bytes.Equal(got.Plain, d.Plain) || got.Key != k.ARN {
		t.Errorf("after a restart: %v, %v", got, err)
	}
}

// TestAWrappedKeyOpensOnlyAsItWasMade alters each byte, the context, and who asks.
func TestAWrappedKeyOpensOnlyAsItWasMade(t *testing.T) {
	w := newWorld(t)
	k := w.must(w.Create(t.Context(), caller, "", ""))
	d := w.generate(k.ARN)
	for i := range d.Wrapped {
		b := bytes.Clone(d.Wrapped)
		b[i] ^= 1
		if got, err := w.Unwrap(t.Context(), caller, b, about); err == nil {
			t.Errorf("with byte %d altered it opens: %v", i, got)
		}
	}
	for _, b := range [][]byte{nil, {}, d.Wrapped[1:], d.Wrapped[:len(d.Wrapped)-1], append(bytes.Clone(d.Wrapped), 0), make([]byte, blobBytes)} {
		if _, err := w.Unwrap(t.Context(), caller, b, about); !errors.Is(err, errBlob) {
			t.Errorf("%d bytes: %v", len(b), err)
		}
	}
	for _, c := range []keys.Context{nil, {}, {"aws:kinesis:arn": "x"}, {"aws:kinesis:arn": about["aws:kinesis:arn"], "more": ""}} {
		if _, err := w.Unwrap(t.Context(), caller, d.Wrapped, c); !errors.Is(err, errBlob) {
			t.Errorf("in context %v: %v", c, err)
		}
	}
	stranger, elsewhere := caller, caller
	stranger.Account, elsewhere.Region = "999999999999", "us-east-1"
	_, err := w.Unwrap(t.Context(), stranger, d.Wrapped, about)
	refused(t, err, keys.AccessDenied, "User: arn:aws:iam::999999999999:root is not authorized to perform: kms:Decrypt on resource: "+k.ARN+" because no resource-based policy allows the kms:Decrypt action")
	_, err = w.Unwrap(t.Context(), elsewhere, d.Wrapped, about)
	refused(t, err, keys.NotFound, "does not exist")
}

func TestNames(t *testing.T) {
	w := newWorld(t)
	k := w.must(w.Create(t.Context(), caller, "", "alias/my/key_1"))
	for _, name := range []string{k.ID, k.ARN, "alias/my/key_1", "arn:aws:kms:eu-west-3:123456789012:alias/my/key_1"} {
		if got, err := w.Resolve(t.Context(), caller, name); got != k.ARN || err != nil {
			t.Errorf("%s is %s, %v", name, got, err)
		}
	}
	none := "00000000-0000-4000-8000-000000000000"
	for name, want := range map[string]struct {
		kind keys.Kind
		text string
	}{
		none:           {keys.NotFound, "Key 'arn:aws:kms:eu-west-3:123456789012:key/" + none + "' does not exist"},
		"alias/none":   {keys.NotFound, "Alias arn:aws:kms:eu-west-3:123456789012:alias/none is not found."},
		"alias/aws/s3": {keys.NotFound, "alias/aws/s3 is not found."},
		"records":      {keys.NotFound, "Invalid keyId 'records'"},
		"":             {keys.NotFound, "Invalid keyId ''"},
		"arn:aws:kms:us-east-1:123456789012:key/" + k.ID: {keys.NotFound, "Invalid arn us-east-1"},
		"arn:aws:kms:eu-west-3:123456789012:grant/x":     {keys.NotFound, "Invalid arn"},
		"arn:aws:s3:::bucket":                            {keys.NotFound, "Invalid arn"},
		"arn:aws:kms:eu-west-3:999999999999:key/" + k.ID: {keys.AccessDenied, "kms:DescribeKey"},
	} {
		_, err := w.Resolve(t.Context(), caller, name)
		refused(t, err, want.kind, want.text)
	}
}

// TestTheServicesOwnKey appears when it is first named, once, and cannot be changed.
func TestTheServicesOwnKey(t *testing.T) {
	w := newWorld(t)
	other := w.another()
	found := map[string]bool{}
	var mu sync.Mutex
	var all sync.WaitGroup
	for _, s := range []*Store{w.Store, other, w.Store, other} {
		all.Go(func() {
			arn, err := s.Resolve(t.Context(), caller, "alias/aws/kinesis")
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			found[arn] = true
		})
	}
	all.Wait()
	if len(found) != 1 {
		t.Fatalf("alias/aws/kinesis is %v", found)
	}
	k := w.must(w.Describe(t.Context(), caller, "alias/aws/kinesis"))
	if k.Service != "kinesis" || k.State != Enabled || !found[k.ARN] {
		t.Errorf("%+v", k)
	}
	w.generate(k.ARN)
	_, err := w.SetEnabled(t.Context(), caller, k.ID, false)
	refused(t, err, keys.InvalidState, "belongs to kinesis and cannot be changed")
	_, err = w.ScheduleDeletion(t.Context(), caller, k.ID, 7)
	refused(t, err, keys.InvalidState, "belongs to kinesis")
	lambda := caller
	lambda.Via = "lambda"
	refused(t, w.Check(t.Context(), lambda, k.ARN, keys.Decrypt), keys.AccessDenied, "no resource-based policy allows")
}

func TestStates(t *testing.T) {
	w := newWorld(t)
	k := w.must(w.Create(t.Context(), caller, "", "alias/a"))
	d := w.generate(k.ARN)
	version := w.Version()
	change := func(kind string, got Key, err error) {
		t.Helper()
		w.must(got, err)
		if w.Version() <= version {
			t.Errorf("%s: caches are not told", kind)
		}
		version = w.Version()
	}
	check := func(kind keys.Kind, text string) {
		t.Helper()
		_, unwrap := w.Unwrap(t.Context(), caller, d.Wrapped, about)
		_, generate := w.Generate(t.Context(), caller, k.ARN, about)
		for _, err := range []error{unwrap, generate, w.Check(t.Context(), caller, k.ARN, keys.Decrypt), w.Check(t.Context(), caller, k.ARN, keys.GenerateDataKey)} {
			if kind == "" {
				if err != nil {
					t.Error(err)
				}
				continue
			}
			refused(t, err, kind, text)
		}
	}
	got, err := w.SetEnabled(t.Context(), caller, k.ID, false)
	change("disable", got, err)
	check(keys.Disabled, k.ARN+" is disabled.")
	w.reopen()
	version = w.Version()
	check(keys.Disabled, k.ARN+" is disabled.")
	got, err = w.SetEnabled(t.Context(), caller, k.ID, true)
	change("enable", got, err)
	check("", "")
	got, err = w.ScheduleDeletion(t.Context(), caller, k.ID, 7)
	change("schedule", got, err)
	if want := w.clock.Now().Add(7 * 24 * time.Hour); got.DeleteAt.UnixMilli() != want.UnixMilli() || got.State != PendingDeletion {
		t.Errorf("%+v, want deletion at %v", got, want)
	}
	check(keys.InvalidState, k.ARN+" is pending deletion.")
	_, err = w.SetEnabled(t.Context(), caller, k.ID, true)
	refused(t, err, keys.InvalidState, "pending deletion")
	_, err = w.ScheduleDeletion(t.Context(), caller, k.ID, 8)
	refused(t, err, keys.InvalidState, "pending deletion")
	got, err = w.CancelDeletion(t.Context(), caller, k.ID)
	change("cancel", got, err)
	check(keys.Disabled, "is disabled") // as key management leaves it
	_, err = w.CancelDeletion(t.Context(), caller, k.ID)
	refused(t, err, keys.InvalidState, "not pending deletion")
	w.must(w.SetEnabled(t.Context(), caller, k.ID, true))
	check("", "")

	w.must(w.ScheduleDeletion(t.Context(), caller, k.ID, 0))
	w.advance(30*24*time.Hour - time.Millisecond)
	check(keys.InvalidState, "pending deletion")
	w.advance(time.Millisecond)
	check(keys.NotFound, "does not exist")
	for busy := true; busy; {
		if busy, err = w.Work(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	check(keys.NotFound, "does not exist")
	if len(w.known(k.ID).Materials) != 0 || len(w.List("", "")) != 0 || !strings.Contains(w.log.String(), "a key is deleted") {
		t.Errorf("of the deleted key there is %+v; the log says %s", w.known(k.ID), &w.log)
	}
	again := w.must(w.Create(t.Context(), caller, "", "alias/a")) // its alias is free
	w.reopen()
	if got, err := w.Resolve(t.Context(), caller, "alias/a"); got != again.ARN {
		t.Errorf("the alias names %s, %v", got, err)
	}
}

func TestDenials(t *testing.T) {
	w := newWorld(t)
	k := w.must(w.Create(t.Context(), caller, "", ""))
	connect := caller
	connect.Principal = "connect.amazonaws.com"
	can := func() (s string) {
		for _, c := range []keys.Caller{caller, connect} {
			for _, use := range []keys.Use{keys.GenerateDataKey, keys.Decrypt} {
				switch err := w.Check(t.Context(), c, k.ARN, use); {
				case err == nil:
					s += "+"
				default:
					refused(t, err, keys.AccessDenied, "User: "+c.Who()+" is not authorized to perform: kms:"+string(use)+" on resource: "+k.ARN+" with an explicit deny in a resource-based policy")
					s += "-"
				}
			}
		}
		return s
	}
	step := func(want string, got Key, err error) {
		t.Helper()
		if w.must(got, err); can() != want {
			t.Errorf("account and connect can %s, want %s, with %v", can(), want, got.Denials)
		}
	}
	deny := func(p string, uses ...keys.Use) (Key, error) {
		return w.Deny(t.Context(), caller, k.ID, Statement{p, uses})
	}
	allow := func(p string, uses ...keys.Use) (Key, error) {
		return w.Allow(t.Context(), caller, k.ID, Statement{p, uses})
	}
	got, err := deny("connect.amazonaws.com", keys.GenerateDataKey)
	step("++-+", got, err)
	got, err = deny("connect.amazonaws.com", keys.Decrypt, keys.GenerateDataKey)
	step("++--", got, err)
	got, err = allow("connect.amazonaws.com", keys.GenerateDataKey)
	step("+++-", got, err)
	got, err = allow("connect.amazonaws.com")
	step("++++", got, err)
	got, err = deny("arn:aws:iam::123456789012:root", keys.Decrypt) // everybody of the account
	step("+-+-", got, err)
	got, err = deny("*")
	step("----", got, err)
	got, err = allow("*")
	step("+-+-", got, err)
	got, err = allow("123456789012")
	step("++++", got, err)
	for _, d := range []Statement{{"alice", nil}, {"", nil}, {"arn:aws:iam::123456789012:role/r", nil}, {"*", []keys.Use{"Encrypt"}}} {
		var bad *Invalid
		if _, err := w.Deny(t.Context(), caller, k.ID, d); !errors.As(err, &bad) {
			t.Errorf("%v: %v", d, err)
		}
	}
}

// TestGrants lets another account use a key, by its ARN, and takes that back.
func TestGrants(t *testing.T) {
	w := newWorld(t)
	k := w.must(w.Create(t.Context(), caller, "", "alias/a"))
	d := w.generate(k.ARN)
	friend := caller
	friend.Account = "999999999999"
	use := func() (n int) {
		_, unwrap := w.Unwrap(t.Context(), friend, d.Wrapped, about)
		_, generate := w.Generate(t.Context(), friend, k.ARN, about)
		_, resolve := w.Resolve(t.Context(), friend, k.ARN)
		for i, err := range []error{unwrap, generate, resolve} {
			if err == nil {
				n |= 1 << i
				continue
			}
			refused(t, err, keys.AccessDenied, "no resource-based policy allows")
		}
		return n
	}
	step := func(want int, got Key, err error) {
		t.Helper()
		if w.must(got, err); use() != want {
			t.Errorf("with grants %v the other account can %b, want %b", got.Grants, use(), want)
		}
	}
	step(0, k, nil)
	got, err := w.Allow(t.Context(), caller, k.ID, Statement{friend.Account, []keys.Use{keys.Decrypt}})
	step(0b101, got, err)
	got, err = w.Allow(t.Context(), caller, k.ID, Statement{Principal: friend.Account})
	step(0b111, got, err)
	w.reopen()
	step(0b111, got, nil)
	for _, name := range []string{"arn:aws:kms:eu-west-3:123456789012:alias/a", "arn:aws:kms:eu-west-3:123456789012:key/00000000-0000-4000-8000-000000000000"} {
		_, err = w.Resolve(t.Context(), friend, name)
		refused(t, err, keys.AccessDenied, "kms:DescribeKey on resource: "+name)
	}
	got, err = w.Deny(t.Context(), caller, k.ID, Statement{friend.Account, []keys.Use{keys.Decrypt}})
	step(0b110, got, err)
	got, err = w.Deny(t.Context(), caller, k.ID, Statement{Principal: friend.Account})
	step(0, got, err)
	if len(got.Grants)+len(got.Denials) != 0 {
		t.Errorf("of the policy is left %+v", got)
	}
	w.must(w.Allow(t.Context(), caller, k.ID, Statement{Principal: friend.Account}))
	w.must(w.Deny(t.Context(), caller, k.ID, Statement{"*", []keys.Use{keys.Decrypt}})) // a denial goes before
	_, err = w.Unwrap(t.Context(), friend, d.Wrapped, about)
	refused(t, err, keys.AccessDenied, "with an explicit deny")
}

// TestBounds reaches each of them.
func TestBounds(t *testing.T) {
	w := newWorld(t)
	k := w.must(w.Create(t.Context(), caller, strings.Repeat("x", DescriptionMax), ""))
	bad := func(field string, err error) {
		t.Helper()
		var e *Invalid
		if !errors.As(err, &e) || e.Field != field {
			t.Errorf("got %v, want a refusal of %s", err, field)
		}
	}
	_, err := w.Create(t.Context(), caller, strings.Repeat("x", DescriptionMax+1), "")
	bad("description", err)
	for _, alias := range []string{"records", "alias/", "alias/aws/mine", "alias/a b", "alias/" + strings.Repeat("x", 251)} {
		_, err = w.Create(t.Context(), caller, "", alias)
		bad("alias", err)
	}
	for _, days := range []int{-1, 6, 31} {
		_, err = w.ScheduleDeletion(t.Context(), caller, k.ID, days)
		bad("days", err)
	}
	_, err = w.Create(t.Context(), keys.Caller{Account: "1", Region: "r"}, "", "")
	bad("account", err)
	_, err = w.Create(t.Context(), keys.Caller{Account: caller.Account, Region: "A B"}, "", "")
	bad("region", err)
	for i := range AliasesMax {
		w.must(w.AddAlias(t.Context(), caller, k.ID, fmt.Sprintf("alias/a%d", i)))
	}
	_, err = w.AddAlias(t.Context(), caller, k.ID, "alias/more")
	refused(t, err, keys.InvalidState, "50 aliases")
	for i := range StatementsMax {
		w.must(w.Deny(t.Context(), caller, k.ID, Statement{Principal: fmt.Sprintf("s%d.amazonaws.com", i)}))
		w.must(w.Allow(t.Context(), caller, k.ID, Statement{Principal: fmt.Sprintf("%012d", i)}))
	}
	_, err = w.Deny(t.Context(), caller, k.ID, Statement{Principal: "*"})
	refused(t, err, keys.InvalidState, "100 principals")
	_, err = w.Allow(t.Context(), caller, k.ID, Statement{Principal: "999999999999"})
	refused(t, err, keys.InvalidState, "100 principals")
	other := w.must(w.Create(t.Context(), caller, "", ""))
	_, err = w.AddAlias(t.Context(), caller, other.ID, "alias/a7")
	refused(t, err, keys.InvalidState, "already exists: it names key "+k.ID)
	_, err = w.Create(t.Context(), caller, "", "alias/a7")
	refused(t, err, keys.InvalidState, "already exists")
	for range KeysMax - 2 {
		w.must(w.Create(t.Context(), caller, "", ""))
	}
	_, err = w.Create(t.Context(), caller, "", "")
	refused(t, err, keys.InvalidState, "there are 5000 keys")
	elsewhere := caller
	elsewhere.Region = "us-east-1"
	w.must(w.Create(t.Context(), elsewhere, "", "alias/a7"))
}

func TestRootKeys(t *testing.T) {
	w := newWorld(t)
	if rooted, err := Rooted(t.Context(), w.cfg.Storage); rooted || err != nil {
		t.Errorf("an empty store is rooted: %v, %v", rooted, err)
	}
	right := w.cfg.Root
	w.cfg.Root = nil
	w.reopen() // without keys none is needed, and none can be made
	_, err := w.Create(t.Context(), caller, "", "")
	refused(t, err, keys.InvalidState, "no root key")
	_, err = w.Resolve(t.Context(), caller, "alias/aws/kinesis")
	refused(t, err, keys.InvalidState, "no root key")
	w.cfg.Root = right
	w.reopen()
	w.must(w.Create(t.Context(), caller, "", ""))
	if rooted, err := Rooted(t.Context(), w.cfg.Storage); !rooted || err != nil {
		t.Errorf("a store with keys is not rooted: %v, %v", rooted, err)
	}
	for want, root := range map[error][]byte{ErrNoRoot: nil, ErrWrongRoot: bytes.Repeat([]byte{8}, RootBytes)} {
		w.cfg.Root = root
		if _, err := Open(t.Context(), w.cfg); !errors.Is(err, want) {
			t.Errorf("with root key %x: %v, want %v", root, err, want)
		}
	}
	w.cfg.Root = right[1:]
	if _, err := Open(t.Context(), w.cfg); err == nil {
		t.Error("a root key of 31 bytes is taken")
	}
}

// TestNoSecretIsStored looks for root key, material and data keys in all that is stored and logged.
func TestNoSecretIsStored(t *testing.T) {
	w := newWorld(t)
	source := &recorder{r: w.cfg.Random}
	w.cfg.Random = source
	w.reopen()
	k := w.must(w.Create(t.Context(), caller, "", "alias/a"))
	d := w.generate(k.ARN)
	material, err := w.material(w.known(k.ID), w.known(k.ID).Materials[0])
	if err != nil {
		t.Fatal(err)
	}
	log, err := w.cfg.Storage.Open(t.Context(), logName, storage.Config{Latest: true})
	if err != nil {
		t.Fatal(err)
	}
	recs, err := log.Read(t.Context(), storage.Range{From: 1})
	if err != nil || len(recs) < 3 {
		t.Fatalf("%d records, %v", len(recs), err)
	}
	for what, secret := range map[string][]byte{"root key": w.cfg.Root, "material": material, "data key": d.Plain} {
		for _, r := range append(recs, storage.Record{Key: "log", Data: w.log.Bytes()}) {
			for _, form := range []string{string(secret), base64.StdEncoding.EncodeToString(secret), fmt.Sprintf("%x", secret)} {
				if strings.Contains(string(r.Data), form) {
					t.Errorf("the %s stands in %s", what, r.Key)
				}
			}
		}
		if what != "root key" && !slices.ContainsFunc(source.reads, func(b []byte) bool { return bytes.HasSuffix(b, secret) }) {
			t.Errorf("the %s is not random", what)
		}
	}
}

// recorder keeps what is read from it.
type recorder struct {
	r     io.Reader
	reads [][]byte
}

func (r *recorder) Read(b []byte) (int, error) {
	n, err := r.r.Read(b)
	r.reads = append(r.reads, bytes.Clone(b[:n]))
	return n, err
}

// TestTwoProcesses change the same keys: nothing is lost, and each learns of the other's decisions.
func TestTwoProcesses(t *testing.T) {
	w := newWorld(t)
	k := w.must(w.Create(t.Context(), caller, "", ""))
	other := w.another()
	var all sync.WaitGroup
	for n, s := range []*Store{w.Store, other} {
		all.Go(func() {
			for i := range 20 {
				if _, err := s.AddAlias(t.Context(), caller, k.ID, fmt.Sprintf("alias/%d-%d", n, i)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	for _, s := range []*Store{w.Store, other} {
		if _, err := s.Work(context.Background()); err != nil {
			t.Fatal(err)
		}
		if got := w.must(s.Describe(t.Context(), caller, k.ID)); len(got.Aliases) != 40 {
			t.Errorf("%d aliases, want 40", len(got.Aliases))
		}
	}
	version := other.Version()
	w.must(w.SetEnabled(t.Context(), caller, k.ID, false))
	if _, err := other.Work(t.Context()); err != nil || other.Version() <= version {
		t.Errorf("the other process is not told: %v", err)
	}
	refused(t, other.Check(t.Context(), caller, k.ARN, keys.Decrypt), keys.Disabled, "is disabled")
	made := w.must(w.Create(t.Context(), caller, "", "")) // not known there yet: looked up
	if err := other.Check(t.Context(), caller, made.ARN, keys.Decrypt); err != nil {
		t.Error(err)
	}
}

func BenchmarkCheck(b *testing.B) {
	s, err := Open(b.Context(), Config{Storage: memory.New(memory.Config{}), Root: make([]byte, RootBytes)})
	if err != nil {
		b.Fatal(err)
	}
	k, err := s.Create(b.Context(), caller, "", "")
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if err := s.Check(b.Context(), caller, k.ARN, keys.Decrypt); err != nil {
			b.Fatal(err)
		}
	}
}
