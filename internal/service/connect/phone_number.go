package connect

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
	"github.com/hookswitch/hookswitch/internal/wire"
)

// dialCodes are the countries whose numbers can be claimed. Numbers are not bought anywhere: whatever is well formed can
// be claimed.
var dialCodes = map[string]string{
	"US": "1", "GB": "44", "DE": "49", "FR": "33", "ES": "34", "IT": "39", "NL": "31", "BE": "32", "AT": "43", "CH": "41", "SE": "46", "NO": "47",
	"DK": "45", "FI": "358", "IE": "353", "PT": "351", "PL": "48", "AU": "61", "NZ": "64", "JP": "81", "KR": "82", "SG": "65", "IN": "91", "BR": "55",
	"MX": "52", "ZA": "27", "CA": "1",
}

// tollFreeUS are the area codes of toll-free numbers in the North American plan.
var tollFreeUS = []string{"800", "833", "844", "855", "866", "877", "888"}

// classify says to which country a number belongs, and of which type it is. Numbers of the North American plan count as
// US ones.
func classify(number string) (country, kind string, ok bool) {
	digits := strings.TrimPrefix(number, "+")
	best := ""
	for _, c := range slices.Sorted(maps.Keys(dialCodes)) {
		if code := dialCodes[c]; c != "CA" && strings.HasPrefix(digits, code) && len(code) > len(best) {
			country, best = c, code
		}
	}
	if country == "" {
		return "", "", false
	}
	rest := digits[len(best):]
	switch {
	case country == "US" && len(rest) != 10:
		return "", "", false
	case country == "US" && slices.Contains(tollFreeUS, rest[:3]), country != "US" && strings.HasPrefix(rest, "800"):
		return country, connectapi.PhoneNumberTypeTollFree, true
	}
	return country, connectapi.PhoneNumberTypeDid, true
}

// number finds a claimed number of the caller's account and Region by id or ARN. An ARN with an instance in it, as
// ListPhoneNumbers gives it, finds nothing.
func (s *Service) number(ctx context.Context, idOrARN *string) (Center, center.PhoneNumber, error) {
	caller, name := wire.CallerFrom(ctx), center.PhoneNumberID(bare(value(idOrARN)))
	if strings.Contains(value(idOrARN), ":instance/") {
		return nil, center.PhoneNumber{}, notFound(center.KindPhoneNumber, value(idOrARN))
	}
	for _, c := range s.cfg.Centers.List(caller.Account, caller.Region) {
		var n center.PhoneNumber
		var ok bool
		c.View().Directory(func(d *directory.Directory) { n, ok = d.Numbers[name] })
		if ok {
			return s.present(ctx, c), n, nil
		}
	}
	return nil, center.PhoneNumber{}, notFound(center.KindPhoneNumber, value(idOrARN))
}

// targetCenter finds the instance that a phone number operation names by ARN or id: one of the two.
func (s *Service) targetCenter(ctx context.Context, target, instance *string) (Center, error) {
	switch {
	case value(target) != "" && value(instance) != "":
		return nil, invalidParameter("TargetArn and InstanceId cannot be given together")
	case value(target) != "":
		if strings.Contains(*target, ":traffic-distribution-group/") {
			return nil, unsupported("TargetArn of a traffic distribution group")
		}
		return s.find(ctx, target)
	case value(instance) != "":
		return s.find(ctx, instance)
	}
	return nil, invalidParameter("TargetArn or InstanceId is required")
}

// claimedNumber is a number together with the instance that has it.
type claimedNumber struct {
	in     center.Instance
	number center.PhoneNumber
}

// numbers returns all numbers of some instances that fit the filters, sorted by id.
func numbers(centers []Center, countries, types []string, prefix string) []claimedNumber {
	var all []claimedNumber
	for _, c := range centers {
		c.View().Directory(func(d *directory.Directory) {
			for _, n := range directory.Sorted(d.Numbers) {
				if (len(countries) == 0 || slices.Contains(countries, n.Country)) && (len(types) == 0 || slices.Contains(types, n.Type)) && strings.HasPrefix(n.Number, prefix) {
					all = append(all, claimedNumber{d.Instance, n})
				}
			}
		})
	}
	slices.SortFunc(all, func(a, b claimedNumber) int { return strings.Compare(string(a.number.ID), string(b.number.ID)) })
	return all
}
