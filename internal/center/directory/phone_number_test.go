package directory

import (
	"strings"
	"testing"

	"github.com/hookswitch/hookswitch/internal/center"
)

func TestPhoneNumberRules(t *testing.T) {
	claim := func(n center.PhoneNumber) func(*testing.T, *desk) center.Command {
		return func(*testing.T, *desk) center.Command { return center.ClaimPhoneNumber{Number: n} }
	}
	with := func(change func(*center.PhoneNumber)) center.PhoneNumber {
		n := number("+12025550100")
		change(&n)
		return n
	}
	check(t, []rule{
		{"plain", claim(number("+12025550100")), want{}},
		{"longest", claim(number("+123456789012345")), want{}},
		{"too long", claim(number("+1234567890123456")), bad("PhoneNumber")},
		{"no plus", claim(number("12025550100")), bad("PhoneNumber")},
		{"begins with 0", claim(number("+0202555")), bad("PhoneNumber")},
		{"a letter", claim(number("+1202x")), bad("PhoneNumber")},
		{"no country", claim(with(func(n *center.PhoneNumber) { n.Country = "us" })), bad("PhoneNumberCountryCode")},
		{"no type", claim(with(func(n *center.PhoneNumber) { n.Type = "" })), bad("PhoneNumberType")},
		{"long description", claim(with(func(n *center.PhoneNumber) { n.Description = strings.Repeat("a", 501) })), bad("PhoneNumberDescription")},
		{"no such flow", claim(with(func(n *center.PhoneNumber) { n.Flow = "x" })), missing(center.KindFlow)},
		{"claimed already", func(t *testing.T, k *desk) center.Command {
			k.must(t, center.ClaimPhoneNumber{Number: number("+12025550100")})
			return center.ClaimPhoneNumber{Number: number("+12025550100")}
		}, taken(center.KindPhoneNumber, "PhoneNumber")},
		{"flow for none", func(*testing.T, *desk) center.Command { return center.SetPhoneNumberFlow{ID: "x"} }, missing(center.KindPhoneNumber)},
		{"a whisper as its flow", func(t *testing.T, k *desk) center.Command {
			k.must(t, center.ClaimPhoneNumber{Number: number("+12025550100")})
			return center.SetPhoneNumberFlow{ID: Sorted(k.Numbers)[0].ID, Flow: k.flow(t, "OUTBOUND_WHISPER").ID}
		}, bad("ContactFlowId")},
		{"its flow", func(t *testing.T, k *desk) center.Command {
			k.must(t, center.ClaimPhoneNumber{Number: number("+12025550100")})
			return center.SetPhoneNumberFlow{ID: Sorted(k.Numbers)[0].ID, Flow: k.flow(t, "CONTACT_FLOW").ID}
		}, want{}},
		{"release none", func(*testing.T, *desk) center.Command { return center.ReleasePhoneNumber{ID: "x"} }, missing(center.KindPhoneNumber)},
		{"release one that a queue calls out with", func(t *testing.T, k *desk) center.Command {
			k.must(t, center.ClaimPhoneNumber{Number: number("+12025550100")})
			id := Sorted(k.Numbers)[0].ID
			k.must(t, center.UpdateQueue{ID: k.basicQueue(t).ID, Outbound: &center.OutboundCaller{Number: id}})
			return center.ReleasePhoneNumber{ID: id}
		}, want{reason: center.InUse, kind: center.KindPhoneNumber}},
	})
}

func TestClientTokenRepeatsItsAnswerForItsLife(t *testing.T) {
	k := newDesk(t)
	k.must(t, center.ClaimPhoneNumber{Number: number("+12025550100"), ClientToken: "t"})
	id := Sorted(k.Numbers)[0].ID
	k.must(t, center.ReleasePhoneNumber{ID: id})
	again := center.ClaimPhoneNumber{Number: number("+12025550100"), ClientToken: "t"}
	if _, r := k.do(t, again); r == nil || r.Reason != center.Repeated || r.ID != string(id) {
		t.Errorf("the same: %v", r)
	}
	if _, r := k.do(t, center.ClaimPhoneNumber{Number: number("+12025550101"), ClientToken: "t"}); r == nil || r.Reason != center.Conflict || r.Field != "ClientToken" {
		t.Errorf("another number: %v", r)
	}
	k.at = k.at.Add(center.TokenLife)
	k.must(t, again)
	if len(k.Tokens) != 1 || k.Tokens["t"].ID == id {
		t.Errorf("tokens: %v", k.Tokens)
	}
}
