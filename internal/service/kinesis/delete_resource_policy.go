package kinesis

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/kinesisapi"
)

// deleteResourcePolicy takes the policy from a stream or a consumer. That it has none is an error.
func (s *Service) deleteResourcePolicy(ctx context.Context, in *kinesisapi.DeleteResourcePolicyInput) (*kinesisapi.DeleteResourcePolicyOutput, error) {
	st, id, err := s.resource(ctx, "DeleteResourcePolicy", *in.ResourceARN)
	if err != nil {
		return nil, err
	}
	if s.policyOf(st, id) == "" {
		return nil, errNoPolicy(*in.ResourceARN)
	}
	if err := s.setPolicy(ctx, st, id, ""); err != nil {
		return nil, err
	}
	return &kinesisapi.DeleteResourcePolicyOutput{}, nil
}
