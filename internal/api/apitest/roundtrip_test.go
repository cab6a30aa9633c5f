package apitest

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/schemas"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	smithyhttp "github.com/aws/smithy-go/transport/http"
	"github.com/aws/smithy-go/transport/http/protocol/awsjson"
	"github.com/aws/smithy-go/transport/http/protocol/awsquery"
	"github.com/google/go-cmp/cmp"

	"github.com/hookswitch/hookswitch/internal/api/cloudwatchapi"
	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/api/dynamodbapi"
	"github.com/hookswitch/hookswitch/internal/api/kinesisapi"
	"github.com/hookswitch/hookswitch/internal/api/stsapi"
	"github.com/hookswitch/hookswitch/internal/wire"
)

const requestID = "6f1c2e0a-1f0f-4d4e-9a51-2f8f2f7a0c11"

// loopback is an http.RoundTripper that hands each request to one operation.
type loopback struct {
	op       wire.Operation
	template string
	received *wire.Request
}

func (l *loopback) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := plainBody(r)
	if err != nil {
		return nil, err
	}
	req := &wire.Request{Encoding: wire.JSON, Body: body, Header: r.Header, Query: r.URL.Query()}
	switch {
	case r.Header.Get("Smithy-Protocol") == "rpc-v2-cbor":
		req.Encoding = wire.CBOR
		if want := "/service/" + l.op.Service.TargetPrefix + "/operation/" + l.op.Model.Name; r.URL.Path != want || !l.op.Service.Speaks(wire.RPCV2CBOR) {
			return nil, errors.New("path " + r.URL.Path)
		}
	case r.Header.Get("X-Amz-Target") == "" && l.op.Service.Speaks(wire.AWSQuery):
		req.Encoding = wire.Query
	case l.op.Service.Protocol == wire.RESTJSON1:
		if req.Labels, err = labels(l.template, r.URL.EscapedPath(), url.PathUnescape); err != nil {
			return nil, err
		}
		if r.Method != l.op.Model.Method {
			return nil, errors.New("method " + r.Method)
		}
	default:
		if want := l.op.Service.TargetPrefix + "." + l.op.Model.Name; r.Header.Get("X-Amz-Target") != want {
			return nil, errors.New("target " + r.Header.Get("X-Amz-Target"))
		}
	}
	l.received = req
	ctx := wire.WithCaller(r.Context(), wire.Caller{RequestID: requestID})
	resp, err := l.op.Serve(ctx, req)
	if err != nil {
		resp = wire.RenderError(l.op.Service, req.Encoding, err, requestID)
	}
	header := http.Header{"Content-Type": {resp.ContentType}, "X-Amzn-Requestid": {requestID}}
	for name, values := range resp.Header {
		header[name] = values
	}
	out := bytes.Clone(resp.Body)
	if resp.Release != nil {
		resp.Release()
	}
	return &http.Response{StatusCode: resp.Status, Header: header, Body: io.NopCloser(bytes.NewReader(out)),
		ContentLength: int64(len(out)), Request: r, ProtoMajor: 1, ProtoMinor: 1}, nil
}

// plainBody reads a request's body, decompressed as the edge does.
func plainBody(r *http.Request) ([]byte, error) {
	if r.Body == nil {
		return nil, nil
	}
	if r.Header.Get("Content-Encoding") != "gzip" {
		return io.ReadAll(r.Body)
	}
	z, err := gzip.NewReader(r.Body)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(z)
}

// sdkConfig is a client configuration that ends at transport.
func sdkConfig(transport http.RoundTripper) aws.Config {
	return aws.Config{
		Region:           "us-east-1",
		BaseEndpoint:     aws.String("http://localhost:4566"),
		HTTPClient:       &http.Client{Transport: transport},
		RetryMaxAttempts: 1,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "none"}, nil
		}),
	}
}

type serviceCase struct {
	name, in  string // of the model; of the protocol
	service   *wire.Service
	allowed   []string
	exchanges []exchange
	client    func(http.RoundTripper) any
}

var serviceCases = []serviceCase{
	{"kinesis", "json", kinesisapi.Service, kinesisapi.Allowed, kinesisExchanges,
		func(tr http.RoundTripper) any { return kinesis.NewFromConfig(sdkConfig(tr)) }},
	{"connect", "json", connectapi.Service, connectapi.Allowed, connectExchanges,
		func(tr http.RoundTripper) any { return connect.NewFromConfig(sdkConfig(tr)) }},
	{"dynamodb", "json", dynamodbapi.Service, dynamodbapi.Allowed, dynamodbExchanges,
		func(tr http.RoundTripper) any { return dynamodb.NewFromConfig(sdkConfig(tr)) }},
	{"sts", "query", stsapi.Service, stsapi.Allowed, stsExchanges,
		func(tr http.RoundTripper) any { return sts.NewFromConfig(sdkConfig(tr)) }},
	{"cloudwatch", "cbor", cloudwatchapi.Service, cloudwatchapi.Allowed, cloudwatchExchanges, cloudwatchIn(nil)},
	{"cloudwatch", "json", cloudwatchapi.Service, cloudwatchapi.Allowed, cloudwatchExchanges, cloudwatchIn(awsjson.New10(schemas.GraniteServiceVersion20100801))},
	{"cloudwatch", "query", cloudwatchapi.Service, cloudwatchapi.Allowed, cloudwatchExchanges,
		cloudwatchIn(awsquery.New(schemas.GraniteServiceVersion20100801))},
}

// cloudwatchIn makes clients that speak protocol; nil: the SDK's own choice, which is CBOR.
func cloudwatchIn(protocol smithyhttp.ClientProtocol) func(http.RoundTripper) any {
	return func(tr http.RoundTripper) any {
		return cloudwatch.NewFromConfig(sdkConfig(tr), func(o *cloudwatch.Options) {
			if protocol != nil {
				o.Protocol = protocol
			}
		})
	}
}

func TestEveryAllowedOperationIsExchanged(t *testing.T) {
	for _, c := range serviceCases {
		var names []string
		for _, x := range c.exchanges {
			names = append(names, x.name)
		}
		names = append(names, streamed[c.name]...)
		want := slices.Clone(c.allowed)
		slices.Sort(want)
		slices.Sort(names)
		if diff := cmp.Diff(want, names); diff != "" {
			t.Errorf("%s: allow-list and tested operations differ:\n%s", c.name, diff)
		}
	}
}

func TestSDKAndWeUnderstandOneAnother(t *testing.T) {
	for _, c := range serviceCases {
		m := loadModel(t, c.name)
		for _, x := range c.exchanges {
			for _, full := range []bool{false, true} {
				kind := map[bool]string{false: "minimal", true: "maximal"}[full]
				t.Run(c.name+"/"+c.in+"/"+x.name+"/"+kind, func(t *testing.T) { exchangeOnce(t, c, m, x, full) })
			}
		}
	}
}

func exchangeOnce(t *testing.T, c serviceCase, m *model, x exchange, full bool) {
	op := m.Operations[x.name]
	want := map[string]any{}
	if op.Input != nil {
		want = m.tree(t, op.Input.Shape, full, 0).(map[string]any)
	}
	input := x.newInput()
	fill(t, reflect.ValueOf(input).Elem(), want)

	ours, wantOut := x.newOutput(), map[string]any{}
	if op.Output != nil {
		wantOut = m.tree(t, op.Output.Shape, full, 0).(map[string]any)
		fill(t, reflect.ValueOf(ours).Elem(), wantOut)
	}
	var got any
	served := x.op(func(in any) { got = in }, func() any { return ours })
	output, err := x.call(t.Context(), c.client(&loopback{op: served, template: op.HTTP.RequestURI}), input)
	if err != nil {
		t.Fatalf("call: %v", err)
	}

	if op.Input != nil {
		gotTree := m.read(t, reflect.ValueOf(got).Elem(), op.Input.Shape).(map[string]any)
		for member, r := range m.Shapes[op.Input.Shape].Members {
			if _, set := want[member]; !set && r.IdempotencyToken {
				delete(gotTree, member) // the SDK made one up
			}
		}
		if diff := cmp.Diff(any(want), any(gotTree)); diff != "" {
			t.Errorf("input as sent (-) and as decoded (+):\n%s", diff)
		}
	}
	if op.Output != nil {
		gotTree := m.read(t, reflect.ValueOf(output).Elem(), op.Output.Shape)
		if diff := cmp.Diff(any(wantOut), gotTree); diff != "" {
			t.Errorf("output as given (-) and as the SDK has it (+):\n%s", diff)
		}
	}
}

func TestSDKSeesOurErrors(t *testing.T) {
	for _, c := range serviceCases {
		t.Run(c.name+"/"+c.in, func(t *testing.T) {
			m := loadModel(t, c.name)
			x := c.exchanges[0]
			op := m.Operations[x.name]
			input := x.newInput()
			if op.Input != nil {
				fill(t, reflect.ValueOf(input).Elem(), m.tree(t, op.Input.Shape, false, 0))
			}
			served := x.op(func(any) {}, x.newOutput)
			served.Serve = func(_ context.Context, r *wire.Request) (*wire.Response, error) {
				return nil, wire.UnknownOperation(c.service, r.Encoding, "NoSuchThing")
			}
			_, err := x.call(t.Context(), c.client(&loopback{op: served, template: op.HTTP.RequestURI}), input)
			var api interface {
				ErrorCode() string
				ErrorMessage() string
			}
			if !errors.As(err, &api) {
				t.Fatalf("not an API error: %v", err)
			}
			want := "UnknownOperationException"
			if c.in == "query" {
				want = "InvalidAction"
			}
			if api.ErrorCode() != want || !strings.Contains(api.ErrorMessage(), "NoSuchThing") {
				t.Errorf("got %s %q, want %s naming the operation", api.ErrorCode(), api.ErrorMessage(), want)
			}
		})
	}
}
