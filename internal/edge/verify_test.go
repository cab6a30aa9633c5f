package edge

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"github.com/hookswitch/hookswitch/internal/clock"
)

const someToken = "FwoGZXIvYXdzEXAMPLE//token+="

func credentialsOfTest(id string) (Credential, bool) {
	switch id {
	case someKey, "123456789012":
		return Credential{SecretAccessKey: someSecret}, true
	case "TEMPORARY":
		return Credential{SecretAccessKey: someSecret, SessionToken: someToken, Account: "444455556666", Expires: now.Add(100 * 365 * 24 * time.Hour)}, true
	case "EXPIRED":
		return Credential{SecretAccessKey: someSecret, SessionToken: someToken, Expires: now}, true
	case "EMPTY":
		return Credential{}, true
	}
	return Credential{}, false
}

func (rec *recorder) verifying(wall clock.Clock) Config {
	cfg := rec.config()
	cfg.Auth, cfg.Credentials, cfg.Clock, cfg.Wall = AuthVerify, credentialsOfTest, frozen(), wall
	return cfg
}

// The signer of the Go SDK is the judge of what must be accepted.
func TestVerifyAcceptsWhatTheGoSDKSigns(t *testing.T) {
	rec := new(recorder)
	p := start(t, rec.verifying(frozen()))
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	io.WriteString(z, "{}")
	z.Close()
	permanent := aws.Credentials{AccessKeyID: someKey, SecretAccessKey: someSecret}
	temporary := aws.Credentials{AccessKeyID: "TEMPORARY", SecretAccessKey: someSecret, SessionToken: someToken}
	put := []string{"X-Amz-Target: Kinesis_20131202.PutRecords", "Content-Type: application/x-amz-json-1.1"}
	for _, c := range []struct {
		name, service, method, target, body string
		headers                             []string
		who                                 aws.Credentials
		account                             string
	}{
		{"awsJson", "kinesis", "POST", "/", `{"Records":[]}`, put, permanent, DefaultAccount},
		{"temporary", "kinesis", "POST", "/", `{"Records":[]}`, put, temporary, "444455556666"},
		{"account as key", "kinesis", "POST", "/", `{"Records":[]}`, put, aws.Credentials{AccessKeyID: "123456789012", SecretAccessKey: someSecret}, "123456789012"},
		{"compressed", "kinesis", "POST", "/", zipped.String(), append(put, "Content-Encoding: gzip"), permanent, DefaultAccount},
		{"ARN in the path", "connect", "GET", "/instance/arn%3Aaws%3Aconnect%3A%3A1%3Ainstance%2Fx%20y~z", "", nil, permanent, DefaultAccount},
		{"query string", "connect", "GET", "/instance?b=2&a=%2F&a=1&e=&u=%E1%88%B4", "", nil, permanent, DefaultAccount},
		{"headers", "connect", "PUT", "/contact/outbound-voice", "{}", []string{"X-Amz-Note:   a    b  ", "Amz-Sdk-Request: attempt=1; max=3", "Amz-Sdk-Invocation-Id: x", "Accept-Encoding: identity", "X-Amz-Multi: b", "X-Amz-Multi: a: c"}, permanent, DefaultAccount},
		{"form", "sts", "POST", "/", "Action=GetCallerIdentity&Version=2011-06-15", []string{"Content-Type: application/x-www-form-urlencoded"}, permanent, DefaultAccount},
		{"another name for the host", "connect", "GET", "/instance", "", []string{"Host: connect.eu-west-1.localhost"}, permanent, DefaultAccount},
	} {
		for version, client := range map[string]*http.Client{"HTTP/1.1": p.http1, "HTTP/2": p.http2} {
			t.Run(c.name+" "+version, func(t *testing.T) {
				r := signedBy(t, p.request(c.method, c.target, c.body, c.headers...), c.who, c.service, "eu-west-1", now)
				got := p.doWith(client, r)
				if got.StatusCode != 200 {
					t.Fatalf("got %d %s", got.StatusCode, got.body)
				}
				if caller := rec.last(t).caller; caller.Account != c.account || caller.Region != "eu-west-1" {
					t.Errorf("caller is %+v", caller)
				}
			})
		}
	}
	t.Run("presigned", func(t *testing.T) {
		r := p.request("GET", "/?Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Expires=604800", "")
		signedURL, _, err := v4.NewSigner().PresignHTTP(t.Context(), temporary, r, sha256OfNothing, "sts", "eu-west-1", now.Add(-6*24*time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		r.URL, _ = url.Parse(signedURL)
		if got := p.do(r); got.StatusCode != 200 {
			t.Errorf("got %d %s", got.StatusCode, got.body)
		}
	})
}

const sha256OfNothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

func TestVerifyRefuses(t *testing.T) {
	rec := new(recorder)
	p := start(t, rec.verifying(frozen()))
	who := func(id, token string) aws.Credentials {
		return aws.Credentials{AccessKeyID: id, SecretAccessKey: someSecret, SessionToken: token}
	}
	kinesis := func() *http.Request {
		return p.request("POST", "/", `{"Records":[]}`, "X-Amz-Target: Kinesis_20131202.PutRecords", "Content-Type: application/x-amz-json-1.1")
	}
	connect := func() *http.Request { return p.request("GET", "/instance/i?x=1", "") }
	sts := func() *http.Request {
		return p.request("POST", "/", "Action=GetCallerIdentity&Version=2011-06-15", "Content-Type: application/x-www-form-urlencoded")
	}
	resign := func(old, new string) func(*http.Request) {
		return func(r *http.Request) {
			r.Header.Set("Authorization", strings.Replace(r.Header.Get("Authorization"), old, new, 1))
		}
	}
	mismatch := badSignature.message
	for _, c := range []struct {
		name    string
		request *http.Request
		who     aws.Credentials
		service string
		at      time.Duration
		after   func(*http.Request)
		status  int
		code    string
		text    string
	}{
		{"unknown key", kinesis(), who("AKIDNOBODY", ""), "kinesis", 0, nil, 400, "UnrecognizedClientException", unknownKey.message},
		{"key without a secret", kinesis(), who("EMPTY", ""), "kinesis", 0, nil, 400, "UnrecognizedClientException", unknownKey.message},
		{"unknown key, REST", connect(), who("AKIDNOBODY", ""), "connect", 0, nil, 403, "UnrecognizedClientException", unknownKey.message},
		{"unknown key, query", sts(), who("AKIDNOBODY", ""), "sts", 0, nil, 403, "InvalidClientTokenId", unknownKey.message},
		{"wrong secret", kinesis(), aws.Credentials{AccessKeyID: someKey, SecretAccessKey: "wrong"}, "kinesis", 0, nil, 400, "InvalidSignatureException", mismatch},
		{"wrong secret, REST", connect(), aws.Credentials{AccessKeyID: someKey, SecretAccessKey: "wrong"}, "connect", 0, nil, 403, "InvalidSignatureException", mismatch},
		{"wrong secret, query", sts(), aws.Credentials{AccessKeyID: someKey, SecretAccessKey: "wrong"}, "sts", 0, nil, 403, "SignatureDoesNotMatch", mismatch},
		{"token of nobody", kinesis(), who(someKey, "token"), "kinesis", 0, nil, 400, "UnrecognizedClientException", ""},
		{"token of another", kinesis(), who("TEMPORARY", someToken+"x"), "kinesis", 0, nil, 400, "UnrecognizedClientException", ""},
		{"token missing", kinesis(), who("TEMPORARY", ""), "kinesis", 0, nil, 400, "UnrecognizedClientException", ""},
		{"token expired", kinesis(), who("EXPIRED", someToken), "kinesis", 0, nil, 400, "ExpiredTokenException", ""},
		{"token expired, query", sts(), who("EXPIRED", someToken), "sts", 0, nil, 403, "ExpiredToken", ""},
		{"too old", kinesis(), who(someKey, ""), "kinesis", -skewMax - time.Second, nil, 400, "InvalidSignatureException",
			"Signature expired: 20261120T105118Z is now earlier than 20261120T105119Z (20261120T105619Z - 5 min.)"},
		{"too new", kinesis(), who(someKey, ""), "kinesis", skewMax + time.Second, nil, 400, "InvalidSignatureException",
			"Signature not yet current: 20261120T110120Z is still later than 20261120T110119Z (20261120T105619Z + 5 min.)"},
		{"oldest allowed", kinesis(), who(someKey, ""), "kinesis", -skewMax, nil, 200, "", ""},
		{"newest allowed", kinesis(), who(someKey, ""), "kinesis", skewMax, nil, 200, "", ""},
		{"another service", kinesis(), who(someKey, ""), "firehose", 0, nil, 400, "InvalidSignatureException", "Credential should be scoped to correct service: 'kinesis'. "},
		{"no Region", kinesis(), who(someKey, ""), "kinesis", 0, resign("/eu-west-1/", "//"), 400, "InvalidSignatureException", "Credential should be scoped to a valid region. "},
		{"another Region", kinesis(), who(someKey, ""), "kinesis", 0, resign("/eu-west-1/", "/eu-west-2/"), 400, "InvalidSignatureException", mismatch},
		{"another day", kinesis(), who(someKey, ""), "kinesis", 0, resign("/20261120/", "/20261119/"), 400, "InvalidSignatureException",
			"Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '20261119' != '20261120', from '20261120T105619Z'."},
		{"no date", kinesis(), who(someKey, ""), "kinesis", 0, func(r *http.Request) { r.Header.Set("X-Amz-Date", "yesterday") }, 400, "IncompleteSignatureException", "Date must be in ISO-8601 'basic format'. Got 'yesterday'."},
		{"host not signed", kinesis(), who(someKey, ""), "kinesis", 0, resign(";host;", ";"), 400, "InvalidSignatureException", hostMustBe},
		{"target not signed", kinesis(), who(someKey, ""), "kinesis", 0, resign(";x-amz-target", ""), 400, "InvalidSignatureException", targetMustBe},
		{"more signed headers than anyone has", kinesis(), who(someKey, ""), "kinesis", 0, resign("SignedHeaders=", "SignedHeaders="+strings.Repeat("a;", signedHeadersMax)), 400, "InvalidSignatureException", "More than 100 headers are signed."},
		{"other body", kinesis(), who(someKey, ""), "kinesis", 0, func(r *http.Request) { r.Body = io.NopCloser(strings.NewReader(`{"Records":()}`)) }, 400, "SerializationException", ""},
		{"other body that parses", kinesis(), who(someKey, ""), "kinesis", 0, func(r *http.Request) { r.Body = io.NopCloser(strings.NewReader(`{"Records":{}}`)) }, 400, "InvalidSignatureException", mismatch},
		{"other target", kinesis(), who(someKey, ""), "kinesis", 0, func(r *http.Request) { r.Header.Set("X-Amz-Target", "Kinesis_20131202.ListStreams") }, 400, "InvalidSignatureException", mismatch},
		{"other path", connect(), who(someKey, ""), "connect", 0, func(r *http.Request) { r.URL.Path = "/instance/j" }, 403, "InvalidSignatureException", mismatch},
		{"other query string", connect(), who(someKey, ""), "connect", 0, func(r *http.Request) { r.URL.RawQuery = "x=2" }, 403, "InvalidSignatureException", mismatch},
		{"other method", p.request("PUT", "/instance", ""), who(someKey, ""), "connect", 0, func(r *http.Request) { r.Method = "GET" }, 403, "InvalidSignatureException", mismatch},
		{"other host", connect(), who(someKey, ""), "connect", 0, func(r *http.Request) { r.Host = "connect.localhost" }, 403, "InvalidSignatureException", mismatch},
		{"payload hash of another body", kinesis(), who(someKey, ""), "kinesis", 0, func(r *http.Request) { r.Header.Set("X-Amz-Content-Sha256", sha256OfNothing) }, 400, "InvalidSignatureException", payloadMismatch},
		{"chunked payload", kinesis(), who(someKey, ""), "kinesis", 0, func(r *http.Request) {
			r.Header.Set("X-Amz-Content-Sha256", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD")
		}, 400, "InvalidSignatureException", payloadNotChecked},
		{"signature of another length", kinesis(), who(someKey, ""), "kinesis", 0, func(r *http.Request) { r.Header.Set("Authorization", r.Header.Get("Authorization")+"0") }, 400, "InvalidSignatureException", mismatch},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := rec.count()
			r := signedBy(t, c.request, c.who, c.service, "eu-west-1", now.Add(c.at))
			if c.after != nil {
				c.after(r)
			}
			got := p.do(r)
			if got.StatusCode != c.status || got.Header.Get("x-amzn-ErrorType") != c.code {
				t.Errorf("got %d %s, want %d %s", got.StatusCode, got.body, c.status, c.code)
			}
			if text := strings.NewReplacer("&#39;", "'", "&apos;", "'").Replace(got.body); !strings.Contains(text, c.text) {
				t.Errorf("no %q in %s", c.text, text)
			}
			if called := rec.count() - before; (c.status == 200) != (called == 1) {
				t.Errorf("the operation was called %d times", called)
			}
		})
	}
}

func TestPresignedLifetime(t *testing.T) {
	rec := new(recorder)
	p := start(t, rec.verifying(frozen()))
	for _, c := range []struct {
		expires string
		at      time.Duration
		code    string
	}{
		{"60", -60 * time.Second, ""},
		{"60", -61 * time.Second, "SignatureDoesNotMatch"},
		{"", -skewMax, ""},
		{"", -skewMax - time.Second, "SignatureDoesNotMatch"},
		{"60", skewMax + time.Second, "SignatureDoesNotMatch"},
		{"604801", 0, "IncompleteSignature"},
		{"-1", 0, "IncompleteSignature"},
		{"soon", 0, "IncompleteSignature"},
	} {
		target := "/?Action=GetCallerIdentity&Version=2011-06-15"
		if c.expires != "" {
			target += "&X-Amz-Expires=" + c.expires
		}
		r := p.request("GET", target, "")
		who := aws.Credentials{AccessKeyID: someKey, SecretAccessKey: someSecret}
		signedURL, _, err := v4.NewSigner().PresignHTTP(t.Context(), who, r, sha256OfNothing, "sts", "eu-west-1", now.Add(c.at))
		if err != nil {
			t.Fatal(err)
		}
		r.URL, _ = url.Parse(signedURL)
		if got := p.do(r); got.Header.Get("x-amzn-ErrorType") != c.code {
			t.Errorf("X-Amz-Expires=%s after %v: %d %s, want %q", c.expires, -c.at, got.StatusCode, got.body, c.code)
		}
	}
}

// The JavaScript SDK signs :authority in the place of host when it speaks HTTP/2.
func TestVerifyTakesAuthorityForHost(t *testing.T) {
	rec := new(recorder)
	p := start(t, rec.verifying(frozen()))
	r := p.request("GET", "/instance", "", "X-Amz-Date: 20261120T105619Z")
	host := p.server.Addr().String()
	canonical := sha256.Sum256([]byte("GET\n/instance\n\n:authority:" + host + "\nx-amz-date:20261120T105619Z\n\n:authority;x-amz-date\n" + sha256OfNothing))
	toSign := "AWS4-HMAC-SHA256\n20261120T105619Z\n20261120/eu-west-1/connect/aws4_request\n" + hex.EncodeToString(canonical[:])
	signature := hex.EncodeToString(sign(deriveKey(someSecret, keyScope{someKey, "20261120", "eu-west-1", "connect"}), []byte(toSign)))
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+someKey+"/20261120/eu-west-1/connect/aws4_request, SignedHeaders=:authority;x-amz-date, Signature="+signature)
	if got := p.doWith(p.http2, r); got.StatusCode != 200 {
		t.Errorf("got %d %s", got.StatusCode, got.body)
	}
}

// The two worked examples of the SigV4 documentation, and its derived key.
func TestPublishedSignatures(t *testing.T) {
	key := deriveKey(someSecret, keyScope{someKey, "20150830", "us-east-1", "iam"})
	if got := hex.EncodeToString(key); got != "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9" {
		t.Errorf("derived key is %s", got)
	}
	at := time.Date(2015, 8, 30, 12, 36, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		service, target, host, names, signature string
		header                                  http.Header
	}{
		"get-vanilla": {"service", "/", "example.amazonaws.com", "host;x-amz-date",
			"5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31", http.Header{"X-Amz-Date": {"20150830T123600Z"}}},
		"ListUsers": {"iam", "/?Action=ListUsers&Version=2010-05-08", "iam.amazonaws.com", "content-type;host;x-amz-date",
			"5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7",
			http.Header{"X-Amz-Date": {"20150830T123600Z"}, "Content-Type": {"application/x-www-form-urlencoded; charset=utf-8"}}},
	} {
		h, err := New(Config{Auth: AuthVerify, Credentials: credentialsOfTest, Wall: clock.NewVirtual(at)})
		if err != nil {
			t.Fatal(err)
		}
		svc, _ := newService(stsService(), nil)
		svc.Service.SigningName = c.service
		r := &http.Request{Method: "GET", Host: c.host, RequestURI: c.target, URL: &url.URL{Path: "/"}, Header: c.header}
		r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/"+c.service+"/aws4_request, SignedHeaders="+c.names+", Signature="+c.signature)
		call := &call{h: h, r: r, svc: svc, sig: parseSignature(r)}
		if err := call.identify(); err != nil {
			t.Errorf("%s: %v", name, err)
		} else if err := call.checkSignature(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The canonical form, case by case: the groups of the published suite and what SDKs were seen to send besides.
func TestCanonicalRequest(t *testing.T) {
	for name, c := range map[string]struct {
		method, target string
		host           string
		header         http.Header
		length         int64
		transfer       []string
		presigned      bool
		names          string
		want           string
	}{
		"plain":                        {target: "/", names: "host", want: "GET\n/\n\nhost:h\n\nhost\nP"},
		"empty path":                   {target: "http://h", names: "host", want: "GET\n/\n\nhost:h\n\nhost\nP"},
		"absolute target":              {target: "http://proxy/a?b=c", names: "host", want: "GET\n/a\nb=c\nhost:h\n\nhost\nP"},
		"dot segments":                 {target: "/a/b/../../c/./d", names: "host", want: "GET\n/c/d\n\nhost:h\n\nhost\nP"},
		"dots above the root":          {target: "/../../a", names: "host", want: "GET\n/a\n\nhost:h\n\nhost\nP"},
		"only dots":                    {target: "/a/..", names: "host", want: "GET\n/\n\nhost:h\n\nhost\nP"},
		"slashes":                      {target: "//a//b//", names: "host", want: "GET\n/a/b/\n\nhost:h\n\nhost\nP"},
		"raw UTF-8 in the path":        {target: "/\u1234", names: "host", want: "GET\n/%E1%88%B4\n\nhost:h\n\nhost\nP"},
		"encoded once more":            {target: "/a%2Fb%20c", names: "host", want: "GET\n/a%252Fb%2520c\n\nhost:h\n\nhost\nP"},
		"encoded dots stay":            {target: "/%2e%2e/a", names: "host", want: "GET\n/%252e%252e/a\n\nhost:h\n\nhost\nP"},
		"unreserved":                   {target: "/-._~0123456789ABCabc?-._~=-._~", names: "host", want: "GET\n/-._~0123456789ABCabc\n-._~=-._~\nhost:h\n\nhost\nP"},
		"query sorted by name":         {target: "/?b=1&a=2&A=3", names: "host", want: "GET\n/\nA=3&a=2&b=1\nhost:h\n\nhost\nP"},
		"query sorted by value":        {target: "/?a=b&a=a&a", names: "host", want: "GET\n/\na=&a=a&a=b\nhost:h\n\nhost\nP"},
		"query sorted when encoded":    {target: "/?a-=1&a%21=2", names: "host", want: "GET\n/\na%21=2&a-=1\nhost:h\n\nhost\nP"},
		"query name and its extension": {target: "/?a1=x&a=y", names: "host", want: "GET\n/\na=y&a1=x\nhost:h\n\nhost\nP"},
		"plus stays a plus":            {target: "/?a=b+c&d=e%20f", names: "host", want: "GET\n/\na=b%2Bc&d=e%20f\nhost:h\n\nhost\nP"},
		"second equals sign":           {target: "/?a=b=c", names: "host", want: "GET\n/\na=b%3Dc\nhost:h\n\nhost\nP"},
		"lower-case escapes":           {target: "/?a=%e1%88%b4", names: "host", want: "GET\n/\na=%E1%88%B4\nhost:h\n\nhost\nP"},
		"broken escape":                {target: "/?a=%zz", names: "host", want: "GET\n/\na=%25zz\nhost:h\n\nhost\nP"},
		"empty parameters":             {target: "/?&&a=1&", names: "host", want: "GET\n/\na=1\nhost:h\n\nhost\nP"},
		"own signature, presigned":     {target: "/?X-Amz-Signature=s&X-Amz-Date=d", presigned: true, names: "host", want: "GET\n/\nX-Amz-Date=d\nhost:h\n\nhost\nP"},
		"that name, not presigned":     {target: "/?X-Amz-Signature=s", names: "host", want: "GET\n/\nX-Amz-Signature=s\nhost:h\n\nhost\nP"},
		"values trimmed":               {target: "/", header: http.Header{"A": {"  b \t  c  "}}, names: "a;host", want: "GET\n/\n\na:b c\nhost:h\n\na;host\nP"},
		"colon before a blank":         {target: "/", header: http.Header{"A": {"b:  c"}}, names: "a", want: "GET\n/\n\na:b: c\n\na\nP"},
		"values joined as they came":   {target: "/", header: http.Header{"A": {"z", " a ", "p"}}, names: "a", want: "GET\n/\n\na:z,a,p\n\na\nP"},
		"header that is not there":     {target: "/", names: "a", want: "GET\n/\n\na:\n\na\nP"},
		"authority of HTTP/2":          {target: "/", host: "h:4566", names: ":authority", want: "GET\n/\n\n:authority:h:4566\n\n:authority\nP"},
		"content length":               {target: "/", length: 12, names: "content-length", want: "GET\n/\n\ncontent-length:12\n\ncontent-length\nP"},
		"no content length":            {target: "/", length: -1, transfer: []string{"chunked"}, names: "content-length;transfer-encoding", want: "GET\n/\n\ncontent-length:\ntransfer-encoding:chunked\n\ncontent-length;transfer-encoding\nP"},
		"method":                       {method: "DELETE", target: "/", names: "host", want: "DELETE\n/\n\nhost:h\n\nhost\nP"},
	} {
		r := &http.Request{Method: c.method, Host: c.host, RequestURI: c.target, Header: c.header, ContentLength: c.length, TransferEncoding: c.transfer}
		if r.Method == "" {
			r.Method = "GET"
		}
		if r.Host == "" {
			r.Host = "h"
		}
		if got := string(canonicalRequest(nil, r, c.presigned, strings.Split(c.names, ";"), "P")); got != c.want {
			t.Errorf("%s:\n got %q\nwant %q", name, got, c.want)
		}
	}
}

func TestDerivedKeysAreBoundedAndFollowTheSecret(t *testing.T) {
	var cache keyCache
	for i := range derivedKeysMax {
		cache.put(keyScope{day: fmt.Sprint(i)}, "s", []byte{1})
	}
	if _, ok := cache.get(keyScope{day: "0"}, "s"); !ok || len(cache.keys) != derivedKeysMax {
		t.Fatalf("%d keys kept", len(cache.keys))
	}
	if _, ok := cache.get(keyScope{day: "0"}, "rotated"); ok {
		t.Error("the key of a rotated secret lives on")
	}
	cache.put(keyScope{day: "more"}, "s", []byte{2})
	if len(cache.keys) > derivedKeysMax {
		t.Errorf("%d keys kept", len(cache.keys))
	}
	if key, ok := cache.get(keyScope{day: "more"}, "s"); !ok || key[0] != 2 {
		t.Error("the newest key is gone")
	}
	// Whoever cannot sign does not get into the cache.
	rec := new(recorder)
	h, err := New(rec.verifying(frozen()))
	if err != nil {
		t.Fatal(err)
	}
	p := startHandler(t, h, ServerConfig{})
	r := p.request("GET", "/instance", "")
	if got := p.do(signedBy(t, r, aws.Credentials{AccessKeyID: someKey, SecretAccessKey: "wrong"}, "connect", "eu-west-9", now)); got.StatusCode != 403 || len(h.keys.keys) != 0 {
		t.Errorf("got %d, %d keys kept", got.StatusCode, len(h.keys.keys))
	}
	if got := p.do(signed(t, p.request("GET", "/instance", ""), "connect", now)); got.StatusCode != 200 || len(h.keys.keys) != 1 {
		t.Errorf("got %d, %d keys kept", got.StatusCode, len(h.keys.keys))
	}
}

// botocore signs for boto3 and the AWS CLI.
func TestVerifyAcceptsWhatBotocoreSigns(t *testing.T) {
	if err := exec.CommandContext(t.Context(), "python3", "-c", "import botocore").Run(); err != nil {
		t.Skip("python3 with botocore is not installed")
	}
	rec := new(recorder)
	p := start(t, rec.verifying(clock.System{})) // botocore signs with the real time
	out, err := exec.CommandContext(t.Context(), "python3", "testdata/botocore_sign.py", p.server.Addr().String(), someKey, someSecret, someToken).Output()
	if err != nil {
		t.Fatal(err)
	}
	var requests []struct {
		Name, Method, Target, Body string
		Headers                    map[string]string
	}
	if err := json.Unmarshal(out, &requests); err != nil || len(requests) == 0 {
		t.Fatalf("%v: %s", err, out)
	}
	for _, c := range requests {
		t.Run(c.Name, func(t *testing.T) {
			var headers strings.Builder
			for name, value := range c.Headers {
				fmt.Fprintf(&headers, "%s: %s\r\n", name, value)
			}
			raw := fmt.Sprintf("%s %s HTTP/1.1\r\nHost: %s\r\nContent-Length: %d\r\nConnection: close\r\n%s\r\n%s", c.Method, c.Target, p.server.Addr(), len(c.Body), headers.String(), c.Body)
			got := p.raw(raw)
			if !strings.HasPrefix(got, "HTTP/1.1 200 OK\r\n") {
				t.Errorf("got %s", got)
			}
		})
	}
}
