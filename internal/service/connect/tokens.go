package connect

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/clock"
	"github.com/hookswitch/hookswitch/internal/wire"
)

// tokensMax is how many client tokens are remembered at once, a few hundred bytes each; the oldest are forgotten first.
const tokensMax = 10_000

// tokens remembers the answers to requests with a client token for center.TokenLife, so that a repeated request gets the
// first answer again instead of a second effect. It lives with the process. What starts contacts or claims numbers keeps
// its tokens in the journal instead, and CreateInstance derives the instance's id from the token.
type tokens struct {
	clock clock.Clock

	mu    sync.Mutex // guards what follows
	known map[tokenKey]*remembered
	order []tokenKey // oldest first
}

type tokenKey struct{ account, region, operation, token string }

type remembered struct {
	at     time.Time
	digest [sha256.Size]byte // of the request: another request with the token is an error
	done   chan struct{}     // closed when the first request has its answer, or failed
	answer any               // nil when it failed; written before done is closed
}

func newTokens(c clock.Clock) *tokens {
	return &tokens{clock: c, known: map[tokenKey]*remembered{}}
}

// once runs a request with a client token, unless one with the same token and members has succeeded within
// center.TokenLife: then its answer is returned. A request that comes while the first is under way waits for it. One that
// failed may be tried again. Other members under a token that was used are refused with misused's error.
func once[Out any](ctx context.Context, t *tokens, operation string, token *string, in any, misused error, run func() (*Out, error)) (*Out, error) {
	if value(token) == "" {
		return run()
	}
	body, err := json.Marshal(in)
	if err != nil {
		return nil, fmt.Errorf("digest of a request: %w", err)
	}
	caller, digest := wire.CallerFrom(ctx), sha256.Sum256(body)
	key := tokenKey{caller.Account, caller.Region, operation, *token}
	for {
		r, first := t.begin(key, digest)
		if first {
			return runFirst(t, key, r, run)
		}
		if r.digest != digest {
			return nil, misused
		}
		select {
		case <-r.done:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		if r.answer != nil {
			return r.answer.(*Out), nil
		}
	}
}

func runFirst[Out any](t *tokens, key tokenKey, r *remembered, run func() (*Out, error)) (out *Out, err error) {
	ok := false
	defer func() { t.finish(key, r, out, ok) }() // also when run panics
	out, err = run()
	ok = err == nil
	return out, err
}

// begin finds what is remembered of a token, or begins to.
func (t *tokens) begin(key tokenKey, digest [sha256.Size]byte) (r *remembered, first bool) {
	now := t.clock.Now()
	t.mu.Lock()
	defer t.mu.Unlock()
	if r, ok := t.known[key]; ok {
		if now.Sub(r.at) < center.TokenLife {
			return r, false
		}
		t.forget(key)
	}
	r = &remembered{at: now, digest: digest, done: make(chan struct{})}
	t.known[key] = r
	t.order = append(t.order, key)
	if len(t.order) > tokensMax {
		t.forget(t.order[0])
	}
	return r, true
}

// finish keeps the answer of the first request, or forgets that there was one.
func (t *tokens) finish(key tokenKey, r *remembered, answer any, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if ok {
		r.answer = answer
	} else if t.known[key] == r {
		t.forget(key)
	}
	close(r.done)
}

// forget takes a token out. mu is held.
func (t *tokens) forget(key tokenKey) {
	delete(t.known, key)
	if t.order[0] == key {
		t.order = t.order[1:]
	} else {
		t.order = slices.DeleteFunc(t.order, func(k tokenKey) bool { return k == key })
	}
}
