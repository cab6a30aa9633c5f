package directory

import (
	"slices"
	"strings"
	"testing"

	"github.com/hookswitch/hookswitch/internal/center"
)

func TestUserRules(t *testing.T) {
	create := func(change func(*testing.T, *desk, *center.User)) func(*testing.T, *desk) center.Command {
		return func(t *testing.T, k *desk) center.Command {
			u := k.user(t, "ann")
			change(t, k, &u)
			return center.CreateUser{User: u}
		}
	}
	name := func(n string) func(*testing.T, *desk) center.Command {
		return create(func(_ *testing.T, _ *desk, u *center.User) { u.Username = n })
	}
	managed := func(change func(*center.User)) func(*testing.T, *desk) center.Command {
		return create(func(_ *testing.T, k *desk, u *center.User) {
			k.Instance.IdentityManagement = managedHere
			u.PasswordHash = "hash"
			change(u)
		})
	}
	phone := func(p center.PhoneConfig) func(*testing.T, *desk) center.Command {
		return create(func(_ *testing.T, _ *desk, u *center.User) { u.Phone = p })
	}
	check(t, []rule{
		{"plain", create(func(*testing.T, *desk, *center.User) {}), want{}},
		{"no name", name(""), bad("Username")},
		{"64 with SAML", name(strings.Repeat("a", 64)), want{}},
		{"65 with SAML", name(strings.Repeat("a", 65)), bad("Username")},
		{"21 without SAML", managed(func(u *center.User) { u.Username = strings.Repeat("a", 21) }), bad("Username")},
		{"a space", name("an n"), bad("Username")},
		{"an e-mail address", name("ann@example.com"), want{}},
		{"an @ for nothing", name("ann@example"), bad("Username")},
		{"name of another", func(t *testing.T, k *desk) center.Command {
			k.must(t, center.CreateUser{User: k.user(t, "ann")})
			return center.CreateUser{User: k.user(t, "ANN")}
		}, taken(center.KindUser, "Username")},
		{"no first name", create(func(_ *testing.T, _ *desk, u *center.User) { u.FirstName = "" }), bad("FirstName")},
		{"no last name", create(func(_ *testing.T, _ *desk, u *center.User) { u.LastName = "" }), bad("LastName")},
		{"no names in a directory", create(func(_ *testing.T, k *desk, u *center.User) {
			k.Instance.IdentityManagement = "EXISTING_DIRECTORY"
			u.FirstName, u.LastName = "", ""
		}), want{}},
		{"e-mail with SAML", create(func(_ *testing.T, _ *desk, u *center.User) { u.Email = "ann@example.com" }), bad("Email")},
		{"e-mail without SAML", managed(func(u *center.User) { u.Email = "ann@example.com" }), want{}},
		{"no e-mail address", managed(func(u *center.User) { u.Email = "ann@example.c0m" }), bad("Email")},
		{"no second e-mail address", managed(func(u *center.User) { u.SecondaryEmail = "ann" }), bad("SecondaryEmail")},
		{"no mobile number", create(func(_ *testing.T, _ *desk, u *center.User) { u.Mobile = "0123" }), bad("Mobile")},
		{"password with SAML", create(func(_ *testing.T, _ *desk, u *center.User) { u.PasswordHash = "x" }), bad("Password")},
		{"no password", managed(func(u *center.User) { u.PasswordHash = "" }), bad("Password")},
		{"no routing profile", create(func(_ *testing.T, _ *desk, u *center.User) { u.RoutingProfile = "" }), missing(center.KindRoutingProfile)},
		{"no security profile", create(func(_ *testing.T, _ *desk, u *center.User) { u.SecurityProfiles = nil }), bad("SecurityProfileIds")},
		{"security profile twice", create(func(_ *testing.T, _ *desk, u *center.User) {
			u.SecurityProfiles = slices.Repeat(u.SecurityProfiles, 2)
		}), bad("SecurityProfileIds")},
		{"eleven security profiles", create(func(_ *testing.T, _ *desk, u *center.User) {
			u.SecurityProfiles = slices.Repeat(u.SecurityProfiles, securityOfUser+1)
		}), bad("SecurityProfileIds")},
		{"unknown security profile", create(func(_ *testing.T, _ *desk, u *center.User) {
			u.SecurityProfiles = []center.SecurityProfileID{"x"}
		}), missing(center.KindSecurityProfile)},
		{"desk phone", phone(center.PhoneConfig{Type: deskPhone, DeskNumber: "+12025550100"}), bad("PhoneType")},
		{"no phone", phone(center.PhoneConfig{}), want{}},
		{"another phone", phone(center.PhoneConfig{Type: "FAX"}), bad("PhoneType")},
		{"desk number for later", phone(center.PhoneConfig{Type: softPhone, DeskNumber: "+12025550100"}), want{}},
		{"desk number that is none", phone(center.PhoneConfig{Type: softPhone, DeskNumber: "100"}), bad("DeskPhoneNumber")},
		{"longest after-contact work", phone(center.PhoneConfig{Type: softPhone, ACWLimit: acwMax}), want{}},
		{"longer after-contact work", phone(center.PhoneConfig{Type: softPhone, ACWLimit: acwMax + 1}), bad("AfterContactWorkTimeLimit")},
		{"update of none", func(*testing.T, *desk) center.Command { return center.UpdateUser{ID: "x"} }, missing(center.KindUser)},
		{"update to no routing profile", func(t *testing.T, k *desk) center.Command {
			k.must(t, center.CreateUser{User: k.user(t, "ann")})
			return center.UpdateUser{ID: Sorted(k.Users)[0].ID, RoutingProfile: ptr(center.RoutingProfileID("x"))}
		}, missing(center.KindRoutingProfile)},
		{"delete none", func(*testing.T, *desk) center.Command { return center.DeleteUser{ID: "x"} }, missing(center.KindUser)},
	})
}

func TestUserHasAQueueOfItsOwnForAsLongAsItLives(t *testing.T) {
	k := newDesk(t)
	k.must(t, center.CreateUser{User: k.user(t, "ann")})
	u := Sorted(k.Users)[0]
	q, ok := k.Queues[center.QueueID(u.ID)]
	if !ok || q.Agent != u.ID || q.Name != "" || q.Status != center.Enabled || q.Hours != "" {
		t.Errorf("queue of the user: %+v, %v", q, ok)
	}
	k.must(t, center.UpdateUser{ID: u.ID, Identity: &center.User{FirstName: "Anna", LastName: "Two", Username: "not changed"}})
	if n := k.Users[u.ID]; n.FirstName != "Anna" || n.LastName != "Two" || n.Username != "ann" {
		t.Errorf("after the update: %+v", n)
	}
	k.must(t, center.DeleteUser{ID: u.ID})
	if len(k.Users) != 0 || len(k.Queues) != 1 {
		t.Errorf("left: %v, %v", k.Users, k.Queues)
	}
}
