package flow

import (
	"testing"

	"github.com/hookswitch/hookswitch/internal/center/flow/language"
)

// FuzzCheck: whatever stands in a flow, checking and running it end, and what was accepted reads the same again.
func FuzzCheck(f *testing.F) {
	for _, typ := range language.Types() {
		f.Add(typ, document(action("a", "DisconnectParticipant", "", "")))
	}
	f.Add("CONTACT_FLOW", document(target("a", "sales"), transfer, noteFull, hangUp))
	f.Add("CONTACT_FLOW", document(set("a", "x", "$.Attributes.x", "a"), hangUp))
	f.Add("CONTACT_FLOW", document(action("a", "Compare", `{"ComparisonValue":"$.Channel"}`, `{"NextAction":"a","Conditions":[{"NextAction":"a","Condition":{"Operator":"NumberLessThan","Operands":["1e999"]}}]}`)))
	f.Add("CUSTOMER_HOLD", document(action("a", "MessageParticipantIteratively", `{"Messages":[{"Text":"x"}]}`, "")))
	f.Add("CONTACT_FLOW", `{"Version":"2019-10-30","Actions":[{"Parameters":{"QueueId":null},"Transitions":null}],"StartAction":""}`)
	f.Fuzz(func(t *testing.T, typ, content string) {
		doc, err := language.Parse(typ, content)
		if err == nil {
			if again := language.Decode(content); again == nil || len(again.Actions) != len(doc.Actions) {
				t.Error("what was accepted cannot be read")
			}
			doc.References()
		}
		got := Run(world(t, content), monday, "f", call(), nil)
		if (got.End == Queues || got.End == Moves) != (got.Queue != "") {
			t.Errorf("ends here and there: %+v", got)
		}
		if len(got.Events) > 101*(stepsMax+1) {
			t.Errorf("%d events", len(got.Events))
		}
	})
}
