package distributed_test

import (
	"context"
	"errors"
	"flag"
	"testing"

	"github.com/nats-io/nats-server/v2/server"

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
	if checks := flag.Lookup("rapid.checks"); checks.Value.String() == checks.DefValue {
		checks.Value.Set("10") // every step of the model costs syncs of the server here
		defer checks.Value.Set(checks.DefValue)
	}
	storagetest.Run(t, func(t *testing.T) *storagetest.Harness {
		s := natstest.Start(t)
		e := open(t, s)
		t.Cleanup(func() { e.Close() })
		return &storagetest.Harness{
			Engine: e,
			Restart: func(t storagetest.T) storage.Engine {
				if err := e.Close(); err != nil {
					t.Fatalf("close: %v", err)
				}
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
