package dynamodb

import (
	"context"
	"errors"

	"github.com/hookswitch/hookswitch/internal/api/dynamodbapi"
)

// describeContinuousBackups says that there is no point-in-time recovery. Continuous backups by themselves are always said to
// be on, as the service does; nothing can be asked of them.
func (s *Service) describeContinuousBackups(ctx context.Context, in *dynamodbapi.DescribeContinuousBackupsInput) (*dynamodbapi.DescribeContinuousBackupsOutput, error) {
	if err := s.backed(ctx, in.TableName); err != nil {
		return nil, err
	}
	return &dynamodbapi.DescribeContinuousBackupsOutput{ContinuousBackupsDescription: noRecovery()}, nil
}

func noRecovery() *dynamodbapi.ContinuousBackupsDescription {
	return &dynamodbapi.ContinuousBackupsDescription{ContinuousBackupsStatus: ptr("ENABLED"),
		PointInTimeRecoveryDescription: &dynamodbapi.PointInTimeRecoveryDescription{PointInTimeRecoveryStatus: ptr("DISABLED")}}
}

// backed refuses a table that is not there, as operations on backups do.
func (s *Service) backed(ctx context.Context, name *string) error {
	_, err := s.named(ctx, name)
	var missing *dynamodbapi.ResourceNotFoundException
	if errors.As(err, &missing) {
		return &dynamodbapi.TableNotFoundException{Message: "Table not found: " + *name}
	}
	return err
}
