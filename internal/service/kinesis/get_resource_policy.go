package kinesis

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/kinesisapi"
)

// getResourcePolicy returns the policy of a stream or a consumer as it was put.
func (s *Service) getResourcePolicy(ctx context.Context, in *kinesisapi.GetResourcePolicyInput) (*kinesisapi.GetResourcePolicyOutput, error) {
	st, id, err := s.resource(ctx, "GetResourcePolicy", *in.ResourceARN)
	if err != nil {
		return nil, err
	}
	text := s.policyOf(st, id)
	if text == "" {
		return nil, errNoPolicy(*in.ResourceARN)
	}
	return &kinesisapi.GetResourcePolicyOutput{Policy: &text}, nil
}
