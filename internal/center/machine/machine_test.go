package machine

import (
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
)

func TestACallIsHandledFromRingToAfterContactWork(t *testing.T) {
	w := smallCenter(t, 1)
	a := w.agent("agent0")
	w.must(center.StartInboundCall{Customer: "+14255550100", Dialled: "+18005550199"})
	desk := w.m.State().Agents[a].Desk
	if len(desk) != 1 || desk[0].State != center.AgentContactConnecting {
		t.Fatalf("desk after the call came in: %+v", desk)
	}
	id := desk[0].ID
	w.must(center.AcceptContact{Contact: id, Agent: a})
	w.wait(w.now.Add(time.Minute))
	w.must(center.HangUp{Contact: id})
	w.wait(w.now.Add(time.Hour))
	if n := len(w.m.State().Contacts); n != 0 {
		t.Fatalf("%d contacts are still open", n)
	}
	w.checkRecovery(t)
}
