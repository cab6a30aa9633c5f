package kinesis

import (
	"context"
	"time"

	"github.com/hookswitch/hookswitch/internal/api/kinesisapi"
)

// putResourcePolicy gives a stream or a consumer a policy in place of the one it has. It holds from when this returns.
func (s *Service) putResourcePolicy(ctx context.Context, in *kinesisapi.PutResourcePolicyInput) (*kinesisapi.PutResourcePolicyOutput, error) {
	st, id, err := s.resource(ctx, "PutResourcePolicy", *in.ResourceARN)
	if err != nil {
		return nil, err
	}
	shared := sharedOnStream
	if id != nil {
		shared = sharedOnConsumer
	}
	if _, err := parsePolicy(*in.Policy, *in.ResourceARN, shared); err != nil {
		return nil, errPolicy(err)
	}
	if err := s.setPolicy(ctx, st, id, *in.Policy); err != nil {
		return nil, err
	}
	return &kinesisapi.PutResourcePolicyOutput{}, nil
}

// setPolicy sets the policy of a stream, or of a consumer of it; "" is none. Both must be ACTIVE.
func (s *Service) setPolicy(ctx context.Context, st *stream, id *consumerID, text string) error {
	if id == nil {
		return s.changeActive(ctx, st, func(_ *streamState, doc *streamDoc) error {
			doc.Policy = text
			return nil
		})
	}
	return s.changeConsumer(ctx, st, *id, func(cur *streamState, c *consumerDoc, now time.Time) error {
		if c.status(now) != statusActive {
			return errConsumerNotActive(cur.key, *id)
		}
		c.Policy = text
		return nil
	})
}

// policyOf returns the text of the policy of a stream, or of a consumer of it, and "" when there is none.
func (s *Service) policyOf(st *stream, id *consumerID) string {
	cur := st.state.Load()
	if id == nil {
		return cur.Policy
	}
	if i := cur.consumer(*id, s.clock.Now()); i >= 0 {
		return cur.Consumers[i].Policy
	}
	return ""
}

// The texts are ours.

func errPolicy(err error) error {
	return invalidArgument("The policy is not valid: " + err.Error() + ".")
}

func errNoPolicy(resource string) error {
	return notFound("Resource policy not found for resource ARN " + resource + ".")
}
