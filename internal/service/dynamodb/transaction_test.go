package dynamodb

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/internal/storage"
	"github.com/hookswitch/hookswitch/internal/storage/memory"
)

// TestTransactions: all writes of a transaction are made, or none, and each reason is told.
func TestTransactions(t *testing.T) {
	w := newWorld(t)
	w.leases()
	w.scores()
	move := func(token, rest string) string {
		return `{"ClientRequestToken":"` + token + `","ReturnConsumedCapacity":"TOTAL","TransactItems":[{"Put":{"TableName":"leases","Item":{"leaseKey":{"S":"a"},"n":{"N":"1"}}}},
			{"Update":{"TableName":"scores","Key":{"game":{"S":"g"},"score":{"N":"1"}},"UpdateExpression":"ADD n :one","ExpressionAttributeValues":{":one":{"N":"1"}}}}` + rest + `]}`
	}
	failing := `,{"ConditionCheck":{"TableName":"leases","Key":{"leaseKey":{"S":"b"}},"ConditionExpression":"attribute_exists(leaseKey)"}},
		{"Delete":{"TableName":"leases","Key":{"leaseKey":{"S":"c"}},"ConditionExpression":"n = :one","ExpressionAttributeValues":{":one":{"N":"1"}},"ReturnValuesOnConditionCheckFailure":"ALL_OLD"}},
		{"Update":{"TableName":"leases","Key":{"leaseKey":{"S":"d"}},"UpdateExpression":"SET x = y"}}`
	w.ok("PutItem", `{"TableName":"leases","Item":{"leaseKey":{"S":"c"},"n":{"N":"2"}}}`)
	_, err := w.call("TransactWriteItems", move("t1", failing))
	text, _ := json.Marshal(err)
	var got struct {
		Message             string
		CancellationReasons []struct {
			Code, Message *string
			Item          object
		}
	}
	if e := json.Unmarshal(text, &got); e != nil || got.Message != "Transaction cancelled, please refer cancellation reasons for specific reasons [None, None, ConditionalCheckFailed, ConditionalCheckFailed, ValidationError]" {
		t.Fatalf("refusal %s: %v", text, err)
	}
	both := `{"TransactItems":[{"Get":{"TableName":"leases","Key":{"leaseKey":{"S":"a"}}}},{"Get":{"TableName":"scores","Key":{"game":{"S":"g"},"score":{"N":"1"}},"ProjectionExpression":"n"}}],"ReturnConsumedCapacity":"TOTAL"}`
	w.same(w.ok("TransactGetItems", both)["Responses"], `[{},{}]`)

	for range 3 { // the token makes it once, also after a restart
		w.ok("TransactWriteItems", move("t2", ""))
		w.same(w.ok("TransactGetItems", both)["Responses"], `[{"Item":{"leaseKey":{"S":"a"},"n":{"N":"1"}}},{"Item":{"n":{"N":"1"}}}]`)
		w.reopen()
	}
	w.refused("IdempotentParameterMismatchException", "The request uses the same client token as a previous, but non-identical request.", "TransactWriteItems", move("t2", failing))
	w.clock.Advance(tokenLife + time.Second)
	if _, err := w.svc.Work(w.ctx); err != nil {
		t.Fatal(err)
	}
	w.ok("TransactWriteItems", move("t2", ""))
	w.same(w.ok("TransactGetItems", both)["Responses"].([]any)[1], `{"Item":{"n":{"N":"2"}}}`)
	w.clock.Advance(tokenLife + time.Second)
	w.ok("TransactWriteItems", move("t3", ""))
	for busy := true; busy; {
		if busy, err = w.svc.Work(w.ctx); err != nil {
			t.Fatal(err)
		}
	}
	if first, last, err := w.svc.transactions.log.Bounds(w.ctx); err != nil || last-first > 2 {
		t.Errorf("the log of transactions has %d to %d, %v", first, last, err)
	}
	w.refused("ValidationException", "Collection size limit exceeded: the items of a transaction have more than 4194304 bytes", "TransactWriteItems", `{"TransactItems":[`+largePuts(11)+`]}`)
	w.ok("TransactWriteItems", `{"TransactItems":[`+largePuts(10)+`]}`)
}

func largePuts(n int) string {
	var puts []string
	for i := range n {
		puts = append(puts, fmt.Sprintf(`{"Put":{"TableName":"leases","Item":{"leaseKey":{"S":"large%d"},"d":{"S":"%s"}}}}`, i, strings.Repeat("d", 400_000)))
	}
	return strings.Join(puts, ",")
}

// TestTransactionsCutShort lets the storage fail at every append of a transaction over two tables, in every way it can:
// after a restart either all of it is there or nothing, and all of it if it was acknowledged.
func TestTransactionsCutShort(t *testing.T) {
	for _, fault := range []memory.Fault{memory.ShortWrite, memory.FailedSync, memory.FullDisk} {
		for after := range 4 {
			for _, restart := range []bool{true, false} {
				t.Run(fmt.Sprintf("fault %d after %d, restart %t", fault, after, restart), func(t *testing.T) {
					w := newWorld(t)
					w.leases()
					w.scores()
					w.ok("PutItem", `{"TableName":"leases","Item":{"leaseKey":{"S":"a"},"n":{"N":"1"}}}`)
					w.disk.Plan(after, fault)
					_, err := w.call("TransactWriteItems", `{"TransactItems":[{"Delete":{"TableName":"leases","Key":{"leaseKey":{"S":"a"}}}},
						{"Put":{"TableName":"leases","Item":{"leaseKey":{"S":"b"}}}},{"Put":{"TableName":"scores","Item":{"game":{"S":"g"},"score":{"N":"1"},"player":{"S":"p"}}}}]}`)
					if restart || fault != memory.FullDisk {
						w.reopen()
					}
					one, two := w.ok("Scan", `{"TableName":"leases"}`), w.ok("Scan", `{"TableName":"scores","IndexName":"byPlayer"}`)
					text, _ := json.Marshal([]any{one["Items"], two["Items"]})
					const before = `[[{"leaseKey":{"S":"a"},"n":{"N":"1"}}],[]]`
					const done = `[[{"leaseKey":{"S":"b"}}],[{"game":{"S":"g"},"player":{"S":"p"},"score":{"N":"1"}}]]`
					if string(text) != done && (string(text) != before || err == nil) {
						t.Errorf("answered %v, and there is %s", err, text)
					}
				})
			}
		}
	}
}

// doubtful is a storage of which some appends to the log of transactions are stored, or not, and none of them says so.
type doubtful struct {
	storage.Engine
	outcomes []bool // of the next appends: whether each is stored
}

type doubtfulLog struct {
	storage.Log
	of *doubtful
}

func (d *doubtful) Open(ctx context.Context, name string, cfg storage.Config) (storage.Log, error) {
	l, err := d.Engine.Open(ctx, name, cfg)
	if name != transactionLog {
		return l, err
	}
	return doubtfulLog{l, d}, err
}

func (l doubtfulLog) Append(ctx context.Context, entries ...storage.Entry) (uint64, error) {
	if len(l.of.outcomes) == 0 {
		return l.Log.Append(ctx, entries...)
	}
	stored := l.of.outcomes[0]
	l.of.outcomes = l.of.outcomes[1:]
	if stored {
		if _, err := l.Log.Append(ctx, entries...); err != nil {
			return 0, err
		}
	}
	return 0, storage.ErrUnknown
}

// TestTransactionsInDoubt: a client that was told of a failure comes again with its token, as SDKs do. Whatever became of the first
// attempt, and of finding that out, the transaction is carried out once.
func TestTransactionsInDoubt(t *testing.T) {
	for _, outcomes := range [][]bool{{true}, {false}, {true, false}, {false, true}, {false, false}} {
		for _, noted := range []bool{false, true} {
			t.Run(fmt.Sprint(outcomes, noted), func(t *testing.T) {
				w := newWorld(t)
				engine := &doubtful{Engine: w.cfg.Storage}
				w.cfg.Storage = engine
				w.serve()
				w.leases()
				const add = `{"ClientRequestToken":"once","TransactItems":[{"Update":{"TableName":"leases","Key":{"leaseKey":{"S":"a"}},
					"UpdateExpression":"ADD n :one","ExpressionAttributeValues":{":one":{"N":"1"}}}}]}`
				engine.outcomes = outcomes
				for range outcomes {
					if out, err := w.call("TransactWriteItems", add); err == nil {
						t.Fatalf("answered %v", out)
					}
				}
				w.ok("TransactWriteItems", add)
				if noted {
					if _, err := w.svc.Work(w.ctx); err != nil {
						t.Fatal(err)
					}
				}
				for range 2 {
					w.ok("TransactWriteItems", add)
					w.same(w.ok("GetItem", `{"TableName":"leases","Key":{"leaseKey":{"S":"a"}}}`)["Item"], `{"leaseKey":{"S":"a"},"n":{"N":"1"}}`)
					if w.svc.transactions.newest == 0 {
						t.Error("the decision is not known")
					}
					w.serve()
				}
			})
		}
	}
}

// TestTransactionsAreIsolated moves an amount between items of two tables, many at a time: whoever reads both sees the sum.
func TestTransactionsAreIsolated(t *testing.T) {
	w := newWorld(t)
	w.leases()
	w.scores()
	const total, movers, moves = 1000, 8, 50
	w.ok("PutItem", fmt.Sprintf(`{"TableName":"leases","Item":{"leaseKey":{"S":"a"},"n":{"N":"%d"}}}`, total))
	w.ok("PutItem", `{"TableName":"scores","Item":{"game":{"S":"g"},"score":{"N":"1"},"n":{"N":"0"}}}`)
	var all sync.WaitGroup
	ctx, stop := context.WithCancel(t.Context())
	for i := range movers {
		all.Go(func() {
			for j := range moves {
				amount := (i*moves+j)%7 - 3
				change := func(n int) string {
					return fmt.Sprintf(`"UpdateExpression":"ADD n :n","ExpressionAttributeValues":{":n":{"N":"%d"}}`, n)
				}
				if _, err := w.call("TransactWriteItems", `{"TransactItems":[{"Update":{"TableName":"leases","Key":{"leaseKey":{"S":"a"}},`+change(-amount)+`}},
					{"Update":{"TableName":"scores","Key":{"game":{"S":"g"},"score":{"N":"1"}},`+change(amount)+`}}]}`); err != nil {
					t.Error(err)
				}
			}
		})
	}
	var reader sync.WaitGroup
	sum := func() (n int) {
		out, err := w.call("TransactGetItems", `{"TransactItems":[{"Get":{"TableName":"leases","Key":{"leaseKey":{"S":"a"}}}},{"Get":{"TableName":"scores","Key":{"game":{"S":"g"},"score":{"N":"1"}}}}]}`)
		if err != nil {
			t.Error(err)
			return total
		}
		for _, r := range out["Responses"].([]any) {
			var part int
			fmt.Sscan(r.(object)["Item"].(object)["n"].(object)["N"].(string), &part)
			n += part
		}
		return n
	}
	reader.Go(func() {
		for ctx.Err() == nil {
			if n := sum(); n != total {
				t.Errorf("the sum is %d", n)
				return
			}
		}
	})
	all.Wait()
	stop()
	reader.Wait()
	w.reopen()
	if n := sum(); n != total {
		t.Errorf("the sum is %d after a restart", n)
	}
}

// TestOneWins: of many conditional writes at once that exclude one another, one succeeds.
func TestOneWins(t *testing.T) {
	w := newWorld(t)
	w.leases()
	for round := range 20 {
		var all sync.WaitGroup
		var mu sync.Mutex // guards won
		won := 0
		for i := range 10 {
			all.Go(func() {
				if _, err := w.call("PutItem", fmt.Sprintf(`{"TableName":"leases","Item":{"leaseKey":{"S":"k%d"},"owner":{"N":"%d"}},"ConditionExpression":"attribute_not_exists(leaseKey)"}`, round, i)); err == nil {
					mu.Lock()
					won++
					mu.Unlock()
				}
			})
		}
		all.Wait()
		if won != 1 {
			t.Fatalf("%d won", won)
		}
	}
}
