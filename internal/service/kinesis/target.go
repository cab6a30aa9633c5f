package kinesis

import (
	"context"
	"strings"
	"time"

	"github.com/hookswitch/hookswitch/internal/arn"
	"github.com/hookswitch/hookswitch/internal/wire"
)

// keyFrom finds out which stream a request means: by name, by ARN, or by both, which must agree.
func keyFrom(c wire.Caller, name, streamARN *string) (streamKey, error) {
	if streamARN == nil {
		if name == nil {
			// The words of 2020, when StreamName was required; what the service says today is not known.
			return streamKey{}, validation("Value null at 'streamName' failed to satisfy constraint: Member must not be null")
		}
		return streamKey{c.Account, c.Region, *name}, nil
	}
	key, err := keyFromARN(c, *streamARN)
	if err != nil {
		return key, err
	}
	if name != nil && *name != key.name {
		return key, invalidArgument("StreamName " + *name + " and StreamARN " + *streamARN + " do not name the same stream.")
	}
	return key, nil
}

// keyFromARN takes a stream's ARN apart. It may be another account's; another region's does not exist in this one.
func keyFromARN(c wire.Caller, text string) (streamKey, error) {
	a, err := arn.Parse(text)
	name, isStream := strings.CutPrefix(a.Resource, "stream/")
	if err != nil || !isStream || a.Service != "kinesis" {
		return streamKey{}, invalidArgument("Invalid StreamARN: " + text)
	}
	key := streamKey{a.Account, a.Region, name}
	if a.Region != c.Region || c.Partition != "" && a.Partition != c.Partition {
		if a.Account != c.Account {
			return key, invalidArgument("Invalid StreamARN: " + text) // whether it is there is not theirs to know
		}
		return key, errNoStream(key)
	}
	return key, nil
}

// existing returns the stream a request means, in whatever state, and the time of the request, when the caller may do
// what action, the operation's name, says.
func (s *Service) existing(ctx context.Context, action string, name, streamARN *string) (*stream, time.Time, error) {
	now, c := s.clock.Now(), wire.CallerFrom(ctx)
	key, err := keyFrom(c, name, streamARN)
	if err == nil {
		err = s.rates.take(callerAccount(c), action, key, now)
	}
	if err != nil {
		return nil, now, err
	}
	st, err := s.stream(ctx, key, now)
	if err == nil {
		err = admit(c, action, key, st)
	}
	return st, now, err
}

// admit decides on a request to a stream, which may be missing: nil.
func admit(c wire.Caller, action string, key streamKey, st *stream) error {
	switch {
	case st != nil:
		return st.state.Load().admit(c, action)
	case key.account != c.Account:
		return accessDenied(c, action, streamARN(partition(c), key))
	}
	return errNoStream(key)
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
