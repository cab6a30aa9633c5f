package edge

import (
	"context"
	"errors"
	"os/exec"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	kinesistypes "github.com/aws/aws-sdk-go-v2/service/kinesis/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
	"github.com/google/go-cmp/cmp"

	"github.com/hookswitch/hookswitch/internal/clock"
	"github.com/hookswitch/hookswitch/internal/wire"
)

// Unmodified clients, signing with the real time, against a server that verifies.
func TestGoSDK(t *testing.T) {
	attempts := 0
	rec := new(recorder)
	cfg := rec.verifying(clock.System{})
	cfg.Observe = func(Observed) { attempts++ }
	p := start(t, cfg)
	sdk := func(id, secret, token string) aws.Config {
		return aws.Config{Region: "eu-west-1", BaseEndpoint: aws.String(p.url), Credentials: credentials.NewStaticCredentialsProvider(id, secret, token), HTTPClient: p.http1}
	}
	permanent, temporary := sdk(someKey, someSecret, ""), sdk("TEMPORARY", someSecret, someToken)

	if _, err := kinesis.NewFromConfig(permanent).PutRecords(t.Context(), &kinesis.PutRecordsInput{StreamName: aws.String("s"),
		Records: []kinesistypes.PutRecordsRequestEntry{{Data: []byte("data"), PartitionKey: aws.String("k")}}}); err != nil {
		t.Error(err)
	} else if got := rec.last(t); got.operation != "PutRecords" || string(got.request.Body) != `{"Records":[{"Data":"ZGF0YQ==","PartitionKey":"k"}],"StreamName":"s"}` {
		t.Errorf("got %s %s", got.operation, got.request.Body)
	}
	const arn = "arn:aws:connect:eu-west-1:123456789012:instance/a b"
	if _, err := connect.NewFromConfig(temporary).DescribeInstanceAttribute(t.Context(), &connect.DescribeInstanceAttributeInput{
		InstanceId: aws.String(arn), AttributeType: types.InstanceAttributeTypeInboundCalls}); err != nil {
		t.Error(err)
	} else if got := rec.last(t); got.request.Labels[0] != arn || got.request.Labels[1] != "INBOUND_CALLS" || got.caller.Account != "444455556666" || got.caller.Region != "eu-west-1" {
		t.Errorf("got %+v %+v", got.request.Labels, got.caller)
	}
	if out, err := sts.NewFromConfig(permanent).GetCallerIdentity(t.Context(), nil); err != nil || aws.ToString(out.Account) != "123456789012" {
		t.Errorf("got %+v, %v", out, err)
	}

	// Refusals reach the client by name, and are not tried again.
	wrong := sdk(someKey, "wrong", "")
	for name, c := range map[string]struct {
		call   func() error
		code   string
		status int
	}{
		"kinesis unknown": {func() error {
			_, err := kinesis.NewFromConfig(permanent).DescribeLimits(t.Context(), nil)
			return err
		}, "UnknownOperationException", 400},
		"connect unknown": {func() error {
			_, err := connect.NewFromConfig(permanent).ListQueues(t.Context(), &connect.ListQueuesInput{InstanceId: aws.String("i")})
			return err
		}, "UnknownOperationException", 404},
		"sts unknown": {func() error {
			_, err := sts.NewFromConfig(permanent).GetSessionToken(t.Context(), nil)
			return err
		}, "InvalidAction", 400},
		"kinesis signature": {func() error {
			_, err := kinesis.NewFromConfig(wrong).ListStreams(t.Context(), nil)
			return err
		}, "InvalidSignatureException", 400},
		"connect signature": {func() error {
			_, err := connect.NewFromConfig(wrong).ListInstances(t.Context(), nil)
			return err
		}, "InvalidSignatureException", 403},
		"sts signature": {func() error {
			_, err := sts.NewFromConfig(wrong).GetCallerIdentity(t.Context(), nil)
			return err
		}, "SignatureDoesNotMatch", 403},
	} {
		attempts = 0
		err := c.call()
		var api smithy.APIError
		var response *smithyhttp.ResponseError
		if !errors.As(err, &api) || api.ErrorCode() != c.code || !errors.As(err, &response) || response.HTTPStatusCode() != c.status {
			t.Errorf("%s: %v", name, err)
		}
		if attempts != 1 {
			t.Errorf("%s was tried %d times", name, attempts)
		}
	}
}

// A server that is full is tried again by the SDK until it has room.
func TestGoSDKRetriesWhenBusy(t *testing.T) {
	rec := new(recorder)
	cfg := rec.config()
	statuses := make(chan int, 8)
	cfg.Observe = func(o Observed) { statuses <- o.Status }
	cfg.RequestsMax = 1
	h, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	p := startHandler(t, h, ServerConfig{})
	h.requests.Add(1) // someone else is in
	client := kinesis.NewFromConfig(aws.Config{Region: "eu-west-1", BaseEndpoint: aws.String(p.url), HTTPClient: p.http1,
		Credentials: credentials.NewStaticCredentialsProvider("test", "test", "")})
	done := make(chan error)
	go func() { _, err := client.ListStreams(t.Context(), nil); done <- err }()
	if status := <-statuses; status != 503 {
		t.Errorf("the first attempt got %d", status)
	}
	h.requests.Add(-1)
	if err := <-done; err != nil {
		t.Error(err)
	}
	if status := <-statuses; status != 200 || rec.count() != 1 {
		t.Errorf("the second attempt got %d", status)
	}
}

// The answer of another request id is not mistaken for this one's: SDKs show what we log.
func TestGoSDKSeesTheRequestID(t *testing.T) {
	ids := make(chan string, 1)
	rec := &recorder{serve: func(ctx context.Context, _ string, _ *wire.Request) (*wire.Response, error) {
		ids <- wire.CallerFrom(ctx).RequestID
		return nil, wire.NewError("ResourceNotFoundException", 400, "Stream s under account 000000000000 not found.")
	}}
	p := start(t, rec.config())
	client := kinesis.NewFromConfig(aws.Config{Region: "eu-west-1", BaseEndpoint: aws.String(p.url), HTTPClient: p.http1,
		Credentials: credentials.NewStaticCredentialsProvider("test", "test", "")})
	_, err := client.ListStreams(t.Context(), nil)
	var response interface{ ServiceRequestID() string }
	var missing *kinesistypes.ResourceNotFoundException
	if !errors.As(err, &response) || response.ServiceRequestID() != <-ids || !errors.As(err, &missing) {
		t.Errorf("got %v", err)
	}
}

// boto3 is what the AWS CLI is made of.
func TestBoto3(t *testing.T) {
	if err := exec.CommandContext(t.Context(), "python3", "-c", "import boto3").Run(); err != nil {
		t.Skip("python3 with boto3 is not installed")
	}
	rec := new(recorder)
	p := start(t, rec.verifying(clock.System{}))
	out, err := exec.CommandContext(t.Context(), "python3", "testdata/boto3_calls.py", p.url, someKey, someSecret).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	want := `["list streams", 200, "", 0]
["put records", 200, "", 0]
["describe instance by ARN", 200, "", 0]
["list instances", 200, "", 0]
["caller identity", 200, "", 0]
["stream operation not here", 400, "UnknownOperationException", 0]
["connect operation not here", 404, "UnknownOperationException", 0]
["sts operation not here", 400, "InvalidAction", 0]
["kinesis, wrong secret", 400, "InvalidSignatureException", 0]
["connect, wrong secret", 403, "InvalidSignatureException", 0]
["sts, wrong secret", 403, "SignatureDoesNotMatch", 0]
`
	if d := cmp.Diff(want, string(out)); d != "" {
		t.Error(d)
	}
}
