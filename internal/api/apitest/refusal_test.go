package apitest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/fxamacker/cbor/v2"
	"github.com/google/go-cmp/cmp"

	"github.com/hookswitch/hookswitch/internal/api/cloudwatchapi"
	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/api/kinesisapi"
	"github.com/hookswitch/hookswitch/internal/api/stsapi"
	"github.com/hookswitch/hookswitch/internal/wire"
)

// operations binds every exchange to a function that must not be reached.
func operations(t testing.TB, exchanges []exchange) map[string]wire.Operation {
	out := map[string]wire.Operation{}
	for _, x := range exchanges {
		out[x.name] = x.op(func(any) { t.Helper(); t.Errorf("%s accepted what it must refuse", x.name) }, x.newOutput)
	}
	return out
}

// answer serves r and renders what comes, as the front door does.
func answer(op wire.Operation, r *wire.Request) *wire.Response {
	resp, err := op.Serve(context.Background(), r)
	if err != nil {
		return wire.RenderError(op.Service, r.Encoding, err, requestID)
	}
	return resp
}

// Texts are those of kinesalite's suite, which ran against the real service until 2020.
func TestKinesisConversionErrors(t *testing.T) {
	ops := operations(t, kinesisExchanges)
	const (
		boolean = "class java.lang.Boolean can not be converted to "
		number  = "class com.amazon.coral.value.json.numbers.TruncatingBigNumber can not be converted to "
		array   = "Start of list found where not expected"
		object  = "Start of structure or map found where not expected."
	)
	for _, c := range []struct{ op, body, want string }{
		{"DescribeStream", `{"StreamName":true}`, boolean + "an String"},
		{"DescribeStream", `{"StreamName":1}`, number + "an String"},
		{"DescribeStream", `{"StreamName":[]}`, array},
		{"DescribeStream", `{"StreamName":{}}`, object},
		{"DescribeStream", `{"Limit":"1"}`, "class java.lang.String can not be converted to an Integer"},
		{"DescribeStream", `{"Limit":false}`, boolean + "an Integer"},
		{"DescribeStream", `{"Limit":[]}`, array},
		{"DescribeStream", `{"Limit":{}}`, object},
		{"DeleteStream", `{"EnforceConsumerDeletion":1}`, number + "an Boolean"},
		{"DeleteStream", `{"EnforceConsumerDeletion":"true "}`, "'TRUE ' can not be converted to an Boolean"},
		{"DeleteStream", `{"EnforceConsumerDeletion":[]}`, array},
		{"PutRecord", `{"Data":true}`, boolean + "a Blob"},
		{"PutRecord", `{"Data":1}`, number + "a Blob"},
		{"PutRecord", `{"Data":"abcde"}`, "'abcde' can not be converted to a Blob: Base64 encoded length is expected a multiple of 4 bytes but found: 5"},
		{"PutRecord", `{"Data":"=+/="}`, "'=+/=' can not be converted to a Blob: Invalid Base64 character: '='"},
		{"PutRecord", `{"Data":"a?c="}`, "'a?c=' can not be converted to a Blob: Invalid Base64 character: '?'"},
		{"PutRecord", `{"Data":"abc\n"}`, "'abc\n' can not be converted to a Blob: Invalid Base64 character: '\n'"},
		{"PutRecord", `{"Data":"+/+="}`, "'+/+=' can not be converted to a Blob: Invalid last non-pad Base64 character dectected"},
		{"PutRecord", `{"Data":[]}`, array},
		{"PutRecord", `{"Data":{}}`, object},
		{"GetShardIterator", `{"Timestamp":true}`, boolean + "milliseconds since epoch"},
		{"GetShardIterator", `{"Timestamp":"1"}`, "class java.lang.String can not be converted to milliseconds since epoch"},
		{"PutRecords", `{"Records":true}`, "Expected list or null"},
		{"PutRecords", `{"Records":"x"}`, "Expected list or null"},
		{"PutRecords", `{"Records":{}}`, object},
		{"PutRecords", `{"Records":[3]}`, "Expected null"},
		{"PutRecords", `{"Records":[[]]}`, array},
		{"PutRecords", `{"Records":[{"Data":7}]}`, number + "a Blob"},
		{"AddTagsToStream", `{"Tags":1}`, "Expected map or null"},
		{"AddTagsToStream", `{"Tags":[]}`, array},
		{"AddTagsToStream", `{"Tags":{"a":{}}}`, object},
		{"CreateStream", `{"StreamModeDetails":"x"}`, "Expected null"},
	} {
		resp := answer(ops[c.op], &wire.Request{Encoding: wire.JSON, Body: []byte(c.body)})
		want := `{"__type":"SerializationException","Message":` + string(wire.AppendJSONString(nil, c.want)) + `}`
		if got := string(resp.Body); got != want || resp.Status != 400 {
			t.Errorf("%s %s:\n got %d %s\nwant 400 %s", c.op, c.body, resp.Status, got, want)
		}
		if got := resp.Header.Get("x-amzn-ErrorType"); got != "SerializationException" {
			t.Errorf("x-amzn-ErrorType is %q", got)
		}
	}
	for _, body := range []string{"", "[]", `"x"`, "null", "{", "\xff", `{"StreamName":1`, `{} {}`} {
		resp := answer(ops["DescribeStream"], &wire.Request{Encoding: wire.JSON, Body: []byte(body)})
		if got := string(resp.Body); got != `{"__type":"SerializationException"}` {
			t.Errorf("%q: got %s", body, got)
		}
	}
}

// violations cuts a message into its parts, which the services list in no fixed order.
func violations(t *testing.T, resp *wire.Response, code, key string) []string {
	t.Helper()
	d := wire.NewJSONDecoder(resp.Body)
	var got, message string
	if d.BeginStructure() {
		for d.NextMember() {
			switch d.Key {
			case "__type":
				got, _ = d.Text()
			case key:
				message, _ = d.Text()
			default:
				t.Errorf("unexpected member %s", d.Key)
				d.Skip()
			}
		}
	}
	if got == "" {
		got = resp.Header.Get("x-amzn-ErrorType")
	}
	if d.Err() != nil || resp.Status != 400 || got != code {
		t.Errorf("got %d %s, want a %s", resp.Status, resp.Body, code)
	}
	head, list, _ := strings.Cut(message, " detected: ")
	parts := strings.Split(list, "; ")
	noun := "errors"
	if len(parts) == 1 {
		noun = "error"
	}
	if want := fmt.Sprintf("%d validation %s", len(parts), noun); head != want {
		t.Errorf("message begins %q, want %q", head, want)
	}
	slices.Sort(parts)
	return parts
}

func TestKinesisConstraints(t *testing.T) {
	ops := operations(t, kinesisExchanges)
	long := strings.Repeat("a", 257)
	var many []string
	for range 501 {
		many = append(many, `{"Data":"","PartitionKey":"k"}`)
	}
	for _, c := range []struct {
		op, body string
		want     []string
	}{
		{"PutRecord", `{}`, []string{
			"Value null at 'data' failed to satisfy constraint: Member must not be null",
			"Value null at 'partitionKey' failed to satisfy constraint: Member must not be null"}},
		{"PutRecord", `{"StreamName":"","PartitionKey":"","Data":null}`, []string{
			"Value '' at 'streamName' failed to satisfy constraint: Member must have length greater than or equal to 1",
			"Value '' at 'streamName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+",
			"Value '' at 'partitionKey' failed to satisfy constraint: Member must have length greater than or equal to 1",
			"Value null at 'data' failed to satisfy constraint: Member must not be null"}},
		{"PutRecord", `{"StreamName":"a b","PartitionKey":"` + long + `","Data":"","ExplicitHashKey":"01","SequenceNumberForOrdering":"-1"}`, []string{
			"Value 'a b' at 'streamName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+",
			"Value '" + long + "' at 'partitionKey' failed to satisfy constraint: Member must have length less than or equal to 256",
			`Value '01' at 'explicitHashKey' failed to satisfy constraint: Member must satisfy regular expression pattern: 0|([1-9]\d{0,38})`,
			`Value '-1' at 'sequenceNumberForOrdering' failed to satisfy constraint: Member must satisfy regular expression pattern: 0|([1-9]\d{0,128})`}},
		{"PutRecords", `{"StreamName":"a","Records":[]}`, []string{
			"Value '[]' at 'records' failed to satisfy constraint: Member must have length greater than or equal to 1"}},
		{"PutRecords", `{"StreamName":"a","Records":[{"Data":"AA==","PartitionKey":"k"},{"PartitionKey":""}]}`, []string{
			"Value '' at 'records.2.member.partitionKey' failed to satisfy constraint: Member must have length greater than or equal to 1",
			"Value null at 'records.2.member.data' failed to satisfy constraint: Member must not be null"}},
		{"DescribeStream", `{"StreamName":"a","Limit":0,"ExclusiveStartShardId":"ä"}`, []string{
			"Value '0' at 'limit' failed to satisfy constraint: Member must have value greater than or equal to 1",
			"Value 'ä' at 'exclusiveStartShardId' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+"}},
		{"DescribeStream", `{"StreamName":"a","Limit":10001}`, []string{
			"Value '10001' at 'limit' failed to satisfy constraint: Member must have value less than or equal to 10000"}},
		{"GetShardIterator", `{"StreamName":"a","ShardId":"s","ShardIteratorType":"x"}`, []string{
			"Value 'x' at 'shardIteratorType' failed to satisfy constraint: Member must satisfy enum value set: " +
				"[AT_SEQUENCE_NUMBER, AFTER_SEQUENCE_NUMBER, TRIM_HORIZON, LATEST, AT_TIMESTAMP]"}},
		{"RemoveTagsFromStream", `{"StreamName":"a","TagKeys":["ok","` + long + `"]}`, []string{
			"Value '[ok, " + long + "]' at 'tagKeys' failed to satisfy constraint: Member must satisfy constraint: " +
				"[Member must have length less than or equal to 128, Member must have length greater than or equal to 1]"}},
		{"AddTagsToStream", `{"StreamName":"a","Tags":{"b":"` + long + `","":"v"}}`, []string{
			"Value '{=v, b=" + long + "}' at 'tags' failed to satisfy constraint: Map keys must satisfy constraint: " +
				"[Member must have length less than or equal to 128, Member must have length greater than or equal to 1]",
			"Value '{=v, b=" + long + "}' at 'tags' failed to satisfy constraint: Map value must satisfy constraint: " +
				"[Member must have length less than or equal to 256, Member must have length greater than or equal to 0]"}},
		{"CreateStream", `{"StreamName":"a","StreamModeDetails":{}}`, []string{
			"Value null at 'streamModeDetails.streamMode' failed to satisfy constraint: Member must not be null"}},
		{"DescribeStreamSummary", `{"StreamARN":"arn:aws:sns:x"}`, []string{
			`Value 'arn:aws:sns:x' at 'streamARN' failed to satisfy constraint: Member must satisfy regular expression pattern: arn:aws.*:kinesis:.*:\d{12}:stream/\S+`}},
	} {
		resp := answer(ops[c.op], &wire.Request{Encoding: wire.JSON, Body: []byte(c.body)})
		slices.Sort(c.want)
		if diff := cmp.Diff(c.want, violations(t, resp, "ValidationException", "message")); diff != "" {
			t.Errorf("%s %.80s:\n%s", c.op, c.body, diff)
		}
	}

	resp := answer(ops["PutRecords"], &wire.Request{Encoding: wire.JSON, Body: []byte(`{"Records":[` + strings.Join(many, ",") + `]}`)})
	parts := violations(t, resp, "ValidationException", "message")
	if len(parts) != 1 || !strings.HasPrefix(parts[0], "Value '[com.amazonaws.kinesis.v20131202.PutRecordsRequestEntry@") ||
		!strings.HasSuffix(parts[0], "]' at 'records' failed to satisfy constraint: Member must have length less than or equal to 500") {
		t.Errorf("501 records: %.200s", parts)
	}
	resp = answer(ops["PutRecords"], &wire.Request{Encoding: wire.JSON, Body: []byte(`{"Records":[` + strings.Repeat("{},", 20) + `{}]}`)})
	if parts := violations(t, resp, "ValidationException", "message"); len(parts) != 10 {
		t.Errorf("21 bad records: %d failures listed, want 10", len(parts))
	}
}

func TestPatternComesBeforeLength(t *testing.T) {
	ops := operations(t, kinesisExchanges)
	resp := answer(ops["DescribeStream"], &wire.Request{Encoding: wire.JSON, Body: []byte(`{"StreamName":"` + strings.Repeat(" ", 129) + `"}`)})
	pattern, length := strings.Index(string(resp.Body), "pattern"), strings.Index(string(resp.Body), "length")
	if pattern < 0 || length < pattern {
		t.Errorf("pattern at %d, length at %d of %s", pattern, length, resp.Body)
	}
}

// A long value is repeated only in part, and what is listed of a long list is bounded too.
func TestMessagesAreBounded(t *testing.T) {
	ops := operations(t, kinesisExchanges)
	for _, body := range []string{
		`{"StreamName":"` + strings.Repeat("é", 1<<20) + `"}`,
		`{"StreamName":"s","TagKeys":["` + strings.Repeat(`","`, 90_000) + `"]}`,
		`{"StreamName":"s","TagKeys":["` + strings.Repeat("x", 2<<20) + `"]}`,
	} {
		resp := answer(ops["RemoveTagsFromStream"], &wire.Request{Encoding: wire.JSON, Body: []byte(body)})
		if len(resp.Body) > 300<<10 || resp.Status != 400 {
			t.Errorf("%.40s: an answer of %d bytes, status %d", body, len(resp.Body), resp.Status)
		}
	}
}

func TestConnectConstraints(t *testing.T) {
	ops := operations(t, connectExchanges)
	for _, c := range []struct {
		op   string
		r    wire.Request
		code string
		want []string
	}{
		{"CreateUser", wire.Request{Labels: []string{"i"}, Body: []byte(`{"PhoneConfig":{},"Password":"weak","SecurityProfileIds":[]}`)},
			"InvalidParameterException", []string{
				"Value null at 'username' failed to satisfy constraint: Member must not be null",
				"Value null at 'routingProfileId' failed to satisfy constraint: Member must not be null",
				"Value '[]' at 'securityProfileIds' failed to satisfy constraint: Member must have length greater than or equal to 1",
				`Value at 'password' failed to satisfy constraint: Member must satisfy regular expression pattern: ^(?=.*[a-z])(?=.*[A-Z])(?=.*\d)[a-zA-Z\d\S]{8,64}$`}},
		{"StartOutboundVoiceContact", wire.Request{Body: []byte(`{"ContactFlowId":"f","InstanceId":"i","DestinationPhoneNumber":"5551234"}`)},
			"InvalidParameterException", []string{
				`Value '5551234' at 'destinationPhoneNumber' failed to satisfy constraint: Member must satisfy regular expression pattern: \+[1-9]\d{1,14}$`}},
		{"ListUsers", wire.Request{Labels: []string{""}, Query: url.Values{"maxResults": {"1001"}}}, "InvalidParameterException", []string{
			"Value '' at 'instanceId' failed to satisfy constraint: Member must have length greater than or equal to 1",
			"Value '1001' at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 1000"}},
		{"CreateInstance", wire.Request{Body: []byte(`{"InstanceAlias":"d-x","Tags":{"aws:x":"v"}}`)}, "InvalidRequestException", []string{
			"Value null at 'identityManagementType' failed to satisfy constraint: Member must not be null",
			"Value null at 'inboundCallsEnabled' failed to satisfy constraint: Member must not be null",
			"Value null at 'outboundCallsEnabled' failed to satisfy constraint: Member must not be null",
			`Value at 'instanceAlias' failed to satisfy constraint: Member must satisfy regular expression pattern: ^(?!d-)([\da-zA-Z]+)([-]*[\da-zA-Z])*$`,
			"Value '{aws:x=v}' at 'tags' failed to satisfy constraint: Map keys must satisfy constraint: [Member must have length less than or equal to 128, " +
				`Member must have length greater than or equal to 1, Member must satisfy regular expression pattern: ^(?!aws:)[\p{L}\p{Z}\p{N}_.:/=+\-@]*$]`}},
		{"AssociateInstanceStorageConfig", wire.Request{Labels: []string{"i"}, Body: []byte(`{"ResourceType":"NONE","StorageConfig":{"StorageType":"S3","S3Config":{"BucketName":"","BucketPrefix":"p"}}}`)},
			"InvalidParameterException", []string{
				"Value '' at 'storageConfig.s3Config.bucketName' failed to satisfy constraint: Member must have length greater than or equal to 1",
				"Value 'NONE' at 'resourceType' failed to satisfy constraint: Member must satisfy enum value set: [" +
					strings.Join(resourceTypes, ", ") + "]"}},
	} {
		c.r.Encoding = wire.JSON
		resp := answer(ops[c.op], &c.r)
		slices.Sort(c.want)
		if diff := cmp.Diff(c.want, violations(t, resp, c.code, "Message")); diff != "" {
			t.Errorf("%s:\n%s", c.op, diff)
		}
	}
}

var resourceTypes = []string{
	connectapi.InstanceStorageResourceTypeChatTranscripts, connectapi.InstanceStorageResourceTypeCallRecordings,
	connectapi.InstanceStorageResourceTypeScheduledReports, connectapi.InstanceStorageResourceTypeMediaStreams,
	connectapi.InstanceStorageResourceTypeContactTraceRecords, connectapi.InstanceStorageResourceTypeAgentEvents,
	connectapi.InstanceStorageResourceTypeRealTimeContactAnalysisSegments, connectapi.InstanceStorageResourceTypeAttachments,
	connectapi.InstanceStorageResourceTypeContactEvaluations, connectapi.InstanceStorageResourceTypeScreenRecordings,
	connectapi.InstanceStorageResourceTypeRealTimeContactAnalysisChatSegments,
	connectapi.InstanceStorageResourceTypeRealTimeContactAnalysisVoiceSegments, connectapi.InstanceStorageResourceTypeEmailMessages,
}

func TestConnectSerializationErrors(t *testing.T) {
	ops := operations(t, connectExchanges)
	for _, c := range []struct {
		op   string
		r    wire.Request
		want string
	}{
		{"CreateUser", wire.Request{Body: []byte(`{"Username":7}`)}, `{"Message":"NUMBER_VALUE can not be converted to String"}`},
		{"CreateUser", wire.Request{Body: []byte(`{"Username":true}`)}, `{"Message":"TRUE_VALUE can not be converted to String"}`},
		{"CreateUser", wire.Request{Body: []byte(`{"SecurityProfileIds":[null]}`)}, `{"Message":"null is not allowed in a list"}`},
		{"CreateUser", wire.Request{Body: []byte(`{"Tags":{"a":null}}`)}, `{"Message":"null is not allowed in a map"}`},
		{"CreateUser", wire.Request{Body: []byte(`{"Username":`)}, `{}`},
		{"ListUsers", wire.Request{Labels: []string{"i"}, Query: url.Values{"maxResults": {"ten"}}}, `{"Message":"STRING_VALUE can not be converted to an Integer"}`},
		{"ListUsers", wire.Request{Labels: []string{"\xff"}}, `{"Message":"A value outside the body is not valid UTF-8"}`},
		{"ListQueues", wire.Request{Labels: []string{"i"}, Query: url.Values{"queueTypes": {"STANDARD", "\xff"}}}, `{"Message":"A value outside the body is not valid UTF-8"}`},
	} {
		c.r.Encoding = wire.JSON
		resp := answer(ops[c.op], &c.r)
		if got := string(resp.Body); got != c.want || resp.Status != 400 || resp.Header.Get("X-Amzn-Errortype") != "SerializationException" {
			t.Errorf("%s: got %d %s, want %s", c.op, resp.Status, got, c.want)
		}
	}
}

func TestErrorsInEveryForm(t *testing.T) {
	for _, c := range []struct {
		name   string
		svc    *wire.Service
		enc    wire.Encoding
		err    error
		status int
		want   string
	}{
		{"modelled", kinesisapi.Service, wire.JSON, fmt.Errorf("describe: %w", &kinesisapi.ResourceNotFoundException{Message: "Stream s"}), 400,
			`{"__type":"ResourceNotFoundException","message":"Stream s"}`},
		{"no message", kinesisapi.Service, wire.JSON, &kinesisapi.ResourceInUseException{}, 400, `{"__type":"ResourceInUseException"}`},
		{"REST", connectapi.Service, wire.JSON, &connectapi.ResourceConflictException{Message: "m"}, 409, `{"Message":"m"}`},
		{"REST, two members", connectapi.Service, wire.JSON,
			&connectapi.ResourceInUseException{Message: "m", ResourceType: new(connectapi.ResourceTypeUser)}, 409, `{"Message":"m","ResourceType":"USER"}`},
		{"REST, no message", connectapi.Service, wire.JSON, &connectapi.ThrottlingException{}, 429, `{}`},
		{"front door", connectapi.Service, wire.JSON, wire.NewError("AccessDeniedException", 403, "no"), 403, `{"Message":"no"}`},
		{"nobody's", nil, wire.JSON, wire.NewError("X", 400, "no"), 400, `{"message":"no"}`},
		{"form", stsapi.Service, wire.Query, wire.NewError("InvalidAction", 400, "a<b"), 400,
			"<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\n  <Error>\n    <Type>Sender</Type>\n    <Code>InvalidAction</Code>\n" +
				"    <Message>a&lt;b</Message>\n  </Error>\n  <RequestId>" + requestID + "</RequestId>\n</ErrorResponse>\n"},
		{"form, modelled", stsapi.Service, wire.Query, &stsapi.RegionDisabledException{Message: "off"}, 403,
			"<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\n  <Error>\n    <Type>Sender</Type>\n    <Code>RegionDisabledException</Code>\n" +
				"    <Message>off</Message>\n  </Error>\n  <RequestId>" + requestID + "</RequestId>\n</ErrorResponse>\n"},
	} {
		resp := wire.RenderError(c.svc, c.enc, c.err, requestID)
		if string(resp.Body) != c.want || resp.Status != c.status {
			t.Errorf("%s: got %d %s, want %d %s", c.name, resp.Status, resp.Body, c.status, c.want)
		}
	}
	secret := errors.New("open /var/lib/secret: permission denied")
	for _, svc := range []*wire.Service{kinesisapi.Service, connectapi.Service, stsapi.Service, nil} {
		resp := wire.RenderError(svc, wire.JSON, secret, requestID)
		if resp.Status != 500 || strings.Contains(string(resp.Body), "secret") {
			t.Errorf("an internal error became %d %s", resp.Status, resp.Body)
		}
		if svc != nil && resp.Header.Get("X-Amzn-Errortype") != svc.InternalCode {
			t.Errorf("%s: code %s", svc.Name, resp.Header.Get("X-Amzn-Errortype"))
		}
	}
	resp := wire.RenderError(kinesisapi.Service, wire.CBOR, &kinesisapi.ResourceNotFoundException{Message: "é"}, requestID)
	var got map[string]string
	if err := cbor.Unmarshal(resp.Body, &got); err != nil {
		t.Fatal(err)
	}
	if want := map[string]string{"__type": "ResourceNotFoundException", "message": "é"}; !maps.Equal(got, want) || resp.ContentType != "application/x-amz-cbor-1.1" {
		t.Errorf("CBOR: got %v %s", got, resp.ContentType)
	}
}

func TestUnknownOperationsAreRefusedByName(t *testing.T) {
	for _, c := range []struct {
		svc    *wire.Service
		name   string
		status int
		code   string
		words  []string
	}{
		{cloudwatchapi.Service, "PutMetricAlarm", 400, "UnknownOperationException", []string{"PutMetricAlarm", "docs/compat/cloudwatch.md"}},
		{kinesisapi.Service, "SplitShard", 400, "UnknownOperationException", []string{"SplitShard", "docs/compat/kinesis.md"}},
		{kinesisapi.Service, "MakeCoffee", 400, "UnknownOperationException", []string{"MakeCoffee"}},
		{connectapi.Service, "CreateCampaign", 404, "UnknownOperationException", []string{"CreateCampaign"}},
		{connectapi.Service, "CreateVocabulary", 404, "UnknownOperationException", []string{"CreateVocabulary", "docs/compat/connect.md"}},
		{stsapi.Service, "AssumeRole", 400, "InvalidAction", []string{"Could not find operation AssumeRole for version 2011-06-15", "docs/compat/sts.md"}},
	} {
		var e wire.Error
		if err := wire.UnknownOperation(c.svc, wire.JSON, c.name); !errors.As(err, &e) || e.ErrorCode() != c.code || e.HTTPStatus() != c.status {
			t.Errorf("%s: %v", c.name, err)
		}
		for _, word := range c.words {
			if !strings.Contains(e.Error(), word) {
				t.Errorf("%s: %q does not say %q", c.name, e.Error(), word)
			}
		}
	}
}

func TestSTSAnswersXML(t *testing.T) {
	op := stsapi.GetCallerIdentity(func(context.Context, *stsapi.GetCallerIdentityInput) (*stsapi.GetCallerIdentityOutput, error) {
		return &stsapi.GetCallerIdentityOutput{Account: new("123456789012"), Arn: new("arn:aws:iam::123456789012:user/a&b")}, nil
	})
	ctx := wire.WithCaller(t.Context(), wire.Caller{RequestID: requestID})
	resp, err := op.Serve(ctx, &wire.Request{Encoding: wire.Query, Body: []byte("Action=GetCallerIdentity&Version=2011-06-15")})
	if err != nil {
		t.Fatal(err)
	}
	want := `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
<GetCallerIdentityResult>
<Account>123456789012</Account>
<Arn>arn:aws:iam::123456789012:user/a&amp;b</Arn>
</GetCallerIdentityResult>
<ResponseMetadata>
<RequestId>` + requestID + `</RequestId>
</ResponseMetadata>
</GetCallerIdentityResponse>
`
	if got := string(resp.Body); got != want || resp.ContentType != "text/xml" || resp.Status != 200 {
		t.Errorf("got %d %s\n%s\nwant\n%s", resp.Status, resp.ContentType, got, want)
	}
}
