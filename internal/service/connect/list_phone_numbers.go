package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

// listPhoneNumbers names numbers by ARNs below the instance, which nothing else takes: documented, and why there is
// ListPhoneNumbersV2.
func (s *Service) listPhoneNumbers(ctx context.Context, in *connectapi.ListPhoneNumbersInput) (*connectapi.ListPhoneNumbersOutput, error) {
	c, err := s.find(ctx, in.InstanceId)
	if err != nil {
		return nil, err
	}
	all := s.current(ctx, numbers([]Center{c}, in.PhoneNumberCountryCodes, in.PhoneNumberTypes, ""))
	part, next, err := page("ListPhoneNumbers", all, func(n claimedNumber) string { return string(n.number.ID) }, in.NextToken, in.MaxResults, usualPage, mostOnPage)
	if err != nil {
		return nil, err
	}
	return &connectapi.ListPhoneNumbersOutput{NextToken: next, PhoneNumberSummaryList: mapped(part, func(n claimedNumber) connectapi.PhoneNumberSummary {
		return connectapi.PhoneNumberSummary{
			Id: ptr(string(n.number.ID)), Arn: ptr(n.in.ARN + "/" + string(center.KindPhoneNumber) + "/" + string(n.number.ID)), PhoneNumber: ptr(n.number.Number), PhoneNumberType: ptr(n.number.Type), PhoneNumberCountryCode: ptr(n.number.Country),
		}
	})}, nil
}
