package kinesis

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hookswitch/hookswitch/internal/api/kinesisapi"
	"github.com/hookswitch/hookswitch/internal/arn"
	"github.com/hookswitch/hookswitch/internal/wire"
)

// Bounds on a stream's consumers.
const (
	consumersMax         = 20 // of a stream
	consumersOnDemandMax = 50 // of an on-demand stream of an account with the throughput commitment
	creatingConsumersMax = 5  // in state CREATING at once
)

// consumerDoc is the durable description of a consumer. It is part of its stream's.
type consumerDoc struct {
	Name    string            `json:"name"`
	Created int64             `json:"created"` // seconds; part of the ARN
	Status  string            `json:"status"`
	Until   int64             `json:"until,omitempty"` // when a transition of Status is over, milliseconds; 0: it is not in one
	Tags    map[string]string `json:"tags,omitempty"`
	Policy  string            `json:"policy,omitempty"` // as a stream's
}

// status returns the state at a time, as a stream's does.
func (c *consumerDoc) status(now time.Time) string {
	if c.Until > 0 && millis(now) >= c.Until {
		switch c.Status {
		case statusCreating:
			return statusActive
		case statusDeleting:
			return statusGone
		}
	}
	return c.Status
}

// consumerID tells a consumer from all others of a stream, those that had its name before among them.
type consumerID struct {
	name    string
	created int64 // seconds; 0 in a request that gives only the name
}

func (c *consumerDoc) id() consumerID { return consumerID{c.Name, c.Created} }

// consumer returns the place of a consumer in the description that is not gone, or -1.
func (doc *streamDoc) consumer(id consumerID, now time.Time) int {
	return slices.IndexFunc(doc.Consumers, func(c consumerDoc) bool {
		return c.Name == id.name && (id.created == 0 || c.Created == id.created) && c.status(now) != statusGone
	})
}

// consumers lists the consumers that are not gone, by name.
func (doc *streamDoc) consumers(now time.Time) []consumerDoc {
	list := slices.DeleteFunc(slices.Clone(doc.Consumers), func(c consumerDoc) bool { return c.status(now) == statusGone })
	slices.SortFunc(list, func(a, b consumerDoc) int { return strings.Compare(a.Name, b.Name) })
	return list
}

// forgetConsumers removes those that are gone from the description. Later ones are newer: their ARNs differ.
func (doc *streamDoc) forgetConsumers(now time.Time) {
	doc.Consumers = slices.DeleteFunc(doc.Consumers, func(c consumerDoc) bool {
		gone := c.status(now) == statusGone
		if gone {
			doc.NewestConsumer = max(doc.NewestConsumer, c.Created)
		}
		return gone
	})
}

func cloneConsumers(list []consumerDoc) []consumerDoc {
	list = slices.Clone(list)
	for i := range list {
		list[i].Tags = maps.Clone(list[i].Tags)
	}
	return list
}

// arn returns the consumer's ARN, which begins with its stream's.
func (c *consumerDoc) arn(stream string) string {
	return stream + "/consumer/" + c.Name + ":" + strconv.FormatInt(c.Created, 10)
}

// parseConsumerARN takes a consumer's ARN apart. stream is the ARN of its stream.
func parseConsumerARN(text string) (stream string, id consumerID, ok bool) {
	stream, rest, found := strings.Cut(text, "/consumer/")
	name, created, timed := strings.Cut(rest, ":")
	seconds, err := strconv.ParseInt(created, 10, 64)
	if a, bad := arn.Parse(text); !found || !timed || err != nil || seconds <= 0 || bad != nil || a.Service != "kinesis" {
		return "", consumerID{}, false
	}
	return stream, consumerID{name, seconds}, true
}

// existingConsumer returns the stream and the consumer that an ARN names.
func (s *Service) existingConsumer(ctx context.Context, action, consumerARN string) (*stream, consumerID, time.Time, error) {
	now := s.clock.Now()
	streamARN, id, ok := parseConsumerARN(consumerARN)
	if !ok {
		return nil, id, now, invalidArgument("Invalid ConsumerARN: " + consumerARN)
	}
	caller := wire.CallerFrom(ctx)
	key, err := keyFromARN(caller, streamARN)
	if err == nil {
		err = s.rates.take(callerAccount(caller), action, key, now)
	}
	if err != nil {
		return nil, id, now, err
	}
	st, err := s.stream(ctx, key, now)
	if err != nil {
		return nil, id, now, err
	}
	if st != nil {
		cur := st.state.Load()
		if i := cur.consumer(id, now); i >= 0 {
			return st, id, now, cur.admitToConsumer(caller, action, &cur.Consumers[i])
		}
	}
	if key.account != caller.Account {
		return nil, id, now, accessDenied(caller, action, consumerARN) // that there is none is not theirs to know
	}
	return nil, id, now, errNoConsumer(consumerARN, key)
}

// consumerIn returns the consumer that a request names by its ARN, or by its stream's ARN and its name. When it gives
// all, they must agree.
func (s *Service) consumerIn(ctx context.Context, action string, streamARN, name, consumerARN *string) (*stream, consumerID, time.Time, error) {
	if consumerARN != nil {
		of, id, ok := parseConsumerARN(*consumerARN)
		if ok && (streamARN != nil && *streamARN != of || name != nil && *name != id.name) {
			return nil, id, s.clock.Now(), invalidArgument("StreamARN, ConsumerName and ConsumerARN do not name the same consumer.")
		}
		return s.existingConsumer(ctx, action, *consumerARN)
	}
	if streamARN == nil || name == nil {
		return nil, consumerID{}, s.clock.Now(), invalidArgument("Either ConsumerARN or both StreamARN and ConsumerName must be specified.")
	}
	now, caller := s.clock.Now(), wire.CallerFrom(ctx)
	key, err := keyFromARN(caller, *streamARN)
	if err == nil {
		err = s.rates.take(callerAccount(caller), action, key, now)
	}
	if err != nil {
		return nil, consumerID{}, now, err
	}
	st, err := s.stream(ctx, key, now)
	if err != nil {
		return nil, consumerID{}, now, err
	}
	if st != nil {
		cur := st.state.Load()
		if i := cur.consumer(consumerID{name: *name}, now); i >= 0 {
			return st, cur.Consumers[i].id(), now, cur.admitToConsumer(caller, action, &cur.Consumers[i])
		}
	}
	switch {
	case key.account != caller.Account:
		err = accessDenied(caller, action, *streamARN)
	case st == nil:
		err = errNoStream(key)
	default:
		err = notFound("Consumer " + *name + " under stream " + key.of() + " not found.")
	}
	return nil, consumerID{}, now, err
}

// changeConsumer changes one consumer in its stream's description. That it is gone is an error.
func (s *Service) changeConsumer(ctx context.Context, st *stream, id consumerID, fn func(*streamState, *consumerDoc, time.Time) error) error {
	return s.change(ctx, st, func(cur *streamState) (streamDoc, error) {
		now := s.clock.Now()
		doc := cur.copyDoc()
		i := doc.consumer(id, now)
		if i < 0 || cur.status(now) == statusGone {
			return doc, errNoConsumer((&consumerDoc{Name: id.name, Created: id.created}).arn(cur.arn), cur.key)
		}
		if err := fn(cur, &doc.Consumers[i], now); err != nil {
			return doc, err
		}
		doc.forgetConsumers(now)
		return doc, nil
	})
}

func outConsumer(c *consumerDoc, stream, status string) kinesisapi.Consumer {
	return kinesisapi.Consumer{
		ConsumerName: &c.Name, ConsumerARN: new(c.arn(stream)), ConsumerStatus: &status, ConsumerCreationTimestamp: new(time.Unix(c.Created, 0).UTC()),
	}
}

// The texts below are ours, but for errConsumerNotActive, errStreamHasConsumers and the start of errSubscribed, which
// clients' reports quote.

// errNoConsumer is for a consumer's ARN.
func errNoConsumer(consumerARN string, k streamKey) error {
	return notFound(fmt.Sprintf("Consumer %s, account %s not found.", consumerARN, k.account))
}

func errConsumerNotActive(k streamKey, id consumerID) error {
	return inUse(fmt.Sprintf("Consumer %s with creation timestamp %d under stream: %s , account %s is not in ACTIVE status.", id.name, id.created, k.name, k.account))
}

func errStreamHasConsumers(k streamKey) error {
	return inUse(fmt.Sprintf("DeleteStream can't delete %s:%s because there are consumers associated with this data stream. To delete %s anyway, "+
		"set the EnforceConsumerDeletion parameter to true to force the deletion of all the consumers that are associated with it.", k.account, k.name, k.name))
}

func errSubscribed(k streamKey, shard string, id consumerID) error {
	return inUse(fmt.Sprintf("Another active subscription exists for this consumer: %s:%s:%s:%s", k.account, k.name, shard, id.name))
}
