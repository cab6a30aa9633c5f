package dynamodb

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/dynamodbapi"
)

// updateContinuousBackups takes that point-in-time recovery is off, which it is, and refuses to turn it on.
func (s *Service) updateContinuousBackups(ctx context.Context, in *dynamodbapi.UpdateContinuousBackupsInput) (*dynamodbapi.UpdateContinuousBackupsOutput, error) {
	if err := s.backed(ctx, in.TableName); err != nil {
		return nil, err
	}
	if *in.PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled {
		return nil, notSupported("PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled")
	}
	return &dynamodbapi.UpdateContinuousBackupsOutput{ContinuousBackupsDescription: noRecovery()}, nil
}
