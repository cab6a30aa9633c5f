package admin

import (
	"encoding/json"
	"testing"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
)

// TestCustomersAnswerTheirFlow: a caller is asked for an account, and presses it in two goes.
func TestCustomersAnswerTheirFlow(t *testing.T) {
	w := newWorld(t)
	w.submit(center.CreateFlow{Flow: center.Flow{Name: "ask", Type: "CONTACT_FLOW", Content: `{"Version":"2019-10-30","StartAction":"ask","Actions":[
		{"Identifier":"ask","Type":"GetParticipantInput","Parameters":{"Text":"Your account?","InputTimeLimitSeconds":"5","StoreInput":"True","InputValidation":{"CustomValidation":{"MaximumLength":"8"}}},
			"Transitions":{"NextAction":"note","Errors":[{"NextAction":"end","ErrorType":"NoMatchingError"}]}},
		{"Identifier":"note","Type":"UpdateContactAttributes","Parameters":{"Attributes":{"account":"$.StoredCustomerInput"}},"Transitions":{"NextAction":"more","Errors":[{"NextAction":"end","ErrorType":"NoMatchingError"}]}},
		{"Identifier":"more","Type":"MessageParticipant","Parameters":{"Text":"Thank you."},"Transitions":{"NextAction":"end","Errors":[{"NextAction":"end","ErrorType":"NoMatchingError"}]}},
		{"Identifier":"end","Type":"DisconnectParticipant"}]}`}})
	w.submit(center.ClaimPhoneNumber{Number: center.PhoneNumber{Number: "+18005550199", Country: "US", Type: "TOLL_FREE"}})
	var number center.PhoneNumberID
	var flow center.FlowID
	w.handle.Live.Directory(func(d *directory.Directory) {
		number = directory.Sorted(d.Numbers)[0].ID
		for _, f := range d.Flows {
			if f.Name == "ask" {
				flow = f.ID
			}
		}
	})
	w.submit(center.SetPhoneNumberFlow{ID: number, Flow: flow})
	w.submit(center.StartInboundCall{Customer: "+14255550123", Dialled: "+18005550199"})
	contact := "/_hookswitch/instances/demo/contacts/" + string(w.handle.Live.Contacts(nil)[0].ID)
	enter := func(body string, status int) (c contactShown) {
		t.Helper()
		got := ask(t, w, "POST", contact+"/input", body)
		if got.Code != status {
			t.Fatalf("%s: %d %s, want %d", body, got.Code, got.Body, status)
		}
		if status == 200 {
			if err := json.Unmarshal(got.Body.Bytes(), &c); err != nil {
				t.Fatal(err)
			}
		}
		return c
	}
	enter(`{"keys":"12x"}`, 400)
	enter(`{"keys":"1","text":"1"}`, 400)
	enter(`{"text":"one"}`, 409)
	c := enter(`{"keys":"12"}`, 200)
	if c.Flow == nil || c.Flow.Block != "ask" || c.Flow.WaitsFor != "INPUT" || c.Flow.Until == nil || c.Flow.Said != "Your account?" {
		t.Errorf("while it is asked: %+v", c.Flow)
	}
	c = enter(`{"keys":"34#"}`, 200)
	if c.Flow == nil || c.Flow.WaitsFor != "PROMPT" || c.Flow.Said != "Thank you." || c.Attributes["account"] != "1234" {
		t.Errorf("after the answer: %+v, attributes %v", c.Flow, c.Attributes)
	}
	enter(`{"keys":"1"}`, 409)
}
