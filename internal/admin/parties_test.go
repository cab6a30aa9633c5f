package admin

import (
	"encoding/json"
	"net/http/httptest"
	"testing"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
	"github.com/hookswitch/hookswitch/internal/center/lifecycle"
)

// shown decodes a snapshot, which must be the answer.
func shown(t *testing.T, w *httptest.ResponseRecorder) (a agentShown) {
	t.Helper()
	if err := json.Unmarshal(w.Body.Bytes(), &a); w.Code != 200 || err != nil {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	return a
}

func TestAgentsCallAndBringOthersIn(t *testing.T) {
	w := newWorld(t)
	do := func(path, body string) *httptest.ResponseRecorder {
		t.Helper()
		return ask(t, w, "POST", "/_hookswitch/instances/demo/"+path, body)
	}
	if got := do("agents/alice/dial", `{"number":"+14255550177"}`); got.Code != 409 {
		t.Fatalf("dialling without a number of one's own: %d %s", got.Code, got.Body)
	}
	w.submit(center.ClaimPhoneNumber{Number: center.PhoneNumber{Number: "+18005550199", Country: "US", Type: "TOLL_FREE"}})
	var number center.PhoneNumberID
	var queue center.Queue
	w.handle.Live.Directory(func(d *directory.Directory) {
		number = directory.Sorted(d.Numbers)[0].ID
		for _, q := range d.Queues {
			if q.Name == "BasicQueue" {
				queue = q
			}
		}
	})
	w.submit(center.UpdateQueue{ID: queue.ID, Outbound: &center.OutboundCaller{Number: number}})
	w.submit(center.CreateQuickConnect{Connect: center.QuickConnect{Name: "Desk", Type: center.QuickConnectNumber, Number: "+14255550188"}})

	if got := do("agents/alice/dial", `{"number":"+14255550177","queue":"Nowhere"}`); got.Code != 400 {
		t.Errorf("a queue that is not there: %d %s", got.Code, got.Body)
	}
	a := shown(t, do("agents/alice/dial", `{"number":"+14255550177","queue":"basicqueue"}`))
	if len(a.Contacts) != 1 || a.Contacts[0].State != "CONNECTING" || a.Contacts[0].Method != "OUTBOUND" || a.Contacts[0].Queue != "BasicQueue" {
		t.Fatalf("dialling shows %+v", a.Contacts)
	}
	contact := center.ContactID(a.Contacts[0].ID)
	w.submit(center.DialAnswered{Contact: contact})

	on := "agents/alice/contacts/" + string(contact) + "/"
	for body, status := range map[string]int{
		`{}`: 400, `{"agent":"nobody"}`: 404, `{"queue":"x"}`: 400, `{"flow":"x"}`: 400, `{"quickConnect":"x"}`: 400,
		`{"quickConnect":"Desk","queue":"BasicQueue"}`: 400, `{"number":"12"}`: 400, `{"number":"+14255550188","queue":"BasicQueue"}`: 400,
	} {
		if got := do(on+"parties", body); got.Code != status {
			t.Errorf("%s: %d %s, want %d", body, got.Code, got.Body, status)
		}
	}
	a = shown(t, do(on+"parties", `{"quickConnect":"desk"}`))
	if p := a.Contacts[0].Parties; len(p) != 1 || p[0].Name != "Desk" || p[0].Number != "+14255550188" || p[0].State != "connecting" || a.Contacts[0].State != "CONNECTED_ONHOLD" {
		t.Fatalf("a party that is being called: %+v", a.Contacts[0])
	}
	party := a.Contacts[0].Parties[0].ID
	w.submit(center.PartyAnswered{Contact: contact, Party: center.ContactID(party)})
	for _, step := range []struct{ path, contact, party string }{
		{on + "swap", "CONNECTED", "hold"}, {on + "swap", "CONNECTED_ONHOLD", "connected"}, {on + "join", "CONNECTED", "connected"},
		{on + "parties/" + party + "/hold", "CONNECTED", "hold"}, {on + "parties/" + party + "/resume", "CONNECTED", "connected"},
	} {
		a = shown(t, do(step.path, ""))
		if a.Contacts[0].State != step.contact || a.Contacts[0].Parties[0].State != step.party {
			t.Errorf("%s: %s, party %s", step.path, a.Contacts[0].State, a.Contacts[0].Parties[0].State)
		}
	}
	if got := do(on+"parties/"+party+"/eat", ""); got.Code != 404 {
		t.Errorf("eating a party: %d %s", got.Code, got.Body)
	}
	if got := do("contacts/"+string(contact)+"/parties/"+party+"/hangup", ""); got.Code != 200 {
		t.Errorf("the party hangs up: %d %s", got.Code, got.Body)
	}
	if c, _ := w.handle.Live.Contact(contact); len(c.Parties) != 0 || c.Phase() != lifecycle.Talking {
		t.Errorf("after it: %s with %d parties", c.Phase(), len(c.Parties))
	}
	if got := do("agents/alice/monitor", `{"contact":"`+string(contact)+`"}`); got.Code != 400 {
		t.Errorf("monitoring oneself: %d %s", got.Code, got.Body)
	}
}
