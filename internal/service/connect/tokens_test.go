package connect

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/clock"
)

var errMisused = errors.New("misused")

func TestOnce(t *testing.T) {
	c := clock.NewVirtual(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC))
	tokens := newTokens(c)
	runs := 0
	call := func(token, in string) (int, error) {
		out, err := once(t.Context(), tokens, "Op", &token, in, errMisused, func() (*int, error) { runs++; n := runs; return &n, nil })
		return value(out), err
	}
	for _, x := range []struct {
		token, in string
		want      int
		err       error
		after     time.Duration
	}{
		{"a", "1", 1, nil, 0}, {"a", "1", 1, nil, 0}, {"a", "2", 0, errMisused, 0}, {"b", "1", 2, nil, 0}, {"", "1", 3, nil, 0}, {"", "1", 4, nil, 0},
		{"a", "1", 1, nil, center.TokenLife - 1}, {"a", "1", 5, nil, 1}, {"a", "1", 5, nil, 0},
	} {
		if err := c.Advance(x.after); err != nil {
			t.Fatal(err)
		}
		if got, err := call(x.token, x.in); got != x.want || err != x.err {
			t.Errorf("%+v: got %d, %v", x, got, err)
		}
	}
}

// TestOnceWaits: who comes second waits for the first, and takes its answer, or its turn if it failed or panicked.
func TestOnceWaits(t *testing.T) {
	for name, outcome := range map[string]func() (*int, error){
		"an answer":   func() (*int, error) { return new(int), nil },
		"a failure":   func() (*int, error) { return nil, errors.New("failed") },
		"an upset":    func() (*int, error) { panic("upset") },
		"no patience": nil,
	} {
		synctest.Test(t, func(t *testing.T) {
			tokens := newTokens(clock.System{})
			token, open, began := "a", make(chan struct{}), make(chan struct{})
			var group sync.WaitGroup
			group.Go(func() {
				defer func() { _ = recover() }()
				_, _ = once(t.Context(), tokens, "Op", &token, "in", errMisused, func() (*int, error) {
					close(began)
					<-open
					if outcome == nil {
						return new(int), nil
					}
					return outcome()
				})
			})
			<-began
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			second, returned := 0, false
			group.Go(func() {
				out, err := once(ctx, tokens, "Op", &token, "in", errMisused, func() (*int, error) { second++; return new(int), nil })
				if returned = true; (err == nil) == (outcome == nil) || err == nil && out == nil {
					t.Errorf("%s: got %v, %v", name, out, err)
				}
			})
			synctest.Wait()
			if returned {
				t.Errorf("%s: the second did not wait", name)
			}
			if outcome == nil {
				cancel()
				synctest.Wait()
				if !returned {
					t.Errorf("%s: the second still waits", name)
				}
			}
			close(open)
			group.Wait()
			if want := map[string]int{"a failure": 1, "an upset": 1}[name]; second != want {
				t.Errorf("%s: the second ran %d times, want %d", name, second, want)
			}
		})
	}
}

func TestTokensAreBounded(t *testing.T) {
	tokens := newTokens(clock.NewVirtual(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)))
	runs := 0
	call := func(i int) {
		token := fmt.Sprint(i)
		if _, err := once(t.Context(), tokens, "Op", &token, "in", errMisused, func() (*int, error) { runs++; return new(int), nil }); err != nil {
			t.Fatal(err)
		}
	}
	for i := range tokensMax + 5 {
		call(i)
	}
	if len(tokens.known) != tokensMax || len(tokens.order) != tokensMax {
		t.Fatalf("%d tokens are remembered, in an order of %d", len(tokens.known), len(tokens.order))
	}
	call(tokensMax + 4)
	call(5)
	if runs != tokensMax+5 {
		t.Errorf("a remembered token ran again: %d runs", runs)
	}
	call(4)
	if runs != tokensMax+6 {
		t.Errorf("the oldest were not forgotten: %d runs", runs)
	}
}
