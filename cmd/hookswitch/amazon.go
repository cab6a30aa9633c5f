package main

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"
)

// amazon calls the AWS operations of a server as an AWS client does: what the command line sets up is set up by the same
// requests as everyone's.
type amazon struct {
	c                            *client
	keyID, secret, token, region string
}

// amazon returns a caller for an account and Region. Where any key is taken the account's number is the key; a server that
// verifies signatures needs the keys of the environment.
func (c *client) amazon(ctx context.Context, account, region string) (*amazon, error) {
	var info serverInfo
	if err := c.get(ctx, "/info", &info); err != nil {
		return nil, err
	}
	a := &amazon{c: c, keyID: account, secret: "test", region: region}
	if info.Auth == "verify" {
		a.keyID, a.secret, a.token = os.Getenv("AWS_ACCESS_KEY_ID"), os.Getenv("AWS_SECRET_ACCESS_KEY"), os.Getenv("AWS_SESSION_TOKEN")
		if a.keyID == "" || a.secret == "" {
			return nil, errors.New("the server verifies signatures: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY to one of its --credentials")
		}
	}
	return a, nil
}

// amazonError is an error as AWS operations answer it.
type amazonError struct {
	Code, Message string
}

func (e *amazonError) Error() string { return e.Code + ": " + e.Message }

// isCode reports whether err is the AWS error with that name.
func isCode(err error, code string) bool {
	var e *amazonError
	return errors.As(err, &e) && e.Code == code
}

// connect calls an operation of Amazon Connect by its method and path.
func (a *amazon) connect(ctx context.Context, method, path string, in, out any) error {
	return a.call(ctx, "connect", method, path, "", in, out)
}

// kinesis calls an operation of Kinesis by its name.
func (a *amazon) kinesis(ctx context.Context, operation string, in, out any) error {
	return a.call(ctx, "kinesis", http.MethodPost, "/", "Kinesis_20131202."+operation, in, out)
}

func (a *amazon) call(ctx context.Context, service, method, path, target string, in, out any) error {
	var body []byte
	if in != nil {
		var err error
		if body, err = json.Marshal(in); err != nil {
			return err
		}
	}
	req, err := http.NewRequestWithContext(ctx, method, a.c.endpoint+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	if target != "" {
		req.Header.Set("Content-Type", "application/x-amz-json-1.1")
		req.Header.Set("X-Amz-Target", target)
	}
	a.sign(req, service, body, time.Now())
	resp, b, err := a.c.answer(req)
	if err != nil {
		return err
	}
	if resp.StatusCode/100 != 2 {
		return amazonRefusal(resp, b)
	}
	if out == nil || len(b) == 0 {
		return nil
	}
	return json.Unmarshal(b, out)
}

func amazonRefusal(resp *http.Response, body []byte) error {
	var e struct {
		Type    string `json:"__type"`
		Message string `json:"message"` // or Message: names are matched whatever their case
	}
	json.Unmarshal(body, &e) // what is no JSON has no message
	code, _, _ := strings.Cut(resp.Header.Get("X-Amzn-Errortype"), ":")
	if code == "" {
		code = e.Type[strings.LastIndex(e.Type, "#")+1:]
	}
	if code == "" {
		code = resp.Status
	}
	return &amazonError{code, e.Message}
}

const signatureTime = "20060102T150405Z"

// sign adds a Signature Version 4. Paths here need no second encoding.
func (a *amazon) sign(req *http.Request, service string, body []byte, now time.Time) {
	date := now.UTC().Format(signatureTime)
	req.Header.Set("X-Amz-Date", date)
	names := []string{"content-type", "host", "x-amz-date"}
	if a.token != "" {
		req.Header.Set("X-Amz-Security-Token", a.token)
		names = append(names, "x-amz-security-token")
	}
	if req.Header.Get("X-Amz-Target") != "" {
		names = append(names, "x-amz-target")
	}
	var headers strings.Builder
	for _, n := range names {
		value := req.Header.Get(n)
		if n == "host" {
			value = req.URL.Host
		}
		fmt.Fprintf(&headers, "%s:%s\n", n, value)
	}
	query, _ := url.ParseQuery(req.URL.RawQuery)
	signed := strings.Join(names, ";")
	canonical := strings.Join([]string{req.Method, req.URL.EscapedPath(), strings.ReplaceAll(query.Encode(), "+", "%20"), headers.String(), signed, digest(body)}, "\n")
	scope := strings.Join([]string{date[:8], a.region, service, "aws4_request"}, "/")
	key := []byte("AWS4" + a.secret)
	for part := range strings.SplitSeq(scope, "/") {
		key = mac(key, part)
	}
	signature := mac(key, strings.Join([]string{"AWS4-HMAC-SHA256", date, scope, digest([]byte(canonical))}, "\n"))
	req.Header.Set("Authorization", fmt.Sprintf("AWS4-HMAC-SHA256 Credential=%s/%s, SignedHeaders=%s, Signature=%x", a.keyID, scope, signed, signature))
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}
