package edge

import (
	"bytes"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
)

var uuid = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)

// The order of checks that was recorded of Kinesis: the first that fails decides.
func TestKinesisOrderOfChecks(t *testing.T) {
	const (
		jsonType = "Content-Type: application/x-amz-json-1.1"
		cbor     = "Content-Type: application/x-amz-cbor-1.1"
		put      = "X-Amz-Target: Kinesis_20131202.PutRecords"
		unknown  = "X-Amz-Target: Kinesis_20131202.PutRecordz"
		host     = "Host: kinesis.eu-west-1.localhost"
		auth     = "Authorization: AWS4-HMAC-SHA256 "
	)
	for _, c := range []struct {
		name    string
		method  string
		query   string
		headers []string
		body    string
		status  int
		typ     string // of the answer
		want    string // the whole body, or for CBOR a part of it
	}{
		{"not POST", "GET", "", []string{host}, "", 403, "", accessDeniedXML},
		{"not POST, though signed", "PUT", "", append(looseFor("kinesis"), put), "{}", 403, "", accessDeniedXML},
		{"empty body", "POST", "", []string{put, jsonType}, "", 400, "application/x-amz-json-1.1", `{"__type":"SerializationException"}`},
		{"empty body, unknown operation", "POST", "", []string{unknown, jsonType}, "", 400, "application/x-amz-json-1.1", `{"__type":"UnknownOperationException"}`},
		{"empty body without content type", "POST", "", []string{put}, "", 400, cborType, "\xbff__typevSerializationException\xff"},
		{"empty body, application/json", "POST", "", []string{host, "Content-Type: application/json"}, "", 400, cborType, "UnknownOperationException"},
		{"content type, no target", "POST", "", []string{host, "Content-Type: text/plain"}, "{}", 403, "", accessDeniedXML},
		{"content type, no operation", "POST", "", []string{host, "X-Amz-Target: Kinesis_20131202", "Content-Type: text/plain"}, "{}", 403, "", accessDeniedXML},
		{"content type", "POST", "", []string{put, "Content-Type: text/plain"}, "{}", 404, "", unknownAPIXML},
		{"content type, unknown operation", "POST", "", []string{unknown}, "{}", 404, "", unknownAPIXML},
		{"body does not parse", "POST", "", []string{put, jsonType}, "{", 400, "application/x-amz-json-1.1", `{"__type":"SerializationException"}`},
		{"body is a list", "POST", "", []string{put, jsonType}, "[]", 400, "application/x-amz-json-1.1", `{"__type":"SerializationException"}`},
		{"body does not parse, unknown operation", "POST", "", []string{unknown, jsonType}, "hello", 400, "application/x-amz-json-1.1", `{"__type":"SerializationException"}`},
		{"CBOR does not parse", "POST", "", []string{put, cbor}, "\xbf\x61", 400, cborType, "SerializationException"},
		{"application/json does not parse", "POST", "", []string{put, "Content-Type: application/json"}, "{", 400, "application/json", coralNotParsed},
		{"application/json", "POST", "", append(looseFor("kinesis"), put, "Content-Type: application/json"), "{}", 404, "application/json", coralNotKnown},
		{"unknown operation", "POST", "", []string{unknown, jsonType}, "{}", 400, "application/x-amz-json-1.1",
			`{"__type":"UnknownOperationException","message":"kinesis has no operation PutRecordz."}`},
		{"operation we lack, unsigned", "POST", "", []string{"X-Amz-Target: Kinesis_20131202.SplitShard", jsonType}, "{}", 400, "application/x-amz-json-1.1",
			`{"__type":"MissingAuthenticationTokenException","message":"Missing Authentication Token"}`},
		{"operation we lack", "POST", "", append(looseFor("kinesis"), "X-Amz-Target: Kinesis_20131202.SplitShard", jsonType), "{}", 400, "application/x-amz-json-1.1",
			`{"__type":"UnknownOperationException","message":"Operation SplitShard is not supported yet; docs/compat/kinesis.md lists the operations that are."}`},
		{"both forms", "POST", "?X-Amz-Algorithm=AWS4-HMAC-SHA256", []string{put, jsonType, auth + "Credential=a"}, "{}", 400, "application/x-amz-json-1.1",
			`{"__type":"InvalidSignatureException","message":"Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header."}`},
		{"unsigned", "POST", "", []string{put, jsonType}, "{}", 400, "application/x-amz-json-1.1",
			`{"__type":"MissingAuthenticationTokenException","message":"Missing Authentication Token"}`},
		{"another scheme", "POST", "", []string{put, jsonType, "Authorization: Bearer abc"}, "{}", 400, "application/x-amz-json-1.1",
			`{"__type":"IncompleteSignatureException","message":"Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter. Authorization header requires 'SignedHeaders' parameter. Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. Authorization=Bearer abc"}`},
		{"unsigned CBOR", "POST", "", []string{put, cbor}, "\xa0", 400, cborType, "MissingAuthenticationTokenException"},
		{"header without anything", "POST", "", []string{put, jsonType, auth + "x"}, "{}", 400, "application/x-amz-json-1.1",
			`{"__type":"IncompleteSignatureException","message":"Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter. Authorization header requires 'SignedHeaders' parameter. Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. Authorization=AWS4-HMAC-SHA256 x"}`},
		{"header with blanks for commas, without a date", "POST", "", []string{put, jsonType, auth + "Signature=b Credential=a  SignedHeaders=c"}, "{}", 400, "application/x-amz-json-1.1",
			`{"__type":"IncompleteSignatureException","message":"Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. Authorization=AWS4-HMAC-SHA256 Signature=b Credential=a  SignedHeaders=c"}`},
		{"header without Signature", "POST", "", []string{put, jsonType, auth + "Credential=a,SignedHeaders=c", "Date: x"}, "{}", 400, "application/x-amz-json-1.1",
			`{"__type":"IncompleteSignatureException","message":"Authorization header requires 'Signature' parameter. Authorization=AWS4-HMAC-SHA256 Credential=a,SignedHeaders=c"}`},
		{"query without anything", "POST", "?X-Amz-Algorithm", []string{put, jsonType}, "{}", 400, "application/x-amz-json-1.1",
			`{"__type":"IncompleteSignatureException","message":"AWS query-string parameters must include 'X-Amz-Algorithm'. AWS query-string parameters must include 'X-Amz-Credential'. AWS query-string parameters must include 'X-Amz-Signature'. AWS query-string parameters must include 'X-Amz-SignedHeaders'. AWS query-string parameters must include 'X-Amz-Date'. Re-examine the query-string parameters."}`},
		{"query without a date", "POST", "?X-Amz-Algorithm=a&X-Amz-Credential=b&X-Amz-Signature=c&X-Amz-SignedHeaders=d", []string{put, jsonType}, "{}", 400, "application/x-amz-json-1.1",
			`{"__type":"IncompleteSignatureException","message":"AWS query-string parameters must include 'X-Amz-Date'. Re-examine the query-string parameters."}`},
		{"served", "POST", "", append(looseFor("kinesis"), put, "Content-Type:   application/x-amz-json-1.1 ; x"), "{}", 200, "application/x-amz-json-1.1", "{}"},
		{"served on another path, signed for another service", "POST", "/some/where", append(looseFor("connect"), put, jsonType), "{}", 200, "application/x-amz-json-1.1", "{}"},
		{"served in CBOR", "POST", "", append(looseFor("kinesis"), put, cbor), "\xa0", 200, cborType, "\xbf\xff"},
		{"a body that does not parse is the decoder's when all else is right", "POST", "", append(looseFor("kinesis"), put, jsonType), "{", 200, "application/x-amz-json-1.1", "{}"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := start(t, new(recorder).config())
			for version, client := range map[string]*http.Client{"HTTP/1.1": p.http1, "HTTP/2.0": p.http2} {
				target := c.query
				if !strings.HasPrefix(target, "/") {
					target = "/" + target
				}
				got := p.doWith(client, p.request(c.method, target, c.body, c.headers...))
				if got.Proto != version {
					t.Fatalf("spoke %s, want %s", got.Proto, version)
				}
				if got.StatusCode != c.status || got.Header.Get("Content-Type") != c.typ {
					t.Errorf("%s: got %d %q, want %d %q; body %q", version, got.StatusCode, got.Header.Get("Content-Type"), c.status, c.typ, got.body)
				}
				if c.typ == cborType && !strings.Contains(got.body, c.want) || c.typ != cborType && got.body != c.want {
					t.Errorf("%s: body\n got %q\nwant %q", version, got.body, c.want)
				}
				checkCommon(t, got)
				if id2 := got.Header.Get("x-amz-id-2"); len(id2) != 96 {
					t.Errorf("%s: x-amz-id-2 is %q", version, id2)
				}
				if strings.Contains(got.body, "__type") && !strings.Contains(got.body, "Output") && got.Header.Get("x-amzn-ErrorType") == "" {
					t.Errorf("%s: no x-amzn-ErrorType", version)
				}
			}
		})
	}
}

// checkCommon checks what every answer has.
func checkCommon(t *testing.T, a answer) {
	t.Helper()
	if id := a.Header.Get("x-amzn-RequestId"); !uuid.MatchString(id) {
		t.Errorf("x-amzn-RequestId is %q", id)
	}
	if a.Header.Get("Date") == "" || a.Header.Get("Content-Length") != fmt.Sprint(len(a.body)) || a.Header.Get("Server") != "" {
		t.Errorf("headers are %v for a body of %d", a.Header, len(a.body))
	}
}

func TestRequestIDsComeFromRand(t *testing.T) {
	cfg := new(recorder).config()
	cfg.Rand = bytes.NewReader(bytes.Repeat([]byte{0xab}, randomBlock))
	p := start(t, cfg)
	got := p.do(p.request("GET", "/", "", "Host: kinesis"))
	if id := got.Header.Get("x-amzn-RequestId"); id != "abababab-abab-4bab-abab-abababababab" {
		t.Errorf("id is %s", id)
	}
	if id2 := got.Header.Get("x-amz-id-2"); id2 != strings.Repeat("q6ur", 24) {
		t.Errorf("extended id is %s", id2)
	}
}

// What a client sends is never repeated in a way that breaks the answer, and never breaks the server.
func TestRubbishGetsAnError(t *testing.T) {
	p := start(t, new(recorder).config())
	for name, r := range map[string]*http.Request{
		"invalid UTF-8 in the target":        p.request("POST", "/", "{}", "X-Amz-Target: Kinesis_20131202.\xff\xfe", "Content-Type: application/x-amz-json-1.1"),
		"invalid UTF-8 in the authorization": p.request("POST", "/", "{}", "X-Amz-Target: Kinesis_20131202.PutRecords", "Content-Type: application/x-amz-json-1.1", "Authorization: AWS4-HMAC-SHA256 \xff\xfe"),
		"invalid UTF-8 in the credential":    p.request("GET", "/instance", "", strings.Replace(looseFor("connect")[0], "AKID", "AK\xff", 1), "X-Amz-Date: x"),
		"a Region that is a path":            p.request("GET", "/instance", "", strings.Replace(looseFor("connect")[0], "us-east-1", "..", 1), "X-Amz-Date: x"),
		"an endless key":                     p.request("GET", "/instance", "", strings.Replace(looseFor("connect")[0], "AKID", strings.Repeat("A", 129), 1), "X-Amz-Date: x"),
		"an endless operation":               p.request("POST", "/", "{}", "X-Amz-Target: Kinesis_20131202."+strings.Repeat("x", 9000), "Content-Type: application/x-amz-json-1.1"),
		"deep path":                          p.request("GET", strings.Repeat("/instance", 2000), "", looseFor("connect")...),
		"deep JSON of an unknown operation":  p.request("POST", "/", strings.Repeat(`{"a":`, 100000), "X-Amz-Target: Kinesis_20131202.X", "Content-Type: application/x-amz-json-1.1"),
		"deep CBOR of an unknown operation":  p.request("POST", "/", strings.Repeat("\xa1\x61a", 100000), "X-Amz-Target: Kinesis_20131202.X", "Content-Type: application/x-amz-cbor-1.1"),
		"a host of dots":                     p.request("GET", "/", "", "Host: "+strings.Repeat(".", 4000)),
	} {
		got := p.do(r)
		if got.StatusCode < 400 || got.StatusCode >= 500 || len(got.body) > 2000 {
			t.Errorf("%s: %d with %d bytes: %.300s", name, got.StatusCode, len(got.body), got.body)
		}
		checkCommon(t, got)
	}
}
