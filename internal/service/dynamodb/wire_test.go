package dynamodb_test

import (
	"fmt"
	"hash/crc32"
	"io"
	"net/http"
	"strings"
	"testing"
)

// TestOnTheWire: what clients see that is not in the model. Errors carry the namespaces that the service gives them, and every
// answer its checksum, also one to a request that never reached an operation.
func TestOnTheWire(t *testing.T) {
	url := serve(t)
	deep := strings.Repeat(`{"M":{"a":`, 31) + `{"S":"x"}` + strings.Repeat(`}}`, 31)
	for _, c := range []struct {
		operation, body string
		status          int
		want            string
	}{
		{"CreateTable", `{"TableName":"abc","KeySchema":[{"AttributeName":"k","KeyType":"HASH"}],"AttributeDefinitions":[{"AttributeName":"k","AttributeType":"S"}],"BillingMode":"PAY_PER_REQUEST"}`, 200, `"TableStatus":"CREATING"`},
		{"GetItem", `{"TableName":"none","Key":{"k":{"S":"a"}}}`, 400, `{"__type":"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException","message":"Requested resource not found"}`},
		{"GetItem", `{"TableName":"abc"}`, 400, `{"__type":"com.amazon.coral.validate#ValidationException","message":"1 validation error detected: Value null at 'key' failed to satisfy constraint: Member must not be null"}`},
		{"GetItem", `{"TableName":7}`, 400, `{"__type":"com.amazon.coral.service#SerializationException","Message":`},
		{"Nonsense", `{}`, 400, `{"__type":"com.amazon.coral.service#UnknownOperationException"`},
		{"ExecuteStatement", `{}`, 400, `"message":"Operation ExecuteStatement is not supported yet;`},
		{"PutItem", `{"TableName":"abc","Item":{"k":{"S":"a"},"deep":` + deep + `}}`, 200, `{}`},
		{"PutItem", `{"TableName":"abc","Item":{"k":{"S":"a"},"deep":{"L":[` + deep + `]}}}`, 400, `Nesting Levels have exceeded supported limits`},
		{"TransactWriteItems", `{"TransactItems":[{"Put":{"TableName":"abc","Item":{"k":{"S":"a"}},"ConditionExpression":"attribute_not_exists(k)"}}]}`, 400,
			`{"__type":"com.amazonaws.dynamodb.v20120810#TransactionCanceledException","Message":"Transaction cancelled, please refer cancellation reasons for specific reasons [ConditionalCheckFailed]","CancellationReasons":[{"Code":"ConditionalCheckFailed","Message":"The conditional request failed"}]}`},
	} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(c.body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/x-amz-json-1.0")
		req.Header.Set("X-Amz-Target", "DynamoDB_20120810."+c.operation)
		req.Header.Set("X-Amz-Date", "20260304T050607Z")
		req.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=123456789012/20260304/eu-west-3/dynamodb/aws4_request, SignedHeaders=host, Signature=0")
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || resp.StatusCode != c.status || !strings.Contains(string(body), c.want) {
			t.Errorf("%s %.80s: %d %s, %v; want %d %s", c.operation, c.body, resp.StatusCode, body, err, c.status, c.want)
		}
		if got, want := resp.Header.Get("X-Amz-Crc32"), fmt.Sprint(crc32.ChecksumIEEE(body)); got != want {
			t.Errorf("%s: checksum %s, want %s", c.operation, got, want)
		}
		if got := resp.Header.Get("Content-Type"); got != "application/x-amz-json-1.0" {
			t.Errorf("%s answers in %s", c.operation, got)
		}
	}
}
