package dynamodb

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/dynamodbapi"
)

func (s *Service) describeTimeToLive(ctx context.Context, in *dynamodbapi.DescribeTimeToLiveInput) (*dynamodbapi.DescribeTimeToLiveOutput, error) {
	t, err := s.named(ctx, in.TableName)
	if err != nil {
		return nil, err
	}
	out := &dynamodbapi.TimeToLiveDescription{TimeToLiveStatus: ptr("DISABLED")}
	if doc, _ := t.description(); doc.TTL != "" {
		out.TimeToLiveStatus, out.AttributeName = ptr("ENABLED"), &doc.TTL
	}
	return &dynamodbapi.DescribeTimeToLiveOutput{TimeToLiveDescription: out}, nil
}
