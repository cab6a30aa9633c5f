package dynamodb

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/hookswitch/hookswitch/internal/clock"
	"github.com/hookswitch/hookswitch/internal/storage"
	"github.com/hookswitch/hookswitch/internal/storage/distributed"
	"github.com/hookswitch/hookswitch/internal/storage/embedded"
	"github.com/hookswitch/hookswitch/internal/storage/memory"
	"github.com/hookswitch/hookswitch/internal/storage/storagetest/natstest"
)

// TestEveryEngine does the same on every engine, closes and reopens it, and finds the same.
func TestEveryEngine(t *testing.T) {
	disk, dir, nats := new(memory.Disk), filepath.Join(t.TempDir(), "data"), natstest.Start(t)
	for name, open := range map[string]func() (storage.Engine, error){
		"memory":   func() (storage.Engine, error) { return memory.New(memory.Config{Disk: disk}), nil },
		"embedded": func() (storage.Engine, error) { return embedded.Open(embedded.Config{Dir: dir}) },
		"distributed": func() (storage.Engine, error) {
			return distributed.Open(context.Background(), distributed.Config{URL: nats.URL, MonitorURLs: []string{nats.MonitorURL}})
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			start := func() {
				engine, err := open()
				if err != nil {
					t.Fatal(err)
				}
				w.cfg.Storage, w.cfg.Clock = engine, clock.System{}
				w.serve()
			}
			stop := func() {
				if err := w.cfg.Storage.Close(); err != nil {
					t.Fatal(err)
				}
			}
			start()
			w.leases()
			w.scores()
			w.ok("CreateTable", `{"TableName":"gone","KeySchema":[{"AttributeName":"k","KeyType":"HASH"}],"AttributeDefinitions":[{"AttributeName":"k","AttributeType":"S"}],"BillingMode":"PAY_PER_REQUEST"}`)
			w.ok("DeleteTable", `{"TableName":"gone"}`)
			for i := range 60 {
				w.ok("PutItem", fmt.Sprintf(`{"TableName":"scores","Item":{"game":{"S":"g%d"},"score":{"N":"%d"},"player":{"S":"p%d"}}}`, i%3, i-30, i%4))
			}
			for range 3 {
				w.ok("TransactWriteItems", `{"TransactItems":[{"Update":{"TableName":"leases","Key":{"leaseKey":{"S":"a"}},"UpdateExpression":"ADD n :n","ExpressionAttributeValues":{":n":{"N":"1"}}}},
					{"Update":{"TableName":"scores","Key":{"game":{"S":"g0"},"score":{"N":"0"}},"UpdateExpression":"ADD n :n","ExpressionAttributeValues":{":n":{"N":"1"}}}}]}`)
			}
			w.refused("ConditionalCheckFailedException", "The conditional request failed", "PutItem", `{"TableName":"leases","Item":{"leaseKey":{"S":"a"}},"Expected":{"leaseKey":{"Exists":false}}}`)
			w.ok("DeleteItem", `{"TableName":"scores","Key":{"game":{"S":"g1"},"score":{"N":"1"}}}`)
			if _, err := w.svc.Work(w.ctx); err != nil {
				t.Fatal(err)
			}
			look := func() string {
				text, _ := json.Marshal([]any{w.ok("ListTables", `{}`), w.ok("DescribeTable", `{"TableName":"scores"}`), w.ok("Scan", `{"TableName":"leases"}`), w.ok("Scan", `{"TableName":"scores"}`),
					w.ok("Query", `{"TableName":"scores","IndexName":"byPlayer","KeyConditionExpression":"player = :p AND score > :s","ExpressionAttributeValues":{":p":{"S":"p2"},":s":{"N":"-5"}}}`)})
				return string(text)
			}
			before := look()
			stop()
			start()
			if after := look(); after != before {
				t.Errorf("after a restart:\n%s\nbefore:\n%s", after, before)
			}
			w.ok("PutItem", `{"TableName":"scores","Item":{"game":{"S":"g1"},"score":{"N":"1"}},"ConditionExpression":"attribute_not_exists(game)"}`)
			stop()
		})
	}
}
