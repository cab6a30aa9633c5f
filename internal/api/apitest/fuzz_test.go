package apitest

import (
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"testing"

	"github.com/fxamacker/cbor/v2"

	"github.com/hookswitch/hookswitch/internal/wire"
)

// fuzzed are the operations with the richest inputs of each service.
func fuzzed(exchanges []exchange, names ...string) []wire.Operation {
	var out []wire.Operation
	for _, x := range exchanges {
		for _, name := range names {
			if x.name == name {
				out = append(out, x.op(func(any) {}, x.newOutput))
			}
		}
	}
	return out
}

// FuzzRequests feeds whole operations, decoding and validation, with anything. Nothing may panic, and what a judge
// calls malformed must be refused.
func FuzzRequests(f *testing.F) {
	kinesisOps := fuzzed(kinesisExchanges, "PutRecords", "AddTagsToStream", "GetShardIterator", "CreateStream")
	cloudwatchOps := fuzzed(cloudwatchExchanges, "PutMetricData", "GetMetricData", "ListMetrics", "GetMetricStatistics")
	connectOps := fuzzed(connectExchanges, "CreateUser", "StartTaskContact", "GetCurrentMetricData", "ListQueues")
	dynamodbOps := fuzzed(dynamodbExchanges, "PutItem", "BatchWriteItem", "BatchGetItem", "TransactWriteItems", "Query")
	for _, seed := range []string{
		`{"RequestItems":{"t":[{"PutRequest":{"Item":{"k":{"M":{"a":{"L":[{"NS":["1"]},{"NULL":true}]}}}}}}]}}`,
		`{"StreamName":"s","Records":[{"Data":"AA==","PartitionKey":"k"},{"Data":7}]}`,
		`{"Namespace":"n","MetricData":[{"MetricName":"m","Timestamp":1.5,"Values":[1,2.5],"Counts":[1,null],"Dimensions":[{"Name":"d"}]}]}`,
		`{"MetricDataQueries":[{"Id":"a","MetricStat":{"Metric":{},"Period":60,"Stat":"Sum"}}],"StartTime":1,"EndTime":2}`,
		`{"Tags":{"a":"b"},"StreamName":"s"}`, `{"Timestamp":1.5,"ShardIteratorType":"LATEST"}`,
		`{"Username":"u","IdentityInfo":{"Email":"e"},"SecurityProfileIds":["a",null]}`,
		`{"References":{"r":{"Type":"URL","Value":"v"}},"Attributes":{"a":"b"}}`,
		`{"Filters":{"Queues":["q"],"Channels":["VOICE"]},"CurrentMetrics":[{"Name":"AGENTS_ONLINE","Unit":"COUNT"}]}`,
	} {
		f.Add([]byte(seed), "i/%zz?maxResults=1&queueTypes=STANDARD")
		var v any
		if err := json.Unmarshal([]byte(seed), &v); err != nil {
			f.Fatal(err)
		}
		b, err := cbor.Marshal(v)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b, "maxResults=x")
	}
	f.Fuzz(func(t *testing.T, body []byte, query string) {
		values, _ := url.ParseQuery(query)
		for _, op := range slices.Concat(kinesisOps, connectOps, cloudwatchOps, dynamodbOps) {
			r := &wire.Request{Encoding: wire.JSON, Body: body, Query: values, Labels: []string{query}}
			resp, err := op.Serve(context.Background(), r)
			if err == nil && resp.Status != op.Model.Status {
				t.Fatalf("%s: status %d without an error", op.Model.Name, resp.Status)
			}
			if err == nil && len(body) > 0 && op.Model.Method != "GET" && !json.Valid(body) {
				t.Fatalf("%s accepted %.400q", op.Model.Name, body)
			}
			if err != nil {
				if out := wire.RenderError(op.Service, wire.JSON, err, "id"); !json.Valid(out.Body) {
					t.Fatalf("%s: the error is not JSON: %.400q", op.Model.Name, out.Body)
				}
			}
		}
		for _, op := range slices.Concat(kinesisOps, cloudwatchOps) {
			_, err := op.Serve(context.Background(), &wire.Request{Encoding: wire.CBOR, Body: body})
			if err == nil && cbor.Wellformed(body) != nil {
				t.Fatalf("%s accepted %.400x", op.Model.Name, body)
			}
			if err != nil {
				if out := wire.RenderError(op.Service, wire.CBOR, err, "id"); cbor.Wellformed(out.Body) != nil {
					t.Fatalf("%s: the error is not CBOR: %.400x", op.Model.Name, out.Body)
				}
			}
		}
		for _, op := range append(fuzzed(stsExchanges, "GetCallerIdentity"), cloudwatchOps...) {
			if _, err := op.Serve(context.Background(), &wire.Request{Encoding: wire.Query, Body: body, Query: values}); err != nil {
				wire.RenderError(op.Service, wire.Query, err, query)
			}
		}
	})
}
