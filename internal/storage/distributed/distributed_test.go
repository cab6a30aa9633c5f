package distributed_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/hookswitch/hookswitch/internal/storage"
	"github.com/hookswitch/hookswitch/internal/storage/distributed"
	"github.com/hookswitch/hookswitch/internal/storage/storagetest"
	"github.com/hookswitch/hookswitch/internal/storage/storagetest/natstest"
)

func open(t storagetest.T, s *natstest.Server) *distributed.Engine {
	t.Helper()
	e, err := distributed.Open(context.Background(), distributed.Config{URL: s.URL, MonitorURLs: []string{s.MonitorURL}})
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	return e
}

func TestContract(t *testing.T) {
	storagetest.Run(t, func(t *testing.T) *storagetest.Harness {
		s := natstest.Start(t)
		e := open(t, s)
		t.Cleanup(func() { e.Close() })
		return &storagetest.Harness{
			Engine: e,
			Slow:   true,
			Restart: func(t storagetest.T) storage.Engine {
				if err := e.Close(); err != nil {
					t.Fatalf("close: %v", err)
				}
				e = open(t, s)
				return e
			},
			// Not a power failure, but answers get lost, and the server has to recover what it confirmed.
			Crash: func(t storagetest.T, _ int) storage.Engine {
				old := e
				s.Restart(t)
				go old.Close()
				e = open(t, s)
				return e
			},
		}
	})
}

func TestServersThatLoseRecordsAreRefused(t *testing.T) {
	ctx := context.Background()
	unsafe := natstest.StartWith(t, func(o *server.Options) { o.SyncAlways = false })
	safe := natstest.Start(t)
	for name, c := range map[string]struct {
		cfg  distributed.Config
		want error
	}{
		"unsafe, monitored":           {distributed.Config{URL: unsafe.URL, MonitorURLs: []string{unsafe.MonitorURL}}, distributed.ErrUnsafe},
		"unsafe, by system account":   {distributed.Config{URL: unsafe.URL, SystemURL: unsafe.SystemURL}, distributed.ErrUnsafe},
		"one of two unsafe":           {distributed.Config{URL: safe.URL, MonitorURLs: []string{safe.MonitorURL, unsafe.MonitorURL}}, distributed.ErrUnsafe},
		"not said where to ask":       {distributed.Config{URL: safe.URL}, distributed.ErrUnsafe},
		"no one answers":              {distributed.Config{URL: safe.URL, MonitorURLs: []string{"http://127.0.0.1:1"}}, distributed.ErrUnsafe},
		"not a system account's user": {distributed.Config{URL: safe.URL, SystemURL: safe.URL}, distributed.ErrUnsafe},
		"unsafe, allowed":             {distributed.Config{URL: unsafe.URL, AllowUnsafeSync: true}, nil},
		"safe, monitored":             {distributed.Config{URL: safe.URL, MonitorURLs: []string{safe.MonitorURL + "/"}}, nil},
		"safe, by system account":     {distributed.Config{URL: safe.URL, SystemURL: safe.SystemURL}, nil},
	} {
		e, err := distributed.Open(ctx, c.cfg)
		if !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", name, err, c.want)
		}
		if err == nil {
			e.Close()
		}
	}
}

func TestAServerWithSmallMessagesIsRefused(t *testing.T) {
	s := natstest.StartWith(t, func(o *server.Options) { o.MaxPayload = 1 << 20 })
	_, err := distributed.Open(context.Background(), distributed.Config{URL: s.URL, MonitorURLs: []string{s.MonitorURL}})
	if err == nil || !strings.Contains(err.Error(), "max_payload") {
		t.Fatalf("got %v, want an error that names max_payload", err)
	}
	_, err = distributed.Open(context.Background(), distributed.Config{URL: s.URL, Replicas: 2, AllowUnsafeSync: true})
	if err == nil || !strings.Contains(err.Error(), "Replicas") {
		t.Fatalf("got %v, want an error that names Replicas", err)
	}
	_, err = distributed.Open(context.Background(), distributed.Config{URL: s.SystemURL, AllowUnsafeSync: true})
	if err == nil || !strings.Contains(err.Error(), "JetStream") {
		t.Fatalf("got %v, want an error that names JetStream", err)
	}
}

func entry(key, text string) storage.Entry { return storage.Entry{Key: key, Data: []byte(text)} }

func TestAnotherProcessSharesTheLogs(t *testing.T) {
	ctx := context.Background()
	s := natstest.Start(t)
	here, there := open(t, s), open(t, s)
	defer here.Close()
	defer there.Close()
	one, err := here.Open(ctx, "log", storage.Config{})
	if err != nil {
		t.Fatal(err)
	}
	two, err := there.Open(ctx, "log", storage.Config{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := one.Append(ctx, storage.Entry{Key: "owner", Guard: &storage.Guard{Key: "owner"}}); err != nil {
		t.Fatal(err)
	}
	if _, err := two.Append(ctx, storage.Entry{Key: "owner", Guard: &storage.Guard{Key: "owner"}}); !errors.Is(err, storage.ErrConflict) {
		t.Fatalf("the other process's guard: got %v, want ErrConflict", err)
	}
	ended := make(chan error)
	go func() {
		for _, err := range two.Tail(ctx, storage.Range{}) {
			if err != nil {
				ended <- err
			}
		}
	}()
	if err := here.Drop(ctx, "log"); err != nil {
		t.Fatal(err)
	}
	if _, err := two.Append(ctx, entry("k", "1"), entry("k", "2")); !errors.Is(err, storage.ErrNotFound) {
		t.Fatalf("append to what another process dropped: got %v, want ErrNotFound", err)
	}
	if err := <-ended; !errors.Is(err, storage.ErrNotFound) {
		t.Fatalf("the tail of what another process dropped: got %v, want ErrNotFound", err)
	}
	if _, err := here.Open(ctx, "log", storage.Config{}); err != nil {
		t.Fatal(err)
	}
	if _, err := two.Read(ctx, storage.Range{}); !errors.Is(err, storage.ErrNotFound) {
		t.Fatalf("a log of the same name is another one: got %v, want ErrNotFound", err)
	}
}

func TestRecordsExpireOnTheServer(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	e := open(t, natstest.Start(t))
	defer e.Close()
	l, err := e.Open(ctx, "log", storage.Config{MaxAge: 150 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.Append(ctx, entry("k", "1"), entry("k", "2")); err != nil {
		t.Fatal(err)
	}
	for first := uint64(1); first != 3; {
		if first, _, err = l.Bounds(ctx); err != nil {
			t.Fatal(err)
		}
	}
	if err := e.Check(ctx); err != nil {
		t.Fatalf("check: %v", err)
	}
	if last, err := l.Append(ctx, storage.Entry{Key: "k", Guard: &storage.Guard{Key: "k"}}); last != 3 || err != nil {
		t.Fatalf("the next append: got %d, %v, want 3", last, err)
	}
	if _, err := e.Open(ctx, "short", storage.Config{MaxAge: time.Millisecond}); !errors.Is(err, storage.ErrConfig) {
		t.Fatalf("an age the server does not keep: got %v, want ErrConfig", err)
	}
}

func TestAMissingRecordIsFound(t *testing.T) {
	ctx := context.Background()
	s := natstest.Start(t)
	e := open(t, s)
	defer e.Close()
	nc, err := nats.Connect(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	// Our own streams deny deletions; one made by hand does not.
	if _, err := js.CreateStream(ctx, jetstream.StreamConfig{Name: "HS_log", Subjects: []string{"hs.log.>"}, AllowDirect: true, AllowAtomicPublish: true}); err != nil {
		t.Fatal(err)
	}
	l, err := e.Open(ctx, "log", storage.Config{})
	if err != nil {
		t.Fatal(err)
	}
	table, err := e.Open(ctx, "table", storage.Config{Latest: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range []storage.Log{l, table} {
		if _, err := l.Append(ctx, entry("a", ""), entry("b", ""), entry("b", ""), entry("a", "")); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Trim(ctx, 2); err != nil {
		t.Fatal(err)
	}
	if err := e.Check(ctx); err != nil {
		t.Fatalf("nothing is missing: got %v", err)
	}
	stream, err := js.Stream(ctx, "HS_log")
	if err != nil {
		t.Fatal(err)
	}
	if err := stream.DeleteMsg(ctx, 3); err != nil {
		t.Fatal(err)
	}
	if err := e.Check(ctx); !errors.Is(err, distributed.ErrGap) || !strings.Contains(err.Error(), `"log"`) {
		t.Fatalf("a record is missing: got %v, want ErrGap", err)
	}
}

// TestOthersOnTheServerAreLeftAlone keeps to the names that begin with our prefix.
func TestOthersOnTheServerAreLeftAlone(t *testing.T) {
	ctx := context.Background()
	s := natstest.Start(t)
	e := open(t, s)
	defer e.Close()
	nc, err := nats.Connect(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"ORDERS", "log"} {
		if _, err := js.CreateStream(ctx, jetstream.StreamConfig{Name: name, Subjects: []string{name + ".>"}}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := e.Open(ctx, "mine", storage.Config{}); err != nil {
		t.Fatal(err)
	}
	names, err := e.Names(ctx, "")
	if err != nil || len(names) != 1 || names[0] != "mine" {
		t.Fatalf("names: got %v, %v, want [mine]", names, err)
	}
	if err := e.Drop(ctx, "log"); !errors.Is(err, storage.ErrNotFound) {
		t.Fatalf("drop: got %v, want ErrNotFound", err)
	}
}

func TestManyBatchesAtOnce(t *testing.T) {
	ctx := context.Background()
	e := open(t, natstest.Start(t))
	defer e.Close()
	l, err := e.Open(ctx, "log", storage.Config{})
	if err != nil {
		t.Fatal(err)
	}
	var writers sync.WaitGroup
	for range 80 { // the server takes 50 open batches, the engine sends 16
		writers.Go(func() {
			if _, err := l.Append(ctx, entry("a", "1"), entry("b", "2"), entry("c", "3")); err != nil {
				t.Error(err)
			}
		})
	}
	writers.Wait()
	if _, last, err := l.Bounds(ctx); last != 240 || err != nil {
		t.Fatalf("got last %d, %v, want 240", last, err)
	}
}
