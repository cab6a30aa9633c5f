package kinesis

import (
	"context"
	"fmt"

	"github.com/hookswitch/hookswitch/internal/api/kinesisapi"
)

// registerStreamConsumer makes a consumer of a stream that is ACTIVE. It can subscribe after Config.TransitionDelay. The
// answer says CREATING even where that is no time at all, as clients expect it to.
func (s *Service) registerStreamConsumer(ctx context.Context, in *kinesisapi.RegisterStreamConsumerInput) (*kinesisapi.RegisterStreamConsumerOutput, error) {
	st, now, err := s.existing(ctx, "RegisterStreamConsumer", nil, in.StreamARN)
	if err != nil {
		return nil, err
	}
	fresh := consumerDoc{Name: *in.ConsumerName, Status: statusActive}
	if s.delay > 0 {
		fresh.Status, fresh.Until = statusCreating, millis(now.Add(s.delay))
	}
	if fresh.Tags, err = addTags(st.key, nil, in.Tags); err != nil {
		return nil, err
	}
	stored := uint64(0) // rev of the state that our consumer was added to, when the outcome may be unknown
	var arn string
	err = s.changeActive(ctx, st, func(cur *streamState, doc *streamDoc) error {
		arn = cur.arn
		doc.forgetConsumers(now)
		if i := doc.consumer(consumerID{name: fresh.Name}, now); i >= 0 {
			if stored != 0 && stored != cur.rev && doc.Consumers[i].id() == fresh.id() {
				return errNoChange // an append of unknown outcome had succeeded
			}
			return inUse("Consumer " + fresh.Name + " under stream " + cur.Name + " already exists for account " + cur.Account + ".")
		}
		most := consumersMax
		if cur.Mode == modeOnDemand && s.committed(account{cur.Account, cur.Region}, now) {
			most = consumersOnDemandMax
		}
		if len(doc.Consumers) >= most {
			return limitExceeded(fmt.Sprintf("Stream %s has reached the limit of %d consumers.", cur.key.of(), most))
		}
		creating := 0
		for i := range doc.Consumers {
			if doc.Consumers[i].status(now) == statusCreating {
				creating++
			}
		}
		if creating >= creatingConsumersMax {
			return limitExceeded(fmt.Sprintf("Stream %s has reached the limit of %d consumers in the CREATING state.", cur.key.of(), creatingConsumersMax))
		}
		fresh.Created = max(now.Unix(), doc.NewestConsumer+1)
		doc.Consumers = append(doc.Consumers, fresh)
		stored = cur.rev
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &kinesisapi.RegisterStreamConsumerOutput{Consumer: new(outConsumer(&fresh, arn, statusCreating))}, nil
}
