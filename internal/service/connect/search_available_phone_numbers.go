package connect

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
)

// Bounds of a search: the model's own page, and how many made-up numbers there are of a country and type.
const (
	availableOnPage = 10
	availableMax    = 1000
)

// searchAvailablePhoneNumbers offers numbers that nobody has claimed. They are made up: of the ranges set aside for
// fiction where a country has one (the North American 555-01xx).
func (s *Service) searchAvailablePhoneNumbers(ctx context.Context, in *connectapi.SearchAvailablePhoneNumbersInput) (*connectapi.SearchAvailablePhoneNumbersOutput, error) {
	if _, err := s.targetCenter(ctx, in.TargetArn, in.InstanceId); err != nil {
		return nil, err
	}
	taken := map[string]bool{}
	for _, n := range numbers(s.cfg.Centers.List("", ""), nil, nil, "") {
		taken[n.number.Number] = true
	}
	country, kind := value(in.PhoneNumberCountryCode), value(in.PhoneNumberType)
	var free []string
	for i := range availableMax {
		if n := madeUpNumber(country, kind, i); n != "" && !taken[n] && strings.HasPrefix(n, value(in.PhoneNumberPrefix)) {
			free = append(free, n)
		}
	}
	slices.Sort(free)
	part, next, err := page("SearchAvailablePhoneNumbers", free, func(n string) string { return n }, in.NextToken, in.MaxResults, availableOnPage, availableOnPage)
	if err != nil {
		return nil, err
	}
	return &connectapi.SearchAvailablePhoneNumbersOutput{NextToken: next, AvailableNumbersList: mapped(part, func(n string) connectapi.AvailableNumberSummary {
		return connectapi.AvailableNumberSummary{PhoneNumber: ptr(n), PhoneNumberCountryCode: ptr(country), PhoneNumberType: ptr(kind)}
	})}, nil
}

// madeUpNumber returns the i-th number of a country and type, "" when there is none.
func madeUpNumber(country, kind string, i int) string {
	code, ok := dialCodes[country]
	if !ok || country == "CA" || kind != connectapi.PhoneNumberTypeDid && kind != connectapi.PhoneNumberTypeTollFree {
		return ""
	}
	if country == "US" {
		areas := tollFreeUS
		if kind == connectapi.PhoneNumberTypeDid {
			areas = []string{"206", "212", "303", "312", "415", "512", "617", "702", "808", "917"}
		}
		if i >= 100*len(areas) {
			return ""
		}
		return fmt.Sprintf("+1%s55501%02d", areas[i/100], i%100)
	}
	if kind == connectapi.PhoneNumberTypeTollFree {
		return fmt.Sprintf("+%s80055501%02d", code, i%100)
	}
	return fmt.Sprintf("+%s20555%04d", code, i)
}
