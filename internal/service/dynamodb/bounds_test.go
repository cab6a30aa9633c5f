package dynamodb

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/internal/storage"
)

// contested is a storage on which another process comes first, some times.
type contested struct {
	storage.Engine
	times atomic.Int64 // that appends to tables still lose
}

type contestedLog struct {
	storage.Log
	of *contested
}

func (c *contested) Open(ctx context.Context, name string, cfg storage.Config) (storage.Log, error) {
	l, err := c.Engine.Open(ctx, name, cfg)
	if !strings.HasPrefix(name, itemLogs) {
		return l, err
	}
	return contestedLog{l, c}, err
}

func (l contestedLog) Append(ctx context.Context, entries ...storage.Entry) (uint64, error) {
	if l.of.times.Add(-1) >= 0 {
		return 0, storage.ErrConflict
	}
	return l.Log.Append(ctx, entries...)
}

// TestOthersComeFirst: a write is tried again when another process' came first, and given up when that happens all the time.
func TestOthersComeFirst(t *testing.T) {
	w := newWorld(t)
	engine := &contested{Engine: w.cfg.Storage}
	w.cfg.Storage = engine
	w.serve()
	w.leases()
	put := `{"TableName":"leases","Item":{"leaseKey":{"S":"a"}},"ConditionExpression":"attribute_not_exists(leaseKey)"}`
	engine.times.Store(writeAttemptsMax)
	if _, err := w.call("PutItem", put); err == nil {
		t.Error("a write that always lost is acknowledged")
	}
	engine.times.Store(writeAttemptsMax - 1)
	w.ok("PutItem", put)
	engine.times.Store(0)
	w.refused("ConditionalCheckFailedException", "The conditional request failed", "PutItem", put)
}

// TestTransactionsAreBounded: no more are remembered than tokensMax.
func TestTransactionsAreBounded(t *testing.T) {
	w := newWorld(t)
	w.leases()
	tx := w.svc.transactions
	for i := range uint64(tokensMax) {
		tx.first[i+1] = w.clock.Now()
	}
	tx.newest, tx.noted = tokensMax, tokensMax+1
	put := `{"TransactItems":[{"Put":{"TableName":"leases","Item":{"leaseKey":{"S":"a"}}}}]}`
	w.refused("RequestLimitExceeded", fmt.Sprintf("There were more than %d transactions within %v.", tokensMax, tokenLife), "TransactWriteItems", put)
	w.clock.Advance(tokenLife + time.Second)
	if _, err := w.svc.Work(w.ctx); err != nil {
		t.Fatal(err)
	}
	w.ok("TransactWriteItems", put)
	many := strings.TrimSuffix(strings.Repeat(`{"Delete":{"TableName":"leases","Key":{"leaseKey":{"S":"a"}}}},`, 101), ",")
	if _, err := w.call("TransactWriteItems", `{"TransactItems":[`+many+`]}`); err == nil || !strings.Contains(err.Error(), "Member must have length less than or equal to 100") {
		t.Errorf("101 writes: %v", err)
	}
}

// TestIndexesAreBounded: in number, and in the attributes that they include.
func TestIndexesAreBounded(t *testing.T) {
	w := newWorld(t)
	create := func(indexes, included int) error {
		var all []string
		for i := range indexes {
			var names []string
			for j := range included {
				names = append(names, fmt.Sprintf(`"a%d"`, j))
			}
			all = append(all, fmt.Sprintf(`{"IndexName":"index%d","KeySchema":[{"AttributeName":"k","KeyType":"HASH"}],"Projection":{"ProjectionType":"INCLUDE","NonKeyAttributes":[%s]}}`, i, strings.Join(names, ",")))
		}
		_, err := w.call("CreateTable", fmt.Sprintf(`{"TableName":"t%d.%d","KeySchema":[{"AttributeName":"k","KeyType":"HASH"}],"AttributeDefinitions":[{"AttributeName":"k","AttributeType":"S"}],"BillingMode":"PAY_PER_REQUEST",
			"GlobalSecondaryIndexes":[%s]}`, indexes, included, strings.Join(all, ",")))
		return err
	}
	if err := create(indexesMax, includedMax/indexesMax); err != nil {
		t.Error(err)
	}
	if err := create(indexesMax+1, 1); err == nil || !strings.Contains(err.Error(), "exceeds the per-table limit of 20") {
		t.Errorf("too many indexes: %v", err)
	}
	if err := create(indexesMax, includedMax/indexesMax+1); err == nil || !strings.Contains(err.Error(), "exceeds the limit of 100") {
		t.Errorf("too many attributes: %v", err)
	}
}
