package main

import (
	"context"
	"encoding/json"
	"io"
	"net/url"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/internal/node"
)

// serveHere runs a server in this process and returns its address and what stops it.
func serveHere(t *testing.T, listen, data string) (addr string, stop func()) {
	t.Helper()
	n, err := node.Open(t.Context(), node.Config{Listen: listen, Data: data})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ready, ended := make(chan struct{}), make(chan error, 1)
	go func() { ended <- n.Run(ctx, func() { close(ready) }) }()
	select {
	case <-ready:
	case err := <-ended:
		t.Fatal(err)
	}
	return n.Addr(), func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if err := n.Close(context.WithoutCancel(ctx)); err != nil {
			t.Error(err)
		}
	}
}

// What a restarted server published before its follower came back is seen, though its numbers are those of what went before.
func TestFollowAcrossARestart(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	data := t.TempDir()
	addr, stop := serveHere(t, "127.0.0.1:0", data)
	c, err := newClient("http://" + addr)
	if err != nil {
		t.Fatal(err)
	}
	aws, err := c.amazon(ctx, "000000000000", "us-east-1")
	if err != nil {
		t.Fatal(err)
	}
	i, err := c.ensureInstance(ctx, aws)
	if err != nil {
		t.Fatal(err)
	}
	sh := &shared{streams: streams{out: io.Discard, err: io.Discard}}
	plan := callPlan{from: "+14255550123"}
	if plan.to, err = sh.numberToCall(ctx, c, i, ""); err != nil {
		t.Fatal(err)
	}
	// follow tells which contacts are queued.
	follow := func(c *client, query url.Values, opened func()) <-chan string {
		queued := make(chan string, 8)
		go func() {
			defer close(queued)
			err := c.follow(ctx, following{path: "/events", query: query, opened: opened, event: func(e serverEvent) error {
				var p struct {
					Key      string
					Document struct{ Detail struct{ EventType string } }
				}
				if err := json.Unmarshal(e.data, &p); err != nil {
					return err
				}
				if p.Document.Detail.EventType == "QUEUED" {
					queued <- p.Key
				}
				return nil
			}})
			if ctx.Err() == nil {
				t.Errorf("following ended with %v", err)
			}
		}()
		return queued
	}
	back, opened := make(chan struct{}), make(chan struct{})
	away := *c
	away.sleep = func(ctx context.Context, _ time.Duration) error {
		select {
		case <-back:
		case <-ctx.Done():
		}
		return ctx.Err()
	}
	seen := follow(&away, url.Values{}, func() { close(opened) })
	<-opened
	first, err := c.placeCall(ctx, i, plan)
	if err != nil {
		t.Fatal(err)
	}
	if got := <-seen; got != first {
		t.Errorf("before: saw %s, want %s", got, first)
	}
	stop()
	_, stop = serveHere(t, addr, data)
	defer stop()
	second, err := c.placeCall(ctx, i, plan)
	if err != nil {
		t.Fatal(err)
	}
	// The second call is queued before the follower is back.
	if on := <-follow(c, url.Values{"recent": {"100"}}, nil); on != second {
		t.Fatalf("%s is queued, want %s", on, second)
	}
	close(back)
	if got := <-seen; got != second {
		t.Errorf("after: saw %q, want %s", got, second)
	}
	cancel()
}
