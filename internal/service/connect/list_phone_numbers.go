package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
)

func (s *Service) listPhoneNumbers(ctx context.Context, in *connectapi.ListPhoneNumbersInput) (*connectapi.ListPhoneNumbersOutput, error) {
	c, err := s.find(ctx, in.InstanceId)
	if err != nil {
		return nil, err
	}
	all := numbers([]Center{c}, in.PhoneNumberCountryCodes, in.PhoneNumberTypes, "")
	part, next, err := page(all, func(n claimedNumber) string { return string(n.number.ID) }, in.NextToken, in.MaxResults, summariesOnPage, summariesOnPage)
	if err != nil {
		return nil, err
	}
	return &connectapi.ListPhoneNumbersOutput{NextToken: next, PhoneNumberSummaryList: mapped(part, func(n claimedNumber) connectapi.PhoneNumberSummary {
		return connectapi.PhoneNumberSummary{
			Id: ptr(string(n.number.ID)), Arn: ptr(numberARN(n.in, n.number.ID)), PhoneNumber: ptr(n.number.Number), PhoneNumberType: ptr(n.number.Type), PhoneNumberCountryCode: ptr(n.number.Country),
		}
	})}, nil
}
