package connect

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/clock"
	"github.com/hookswitch/hookswitch/internal/wire"
)

// tokensMax is how many client tokens are remembered at once; the oldest are forgotten first.
const tokensMax = 10_000

// tokens remembers the answers to requests with a client token, so that a repeated request gets the first answer again
// instead of a second effect. It lives with the process: operations that start contacts keep their tokens in the
// journal instead.
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
	answer any               // nil while the first request is under way
}

func newTokens(c clock.Clock) *tokens {
	return &tokens{clock: c, known: map[tokenKey]*remembered{}}
}

// begin starts a request with a client token. If the token had an answer, out is it. Otherwise finish must be called
// with the answer, or with nil when there is none, so that the request can be tried again.
func begin[Out any](t *tokens, caller wire.Caller, operation string, token *string, in any) (finish func(*Out), out *Out, err error) {
	if token == nil || *token == "" {
		return func(*Out) {}, nil, nil
	}
	body, err := json.Marshal(in)
	if err != nil {
		return nil, nil, fmt.Errorf("digest of a request: %w", err)
	}
	key, digest, now := tokenKey{caller.Account, caller.Region, operation, *token}, sha256.Sum256(body), t.clock.Now()
	t.mu.Lock()
	defer t.mu.Unlock()
	if r, ok := t.known[key]; ok && now.Sub(r.at) < center.TokenLife {
		switch {
		case r.digest != digest:
			return nil, nil, invalidRequest("ClientToken was used before with other parameters")
		case r.answer == nil:
			return nil, nil, &connectapi.ThrottlingException{Message: "A request with this ClientToken is in progress"}
		}
		return nil, r.answer.(*Out), nil
	}
	r := &remembered{at: now, digest: digest}
	t.put(key, r)
	return func(out *Out) {
		t.mu.Lock()
		defer t.mu.Unlock()
		if out != nil {
			r.answer = out
		} else if t.known[key] == r {
			delete(t.known, key)
			t.order = slices.DeleteFunc(t.order, func(k tokenKey) bool { return k == key })
		}
	}, nil, nil
}

// put remembers, and forgets the oldest beyond the bound. mu is held.
func (t *tokens) put(key tokenKey, r *remembered) {
	if _, ok := t.known[key]; !ok {
		t.order = append(t.order, key)
	}
	t.known[key] = r
	for len(t.order) > tokensMax {
		delete(t.known, t.order[0])
		t.order = t.order[1:]
	}
}
