package e2e

import (
	"fmt"
	"net/url"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hookswitch/hookswitch/internal/storage/storagetest/natstest"
)

// TestOnJetStream is a call on a JetStream server that keeps the data, with a stop in the middle of it: another process
// goes on where the first one was. The clock is real there, so contact records come at once.
func TestOnJetStream(t *testing.T) {
	if binary == "" {
		t.Skip("runs the program: left out with -short")
	}
	t.Parallel()
	nats := natstest.Start(t)
	engine := nats.URL + "?monitor=" + url.QueryEscape(nats.MonitorURL)
	serve := func() *server { return start(t, "--engine", engine, "--profile", "fast") }
	s := serve()
	w := open(t, s, newGoClient(t, s), "alice")
	w.logIn("alice")
	contact := w.arrive(obj{"reason": "order"})
	within := func(look func() error) { t.Helper(); eventually(t, time.Minute, look) }
	within(func() error {
		if got := w.desk("alice")[contact]; got != "CONNECTING" {
			return fmt.Errorf("the call is %q at the desk", got)
		}
		return nil
	})
	w.agentDo("alice", "contacts/"+contact+"/accept", nil)
	w.agentDo("alice", "contacts/"+contact+"/hold", nil)
	w.stop()

	w.server = serve()
	w.caller = newGoClient(t, w.server)
	if got := w.desk("alice")[contact]; got != "CONNECTED_ONHOLD" {
		t.Fatalf("after the restart the call is %q at the desk", got)
	}
	for _, do := range []string{"resume", "end", "clear"} {
		w.agentDo("alice", "contacts/"+contact+"/"+do, nil)
	}
	within(func() error {
		if n := len(recordsOf(t, w.documents(recordStream), contact)); n != 1 {
			return fmt.Errorf("%d records", n)
		}
		if n := len(eventsOf(t, w.documents(eventStream), w.agentARN("alice"))); n != 8 {
			return fmt.Errorf("%d agent events", n)
		}
		return nil
	})
	record := recordsOf(t, w.documents(recordStream), contact)[0]
	compareToCenter(t, w, record)
	if record.at("Agent", "NumberOfHolds") != 1.0 || record.str("Attributes", "reason") != "order" {
		t.Errorf("the record: %s", record.data)
	}
	w.connect("UpdateContactAttributes", obj{"InitialContactId": contact, "Attributes": obj{"later": "yes"}})
	within(func() error {
		if n := len(recordsOf(t, w.documents(recordStream), contact)); n != 2 {
			return fmt.Errorf("%d records after UpdateContactAttributes", n)
		}
		return nil
	})
	again := recordsOf(t, w.documents(recordStream), contact)[1]
	if d := cmp.Diff([]string{"Attributes", "LastUpdateTimestamp"}, differences(record.obj, again.obj)); d != "" {
		t.Errorf("the second version differs in other members:\n%s", d)
	}
}
