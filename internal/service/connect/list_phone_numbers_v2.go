package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/wire"
)

// listPhoneNumbersV2 lists the numbers of one instance, or of all of the account and Region.
func (s *Service) listPhoneNumbersV2(ctx context.Context, in *connectapi.ListPhoneNumbersV2Input) (*connectapi.ListPhoneNumbersV2Output, error) {
	caller := wire.CallerFrom(ctx)
	centers := s.cfg.Centers.List(caller.Account, caller.Region)
	if in.TargetArn != nil || in.InstanceId != nil {
		c, err := s.targetCenter(ctx, in.TargetArn, in.InstanceId)
		if err != nil {
			return nil, err
		}
		centers = []Center{c}
	}
	all := s.current(ctx, numbers(centers, in.PhoneNumberCountryCodes, in.PhoneNumberTypes, value(in.PhoneNumberPrefix)))
	part, next, err := page("ListPhoneNumbersV2", all, func(n claimedNumber) string { return string(n.number.ID) }, in.NextToken, in.MaxResults, usualPage, mostOnPage)
	if err != nil {
		return nil, err
	}
	return &connectapi.ListPhoneNumbersV2Output{NextToken: next, ListPhoneNumbersSummaryList: mapped(part, func(n claimedNumber) connectapi.ListPhoneNumbersSummary {
		return connectapi.ListPhoneNumbersSummary{
			PhoneNumberId: ptr(string(n.number.ID)), PhoneNumberArn: ptr(numberARN(n.in, n.number.ID)), PhoneNumber: ptr(n.number.Number),
			PhoneNumberCountryCode: ptr(n.number.Country), PhoneNumberType: ptr(n.number.Type), TargetArn: ptr(n.in.ARN), InstanceId: ptr(string(n.in.ID)),
			PhoneNumberDescription: optional(n.number.Description),
		}
	})}, nil
}
