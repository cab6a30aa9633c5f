package kinesis

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/kinesisapi"
	"github.com/hookswitch/hookswitch/internal/wire"
)

// updateAccountSettings begins or ends the account's commitment to a minimum throughput. One that is younger than a day
// ends when it is a day old; until then, to begin it again takes that back.
func (s *Service) updateAccountSettings(ctx context.Context, in *kinesisapi.UpdateAccountSettingsInput) (*kinesisapi.UpdateAccountSettingsOutput, error) {
	a, now := callerAccount(wire.CallerFrom(ctx)), s.clock.Now()
	if err := s.rates.take(a, "UpdateAccountSettings", streamKey{}, now); err != nil {
		return nil, err
	}
	doc, err := s.changeAccount(ctx, a, func(doc *accountDoc) {
		status := doc.commitment(now)
		switch enable := *in.MinimumThroughputBillingCommitment.Status == commitmentEnabled; {
		case enable && status == commitmentDisabled:
			doc.Committed, doc.Ended = millis(now), 0
		case enable:
			doc.Ended = 0
		case status == commitmentEnabled:
			doc.Ended = max(millis(now), doc.earliestEnd())
		}
	})
	if err != nil {
		return nil, err
	}
	return &kinesisapi.UpdateAccountSettingsOutput{MinimumThroughputBillingCommitment: doc.out(now)}, nil
}
