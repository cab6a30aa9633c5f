package directory

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
)

var testKey = []byte("0123456789abcdef")

const testARN = "arn:aws:connect:us-east-1:111122223333:instance/11111111-aaaa-4aaa-8aaa-000000000001"

func testInstance() center.Instance {
	return center.Instance{
		ID: "11111111-aaaa-4aaa-8aaa-000000000001", ARN: testARN, Alias: "demo", IdentityManagement: "SAML",
		Attributes: map[string]string{"INBOUND_CALLS": "true", "OUTBOUND_CALLS": "false"},
	}
}

// desk drives a directory as the machine does: it decides, and folds what was decided.
type desk struct {
	*Directory
	place   uint64
	at      time.Time
	journal [][]byte
}

func newDesk(t testing.TB) *desk {
	t.Helper()
	k := &desk{Directory: New(), at: time.Date(2026, 3, 2, 17, 0, 0, 0, time.UTC)}
	k.must(t, center.CreateInstance{Instance: testInstance(), Key: testKey})
	return k
}

// do decides a command and folds its events. A refusal must be a *center.Refused and must change nothing.
func (k *desk) do(t testing.TB, cmd center.Command) ([]center.Event, *center.Refused) {
	t.Helper()
	k.place++
	k.at = k.at.Add(time.Second)
	stamp := center.Stamp{At: k.at, Place: k.place}
	n := 0
	ids := func() string { n++; return center.DeriveID(testKey, k.place, n) }
	before := dump(t, k.Directory)
	events, ok, err := k.Decide(stamp, ids, cmd)
	if got := dump(t, k.Directory); got != before {
		t.Fatalf("Decide(%T) changed the directory", cmd)
	}
	if !ok {
		t.Fatalf("Decide(%T): not a command about the directory", cmd)
	}
	if err != nil {
		var r *center.Refused
		if !errors.As(err, &r) {
			t.Fatalf("Decide(%T): error %v is no *center.Refused", cmd, err)
		}
		if events != nil {
			t.Fatalf("Decide(%T): refused with events", cmd)
		}
		return nil, r
	}
	b, err := center.Encode(center.Step{Stamp: stamp, Events: events})
	if err != nil {
		t.Fatal(err)
	}
	k.journal = append(k.journal, b)
	for _, e := range events {
		k.Apply(k.at, e)
	}
	return events, nil
}

func (k *desk) must(t testing.TB, cmd center.Command) []center.Event {
	t.Helper()
	events, refused := k.do(t, cmd)
	if refused != nil {
		t.Fatalf("%T: %v", cmd, refused)
	}
	return events
}

func dump(t testing.TB, d *Directory) string {
	t.Helper()
	b, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func only[K comparable, V any](t testing.TB, m map[K]V, ok func(V) bool) V {
	t.Helper()
	var out []V
	for _, v := range m {
		if ok(v) {
			out = append(out, v)
		}
	}
	if len(out) != 1 {
		t.Fatalf("%d of %T match, want 1", len(out), m)
	}
	return out[0]
}

func (k *desk) basicQueue(t testing.TB) center.Queue {
	return only(t, k.Queues, func(q center.Queue) bool { return q.Name == nameBasicQueue })
}

func (k *desk) basicHours(t testing.TB) center.Hours {
	return only(t, k.Hours, func(h center.Hours) bool { return h.Name == nameBasicHours })
}

func (k *desk) basicProfile(t testing.TB) center.RoutingProfile {
	return only(t, k.Profiles, func(p center.RoutingProfile) bool { return p.Name == nameBasicProfile })
}

func (k *desk) status(t testing.TB, name string) center.AgentStatus {
	return only(t, k.Statuses, func(s center.AgentStatus) bool { return s.Name == name })
}

func (k *desk) flow(t testing.TB, typ string) center.Flow {
	return only(t, k.Flows, func(f center.Flow) bool { return f.Type == typ })
}

func (k *desk) securityProfile(t testing.TB, name string) center.SecurityProfile {
	return only(t, k.Security, func(p center.SecurityProfile) bool { return p.Name == name })
}

// user returns a user that CreateUser takes.
func (k *desk) user(t testing.TB, name string) center.User {
	return center.User{
		Username: name, FirstName: "Agent", LastName: "One", RoutingProfile: k.basicProfile(t).ID,
		SecurityProfiles: []center.SecurityProfileID{k.securityProfile(t, profileAgent).ID},
		Phone:            center.PhoneConfig{Type: softPhone},
	}
}

func (k *desk) queue(t testing.TB, name string) center.Queue {
	return center.Queue{Name: name, Hours: k.basicHours(t).ID}
}

func (k *desk) profile(t testing.TB, name string) center.RoutingProfile {
	return center.RoutingProfile{
		Name: name, Description: "d", DefaultOutbound: k.basicQueue(t).ID,
		Concurrency: []center.Concurrency{{Channel: center.Voice, Slots: 1}},
	}
}

func number(n string) center.PhoneNumber {
	return center.PhoneNumber{Number: n, Country: "US", Type: "DID"}
}

func ptr[T any](v T) *T { return &v }

// want is how a command is refused; the zero value: not at all.
type want struct {
	reason center.Reason
	field  string
	kind   center.Kind
}

func (w want) String() string {
	if w == (want{}) {
		return "accepted"
	}
	return fmt.Sprintf("%s, field %q, kind %q", w.reason, w.field, w.kind)
}

func got(r *center.Refused) want {
	if r == nil {
		return want{}
	}
	return want{r.Reason, r.Field, r.Kind}
}

func bad(field string) want { return want{reason: center.Invalid, field: field} }

func missing(k center.Kind) want { return want{reason: center.NotFound, kind: k} }

func taken(k center.Kind, field string) want {
	return want{reason: center.Duplicate, field: field, kind: k}
}

// rule is one case: a command on a directory that prepare has filled.
type rule struct {
	name string
	cmd  func(t *testing.T, k *desk) center.Command
	want want
}

func check(t *testing.T, rules []rule) {
	t.Helper()
	for _, r := range rules {
		t.Run(r.name, func(t *testing.T) {
			k := newDesk(t)
			_, refused := k.do(t, r.cmd(t, k))
			if w := got(refused); w != r.want {
				t.Errorf("got %v (%v), want %v", w, refused, r.want)
			}
		})
	}
}
