package dynamodb

import (
	"context"
	"slices"

	"github.com/hookswitch/hookswitch/internal/api/dynamodbapi"
	"github.com/hookswitch/hookswitch/internal/wire"
)

// listTablesMax is how many names one answer has, unless fewer are asked for.
const listTablesMax = 100

func (s *Service) listTables(ctx context.Context, in *dynamodbapi.ListTablesInput) (*dynamodbapi.ListTablesOutput, error) {
	names := s.tablesOf(wire.CallerFrom(ctx))
	if in.ExclusiveStartTableName != nil {
		at, found := slices.BinarySearch(names, *in.ExclusiveStartTableName)
		if found {
			at++
		}
		names = names[at:]
	}
	limit := listTablesMax
	if in.Limit != nil {
		limit = int(*in.Limit)
	}
	out := &dynamodbapi.ListTablesOutput{TableNames: names}
	if len(names) > limit {
		out.TableNames = names[:limit]
		out.LastEvaluatedTableName = &names[limit-1]
	}
	if out.TableNames == nil {
		out.TableNames = []string{}
	}
	return out, nil
}
