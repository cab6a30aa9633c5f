package dynamodb

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/hookswitch/hookswitch/internal/api/dynamodbapi"
	"github.com/hookswitch/hookswitch/internal/service/dynamodb/item"
	"github.com/hookswitch/hookswitch/internal/storage"
	"github.com/hookswitch/hookswitch/internal/wire"
)

func (s *Service) transactWriteItems(ctx context.Context, in *dynamodbapi.TransactWriteItemsInput) (*dynamodbapi.TransactWriteItemsOutput, error) {
	var writes []*write
	var docs []*tableDoc
	for i := range in.TransactItems {
		w, doc, err := s.transactWrite(ctx, &in.TransactItems[i])
		if err != nil {
			return nil, err
		}
		writes, docs = append(writes, w), append(docs, doc)
	}
	if err := distinctItems(writes); err != nil {
		return nil, err
	}
	d, done, err := s.beginToken(ctx, in)
	if err != nil {
		return nil, err
	}
	if !done {
		defer s.transactions.endToken(d.Token)
		if err := s.transact(ctx, writes, d); err != nil {
			return nil, err
		}
	}
	used := map[*tableDoc]*usage{}
	for i, w := range writes {
		if used[docs[i]] == nil {
			used[docs[i]] = &usage{}
		}
		if done { // it was written before: the service counts what it reads then
			used[docs[i]].table += 2
			continue
		}
		var u usage
		u.add(docs[i], w.old, w.new)
		u = u.times(2)
		used[docs[i]].table += u.table
		for name, units := range u.indexes {
			used[docs[i]].addIndex(name, units)
		}
	}
	return &dynamodbapi.TransactWriteItemsOutput{ConsumedCapacity: allConsumed(used, in.ReturnConsumedCapacity, !done)}, nil
}

// transactWrite reads one of a transaction's writes.
func (s *Service) transactWrite(ctx context.Context, in *dynamodbapi.TransactWriteItem) (w *write, doc *tableDoc, err error) {
	kinds := 0
	for _, set := range []bool{in.ConditionCheck != nil, in.Put != nil, in.Delete != nil, in.Update != nil} {
		if set {
			kinds++
		}
	}
	if kinds != 1 {
		return nil, nil, item.Invalid("TransactItems can only contain one of Check, Put, Update or Delete")
	}
	switch {
	case in.Put != nil:
		p := in.Put
		return s.transactPart(ctx, p.TableName, p.Item, p.ExpressionAttributeNames, p.ExpressionAttributeValues, nil, p.ConditionExpression, p.ReturnValuesOnConditionCheckFailure, true)
	case in.Delete != nil:
		p := in.Delete
		w, doc, err = s.transactPart(ctx, p.TableName, p.Key, p.ExpressionAttributeNames, p.ExpressionAttributeValues, nil, p.ConditionExpression, p.ReturnValuesOnConditionCheckFailure, false)
		if err == nil {
			w.change = func(item.Item) (item.Item, error) { return nil, nil }
		}
		return w, doc, err
	case in.Update != nil:
		p := in.Update
		return s.transactPart(ctx, p.TableName, p.Key, p.ExpressionAttributeNames, p.ExpressionAttributeValues, p.UpdateExpression, p.ConditionExpression, p.ReturnValuesOnConditionCheckFailure, false)
	}
	p := in.ConditionCheck
	return s.transactPart(ctx, p.TableName, p.Key, p.ExpressionAttributeNames, p.ExpressionAttributeValues, nil, p.ConditionExpression, p.ReturnValuesOnConditionCheckFailure, false)
}

// transactPart reads what all kinds of writes have; put says that attributes are a whole item and not a key.
func (s *Service) transactPart(ctx context.Context, name *string, attributes map[string]dynamodbapi.AttributeValue, names map[string]string,
	values map[string]dynamodbapi.AttributeValue, update, condition, onFailure *string, put bool,
) (*write, *tableDoc, error) {
	e := expressions{names: names, values: values, modern: []parameter{{"UpdateExpression", update != nil}, {"ConditionExpression", condition != nil}}}
	if err := e.check(); err != nil {
		return nil, nil, err
	}
	it, err := item.FromAPI(attributes)
	if err != nil {
		return nil, nil, err
	}
	if it.Size() > itemBytesMax {
		return nil, nil, errItemTooLarge()
	}
	h, err := e.read()
	if err != nil {
		return nil, nil, err
	}
	var change itemUpdate
	if update != nil {
		if change.expression, err = h.Update(*update); err != nil {
			return nil, nil, err
		}
	}
	check, err := conditionOf(h, condition, nil, nil)
	if err != nil {
		return nil, nil, err
	}
	if err := h.Unused(); err != nil {
		return nil, nil, err
	}
	t, doc, err := s.table(ctx, name)
	if err != nil {
		return nil, nil, err
	}
	var w *write
	switch {
	case put:
		if err := doc.Keys.checkItem(it); err != nil {
			return nil, nil, err
		}
		w = newWrite(t, doc, doc.Keys.keyOf(it))
		w.change = func(item.Item) (item.Item, error) { return it, nil }
	case update != nil:
		if w, err = newUpdate(t, doc, it, change); err != nil {
			return nil, nil, err
		}
	default:
		if err := doc.Keys.checkKey(it); err != nil {
			return nil, nil, err
		}
		w = newWrite(t, doc, it)
	}
	w.condition, w.returnOld = check, value(onFailure) == "ALL_OLD"
	return w, doc, nil
}

// beginToken makes the decision of a transaction, without what it writes, and claims its token. done says that the token's
// transaction was carried out before.
func (s *Service) beginToken(ctx context.Context, in *dynamodbapi.TransactWriteItemsInput) (d decision, done bool, err error) {
	tx := s.transactions
	now := s.clock.Now()
	tx.mu.Lock()
	defer tx.mu.Unlock()
	if len(tx.first) >= tokensMax {
		return d, false, &dynamodbapi.RequestLimitExceeded{Message: fmt.Sprintf("There were more than %d transactions within %v.", tokensMax, tokenLife)}
	}
	if in.ClientRequestToken == nil {
		return d, false, nil
	}
	asked, err := json.Marshal(in.TransactItems)
	if err != nil {
		return d, false, err
	}
	c := wire.CallerFrom(ctx)
	d.Token, d.Request = hashed(c.Account, c.Region, *in.ClientRequestToken), hashed(string(asked))
	if old, known := tx.tokens[d.Token]; known && now.Before(old.expires) {
		if old.request != d.Request {
			return d, false, &dynamodbapi.IdempotentParameterMismatchException{Message: "The request uses the same client token as a previous, but non-identical request."}
		}
		return d, true, nil
	}
	if _, busy := tx.busy[d.Token]; busy {
		return d, false, &dynamodbapi.TransactionInProgressException{Message: "The transaction with the given request token is already in progress."}
	}
	tx.busy[d.Token] = now
	return d, false, nil
}

func (tx *transactions) endToken(token string) {
	tx.mu.Lock()
	defer tx.mu.Unlock()
	delete(tx.busy, token)
}

// transact carries writes out, of whatever tables, all or none.
func (s *Service) transact(ctx context.Context, writes []*write, d decision) error {
	for range writeAttemptsMax {
		for _, w := range writes {
			if err := s.load(ctx, w.t); err != nil {
				return err
			}
		}
		if err := s.tryTransact(ctx, writes, d); !errors.Is(err, errRetry) {
			return err
		}
	}
	return errors.New("another process writes the same items all the time")
}

func (s *Service) tryTransact(ctx context.Context, writes []*write, d decision) error {
	tx := s.transactions
	tx.gate.RLock()
	defer tx.gate.RUnlock()
	defer lockGates(writes)()
	defer s.lockItems(storedKeys(writes), true)()
	if tx.unsettled.Load() {
		return errRetry
	}
	refused, size := false, 0
	reasons := make([]dynamodbapi.CancellationReason, len(writes))
	for i, w := range writes {
		if !w.t.isLoaded() {
			return errRetry
		}
		err := s.prepare(ctx, w)
		if reasons[i], err = reasonOf(err); err != nil {
			return err
		}
		refused = refused || *reasons[i].Code != "None"
		size += w.new.Size()
	}
	if refused {
		codes := make([]string, len(reasons))
		for i, r := range reasons {
			codes[i] = *r.Code
		}
		return &dynamodbapi.TransactionCanceledException{CancellationReasons: reasons,
			Message: "Transaction cancelled, please refer cancellation reasons for specific reasons [" + strings.Join(codes, ", ") + "]"}
	}
	if size > transactBytesMax {
		return item.Invalid("Collection size limit exceeded: the items of a transaction have more than %d bytes", transactBytesMax)
	}
	err := s.decide(ctx, writes, d)
	if errors.Is(err, storage.ErrConflict) {
		return errRetry
	}
	return err
}

// lockGates keeps tables from being changed, in one order for all transactions, and returns what lets them go.
func lockGates(writes []*write) func() {
	var tables []*table
	for _, w := range writes {
		tables = append(tables, w.t)
	}
	slices.SortFunc(tables, func(a, b *table) int { return cmp.Compare(a.id, b.id) })
	tables = slices.Compact(tables)
	for _, t := range tables {
		t.gate.RLock()
	}
	return func() {
		for _, t := range tables {
			t.gate.RUnlock()
		}
	}
}

// reasonOf is why one write cancels a transaction; an error that is no refusal of an item ends it at once.
func reasonOf(err error) (dynamodbapi.CancellationReason, error) {
	var failed *dynamodbapi.ConditionalCheckFailedException
	var refusal *wire.APIError
	switch {
	case err == nil:
		return dynamodbapi.CancellationReason{Code: ptr("None")}, nil
	case errors.As(err, &failed):
		return dynamodbapi.CancellationReason{Code: ptr("ConditionalCheckFailed"), Message: &failed.Message, Item: failed.Item}, nil
	case errors.As(err, &refusal) && refusal.Code == "ValidationException":
		return dynamodbapi.CancellationReason{Code: ptr("ValidationError"), Message: &refusal.Message}, nil
	}
	return dynamodbapi.CancellationReason{}, err
}
