package dynamodb

import (
	"context"
	"errors"
	"fmt"

	"github.com/hookswitch/hookswitch/internal/api/dynamodbapi"
	"github.com/hookswitch/hookswitch/internal/service/dynamodb/item"
	"github.com/hookswitch/hookswitch/internal/storage"
)

// deleteTable deletes a table at once. That its items are gone from storage follows; a start does it where a crash came
// between.
func (s *Service) deleteTable(ctx context.Context, in *dynamodbapi.DeleteTableInput) (*dynamodbapi.DeleteTableOutput, error) {
	t, err := s.named(ctx, in.TableName)
	if err != nil {
		return nil, err
	}
	t.gate.Lock()
	defer t.gate.Unlock()
	doc, _ := t.description()
	if doc.Gone {
		return nil, errNoTableNamed(doc.Name)
	}
	if doc.Protected {
		return nil, item.Invalid("Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.")
	}
	out := doc.describe(t.sizes())
	out.TableStatus = ptr("DELETING")
	for i := range out.GlobalSecondaryIndexes {
		out.GlobalSecondaryIndexes[i].IndexStatus = ptr("DELETING")
	}
	if err := s.change(ctx, t, func(d *tableDoc) error {
		*d = tableDoc{Account: d.Account, Region: d.Region, Name: d.Name, ID: d.ID, Keys: d.Keys, Gone: true}
		return nil
	}); err != nil {
		return nil, err
	}
	t.mu.Lock()
	s.held.Add(-t.held())
	t.primary, t.loaded = nil, false
	t.mu.Unlock()
	s.mu.Lock()
	if s.tables[doc.key()] == t {
		delete(s.tables, doc.key())
	}
	s.mu.Unlock()
	if err := s.storage.Drop(context.WithoutCancel(ctx), logName(t.id)); err != nil && !errors.Is(err, storage.ErrNotFound) {
		return nil, fmt.Errorf("drop the items of table %s: %w", doc.Name, err)
	}
	return &dynamodbapi.DeleteTableOutput{TableDescription: out}, nil
}
