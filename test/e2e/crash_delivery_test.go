package e2e

import (
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// TestKilledBetweenCommitAndDelivery kills the program when a whole call is committed and, for certain, none of its
// documents is delivered: their streams are not there. After the restart the streams are made again, and every document
// arrives: every agent event of the story in its order, and the record.
func TestKilledBetweenCommitAndDelivery(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	serve := func() *server { return start(t, "--data", data, "--profile", "fast") }
	streams := func(w *world, operation string, input func(name string) obj) {
		for _, name := range []string{recordStream, eventStream} {
			w.do("kinesis", operation, input(name))
		}
	}
	s := serve()
	w := open(t, s, newGoClient(t, s), "alice")
	streams(w, "DeleteStream", func(name string) obj { return obj{"StreamName": name} })

	w.logIn("alice")
	contact := w.arrive(obj{"reason": "test"})
	for _, do := range []string{"accept", "hold", "resume", "end", "clear"} {
		eventually(t, time.Minute, func() error {
			if len(w.desk("alice")) == 0 {
				return fmt.Errorf("nothing on the desk")
			}
			return nil
		})
		w.agentDo("alice", "contacts/"+contact+"/"+do, nil)
	}
	w.kill()

	w.server = serve()
	w.caller = newGoClient(t, w.server)
	w.kill() // and once more, while it tries to deliver
	w.server = serve()
	w.caller = newGoClient(t, w.server)
	streams(w, "CreateStream", func(name string) obj { return obj{"StreamName": name, "ShardCount": 1} })

	want := []string{
		"LOGIN", "STATE_CHANGE Available", "STATE_CHANGE Available CONNECTING", "STATE_CHANGE Available CONNECTED",
		"STATE_CHANGE Available CONNECTED_ONHOLD", "STATE_CHANGE Available CONNECTED", "STATE_CHANGE Available ENDED", "STATE_CHANGE Available",
	}
	eventually(t, time.Minute, func() error {
		var got []string
		for _, d := range eventsOf(t, w.documents(eventStream), w.agentARN("alice")) {
			line := d.str("EventType")
			if line != "LOGIN" {
				line += " " + d.str("CurrentAgentSnapshot", "AgentStatus", "Name")
			}
			for _, c := range d.in("CurrentAgentSnapshot").list("Contacts") {
				line += " " + c.str("State")
			}
			got = append(got, line)
		}
		if !slices.Equal(got, want) {
			return fmt.Errorf("agent events:\n got %q\nwant %q", got, want)
		}
		if n := len(recordsOf(t, w.documents(recordStream), contact)); n != 1 {
			return fmt.Errorf("%d versions of the record", n)
		}
		return nil
	})
	record := recordsOf(t, w.documents(recordStream), contact)[0]
	compareToCenter(t, w, record)
	if got := record.str("Attributes", "reason"); got != "test" {
		t.Errorf("the record's attribute is %q", got)
	}
}
