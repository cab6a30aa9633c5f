package directory

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

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
	update := func(text string) func(*testing.T, *desk) center.Command {
		return func(t *testing.T, k *desk) center.Command {
			k.must(t, center.ClaimPhoneNumber{Number: number("+12025550100")})
			return center.UpdatePhoneNumber{ID: Sorted(k.Numbers)[0].ID, Description: &text}
		}
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
		{"update none", func(*testing.T, *desk) center.Command { return center.UpdatePhoneNumber{ID: "x"} }, missing(center.KindPhoneNumber)},
		{"longest description", update(strings.Repeat("ü", 500)), want{}},
		{"too long a description", update(strings.Repeat("ü", 501)), bad("PhoneNumberDescription")},
		{"a description that is no text", update("\xff"), bad("PhoneNumberDescription")},
		{"adopt one without an id", func(*testing.T, *desk) center.Command {
			return center.AdoptPhoneNumber{Number: number("+12025550100")}
		}, bad("PhoneNumberId")},
		{"adopt one that is none", func(*testing.T, *desk) center.Command {
			return center.AdoptPhoneNumber{Number: center.PhoneNumber{ID: "n", Number: "x"}}
		}, bad("PhoneNumber")},
		{"adopt one that is claimed here under another id", func(t *testing.T, k *desk) center.Command {
			k.must(t, center.ClaimPhoneNumber{Number: number("+12025550100")})
			return center.AdoptPhoneNumber{Number: with(func(n *center.PhoneNumber) { n.ID = "n" })}
		}, taken(center.KindPhoneNumber, "PhoneNumber")},
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

func TestUpdatePhoneNumber(t *testing.T) {
	k := newDesk(t)
	n := number("+12025550100")
	n.Description, n.Tags, n.Flow, n.Moves = "front desk", map[string]string{"a": "b"}, k.flow(t, "CONTACT_FLOW").ID, 7
	k.must(t, center.ClaimPhoneNumber{Number: n})
	n = Sorted(k.Numbers)[0]
	if n.Moves != 0 {
		t.Errorf("a number that was just claimed moved %d times", n.Moves)
	}
	for _, text := range []*string{ptr("back office"), ptr(""), nil} {
		k.must(t, center.UpdatePhoneNumber{ID: n.ID, Description: text})
		set(&n.Description, text)
		n.ModifiedAt = k.at
		if diff := cmp.Diff(n, k.Numbers[n.ID]); diff != "" {
			t.Errorf("after an update (-want +got):\n%s", diff)
		}
	}
}

func TestANumberMovesBetweenInstances(t *testing.T) {
	from, to := newDesk(t), newDesk(t)
	n := number("+12025550100")
	n.Description, n.Tags, n.Flow = "front desk", map[string]string{"a": "b"}, from.flow(t, "CONTACT_FLOW").ID
	from.must(t, center.ClaimPhoneNumber{Number: n})
	n = Sorted(from.Numbers)[0]
	to.at = to.at.Add(-time.Hour) // the clock does not say whose it is
	to.must(t, center.AdoptPhoneNumber{Number: n})
	moved := n
	moved.Flow, moved.Moves, moved.ModifiedAt = "", 1, to.at
	if diff := cmp.Diff(moved, to.Numbers[n.ID]); diff != "" {
		t.Errorf("the adopted number (-want +got):\n%s", diff)
	}
	n.Tags["a"] = "c"
	if to.Numbers[n.ID].Tags["a"] != "b" {
		t.Error("the adopted number shares its tags with the command")
	}
	if again := to.must(t, center.AdoptPhoneNumber{Number: n}); len(again) != 0 {
		t.Errorf("adopted a second time: %v", again)
	}

	// Back before the first instance released it: what was left there gives way.
	back := to.Numbers[n.ID]
	from.must(t, center.AdoptPhoneNumber{Number: back})
	if got := from.Numbers[n.ID]; got.Moves != 2 || got.Flow != "" {
		t.Errorf("back again: %+v", got)
	}
	to.must(t, center.ReleasePhoneNumber{ID: n.ID})
	if len(to.Numbers) != 0 {
		t.Errorf("%d numbers are left", len(to.Numbers))
	}
}
