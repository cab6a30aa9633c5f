package kinesis

import (
	"context"
	"strings"
	"time"

	"github.com/hookswitch/hookswitch/internal/arn"
	"github.com/hookswitch/hookswitch/internal/wire"
)

// keyFrom finds out which stream a request means: by name, by ARN, or by both, which must agree. action is the
// operation's name.
func keyFrom(ctx context.Context, action string, name, streamARN *string) (streamKey, error) {
	c := wire.CallerFrom(ctx)
	if streamARN == nil {
		if name == nil {
			// The words of 2020, when StreamName was required; what the service says today is not known.
			return streamKey{}, validation("Value null at 'streamName' failed to satisfy constraint: Member must not be null")
		}
		return streamKey{c.Account, c.Region, *name}, nil
	}
	key, err := keyFromARN(c, action, *streamARN)
	if err != nil {
		return key, err
	}
	if name != nil && *name != key.name {
		return key, invalidArgument("StreamName " + *name + " and StreamARN " + *streamARN + " do not name the same stream.")
	}
	return key, nil
}

// keyFromARN takes a stream's ARN apart. Another account's stream is out of reach, for want of resource policies;
// another region's does not exist in this one.
func keyFromARN(c wire.Caller, action, text string) (streamKey, error) {
	a, err := arn.Parse(text)
	name, isStream := strings.CutPrefix(a.Resource, "stream/")
	if err != nil || !isStream || a.Service != "kinesis" {
		return streamKey{}, invalidArgument("Invalid StreamARN: " + text)
	}
	key := streamKey{a.Account, a.Region, name}
	switch {
	case a.Account != c.Account:
		return key, accessDenied(c, action, text)
	case a.Region != c.Region, c.Partition != "" && a.Partition != c.Partition:
		return key, errNoStream(key)
	}
	return key, nil
}

// existing returns the stream a request means, in whatever state, and the time of the request.
func (s *Service) existing(ctx context.Context, action string, name, streamARN *string) (*stream, time.Time, error) {
	now := s.clock.Now()
	key, err := keyFrom(ctx, action, name, streamARN)
	if err != nil {
		return nil, now, err
	}
	st, err := s.stream(ctx, key, now)
	if err == nil && st == nil {
		err = errNoStream(key)
	}
	return st, now, err
}

// writable returns the state of a stream that takes records. In all other states a put finds no stream. (Observed by a
// suite that was run against the service in 2020.)
func (s *Service) writable(ctx context.Context, action string, name, streamARN *string) (*streamState, time.Time, error) {
	st, now, err := s.existing(ctx, action, name, streamARN)
	if err != nil {
		return nil, now, err
	}
	state := st.state.Load()
	if !state.serves(now) {
		return nil, now, errNoStream(state.key)
	}
	return state, now, nil
}

// changeActive changes a stream that must be ACTIVE, as most updates ask.
func (s *Service) changeActive(ctx context.Context, st *stream, fn func(*streamState, *streamDoc) error) error {
	return s.change(ctx, st, func(cur *streamState) (streamDoc, error) {
		switch status := cur.status(s.clock.Now()); status {
		case statusActive:
		case statusGone:
			return streamDoc{}, errNoStream(cur.key)
		default:
			return streamDoc{}, errNotActive(cur.key, status)
		}
		doc := cur.copyDoc()
		err := fn(cur, &doc)
		return doc, err
	})
}
