package e2e

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// account is who calls: an access key id of 12 digits names the account.
const account = "111122223333"

// caller is an unmodified AWS client in some language. Operations and their members have the names of the API.
type caller interface {
	call(ctx context.Context, service, operation string, input obj) (obj, error)
}

// apiError is an error as a client understood it.
type apiError struct {
	code, message string
	status        int // 0: the client does not tell
}

func (e *apiError) Error() string { return fmt.Sprintf("%s (%d): %s", e.code, e.status, e.message) }

// clients are all that the stories are told with.
var clients = map[string]func(*testing.T, *server) caller{"aws-sdk-go-v2": newGoClient, "AWS CLI": newCLI, "boto3": newBoto3}

// goClient is the AWS SDK for Go.
type goClient struct {
	operations map[string]func(ctx context.Context, input []byte) (any, error)
}

// sdkConfig points the SDK at a server.
func sdkConfig(s *server) aws.Config {
	return aws.Config{
		Region: "us-east-1", BaseEndpoint: aws.String(s.url), Credentials: credentials.NewStaticCredentialsProvider(account, "secret", ""), HTTPClient: s.http,
	}
}

// newHTTP returns the HTTP client that the SDK is given. It differs from the usual one in that connections have no ReadFrom.
// With it net/http sends a body without a buffer, and looks for more of it after the last byte has left; smithy-go (v1.28.7)
// closes the body as soon as the answer begins. A near server answers before that look, which then fails, and net/http
// closes the connection in the middle of the answer: "use of closed network connection", for about one large answer in
// a hundred, of any server (seen in 2026).
func newHTTP() *http.Client {
	return &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64, DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		c, err := new(net.Dialer).DialContext(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return struct{ net.Conn }{c}, nil
	}}}
}

func newGoClient(_ *testing.T, s *server) caller {
	k, c, id := kinesis.NewFromConfig(sdkConfig(s)), connect.NewFromConfig(sdkConfig(s)), sts.NewFromConfig(sdkConfig(s))
	m := cloudwatch.NewFromConfig(sdkConfig(s))
	return goClient{map[string]func(context.Context, []byte) (any, error){
		"sts.GetCallerIdentity": with(id.GetCallerIdentity),

		"cloudwatch.DescribeAlarms":      with(m.DescribeAlarms),
		"cloudwatch.GetMetricData":       with(m.GetMetricData),
		"cloudwatch.GetMetricStatistics": with(m.GetMetricStatistics),
		"cloudwatch.ListMetrics":         with(m.ListMetrics),
		"cloudwatch.PutMetricData":       with(m.PutMetricData),

		"kinesis.CreateStream":          with(k.CreateStream),
		"kinesis.DeleteStream":          with(k.DeleteStream),
		"kinesis.DescribeStreamSummary": with(k.DescribeStreamSummary),
		"kinesis.ListShards":            with(k.ListShards),
		"kinesis.GetShardIterator":      with(k.GetShardIterator),
		"kinesis.GetRecords":            with(k.GetRecords),

		"connect.CreateInstance":                    with(c.CreateInstance),
		"connect.DescribeInstance":                  with(c.DescribeInstance),
		"connect.AssociateInstanceStorageConfig":    with(c.AssociateInstanceStorageConfig),
		"connect.ListInstanceStorageConfigs":        with(c.ListInstanceStorageConfigs),
		"connect.CreateUser":                        with(c.CreateUser),
		"connect.ListUsers":                         with(c.ListUsers),
		"connect.ListRoutingProfiles":               with(c.ListRoutingProfiles),
		"connect.ListSecurityProfiles":              with(c.ListSecurityProfiles),
		"connect.ListQueues":                        with(c.ListQueues),
		"connect.ListContactFlows":                  with(c.ListContactFlows),
		"connect.SearchAvailablePhoneNumbers":       with(c.SearchAvailablePhoneNumbers),
		"connect.ClaimPhoneNumber":                  with(c.ClaimPhoneNumber),
		"connect.ListPhoneNumbers":                  with(c.ListPhoneNumbers),
		"connect.UpdateQueueOutboundCallerConfig":   with(c.UpdateQueueOutboundCallerConfig),
		"connect.UpdateInstanceAttribute":           with(c.UpdateInstanceAttribute),
		"connect.CreateQuickConnect":                with(c.CreateQuickConnect),
		"connect.MonitorContact":                    with(c.MonitorContact),
		"connect.AssociatePhoneNumberContactFlow":   with(c.AssociatePhoneNumberContactFlow),
		"connect.ListAgentStatuses":                 with(c.ListAgentStatuses),
		"connect.CreateAgentStatus":                 with(c.CreateAgentStatus),
		"connect.PutUserStatus":                     with(c.PutUserStatus),
		"connect.StartOutboundVoiceContact":         with(c.StartOutboundVoiceContact),
		"connect.StartTaskContact":                  with(c.StartTaskContact),
		"connect.StopContact":                       with(c.StopContact),
		"connect.UpdateContactAttributes":           with(c.UpdateContactAttributes),
		"connect.GetContactAttributes":              with(c.GetContactAttributes),
		"connect.DescribeContact":                   with(c.DescribeContact),
		"connect.GetCurrentMetricData":              with(c.GetCurrentMetricData),
		"connect.GetCurrentUserData":                with(c.GetCurrentUserData),
		"connect.TagResource":                       with(c.TagResource),
		"connect.UntagResource":                     with(c.UntagResource),
		"connect.ListTagsForResource":               with(c.ListTagsForResource),
		"connect.DismissUserContact":                with(c.DismissUserContact),
		"connect.DisassociateInstanceStorageConfig": with(c.DisassociateInstanceStorageConfig),
	}}
}

// with makes a typed operation of the SDK take and give JSON.
func with[I, O, P any](f func(context.Context, *I, ...func(*P)) (*O, error)) func(context.Context, []byte) (any, error) {
	return func(ctx context.Context, input []byte) (any, error) {
		in := new(I)
		if err := json.Unmarshal(input, in); err != nil {
			return nil, err
		}
		return f(ctx, in)
	}
}

func (g goClient) call(ctx context.Context, service, operation string, input obj) (obj, error) {
	f, ok := g.operations[service+"."+operation]
	if !ok {
		return nil, fmt.Errorf("%s.%s is not in the test's table", service, operation)
	}
	in, err := json.Marshal(input)
	if err != nil {
		return nil, err
	}
	out, err := f(ctx, in)
	var api smithy.APIError
	if errors.As(err, &api) {
		e := &apiError{code: api.ErrorCode(), message: api.ErrorMessage()}
		var response *smithyhttp.ResponseError
		if errors.As(err, &response) {
			e.status = response.HTTPStatusCode()
		}
		return nil, e
	}
	if err != nil {
		return nil, err
	}
	b, err := json.Marshal(out)
	if err != nil {
		return nil, err
	}
	var o obj
	return o, json.Unmarshal(b, &o)
}

// cli is the AWS CLI: a process for each call.
type cli struct{ env []string }

func newCLI(t *testing.T, s *server) caller {
	if _, err := exec.LookPath("aws"); err != nil {
		t.Skip("the AWS CLI is not installed: no aws in PATH")
	}
	return cli{cliEnvironment(t, s)}
}

func cliEnvironment(t *testing.T, s *server) []string {
	return append(os.Environ(), "AWS_ENDPOINT_URL="+s.url, "AWS_ACCESS_KEY_ID="+account, "AWS_SECRET_ACCESS_KEY=secret", "AWS_REGION=us-east-1", "AWS_DEFAULT_REGION=us-east-1",
		"AWS_CONFIG_FILE="+t.TempDir()+"/none", "AWS_SHARED_CREDENTIALS_FILE="+t.TempDir()+"/none", "AWS_PAGER=", "AWS_MAX_ATTEMPTS=1")
}

var cliError = regexp.MustCompile(`(?s)An error occurred \((\w+)\) when calling the \w+ operation(?: \([^)]*\))?: (.*)`)

func (c cli) call(ctx context.Context, service, operation string, input obj) (obj, error) {
	in, err := json.Marshal(input)
	if err != nil {
		return nil, err
	}
	args := []string{service, kebab(operation), "--output", "json"}
	if input != nil {
		args = append(args, "--cli-input-json", string(in))
	}
	cmd := exec.CommandContext(ctx, "aws", args...)
	cmd.Env = c.env
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		if m := cliError.FindStringSubmatch(stderr.String()); m != nil {
			return nil, &apiError{code: m[1], message: strings.TrimSpace(m[2])}
		}
		return nil, fmt.Errorf("aws %s: %w: %s", strings.Join(args, " "), err, stderr.String())
	}
	if len(out) == 0 {
		return nil, nil
	}
	var o obj
	return o, json.Unmarshal(out, &o)
}

// kebab turns an operation's name into the CLI's command.
func kebab(s string) string {
	var b strings.Builder
	for i, r := range s {
		if unicode.IsUpper(r) && i > 0 {
			b.WriteByte('-')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// boto3 is a Python process that makes one call after the other.
type boto3 struct {
	in  io.Writer
	out *bufio.Reader
}

func newBoto3(t *testing.T, s *server) caller {
	if err := exec.CommandContext(t.Context(), "python3", "-c", "import boto3").Run(); err != nil {
		t.Skip("python3 with boto3 is not installed")
	}
	cmd := exec.CommandContext(t.Context(), "python3", "testdata/client.py", s.url, account)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { in.Close(); cmd.Wait() })
	return &boto3{in, bufio.NewReader(out)}
}

func (b *boto3) call(_ context.Context, service, operation string, input obj) (obj, error) {
	if err := json.NewEncoder(b.in).Encode(obj{"service": service, "operation": operation, "input": input}); err != nil {
		return nil, err
	}
	line, err := b.out.ReadBytes('\n')
	if err != nil {
		return nil, err
	}
	var answer struct {
		Output        obj
		Code, Message string
		Status        int
	}
	if err := json.Unmarshal(line, &answer); err != nil {
		return nil, err
	}
	if answer.Code != "" {
		return nil, &apiError{answer.Code, answer.Message, answer.Status}
	}
	return answer.Output, nil
}
