package dynamodb

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/dynamodbapi"
)

// describeLimits gives the default quotas of an account. Throughput is not enforced.
func (s *Service) describeLimits(context.Context, *dynamodbapi.DescribeLimitsInput) (*dynamodbapi.DescribeLimitsOutput, error) {
	const account, table = int64(80_000), int64(40_000)
	return &dynamodbapi.DescribeLimitsOutput{AccountMaxReadCapacityUnits: ptr(account), AccountMaxWriteCapacityUnits: ptr(account),
		TableMaxReadCapacityUnits: ptr(table), TableMaxWriteCapacityUnits: ptr(table)}, nil
}
