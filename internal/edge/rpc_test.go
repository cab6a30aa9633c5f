package edge

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/fxamacker/cbor/v2"

	"github.com/hookswitch/hookswitch/internal/wire"
)

// metricsService is a service that is spoken to in three protocols, as CloudWatch is.
func metricsService() *wire.Service {
	return &wire.Service{
		Name: "cloudwatch", SigningName: "monitoring", Protocol: wire.AWSJSON10, Also: []wire.Protocol{wire.AWSQuery, wire.RPCV2CBOR},
		TargetPrefix: "Granite", APIVersion: "2010-08-01", XMLNamespace: "http://monitoring.amazonaws.com/doc/2010-08-01/", MessageKey: "message",
		ValidationCode: "ValidationException", SerializationCode: "SerializationException", InternalCode: "InternalServiceFault",
		QueryCodes: map[string]string{"LimitExceededFault": "LimitExceeded", "UnknownOperationException": "InvalidAction"},
		Catalogue: []wire.OperationModel{
			{Name: "ListMetrics", Method: "POST", Path: "/", Status: 200}, {Name: "PutMetricAlarm", Method: "POST", Path: "/", Status: 200},
		},
	}
}

const (
	rpcAddress = "/service/Granite/operation/ListMetrics"
	rpcMark    = "Smithy-Protocol: rpc-v2-cbor"
	form       = "Content-Type: application/x-www-form-urlencoded"
	emptyMap   = "\xbf\xff"
)

// TestProtocolsOfOneService: the same operation is reached in each protocol of its service, and its answer and its errors
// have that protocol's form.
func TestProtocolsOfOneService(t *testing.T) {
	rec := new(recorder)
	svc := metricsService()
	cfg := rec.config()
	cfg.Operations = append(cfg.Operations, rec.operation(svc, "ListMetrics"))
	p := start(t, cfg)
	inJSON := []string{"X-Amz-Target: Granite.ListMetrics", "Content-Type: application/x-amz-json-1.0"}
	inCBOR := []string{rpcMark, "Content-Type: application/cbor"}
	for name, c := range map[string]struct {
		method, target, body string
		headers              []string
		encoding             wire.Encoding
		errorType, want      string // content type of an error, and a part of it
	}{
		"json":         {"POST", "/", "{}", inJSON, wire.JSON, "application/x-amz-json-1.0", `{"__type":"LimitExceededFault","message":"no more"}`},
		"cbor":         {"POST", rpcAddress, emptyMap, inCBOR, wire.CBOR, "application/cbor", "\xbf\x66__type\x72LimitExceededFault\x67message\x67no more\xff"},
		"cbor, prefix": {"POST", "/some/where" + rpcAddress, emptyMap, inCBOR, wire.CBOR, "application/cbor", "LimitExceededFault"},
		"cbor, empty":  {"POST", rpcAddress, "", []string{rpcMark}, wire.CBOR, "application/cbor", "LimitExceededFault"},
		"cbor, zipped": {"POST", rpcAddress, zip(emptyMap), append(inCBOR, "Content-Encoding: gzip"), wire.CBOR, "application/cbor", "LimitExceededFault"},
		"query":        {"POST", "/", "Action=ListMetrics&Version=2010-08-01", []string{form}, wire.Query, "text/xml", "<Type>Sender</Type>\n    <Code>LimitExceeded</Code>\n    <Message>no more</Message>"},
		"query string": {"GET", "/?Action=ListMetrics&Version=2010-08-01", "", nil, wire.Query, "text/xml", "<Code>LimitExceeded</Code>"},
	} {
		rec.serve = nil
		headers := append(looseFor("monitoring"), c.headers...)
		got := p.do(p.request(c.method, c.target, c.body, headers...))
		if got.StatusCode != 200 {
			t.Fatalf("%s: %d %q", name, got.StatusCode, got.body)
		}
		r := rec.last(t)
		if r.operation != "ListMetrics" || r.request.Encoding != c.encoding || r.caller.Account != DefaultAccount {
			t.Errorf("%s reached %s in %s as %+v", name, r.operation, r.request.Encoding, r.caller)
		}
		if c.encoding == wire.CBOR && c.body != "" && string(r.request.Body) != emptyMap {
			t.Errorf("%s: the operation got %x", name, r.request.Body)
		}
		rec.serve = func(context.Context, string, *wire.Request) (*wire.Response, error) {
			return nil, wire.NewError("LimitExceededFault", 400, "no more")
		}
		for _, compatible := range []bool{false, true} {
			r := p.request(c.method, c.target, c.body, headers...)
			if compatible {
				r.Header.Set("X-Amzn-Query-Mode", "true")
			}
			got := p.do(r)
			queryError := map[bool]string{true: "LimitExceeded;Sender"}[compatible && c.encoding != wire.Query]
			mark := map[bool]string{true: "rpc-v2-cbor"}[c.encoding == wire.CBOR]
			if got.StatusCode != 400 || got.Header.Get("Content-Type") != c.errorType || !strings.Contains(got.body, c.want) ||
				got.Header.Get("X-Amzn-Query-Error") != queryError || got.Header.Get("Smithy-Protocol") != mark {
				t.Errorf("%s, query mode %v: %d %v %q", name, compatible, got.StatusCode, got.Header, got.body)
			}
		}
	}
	// The form alone tells whose it is, too.
	rec.serve = nil
	r := p.request("POST", "/", "Action=ListMetrics&Version=2010-08-01", form)
	if got := p.do(r); got.StatusCode != 403 || !strings.Contains(got.body, "MissingAuthenticationToken") || !strings.Contains(got.body, "<ErrorResponse") {
		t.Errorf("unsigned: %d %s", got.StatusCode, got.body)
	}
}

func TestRPCRefusals(t *testing.T) {
	rec := new(recorder)
	cfg := rec.config()
	cfg.Operations = append(cfg.Operations, rec.operation(metricsService(), "ListMetrics"))
	cfg.BodyBytesMax = map[string]int64{"cloudwatch": 4096}
	p := start(t, cfg)
	const typed = "Content-Type: application/cbor"
	bomb := zip(strings.Repeat("\x00", 3<<20))
	if len(bomb) > 4096 {
		t.Fatalf("the bomb has %d bytes: it would be refused for what it is, not for what comes out", len(bomb))
	}
	for name, c := range map[string]struct {
		method, target, body string
		headers              []string
		status               int
		code                 string
	}{
		"not served":          {"POST", "/service/Granite/operation/PutMetricAlarm", emptyMap, []string{typed}, 404, "UnknownOperationException"},
		"not known":           {"POST", "/service/Granite/operation/Nonsense", emptyMap, []string{typed}, 404, "UnknownOperationException"},
		"another's service":   {"POST", "/service/Else/operation/ListMetrics", emptyMap, []string{typed}, 404, "UnknownOperationException"},
		"method":              {"GET", rpcAddress, "", nil, 404, "UnknownOperationException"},
		"content type":        {"POST", rpcAddress, "{}", []string{"Content-Type: application/json"}, 415, "UnsupportedMediaTypeException"},
		"too large":           {"POST", rpcAddress, strings.Repeat(" ", 4097), []string{typed}, 413, "RequestEntityTooLargeException"},
		"bomb":                {"POST", rpcAddress, bomb, []string{typed, "Content-Encoding: gzip"}, 413, "RequestEntityTooLargeException"},
		"not gzip":            {"POST", rpcAddress, "x", []string{typed, "Content-Encoding: gzip"}, 400, "SerializationException"},
		"a service elsewhere": {"POST", "/service/Kinesis_20131202/operation/ListStreams", emptyMap, []string{typed}, 404, "UnknownOperationException"},
	} {
		got := p.do(p.request(c.method, c.target, c.body, append(append(looseFor("monitoring"), rpcMark), c.headers...)...))
		var answer map[string]any
		if err := cbor.Unmarshal([]byte(got.body), &answer); err != nil {
			t.Errorf("%s: %d %q: %v", name, got.StatusCode, got.body, err)
			continue
		}
		if got.StatusCode != c.status || answer["__type"] != c.code || got.Header.Get("Content-Type") != "application/cbor" {
			t.Errorf("%s: %d %v", name, got.StatusCode, answer)
		}
	}
	if rec.count() != 0 {
		t.Errorf("%d operations were called", rec.count())
	}
	// Without a service to blame the refusal is CBOR all the same.
	got := p.do(p.request("POST", "/service/Else/operation/Do", emptyMap, rpcMark, typed))
	var answer map[string]any
	if err := cbor.Unmarshal([]byte(got.body), &answer); err != nil || got.StatusCode != 404 || answer["__type"] != "UnknownOperationException" {
		t.Errorf("unknown service: %d %q %v", got.StatusCode, got.body, err)
	}
}

// TestRPCSignature: what the Go SDK's signer signs is believed, and nothing else.
func TestRPCSignature(t *testing.T) {
	rec := new(recorder)
	cfg := rec.verifying(frozen())
	cfg.Operations = append(cfg.Operations, rec.operation(metricsService(), "ListMetrics"))
	p := start(t, cfg)
	who := aws.Credentials{AccessKeyID: someKey, SecretAccessKey: someSecret}
	for name, body := range map[string]string{"plain": emptyMap, "zipped": zip(emptyMap)} {
		headers := []string{rpcMark, "Content-Type: application/cbor"}
		if name == "zipped" {
			headers = append(headers, "Content-Encoding: gzip")
		}
		r := signedBy(t, p.request("POST", rpcAddress, body, headers...), who, "monitoring", "eu-west-1", now)
		if got := p.do(r); got.StatusCode != 200 {
			t.Errorf("%s: %d %q", name, got.StatusCode, got.body)
		}
		r = signedBy(t, p.request("POST", rpcAddress, body, headers...), aws.Credentials{AccessKeyID: someKey, SecretAccessKey: "wrong"}, "monitoring", "eu-west-1", now)
		if got := p.do(r); got.StatusCode != 400 || !strings.Contains(got.body, "InvalidSignatureException") {
			t.Errorf("%s, wrong secret: %d %q", name, got.StatusCode, got.body)
		}
	}
	r := signedBy(t, p.request("POST", "/", url.Values{"Action": {"ListMetrics"}, "Version": {"2010-08-01"}}.Encode(), form), who, "monitoring", "eu-west-1", now)
	if got := p.do(r); got.StatusCode != http.StatusOK {
		t.Errorf("form: %d %s", got.StatusCode, got.body)
	}
	if n := rec.count(); n != 3 {
		t.Error(fmt.Sprint(n, " requests arrived"))
	}
}
