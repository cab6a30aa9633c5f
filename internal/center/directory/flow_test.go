package directory

import (
	"testing"

	"github.com/hookswitch/hookswitch/internal/center"
)

func TestFlowRules(t *testing.T) {
	flow := func(change func(*center.Flow)) func(*testing.T, *desk) center.Command {
		return func(t *testing.T, k *desk) center.Command {
			f := center.Flow{Name: "f", Type: "CONTACT_FLOW", Content: k.flow(t, "CONTACT_FLOW").Content}
			change(&f)
			return center.CreateFlow{Flow: f}
		}
	}
	unknownQueue := `{"Version":"2019-10-30","StartAction":"a","Actions":[` +
		`{"Identifier":"a","Type":"UpdateContactTargetQueue","Parameters":{"QueueId":"x"},"Transitions":{"NextAction":"b"}},` +
		`{"Identifier":"b","Type":"DisconnectParticipant","Parameters":{},"Transitions":{}}]}`
	check(t, []rule{
		{"plain", flow(func(*center.Flow) {}), want{}},
		{"no name", flow(func(f *center.Flow) { f.Name = "" }), bad("Name")},
		{"name of another", flow(func(f *center.Flow) { f.Name = "Default outbound" }), taken(center.KindFlow, "Name")},
		{"campaign", flow(func(f *center.Flow) { f.Type = "CAMPAIGN" }), bad("Type")},
		{"other status", flow(func(f *center.Flow) { f.Status = "DRAFT" }), bad("Status")},
		{"no flow", flow(func(f *center.Flow) { f.Content = "{}" }), bad("Content")},
		{"a queue that does not exist", flow(func(f *center.Flow) { f.Content = unknownQueue }), bad("Content")},
		{"saved only", flow(func(f *center.Flow) { f.Content, f.Status = "{}", flowSaved }), want{}},
		{"saved only, but no JSON", flow(func(f *center.Flow) { f.Content, f.Status = "x", flowSaved }), bad("Content")},
		{"update of none", func(*testing.T, *desk) center.Command { return center.UpdateFlowContent{ID: "x"} }, missing(center.KindFlow)},
		{"update to no flow", func(t *testing.T, k *desk) center.Command {
			return center.UpdateFlowContent{ID: k.flow(t, "CONTACT_FLOW").ID, Content: "{}"}
		}, bad("Content")},
		{"update", func(t *testing.T, k *desk) center.Command {
			return center.UpdateFlowContent{ID: k.flow(t, "QUEUE_TRANSFER").ID, Content: k.flow(t, "CONTACT_FLOW").Content}
		}, want{}},
	})
}

func TestSavedFlowCannotAnswerANumberUntilItIsPublished(t *testing.T) {
	k := newDesk(t)
	k.must(t, center.CreateFlow{Flow: center.Flow{Name: "f", Type: "CONTACT_FLOW", Content: "{}", Status: flowSaved}})
	f := only(t, k.Flows, func(f center.Flow) bool { return f.Name == "f" })
	n := number("+12025550100")
	n.Flow = f.ID
	if _, r := k.do(t, center.ClaimPhoneNumber{Number: n}); got(r) != bad("ContactFlowId") {
		t.Errorf("saved: %v", r)
	}
	k.must(t, center.UpdateFlowContent{ID: f.ID, Content: only(t, k.Flows, func(f center.Flow) bool { return f.Type == "CONTACT_FLOW" && f.Status == FlowPublished }).Content})
	k.must(t, center.ClaimPhoneNumber{Number: n})
}
