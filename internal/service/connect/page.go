package connect

import (
	"encoding/base64"
	"strings"
)

// tokenMark starts every NextToken, so that a token of something else is told apart.
const tokenMark = "hookswitch-connect-2:"

// usualPage is how many items one answer of a list of resources holds when the request does not say (documented with
// most of them), and mostOnPage how many it may ask for.
const (
	usualPage  = 100
	mostOnPage = 1000
)

// page returns the part of a list, sorted by key, that a request asks for, and the token that continues it. A token
// holds nothing but the key of the last item given out, so that pages stay right when items come and go in between, and
// what the list is of.
func page[T any](of string, items []T, key func(T) string, token *string, most *int32, usual, limit int) (part []T, next *string, err error) {
	n := usual
	if most != nil {
		n = min(int(*most), limit)
	}
	start := 0
	if value(token) != "" {
		last, err := openToken(of, *token)
		if err != nil {
			return nil, nil, err
		}
		for start < len(items) && key(items[start]) <= last {
			start++
		}
	}
	part = items[start:]
	if len(part) > n {
		part = part[:n]
		next = sealToken(of, key(part[n-1]))
	}
	if part == nil {
		part = []T{}
	}
	return part, next, nil
}

func sealToken(of, content string) *string {
	return ptr(base64.RawURLEncoding.EncodeToString([]byte(tokenMark + of + ":" + content)))
}

func openToken(of, token string) (content string, err error) {
	raw, err := base64.RawURLEncoding.DecodeString(token)
	content, ok := strings.CutPrefix(string(raw), tokenMark+of+":")
	if err != nil || !ok {
		return "", invalidParameter("Invalid NextToken")
	}
	return content, nil
}

// mapped returns what f makes of every item; never nil, so that an empty list is sent as one.
func mapped[T, R any](items []T, f func(T) R) []R {
	out := make([]R, 0, len(items))
	for _, it := range items {
		out = append(out, f(it))
	}
	return out
}
