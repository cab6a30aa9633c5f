package machine

import "testing"

func TestRestoreRefusesWhatIsNoCheckpoint(t *testing.T) {
	for _, b := range []string{"", "{", "[]", `{"Directory":null}`, `{"Outstanding":[{"ID":"1/0","Step":{"x":[]}}]}`, `{"Outstanding":[{"Step":{"x":[{"Unknown":{}}]}}]}`} {
		if _, err := Restore([]byte(b)); err == nil {
			t.Errorf("%q was taken", b)
		}
	}
}

func TestAMachineMayBeAskedAtAnyTime(t *testing.T) {
	w := smallCenter(t, 3)
	w.must(aCall)
	w.must(w.aDial(""))
	out := w.m.Outstanding()
	if len(out) != 1 {
		t.Fatalf("outstanding: %v", out)
	}
	out[0].ID = "changed by who asked"
	if w.m.Outstanding()[0].ID == out[0].ID {
		t.Error("what is handed out is the machine's own")
	}
}
