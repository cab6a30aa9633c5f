package edge

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// A Credential is what is known of an access key.
type Credential struct {
	SecretAccessKey string
	SessionToken    string    // of temporary credentials; a request must bring exactly this one, or none if it is empty
	Account         string    // whose key it is; empty: as in AuthOpen
	Expires         time.Time // by Config.Clock; zero: never
}

const (
	skewMax           = 5 * time.Minute
	presignedMax      = 7 * 24 * time.Hour
	timeLayout        = "20060102T150405Z"
	dayBytes          = len("20060102")
	unsignedPayload   = "UNSIGNED-PAYLOAD"
	derivedKeysMax    = 1024 // derived keys kept
	signedHeadersMax  = 100  // names in SignedHeaders; SDKs sign about ten
	targetMustBe      = "'X-Amz-Target' must be a 'SignedHeader' in the AWS Authorization."
	hostMustBe        = "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization."
	payloadMismatch   = "The provided 'x-amz-content-sha256' header does not match what was computed."
	payloadNotChecked = "The provided 'x-amz-content-sha256' header names a chunked payload, which this service does not take."
)

// checkCredential checks all of a signature that can be checked without the body: the key, its token, the scope and
// the age. The age is judged by the real time, since that is what the client signed with.
func (c *call) checkCredential() error {
	s := &c.sig
	secret, known := c.h.credentials(s.accessKeyID)
	if !known || secret.SecretAccessKey == "" || subtle.ConstantTimeCompare([]byte(secret.SessionToken), []byte(s.token)) != 1 {
		return c.unauthorized(unknownKey, "")
	}
	if !secret.Expires.IsZero() && !c.h.clock.Now().Before(secret.Expires) {
		return c.unauthorized(expiredToken, "")
	}
	if s.service != c.svc.SigningName {
		return c.unauthorized(badSignature, "Credential should be scoped to correct service: '"+c.svc.SigningName+"'. ")
	}
	if s.region == "" {
		return c.unauthorized(badSignature, "Credential should be scoped to a valid region. ")
	}
	at, ok := signedAt(s.date)
	if !ok {
		return c.unauthorized(incomplete, "Date must be in ISO-8601 'basic format'. Got '"+printable(s.date)+
			"'. See http://en.wikipedia.org/wiki/ISO_8601")
	}
	if stamp := at.Format(timeLayout); s.day != stamp[:dayBytes] {
		return c.unauthorized(badSignature, "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '"+
			printable(s.day)+"' != '"+stamp[:dayBytes]+"', from '"+stamp+"'.")
	}
	if err := c.checkAge(at); err != nil {
		return err
	}
	if secret.Account != "" {
		c.caller.Account = secret.Account
	}
	c.secret = secret
	return nil
}

// checkAge refuses signatures from more than skewMax ago or ahead. A presigned request may be used for as long as it
// says, a week at most.
func (c *call) checkAge(at time.Time) error {
	now, lifetime := c.h.wall.Now(), skewMax
	if c.sig.query && c.sig.expires != "" {
		n, err := strconv.ParseInt(c.sig.expires, 10, 64)
		if err != nil || n < 0 || n > int64(presignedMax/time.Second) {
			return c.unauthorized(incomplete, "X-Amz-Expires must be a number of seconds between 0 and 604800, a week.")
		}
		lifetime = time.Duration(n) * time.Second
	}
	switch {
	case now.Sub(at) > lifetime:
		return c.unauthorized(badSignature, fmt.Sprintf("Signature expired: %s is now earlier than %s (%s - %s.)",
			at.Format(timeLayout), now.Add(-lifetime).Format(timeLayout), now.Format(timeLayout), minutes(lifetime)))
	case at.Sub(now) > skewMax:
		return c.unauthorized(badSignature, fmt.Sprintf("Signature not yet current: %s is still later than %s (%s + %s.)",
			at.Format(timeLayout), now.Add(skewMax).Format(timeLayout), now.Format(timeLayout), minutes(skewMax)))
	}
	return nil
}

func minutes(d time.Duration) string {
	if d%time.Minute != 0 {
		return strconv.Itoa(int(d/time.Second)) + " sec"
	}
	return strconv.Itoa(int(d/time.Minute)) + " min"
}

// signedAt reads the time of signing: ISO 8601 basic, or what a Date header may hold.
func signedAt(date string) (time.Time, bool) {
	if t, err := time.Parse(timeLayout, date); err == nil {
		return t, true
	}
	t, err := http.ParseTime(date)
	return t.UTC(), err == nil
}

// checkSignature checks, in AuthVerify, that the caller's secret signed this request with this body.
func (c *call) checkSignature() error {
	if c.h.auth != AuthVerify {
		return nil
	}
	s := &c.sig
	names := strings.Split(s.signedHeaders, ";")
	if len(names) > signedHeadersMax {
		return c.unauthorized(badSignature, fmt.Sprintf("More than %d headers are signed.", signedHeadersMax))
	}
	if !slices.Contains(names, "host") && !slices.Contains(names, ":authority") {
		return c.unauthorized(badSignature, hostMustBe)
	}
	// What is done must not be open to whoever carries the request.
	if c.target() != "" && !slices.Contains(names, "x-amz-target") {
		return c.unauthorized(badSignature, targetMustBe)
	}
	sum := sha256.Sum256(c.raw)
	payload := hex.EncodeToString(sum[:])
	if declared := first(c.r.Header["X-Amz-Content-Sha256"]); declared != "" {
		switch {
		case strings.HasPrefix(declared, "STREAMING-"):
			return c.unauthorized(badSignature, payloadNotChecked)
		case declared != unsignedPayload && declared != payload:
			return c.unauthorized(badSignature, payloadMismatch)
		}
		payload = declared
	}
	at, _ := signedAt(s.date)
	canonical := sha256.Sum256(canonicalRequest(make([]byte, 0, 1024), c.r, s.query, names, payload))
	toSign := make([]byte, 0, 256)
	toSign = append(toSign, algorithm+"\n"+at.Format(timeLayout)+"\n"+s.day+"/"+s.region+"/"+s.service+"/"+terminator+"\n"...)
	toSign = hex.AppendEncode(toSign, canonical[:])
	scope := keyScope{s.accessKeyID, s.day, s.region, s.service}
	key, cached := c.h.keys.get(scope, c.secret.SecretAccessKey)
	if !cached {
		key = deriveKey(c.secret.SecretAccessKey, scope)
	}
	want := hex.AppendEncode(make([]byte, 0, 2*sha256.Size), sign(key, toSign))
	if subtle.ConstantTimeCompare(want, []byte(s.signature)) != 1 {
		return c.unauthorized(badSignature, "")
	}
	if !cached {
		c.h.keys.put(scope, c.secret.SecretAccessKey, key)
	}
	return nil
}

// canonicalRequest appends the form of r that is signed. It works on the request target as it was sent, encodes the
// path once more than it came (every service but S3 does), and takes exactly the headers that are named.
func canonicalRequest(dst []byte, r *http.Request, presigned bool, names []string, payload string) []byte {
	path, query, _ := strings.Cut(requestTarget(r), "?")
	dst = append(append(dst, r.Method...), '\n')
	dst = append(appendCanonicalPath(dst, path), '\n')
	dst = append(appendCanonicalQuery(dst, query, presigned), '\n')
	for _, name := range names {
		dst = append(append(dst, name...), ':')
		dst = append(appendHeaderValue(dst, r, name), '\n')
	}
	dst = append(dst, '\n')
	for i, name := range names {
		if i > 0 {
			dst = append(dst, ';')
		}
		dst = append(dst, name...)
	}
	return append(append(dst, '\n'), payload...)
}

// requestTarget is path and query as sent. A proxy's absolute form loses its scheme and host.
func requestTarget(r *http.Request) string {
	target := r.RequestURI
	if strings.HasPrefix(target, "/") {
		return target
	}
	if _, rest, ok := strings.Cut(target, "://"); ok {
		if i := strings.IndexAny(rest, "/?"); i >= 0 {
			return rest[i:]
		}
	}
	return "/"
}

// appendCanonicalPath drops empty and dot segments and percent-encodes what is left, percent signs included.
func appendCanonicalPath(dst []byte, path string) []byte {
	var kept []string
	for segment := range strings.SplitSeq(path, "/") {
		switch segment {
		case "", ".":
		case "..":
			if len(kept) > 0 {
				kept = kept[:len(kept)-1]
			}
		default:
			kept = append(kept, segment)
		}
	}
	for _, segment := range kept {
		dst = appendEncoded(append(dst, '/'), segment)
	}
	if len(kept) == 0 || strings.HasSuffix(path, "/") {
		dst = append(dst, '/')
	}
	return dst
}

// appendCanonicalQuery decodes each side of each parameter, a plus sign standing for itself, encodes it as RFC 3986
// says, and sorts by name, then value. The signature of a presigned request does not sign itself.
func appendCanonicalQuery(dst []byte, query string, presigned bool) []byte {
	if query == "" {
		return dst
	}
	type parameter struct{ name, value string }
	var parameters []parameter
	for pair := range strings.SplitSeq(query, "&") {
		if pair == "" {
			continue
		}
		name, value, _ := strings.Cut(pair, "=")
		p := parameter{reencode(name), reencode(value)}
		if presigned && p.name == "X-Amz-Signature" {
			continue
		}
		parameters = append(parameters, p)
	}
	slices.SortFunc(parameters, func(a, b parameter) int {
		if n := strings.Compare(a.name, b.name); n != 0 {
			return n
		}
		return strings.Compare(a.value, b.value)
	})
	for i, p := range parameters {
		if i > 0 {
			dst = append(dst, '&')
		}
		dst = append(append(append(dst, p.name...), '='), p.value...)
	}
	return dst
}

func reencode(s string) string {
	if decoded, err := url.PathUnescape(s); err == nil {
		s = decoded
	}
	return string(appendEncoded(make([]byte, 0, len(s)+8), s))
}

// appendEncoded percent-encodes every byte that is not unreserved in RFC 3986.
func appendEncoded(dst []byte, s string) []byte {
	const hexDigits = "0123456789ABCDEF"
	for i := range len(s) {
		b := s[i]
		switch {
		case 'a' <= b && b <= 'z', 'A' <= b && b <= 'Z', '0' <= b && b <= '9', b == '-', b == '.', b == '_', b == '~':
			dst = append(dst, b)
		default:
			dst = append(dst, '%', hexDigits[b>>4], hexDigits[b&15])
		}
	}
	return dst
}

// appendHeaderValue appends all values of a header, trimmed, inner blanks collapsed, joined with commas. Some headers
// are not among r.Header: net/http keeps them elsewhere, and HTTP/2 has :authority, which the JavaScript SDK signs.
func appendHeaderValue(dst []byte, r *http.Request, name string) []byte {
	switch name {
	case "host", ":authority":
		return append(dst, r.Host...)
	case "content-length":
		if r.ContentLength >= 0 {
			dst = strconv.AppendInt(dst, r.ContentLength, 10)
		}
		return dst
	case "transfer-encoding":
		return append(dst, strings.Join(r.TransferEncoding, ",")...)
	}
	for i, value := range r.Header[http.CanonicalHeaderKey(name)] {
		if i > 0 {
			dst = append(dst, ',')
		}
		started, blank := false, false
		for j := range len(value) {
			b := value[j]
			if b == ' ' || b == '\t' {
				blank = started
				continue
			}
			if blank {
				dst = append(dst, ' ')
			}
			dst, started, blank = append(dst, b), true, false
		}
	}
	return dst
}

// keyScope is what a derived key is good for.
type keyScope struct{ accessKeyID, day, region, service string }

func deriveKey(secret string, scope keyScope) []byte {
	key := sign([]byte("AWS4"+secret), []byte(scope.day))
	key = sign(key, []byte(scope.region))
	key = sign(key, []byte(scope.service))
	return sign(key, []byte(terminator))
}

func sign(key, data []byte) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write(data)
	return mac.Sum(nil)
}

// keyCache keeps derived keys, which cost more than all the rest of a verification. Only keys that have signed a
// request rightly come in, so strangers cannot fill it.
type keyCache struct {
	mu   sync.RWMutex // guards keys
	keys map[keyScope]derivedKey
}

// A derivedKey remembers its secret, so that a rotated secret does not live on.
type derivedKey struct {
	secret string
	key    []byte
}

func (k *keyCache) get(scope keyScope, secret string) ([]byte, bool) {
	k.mu.RLock()
	defer k.mu.RUnlock()
	d, ok := k.keys[scope]
	return d.key, ok && d.secret == secret
}

// put drops everything when the cache is full: that happens once in derivedKeysMax new scopes, and most that were
// there are of days gone by.
func (k *keyCache) put(scope keyScope, secret string, key []byte) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.keys == nil || len(k.keys) >= derivedKeysMax {
		k.keys = make(map[keyScope]derivedKey)
	}
	k.keys[scope] = derivedKey{secret, key}
}
