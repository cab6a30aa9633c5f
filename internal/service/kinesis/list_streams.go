package kinesis

import (
	"cmp"
	"context"
	"encoding/binary"
	"slices"
	"time"

	"github.com/hookswitch/hookswitch/internal/api/kinesisapi"
	"github.com/hookswitch/hookswitch/internal/wire"
)

// listStreamsMax is how many streams a ListStreams answers with, however many were asked for.
const listStreamsMax = 100

// listStreams lists the caller's streams by name, page by page, those CREATING and DELETING among them.
func (s *Service) listStreams(ctx context.Context, in *kinesisapi.ListStreamsInput) (*kinesisapi.ListStreamsOutput, error) {
	c, now := wire.CallerFrom(ctx), s.clock.Now()
	if err := s.rates.take(callerAccount(c), "ListStreams", streamKey{}, now); err != nil {
		return nil, err
	}
	after := ""
	switch {
	case in.NextToken != nil && in.ExclusiveStartStreamName != nil:
		return nil, invalidArgument("NextToken and ExclusiveStartStreamName cannot be provided together.")
	case in.NextToken != nil:
		var err error
		if after, err = s.openNextToken(tokenListStreams, *in.NextToken, now); err != nil {
			return nil, err
		}
	case in.ExclusiveStartStreamName != nil:
		after = *in.ExclusiveStartStreamName
	}
	limit := listStreamsMax
	if in.Limit != nil {
		limit = min(limit, int(*in.Limit))
	}
	streams := s.streamsOf(account{c.Account, c.Region}, after, now)
	out := &kinesisapi.ListStreamsOutput{StreamNames: []string{}, StreamSummaries: []kinesisapi.StreamSummary{}, HasMoreStreams: new(len(streams) > limit)}
	if len(streams) > limit {
		streams = streams[:limit]
		out.NextToken = new(s.sealNextToken(tokenListStreams, streams[limit-1].Name, now))
	}
	for _, st := range streams {
		out.StreamNames = append(out.StreamNames, st.Name)
		out.StreamSummaries = append(out.StreamSummaries, kinesisapi.StreamSummary{
			StreamName:              &st.Name,
			StreamARN:               &st.arn,
			StreamStatus:            new(st.status(now)),
			StreamModeDetails:       modeDetails(st),
			StreamCreationTimestamp: createdAt(st),
		})
	}
	return out, nil
}

// streamsOf returns an account's streams with names after one, by name.
func (s *Service) streamsOf(a account, after string, now time.Time) []*streamState {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var list []*streamState
	for key, st := range s.streams {
		if key.account != a.id || key.region != a.region || key.name <= after {
			continue
		}
		if state := st.state.Load(); state.status(now) != statusGone {
			list = append(list, state)
		}
	}
	slices.SortFunc(list, func(a, b *streamState) int { return cmp.Compare(a.Name, b.Name) })
	return list
}

// sealNextToken makes a NextToken that carries text.
func (s *Service) sealNextToken(kind, text string, now time.Time) string {
	return s.tokens.seal(kind, append(binary.BigEndian.AppendUint64(nil, uint64(millis(now))), text...))
}

// openNextToken returns what a NextToken of the kind carries.
func (s *Service) openNextToken(kind, token string, now time.Time) (string, error) {
	plain, err := s.tokens.open(kind, token)
	if err != nil || len(plain) < 8 {
		return "", invalidArgument("Invalid NextToken.")
	}
	made := fromMillis(int64(binary.BigEndian.Uint64(plain)))
	if now.Sub(made) > tokenLife {
		return "", errExpiredToken(made, now)
	}
	return string(plain[8:]), nil
}
