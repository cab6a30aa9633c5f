package kinesis

import (
	"context"
	"time"

	"github.com/hookswitch/hookswitch/internal/api/kinesisapi"
)

// deregisterStreamConsumer makes a consumer DELETING and ends its subscriptions. It is gone after
// Config.TransitionDelay; until then to do this once more is no error.
func (s *Service) deregisterStreamConsumer(ctx context.Context, in *kinesisapi.DeregisterStreamConsumerInput) (*kinesisapi.DeregisterStreamConsumerOutput, error) {
	st, id, _, err := s.consumerIn(ctx, "DeregisterStreamConsumer", in.StreamARN, in.ConsumerName, in.ConsumerARN)
	if err != nil {
		return nil, err
	}
	done := false // an append of unknown outcome may have succeeded: then the consumer is not there any more
	err = s.changeConsumer(ctx, st, id, func(_ *streamState, c *consumerDoc, now time.Time) error {
		if c.status(now) == statusDeleting {
			return errNoChange
		}
		c.Status, c.Until = statusGone, 0
		if s.delay > 0 {
			c.Status, c.Until = statusDeleting, millis(now.Add(s.delay))
		}
		done = true
		return nil
	})
	if err != nil && !(done && st.state.Load().consumer(id, s.clock.Now()) < 0) {
		return nil, err
	}
	return &kinesisapi.DeregisterStreamConsumerOutput{}, nil
}
