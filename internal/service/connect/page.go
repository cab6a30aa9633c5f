package connect

import (
	"encoding/base64"
	"strings"
)

// tokenMark starts every NextToken, so that a token of something else is told apart.
const tokenMark = "hookswitch-connect-1:"

// page returns the part of a sorted list that a request asks for, and the token that continues it. A token names the
// key of the last item given out, so that pages stay right when items come and go in between.
func page[T any](items []T, key func(T) string, token *string, most *int32, usual, limit int) (part []T, next *string, err error) {
	n := usual
	if most != nil {
		n = min(int(*most), limit)
	}
	start := 0
	if token != nil && *token != "" {
		raw, err := base64.RawURLEncoding.DecodeString(*token)
		last, ok := strings.CutPrefix(string(raw), tokenMark)
		if err != nil || !ok {
			return nil, nil, invalidParameter("Invalid NextToken")
		}
		for start < len(items) && key(items[start]) <= last {
			start++
		}
	}
	part = items[start:]
	if len(part) > n {
		part = part[:n]
		next = ptr(base64.RawURLEncoding.EncodeToString([]byte(tokenMark + key(part[n-1]))))
	}
	if part == nil {
		part = []T{}
	}
	return part, next, nil
}

// mapped returns what f makes of every item; never nil, so that an empty list is sent as one.
func mapped[T, R any](items []T, f func(T) R) []R {
	out := make([]R, 0, len(items))
	for _, it := range items {
		out = append(out, f(it))
	}
	return out
}
