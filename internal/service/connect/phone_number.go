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

// enterNumbers waits until nobody else claims, changes, moves or releases a number; leave must follow. What is begun then
// is finished also when the client goes away, as the returned context says: a command that is left behind would otherwise
// take effect while the next one is at work.
func (s *Service) enterNumbers(ctx context.Context) (inside context.Context, leave func(), err error) {
	if err := s.claiming.enter(ctx); err != nil {
		return nil, nil, err
	}
	return context.WithoutCancel(ctx), s.claiming.leave, nil
}

// number finds a claimed number of the caller's account and Region by id or ARN. An ARN with an instance in it, as
// ListPhoneNumbers gives it, finds nothing. Who changes the number enters enterNumbers first, or it could move meanwhile.
func (s *Service) number(ctx context.Context, idOrARN *string) (Center, center.PhoneNumber, error) {
	have, err := s.holders(ctx, idOrARN)
	if err != nil {
		return nil, center.PhoneNumber{}, err
	}
	return have[0].Center, have[0].number, nil
}

// holder is an instance together with a number that it has.
type holder struct {
	Center
	number center.PhoneNumber
}

// holders finds every instance that has a number, the one whose it is first. There is more than one only while the number
// moves, or when a move was cut short.
func (s *Service) holders(ctx context.Context, idOrARN *string) ([]holder, error) {
	caller, name := wire.CallerFrom(ctx), center.PhoneNumberID(bare(value(idOrARN)))
	missing := notFound(center.KindPhoneNumber, value(idOrARN))
	if strings.Contains(value(idOrARN), ":instance/") {
		return nil, missing
	}
	var have []holder
	// A number that moves can be missed where it is not yet and where it is no more: then it is found the second time.
	for looks := 0; looks < 2 && len(have) == 0; looks++ {
		for _, c := range s.cfg.Centers.List(caller.Account, caller.Region) {
			var n center.PhoneNumber
			var ok bool
			c.View().Directory(func(d *directory.Directory) { n, ok = d.Numbers[name] })
			if ok {
				have = append(have, holder{s.present(ctx, c), n})
			}
		}
	}
	if len(have) == 0 {
		return nil, missing
	}
	slices.SortFunc(have, func(a, b holder) int { return b.number.Moves - a.number.Moves })
	return have, nil
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

// numbers returns all numbers of some instances that fit the filters, sorted by id. A number that moves may be there twice.
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

// current leaves out the numbers that instances of the caller still have and that are another's already. A number that
// moves in this very moment may be missing.
func (s *Service) current(ctx context.Context, all []claimedNumber) []claimedNumber {
	caller, moved := wire.CallerFrom(ctx), map[center.PhoneNumberID]int{}
	for _, c := range s.cfg.Centers.List(caller.Account, caller.Region) {
		c.View().Directory(func(d *directory.Directory) {
			for id, n := range d.Numbers {
				if n.Moves > moved[id] {
					moved[id] = n.Moves
				}
			}
		})
	}
	return slices.DeleteFunc(all, func(n claimedNumber) bool { return n.number.Moves < moved[n.number.ID] })
}
