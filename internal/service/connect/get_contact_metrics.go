package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

// getContactMetrics tells where a contact stands in its queue, which is known only while it is there (documented).
func (s *Service) getContactMetrics(ctx context.Context, in *connectapi.GetContactMetricsInput) (*connectapi.GetContactMetricsOutput, error) {
	c, err := s.find(ctx, in.InstanceId)
	if err != nil {
		return nil, err
	}
	contact, err := s.contact(ctx, c, in.ContactId)
	if err != nil {
		return nil, err
	}
	out := &connectapi.GetContactMetricsOutput{Id: ptr(string(contact.ID)), Arn: ptr(resourceARN(instanceOf(c), center.KindContact, string(contact.ID)))}
	for _, m := range in.Metrics {
		if value(m.Name) != connectapi.ContactMetricNamePositionInQueue {
			return nil, unsupported("Metrics " + value(m.Name))
		}
		position, ok := c.View().Position(contact.ID)
		if !ok {
			return nil, invalidRequest("The contact is not in a queue: %s", contact.ID)
		}
		out.MetricResults = append(out.MetricResults, connectapi.ContactMetricResult{Name: m.Name, Value: &connectapi.ContactMetricValue{Number: ptr(float64(position))}})
	}
	return out, nil
}
