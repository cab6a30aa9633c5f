package directory

import (
	"maps"
	"strings"
	"testing"

	"github.com/hookswitch/hookswitch/internal/center"
)

func TestTagsOfEveryKind(t *testing.T) {
	k := newDesk(t)
	k.must(t, center.CreateUser{User: k.user(t, "ann")})
	k.must(t, center.ClaimPhoneNumber{Number: number("+12025550100")})
	user := Sorted(k.Users)[0].ID
	ids := map[center.Kind]string{
		center.KindInstance: string(k.Instance.ID), center.KindAgentStatus: string(k.status(t, nameOffline).ID), center.KindHours: string(k.basicHours(t).ID),
		center.KindQueue: string(k.basicQueue(t).ID), center.KindRoutingProfile: string(k.basicProfile(t).ID), center.KindUser: string(user),
		center.KindSecurityProfile: string(k.securityProfile(t, profileAgent).ID), center.KindFlow: string(k.flow(t, "CONTACT_FLOW").ID),
		center.KindPhoneNumber: string(Sorted(k.Numbers)[0].ID),
	}
	for kind, id := range ids {
		k.must(t, center.ChangeTags{Kind: kind, ID: id, Set: map[string]string{"a": "1", "b": "2"}})
		k.must(t, center.ChangeTags{Kind: kind, ID: id, Set: map[string]string{"a": "3"}, Remove: []string{"b", "none"}})
		q := request{Directory: k.Directory}
		if _, tags, err := q.tagged(kind, id); err != nil || !maps.Equal(tags, map[string]string{"a": "3"}) {
			t.Errorf("%s: %v, %v", kind, tags, err)
		}
		if _, r := k.do(t, center.ChangeTags{Kind: kind, ID: "x", Set: map[string]string{"a": "1"}}); got(r) != missing(kind) {
			t.Errorf("%s that does not exist: %v", kind, r)
		}
	}
	if _, r := k.do(t, center.ChangeTags{Kind: center.KindQueue, ID: string(user)}); got(r) != missing(center.KindQueue) {
		t.Errorf("an agent's queue: %v", r)
	}
	if _, r := k.do(t, center.ChangeTags{Kind: center.KindContact, ID: "x"}); got(r) != bad("resourceArn") {
		t.Errorf("a contact: %v", r)
	}
	for _, key := range []string{"", "aws:a", "a*", strings.Repeat("a", 129), "\xff"} {
		if err := checkTags(map[string]string{key: ""}); err == nil {
			t.Errorf("key %q is accepted", key)
		}
	}
	if err := checkTags(map[string]string{"k": strings.Repeat("v", 257)}); err == nil {
		t.Error("a value of 257 is accepted")
	}
	if err := checkTags(map[string]string{"Größe 1_.:/=+-@": ""}); err != nil {
		t.Error(err)
	}
}
