package dynamodb_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/hookswitch/hookswitch/internal/service/dynamodb"
	"github.com/hookswitch/hookswitch/internal/storage/embedded"
	"github.com/hookswitch/hookswitch/internal/wire"
)

// BenchmarkOperations times operations on the embedded engine, durable, without HTTP: renewals of leases by 32 at a time, reads, pages.
func BenchmarkOperations(b *testing.B) {
	engine, err := embedded.Open(embedded.Config{Dir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	defer engine.Close()
	service, err := dynamodb.New(context.Background(), dynamodb.Config{Storage: engine})
	if err != nil {
		b.Fatal(err)
	}
	ctx := wire.WithCaller(context.Background(), wire.Caller{Account: "123456789012", Region: "eu-west-3"})
	ops := map[string]wire.Operation{}
	for _, op := range service.Operations() {
		ops[op.Model.Name] = op
	}
	do := func(b *testing.B, operation, body string) {
		if _, err := ops[operation].Serve(ctx, &wire.Request{Encoding: wire.JSON, Body: []byte(body)}); err != nil {
			b.Fatal(err)
		}
	}
	do(b, "CreateTable", `{"TableName":"leases","KeySchema":[{"AttributeName":"leaseKey","KeyType":"HASH"}],"AttributeDefinitions":[{"AttributeName":"leaseKey","AttributeType":"S"}],"BillingMode":"PAY_PER_REQUEST"}`)
	const leases = 1000
	for i := range leases {
		do(b, "PutItem", fmt.Sprintf(`{"TableName":"leases","Item":{"leaseKey":{"S":"shardId-%d"},"leaseOwner":{"S":"worker"},"leaseCounter":{"N":"0"},"checkpoint":{"S":"49590338271490256608559692538361571095921575989136588898"}}}`, i))
	}
	var next atomic.Int64
	for _, c := range []struct{ name, operation, form string }{
		{"renew", "UpdateItem", `{"TableName":"leases","Key":{"leaseKey":{"S":"shardId-%d"}},"Expected":{"leaseOwner":{"Value":{"S":"worker"}}},"AttributeUpdates":{"leaseCounter":{"Action":"ADD","Value":{"N":"1"}}},"ReturnValues":"ALL_NEW"}`},
		{"transaction", "TransactWriteItems", `{"TransactItems":[{"Update":{"TableName":"leases","Key":{"leaseKey":{"S":"shardId-%d"}},"UpdateExpression":"ADD n :n","ExpressionAttributeValues":{":n":{"N":"1"}}}}]}`},
		{"get", "GetItem", `{"TableName":"leases","Key":{"leaseKey":{"S":"shardId-%d"}},"ConsistentRead":true}`},
		{"scan1000", "Scan", `{"TableName":"leases","Limit":%[1]d,"FilterExpression":"leaseOwner = :o","ExpressionAttributeValues":{":o":{"S":"worker"}}}`},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.SetParallelism(16)
			b.RunParallel(func(p *testing.PB) {
				for p.Next() {
					n := next.Add(1) % leases
					if c.operation == "Scan" {
						n = leases
					}
					do(b, c.operation, fmt.Sprintf(c.form, n))
				}
			})
		})
	}
}
