package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	connecttypes "github.com/aws/aws-sdk-go-v2/service/connect/types"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	kinesistypes "github.com/aws/aws-sdk-go-v2/service/kinesis/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
	"github.com/fxamacker/cbor/v2"
	"github.com/google/go-cmp/cmp"
)

const (
	kinesisJSON = "application/x-amz-json-1.1"
	kinesisCBOR = "application/x-amz-cbor-1.1"
	mebibyte    = 1 << 20
)

// request is what a client sends that no SDK would.
type request struct {
	method, path, service string // method "": POST; path "": /; service: as signed
	target                string // of a Kinesis operation
	contentType           string
	body                  []byte
}

func (r request) to(ctx context.Context, url string) *http.Request {
	if r.method == "" {
		r.method = http.MethodPost
	}
	req, err := http.NewRequestWithContext(ctx, r.method, url+r.path, bytes.NewReader(r.body))
	if err != nil {
		panic(err)
	}
	req.Header.Set("X-Amz-Date", "20260302T170000Z")
	req.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+account+"/20260302/us-east-1/"+r.service+"/aws4_request, SignedHeaders=host;x-amz-date, Signature=00")
	if r.contentType != "" {
		req.Header.Set("Content-Type", r.contentType)
	}
	if r.target != "" {
		req.Header.Set("X-Amz-Target", "Kinesis_20131202."+r.target)
	}
	return req
}

// send returns the status and the body of the answer.
func (s *server) send(r request) (int, http.Header, []byte) {
	s.t.Helper()
	resp, err := s.http.Do(r.to(s.t.Context(), s.url))
	if err != nil {
		s.t.Fatalf("%s %s %s: %v", r.method, r.path, r.target, err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return resp.StatusCode, resp.Header, b
}

// state is all that a refused request must leave as it is.
func (w *world) state() obj {
	w.t.Helper()
	return obj{
		"instances": w.must("GET", "/instances", nil), // with the place of each journal
		"agents":    w.must("GET", "/instances/"+instanceAlias+"/agents", nil),
		"contacts":  w.must("GET", "/instances/"+instanceAlias+"/contacts", nil),
		"records":   len(w.documents(recordStream)) + len(w.documents(eventStream)),
		"streams":   w.do("kinesis", "DescribeStreamSummary", obj{"StreamName": recordStream}),
	}
}

// TestRefusals are errors as AWS words them, as the SDK and as the wire has them, and rubbish. Nothing of it changes
// anything, and the program lives on.
func TestRefusals(t *testing.T) {
	s := start(t, virtual...)
	w := open(t, s, newGoClient(t, s), "alice")
	w.logIn("alice")
	before := w.state()
	t.Run("as the SDK has them", func(t *testing.T) { refuseTyped(t, w) })
	t.Run("as the wire has them", func(t *testing.T) { refuseWire(t, w) })
	t.Run("rubbish", func(t *testing.T) { refuseRubbish(t, s) })
	t.Run("huge bodies", func(t *testing.T) { refuseHuge(t, s) })
	if d := cmp.Diff(before, w.state()); d != "" {
		t.Errorf("refused requests changed something:\n%s", d)
	}
	if logs := s.logs.String(); strings.Contains(logs, customer) || strings.Contains(logs, "Passw0rd") {
		t.Error("a phone number or a password is in the log")
	}
}

func refuseTyped(t *testing.T, w *world) {
	k, c, id := kinesis.NewFromConfig(sdkConfig(w.server)), connect.NewFromConfig(sdkConfig(w.server)), sts.NewFromConfig(sdkConfig(w.server))
	config := func(stream string) *connecttypes.InstanceStorageConfig {
		return &connecttypes.InstanceStorageConfig{StorageType: "KINESIS_STREAM", KinesisStreamConfig: &connecttypes.KinesisStreamConfig{StreamArn: aws.String(streamARN(stream))}}
	}
	associate := func(kind connecttypes.InstanceStorageResourceType, config *connecttypes.InstanceStorageConfig) error {
		_, err := c.AssociateInstanceStorageConfig(t.Context(), &connect.AssociateInstanceStorageConfigInput{InstanceId: &w.id, ResourceType: kind, StorageConfig: config})
		return err
	}
	var noStream *kinesistypes.ResourceNotFoundException
	var noResource *connecttypes.ResourceNotFoundException
	var conflict *connecttypes.ResourceConflictException
	var invalid *connecttypes.InvalidRequestException
	for name, r := range map[string]struct {
		err    error
		as     any // pointer to the SDK's own type of the error; nil: it has none
		code   string
		status int
	}{
		"unknown stream": {second(k.DescribeStream(t.Context(), &kinesis.DescribeStreamInput{StreamName: aws.String("none")})), &noStream, "ResourceNotFoundException", 400},
		"bad pattern": {second(k.CreateStream(t.Context(), &kinesis.CreateStreamInput{StreamName: aws.String("a b"), ShardCount: aws.Int32(1)})),
			nil, "ValidationException", 400},
		"unknown instance":     {second(c.DescribeInstance(t.Context(), &connect.DescribeInstanceInput{InstanceId: aws.String("00000000-0000-4000-8000-000000000000")})), &noResource, "ResourceNotFoundException", 404},
		"second association":   {associate("CONTACT_TRACE_RECORDS", config(eventStream)), &conflict, "ResourceConflictException", 409},
		"wrong storage type":   {associate("AGENT_EVENTS", &connecttypes.InstanceStorageConfig{StorageType: "S3", S3Config: &connecttypes.S3Config{BucketName: aws.String("b"), BucketPrefix: aws.String("p")}}), &invalid, "InvalidRequestException", 400},
		"not served, connect":  {second(c.ListEvaluationForms(t.Context(), &connect.ListEvaluationFormsInput{InstanceId: &w.id})), nil, "UnknownOperationException", 404},
		"not served, sts":      {second(id.GetSessionToken(t.Context(), nil)), nil, "InvalidAction", 400},
		"unknown security id":  {second(c.DescribeSecurityProfile(t.Context(), &connect.DescribeSecurityProfileInput{InstanceId: &w.id, SecurityProfileId: aws.String("none")})), &noResource, "ResourceNotFoundException", 404},
		"attributes, unknown":  {second(c.UpdateContactAttributes(t.Context(), &connect.UpdateContactAttributesInput{InstanceId: &w.id, InitialContactId: aws.String("none"), Attributes: map[string]string{"a": "b"}})), &noResource, "ResourceNotFoundException", 404},
		"no such status":       {second(c.PutUserStatus(t.Context(), &connect.PutUserStatusInput{InstanceId: &w.id, UserId: aws.String(w.agents["alice"]), AgentStatusId: aws.String("none")})), &noResource, "ResourceNotFoundException", 404},
		"user exists":          {second(c.CreateUser(t.Context(), &connect.CreateUserInput{InstanceId: &w.id, Username: aws.String("alice"), Password: aws.String("Passw0rd!"), IdentityInfo: &connecttypes.UserIdentityInfo{FirstName: aws.String("A"), LastName: aws.String("B")}, PhoneConfig: &connecttypes.UserPhoneConfig{PhoneType: "SOFT_PHONE"}, RoutingProfileId: &w.profile, SecurityProfileIds: []string{w.security}})), nil, "DuplicateResourceException", 409},
		"shard does not exist": {second(k.GetShardIterator(t.Context(), &kinesis.GetShardIteratorInput{StreamName: aws.String(recordStream), ShardId: aws.String("shardId-000000000007"), ShardIteratorType: "LATEST"})), &noStream, "ResourceNotFoundException", 400},
		"stream exists":        {second(k.CreateStream(t.Context(), &kinesis.CreateStreamInput{StreamName: aws.String(recordStream), ShardCount: aws.Int32(1)})), nil, "ResourceInUseException", 400},
	} {
		var api smithy.APIError
		var response *smithyhttp.ResponseError
		if !errors.As(r.err, &api) || api.ErrorCode() != r.code || !errors.As(r.err, &response) || response.HTTPStatusCode() != r.status {
			t.Errorf("%s: got %v, want %s with status %d", name, r.err, r.code, r.status)
			continue
		}
		if r.as != nil && !errors.As(r.err, r.as) {
			t.Errorf("%s: the SDK did not recognise %v as %T", name, r.err, r.as)
		}
		if strings.HasPrefix(name, "not served") && !strings.Contains(api.ErrorMessage(), "not supported yet") {
			t.Errorf("%s: %s", name, api.ErrorMessage())
		}
	}
}

func second[T any](_ T, err error) error { return err }

// refuseWire pins texts that no SDK lets through to the server, since it checks its input itself.
func refuseWire(t *testing.T, w *world) {
	for name, c := range map[string]struct {
		request
		status int
		want   string // JSON
	}{
		"missing members": {request{service: "kinesis", target: "PutRecord", contentType: kinesisJSON, body: []byte(`{}`)}, 400,
			`{"__type":"ValidationException","message":"2 validation errors detected: Value null at 'data' failed to satisfy constraint: Member must not be null; Value null at 'partitionKey' failed to satisfy constraint: Member must not be null"}`},
		"bad pattern": {request{service: "kinesis", target: "CreateStream", contentType: kinesisJSON, body: []byte(`{"StreamName":"a b","ShardCount":1}`)}, 400,
			`{"__type":"ValidationException","message":"1 validation error detected: Value 'a b' at 'streamName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+"}`},
		"unknown stream": {request{service: "kinesis", target: "PutRecord", contentType: kinesisJSON, body: []byte(`{"StreamName":"none","PartitionKey":"k","Data":""}`)}, 400,
			`{"__type":"ResourceNotFoundException","message":"Stream none under account 111122223333 not found."}`},
		"unknown operation": {request{service: "kinesis", target: "Nope", contentType: kinesisJSON, body: []byte(`{}`)}, 400,
			`{"__type":"UnknownOperationException","message":"kinesis has no operation Nope."}`},
	} {
		status, _, body := w.send(c.request)
		var got, want any
		if json.Unmarshal(body, &got) != nil || json.Unmarshal([]byte(c.want), &want) != nil || status != c.status || !cmp.Equal(got, want) {
			t.Errorf("%s: got %d %s, want %d %s", name, status, body, c.status, c.want)
		}
	}
	status, header, body := w.send(request{method: http.MethodPut, path: "/instance", service: "connect", contentType: "application/json", body: []byte(`{}`)})
	if kind, _, _ := strings.Cut(header.Get("X-Amzn-Errortype"), ":"); status != 400 || kind != "InvalidRequestException" && kind != "InvalidParameterException" && kind != "ValidationException" || !bytes.Contains(body, []byte("must not be null")) {
		t.Errorf("connect, missing members: %d %s %s", status, kind, body)
	}
}

// refuseRubbish sends what is no request at all, to an operation that would create something. Every answer is a refusal
// of the client's request, never a failure of the server.
func refuseRubbish(t *testing.T, s *server) {
	bodies := map[string][]byte{
		"nothing": nil, "truncated": []byte(`{"StreamName":"rubbish","ShardCount":`), "no JSON": []byte(`StreamName=rubbish`), "a list": []byte(`[1,2,3]`), "null": []byte(`null`),
		"invalid UTF-8": []byte("{\"StreamName\":\"rub\xff\xfebish\",\"ShardCount\":1,\"InstanceAlias\":\"\xff\"}"), "NUL": []byte("{\"StreamName\":\"\x00\"}"), "half a surrogate": []byte(`{"StreamName":"\ud800"}`),
		"deep lists": bytes.Repeat([]byte("["), 200_000), "deep objects": bytes.Repeat([]byte(`{"a":`), 200_000), "deep in a member": append([]byte(`{"Tags":`), bytes.Repeat([]byte(`{"a":`), 200_000)...),
		"a wrong type": []byte(`{"StreamName":{"a":1},"ShardCount":"x","InstanceAlias":[]}`), "a big number": []byte(`{"StreamName":"rubbish","ShardCount":1` + strings.Repeat("0", 100_000) + `}`),
		"two objects": []byte(`{}{}`), "a number beyond all": []byte(`{"ShardCount":1e999999999}`),
	}
	cborBodies := map[string][]byte{
		"truncated": {0xa2, 0x6a, 'S', 't'}, "endless": bytes.Repeat([]byte{0x9f}, 200_000), "a huge length": {0xbb, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, "a huge string": {0xa1, 0x7b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff},
		"invalid UTF-8": append([]byte{0xa1, 0x6a}, append([]byte("StreamName"), 0x62, 0xff, 0xfe)...), "nothing": nil, "reserved": {0xfc},
	}
	check := func(name string, r request) {
		t.Helper()
		if status, _, body := s.send(r); status < 400 || status > 499 {
			t.Errorf("%s: got %d %.200s", name, status, body)
		}
	}
	for name, body := range bodies {
		check("kinesis, "+name, request{service: "kinesis", target: "CreateStream", contentType: kinesisJSON, body: body})
		check("connect, "+name, request{method: http.MethodPut, path: "/instance", service: "connect", contentType: "application/json", body: body})
		check("sts, "+name, request{service: "sts", contentType: "application/x-www-form-urlencoded", body: body})
	}
	for name, body := range cborBodies {
		check("CBOR, "+name, request{service: "kinesis", target: "CreateStream", contentType: kinesisCBOR, body: body})
	}
	stream := []byte(`{"StreamName":"rubbish","ShardCount":1}`)
	for _, contentType := range []string{"", "text/plain", "application/xml", "application/json; charset=utf-16", "multipart/form-data", strings.Repeat("x", 1000)} {
		check("content type "+contentType, request{service: "kinesis", target: "CreateStream", contentType: contentType, body: stream})
	}
	check("an unknown path", request{method: http.MethodGet, path: "/nothing/%00/../here", service: "connect"})
	check("an unknown service", request{service: "nothing", contentType: kinesisJSON, body: stream})
	check("the operator API", request{path: "/_hookswitch/clock", contentType: "application/json", body: []byte(`{"advance":"1s","unknown":1}`)})
	check("the operator API, rubbish", request{path: "/_hookswitch/instances/demo/calls", contentType: "application/json", body: bodies["deep objects"]})
}

// refuseHuge announces 100 MB, and is refused before it has sent them; and sends them, to be refused or cut off.
func refuseHuge(t *testing.T, s *server) {
	for name, r := range map[string]request{
		"kinesis": {service: "kinesis", target: "CreateStream", contentType: kinesisJSON}, "connect": {method: http.MethodPut, path: "/instance", service: "connect", contentType: "application/json"},
		"sts": {service: "sts", contentType: "application/x-www-form-urlencoded"}, "operator": {path: "/_hookswitch/clock", contentType: "application/json"},
	} {
		status, err := announce(t, s, r, 100*mebibyte)
		if err != nil || status < 400 || status > 499 {
			t.Errorf("%s: announced 100 MB and got %d, %v", name, status, err)
		}
		r.body = append([]byte(`{"StreamName":"`), bytes.Repeat([]byte("x"), 100*mebibyte)...)
		resp, err := s.http.Do(r.to(t.Context(), s.url))
		if err != nil {
			continue // cut off while it was sending: the answer is lost
		}
		resp.Body.Close()
		if resp.StatusCode < 400 || resp.StatusCode > 499 {
			t.Errorf("%s: sent 100 MB and got %d", name, resp.StatusCode)
		}
	}
}

// announce sends the head of a request and the first bytes of its body, and reads the answer.
func announce(t *testing.T, s *server, r request, length int) (status int, err error) {
	t.Helper()
	req := r.to(t.Context(), s.url)
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		return 0, err
	}
	var head bytes.Buffer
	fmt.Fprintf(&head, "%s %s HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n", req.Method, req.URL.RequestURI(), length)
	if err := req.Header.Write(&head); err != nil {
		return 0, err
	}
	head.WriteString("\r\n{\"StreamName\":\"")
	head.Write(bytes.Repeat([]byte("x"), 12*mebibyte)) // more than any service takes
	go conn.Write(head.Bytes())
	first := make([]byte, len("HTTP/1.1 413"))
	if _, err := io.ReadFull(conn, first); err != nil {
		return 0, err
	}
	_, err = fmt.Sscanf(string(first), "HTTP/1.1 %d", &status)
	return status, err
}

// TestCBOR puts and gets with requests made by hand, as the Java SDK would send them.
func TestCBOR(t *testing.T) {
	t.Parallel()
	s := start(t, virtual...)
	call := func(target string, input, output any) int {
		t.Helper()
		body, err := cbor.Marshal(input)
		if err != nil {
			t.Fatal(err)
		}
		status, header, answer := s.send(request{service: "kinesis", target: target, contentType: kinesisCBOR, body: body})
		if got := header.Get("Content-Type"); got != kinesisCBOR {
			t.Errorf("%s is answered as %s", target, got)
		}
		if output != nil {
			if err := cbor.Unmarshal(answer, output); err != nil {
				t.Fatalf("%s: %v: %x", target, err, answer)
			}
		}
		return status
	}
	if status := call("CreateStream", obj{"StreamName": "s", "ShardCount": 1}, nil); status != 200 {
		t.Fatalf("CreateStream: %d", status)
	}
	s.advance(time.Minute)
	data := []byte{0, 1, 2, 0xff}
	var put struct{ ShardId, SequenceNumber string } //nolint:staticcheck // the API's names
	if status := call("PutRecord", obj{"StreamName": "s", "PartitionKey": "k", "Data": data}, &put); status != 200 || put.ShardId != "shardId-000000000000" {
		t.Fatalf("PutRecord: %d %+v", status, put)
	}
	var iterator struct{ ShardIterator string }
	call("GetShardIterator", obj{"StreamName": "s", "ShardId": put.ShardId, "ShardIteratorType": "TRIM_HORIZON"}, &iterator)
	var got struct {
		Records []struct {
			Data                        []byte
			PartitionKey                string
			SequenceNumber              string
			ApproximateArrivalTimestamp int64
		}
	}
	call("GetRecords", obj{"ShardIterator": iterator.ShardIterator}, &got)
	if len(got.Records) != 1 || !bytes.Equal(got.Records[0].Data, data) || got.Records[0].PartitionKey != "k" || got.Records[0].SequenceNumber != put.SequenceNumber {
		t.Fatalf("GetRecords: %+v", got)
	}
	if got := got.Records[0].ApproximateArrivalTimestamp; got != 1772470860000 {
		t.Errorf("the record arrived at %d, want the milliseconds of 2026-03-02T17:01:00Z", got)
	}
	call("GetShardIterator", obj{"StreamName": "s", "ShardId": put.ShardId, "ShardIteratorType": "AT_TIMESTAMP", "Timestamp": cbor.Tag{Number: 1, Content: got.Records[0].ApproximateArrivalTimestamp}}, &iterator)
	got.Records = nil
	if call("GetRecords", obj{"ShardIterator": iterator.ShardIterator}, &got); len(got.Records) != 1 {
		t.Errorf("%d records from the arrival time on, want 1", len(got.Records))
	}
	var refused obj
	if status := call("PutRecord", obj{"StreamName": "none", "PartitionKey": "k", "Data": data}, &refused); status != 400 || refused.str("__type") != "ResourceNotFoundException" {
		t.Errorf("an unknown stream: %d %v", status, refused)
	}
}
