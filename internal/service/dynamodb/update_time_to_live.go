package dynamodb

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/dynamodbapi"
	"github.com/hookswitch/hookswitch/internal/service/dynamodb/item"
)

// updateTimeToLive says by which attribute items expire, or that they no longer do.
func (s *Service) updateTimeToLive(ctx context.Context, in *dynamodbapi.UpdateTimeToLiveInput) (*dynamodbapi.UpdateTimeToLiveOutput, error) {
	t, err := s.named(ctx, in.TableName)
	if err != nil {
		return nil, err
	}
	spec := in.TimeToLiveSpecification
	t.gate.Lock()
	defer t.gate.Unlock()
	if err := s.change(ctx, t, func(d *tableDoc) error {
		switch {
		case d.Gone:
			return errNoTableNamed(d.Name)
		case *spec.Enabled && d.TTL != "":
			return item.Invalid("TimeToLive is already enabled")
		case !*spec.Enabled && d.TTL == "":
			return item.Invalid("TimeToLive is already disabled")
		case !*spec.Enabled && d.TTL != *spec.AttributeName:
			return item.Invalid("TimeToLive is active on a different AttributeName: current AttributeName is %s", d.TTL)
		}
		if d.TTL = ""; *spec.Enabled {
			d.TTL = *spec.AttributeName
		}
		return nil
	}); err != nil {
		return nil, err
	}
	t.forget() // the times of all items are gathered anew
	return &dynamodbapi.UpdateTimeToLiveOutput{TimeToLiveSpecification: spec}, nil
}
