package dynamodb

import (
	"fmt"
	"testing"

	"github.com/hookswitch/hookswitch/internal/storage"
)

// TestSweep: records of deleted items go once there are many, items and what guards them stay, also while they are written.
func TestSweep(t *testing.T) {
	w := newWorld(t)
	w.leases()
	put := func(key string, n int) {
		w.ok("PutItem", fmt.Sprintf(`{"TableName":"leases","Item":{"leaseKey":{"S":"%s"},"n":{"N":"%d"}}}`, key, n))
	}
	const kept = 250
	for i := range kept {
		put(fmt.Sprint("kept", i), i)
	}
	w.ok("TransactWriteItems", `{"TransactItems":[{"Put":{"TableName":"leases","Item":{"leaseKey":{"S":"moved"}}}}]}`)
	w.ok("DeleteItem", `{"TableName":"leases","Key":{"leaseKey":{"S":"moved"}}}`)
	for i := range deadMax {
		key := fmt.Sprint("gone", i)
		put(key, i)
		w.ok("DeleteItem", `{"TableName":"leases","Key":{"leaseKey":{"S":"`+key+`"}}}`)
	}
	table := w.svc.allTables()[0]
	records := func() int {
		recs, err := table.log.Read(w.ctx, storage.Range{Max: 10_000})
		if err != nil {
			t.Fatal(err)
		}
		return len(recs)
	}
	if n := records(); n != kept+deadMax+1 {
		t.Fatalf("%d records before", n)
	}
	for round, busy := 0, true; busy; round++ {
		var err error
		if busy, err = w.svc.Work(w.ctx); err != nil {
			t.Fatal(err)
		}
		put("kept7", 1000+round)
		put(fmt.Sprint("new", round), 0)
		w.ok("DeleteItem", `{"TableName":"leases","Key":{"leaseKey":{"S":"kept8"}}}`)
	}
	if n := records(); n < kept || n > kept+20 {
		t.Errorf("%d records after", n)
	}
	if table.sweep != nil || table.dead > 10 {
		t.Errorf("the sweep goes on: %d are dead", table.dead)
	}
	for range 2 {
		if n := w.ok("Scan", `{"TableName":"leases","FilterExpression":"begins_with(leaseKey, :k)","ExpressionAttributeValues":{":k":{"S":"kept"}}}`)["Count"]; n != float64(kept-1) {
			t.Errorf("%v items were kept", n)
		}
		w.refused("ConditionalCheckFailedException", "The conditional request failed", "DeleteItem",
			`{"TableName":"leases","Key":{"leaseKey":{"S":"moved"}},"ConditionExpression":"attribute_exists(leaseKey)"}`)
		w.reopen()
	}
}
