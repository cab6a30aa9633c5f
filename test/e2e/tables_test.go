package e2e

import (
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// TestTablesWithTheResourceAPI works with tables as Python programs do, before and after the server was killed.
func TestTablesWithTheResourceAPI(t *testing.T) {
	data := t.TempDir()
	for _, when := range []string{"first", "again"} {
		s := start(t, "--data", data)
		newBoto3(t, s) // or the test is left out
		cmd := exec.CommandContext(t.Context(), "python3", "testdata/tables.py", s.url, account, when)
		cmd.Stderr = os.Stderr
		out, err := cmd.Output()
		if err != nil || strings.TrimSpace(string(out)) != "ok" {
			t.Fatalf("%s time: %s, %v", when, out, err)
		}
		s.kill()
	}
}

// TestLeases keeps a lease with the legacy parameters and with expressions, with clients that take JSON as it is.
func TestLeases(t *testing.T) {
	for _, name := range []string{"AWS CLI", "boto3"} {
		t.Run(name, func(t *testing.T) {
			s := start(t, "--memory")
			w := &world{server: s, caller: clients[name](t, s)}
			key := obj{"leaseKey": obj{"S": "shard-0"}}
			w.do("dynamodb", "CreateTable", obj{"TableName": "leases", "BillingMode": "PAY_PER_REQUEST",
				"KeySchema":            []obj{{"AttributeName": "leaseKey", "KeyType": "HASH"}},
				"AttributeDefinitions": []obj{{"AttributeName": "leaseKey", "AttributeType": "S"}}})
			create := obj{"TableName": "leases", "Item": obj{"leaseKey": obj{"S": "shard-0"}, "leaseCounter": obj{"N": "1"}}, "Expected": obj{"leaseKey": obj{"Exists": false}}}
			w.do("dynamodb", "PutItem", create)
			_, err := w.caller.call(t.Context(), "dynamodb", "PutItem", create)
			var refusal *apiError
			if !errors.As(err, &refusal) || refusal.code != "ConditionalCheckFailedException" || !strings.HasPrefix(refusal.message, "The conditional request failed") {
				t.Errorf("a second lease: %v", err)
			}
			taken := w.do("dynamodb", "UpdateItem", obj{"TableName": "leases", "Key": key, "ReturnValues": "ALL_NEW",
				"UpdateExpression": "SET leaseOwner = :o ADD leaseCounter :one", "ConditionExpression": "attribute_not_exists(leaseOwner)",
				"ExpressionAttributeValues": obj{":o": obj{"S": "w1"}, ":one": obj{"N": "1"}}})
			if n := taken.str("Attributes", "leaseCounter", "N"); n != "2" {
				t.Errorf("the counter is %s", n)
			}
			if got := w.do("dynamodb", "Scan", obj{"TableName": "leases", "FilterExpression": "leaseOwner = :o", "ExpressionAttributeValues": obj{":o": obj{"S": "w1"}}}); got["Count"] != 1.0 {
				t.Errorf("a scan finds %v", got)
			}
			w.do("dynamodb", "DeleteItem", obj{"TableName": "leases", "Key": key})
			w.do("dynamodb", "DeleteTable", obj{"TableName": "leases"})
		})
	}
}
