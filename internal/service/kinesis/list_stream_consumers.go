package kinesis

import (
	"context"
	"strings"

	"github.com/hookswitch/hookswitch/internal/api/kinesisapi"
)

// listConsumersMax is how many consumers a ListStreamConsumers answers with, however many were asked for.
const listConsumersMax = 100

// tokenListConsumers is the kind of NextTokens of ListStreamConsumers. They carry the stream's incarnation, a blank and
// the name of the last consumer listed.
const tokenListConsumers = "ListStreamConsumers"

// listStreamConsumers lists a stream's consumers by name, page by page, those CREATING and DELETING among them.
func (s *Service) listStreamConsumers(ctx context.Context, in *kinesisapi.ListStreamConsumersInput) (*kinesisapi.ListStreamConsumersOutput, error) {
	if in.NextToken != nil && in.StreamCreationTimestamp != nil {
		return nil, invalidArgument("NextToken and StreamCreationTimestamp cannot be provided together.")
	}
	st, now, err := s.existing(ctx, "ListStreamConsumers", nil, in.StreamARN)
	if err != nil {
		return nil, err
	}
	cur := st.state.Load()
	after := ""
	if in.NextToken != nil {
		text, err := s.openNextToken(tokenListConsumers, *in.NextToken, now)
		if err != nil {
			return nil, err
		}
		id, name, _ := strings.Cut(text, " ")
		if id != cur.ID {
			return nil, invalidArgument("Invalid NextToken.")
		}
		after = name
	}
	if in.StreamCreationTimestamp != nil && in.StreamCreationTimestamp.Unix() != cur.Created {
		return nil, errNoStream(cur.key) // that one is gone; this has its name
	}
	limit := listConsumersMax
	if in.MaxResults != nil {
		limit = min(limit, int(*in.MaxResults))
	}
	out := &kinesisapi.ListStreamConsumersOutput{Consumers: []kinesisapi.Consumer{}}
	for _, c := range cur.consumers(now) {
		if c.Name <= after {
			continue
		}
		if len(out.Consumers) == limit {
			out.NextToken = new(s.sealNextToken(tokenListConsumers, cur.ID+" "+*out.Consumers[limit-1].ConsumerName, now))
			break
		}
		out.Consumers = append(out.Consumers, outConsumer(&c, cur.arn, c.status(now)))
	}
	return out, nil
}
