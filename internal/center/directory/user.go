package directory

import (
	"maps"
	"slices"
	"strings"

	"github.com/hookswitch/hookswitch/internal/center"
)

// Kinds of identity management.
const (
	managedHere = "CONNECT_MANAGED"
	managedSAML = "SAML"
)

// Kinds of phones.
const (
	softPhone = "SOFT_PHONE"
	deskPhone = "DESK_PHONE"
)

// createUser makes a user and its agent queue, which has the user's id.
func (q *request) createUser(c center.CreateUser) ([]center.Event, error) {
	u := c.User
	u.ID, u.ModifiedAt, u.Proficiencies = "", q.stamp.At, nil
	u.SecurityProfiles, u.Tags = slices.Clone(u.SecurityProfiles), maps.Clone(u.Tags)
	if u.Phone.Type == "" {
		u.Phone.Type = softPhone
	}
	if err := first(q.checkUser(u), q.checkUsername(u.Username), q.checkPassword(u), checkTags(u.Tags)); err != nil {
		return nil, err
	}
	if len(q.Users) >= usersMax {
		return nil, limit(center.KindUser, usersMax)
	}
	u.ID = center.AgentID(q.ids())
	own := center.Queue{ID: center.QueueID(u.ID), Agent: u.ID, Status: center.Enabled, ModifiedAt: q.stamp.At}
	return []center.Event{center.UserSaved{User: u}, center.QueueSaved{Queue: own}}, nil
}

func (q *request) updateUser(c center.UpdateUser) ([]center.Event, error) {
	u, err := find(q.Users, center.KindUser, c.ID)
	if err != nil {
		return nil, err
	}
	if i := c.Identity; i != nil {
		u.FirstName, u.LastName, u.Email, u.SecondaryEmail, u.Mobile = i.FirstName, i.LastName, i.Email, i.SecondaryEmail, i.Mobile
	}
	set(&u.Phone, c.Phone)
	if u.Phone.Type == "" {
		u.Phone.Type = softPhone
	}
	set(&u.RoutingProfile, c.RoutingProfile)
	if c.SecurityProfiles != nil {
		u.SecurityProfiles = slices.Clone(*c.SecurityProfiles)
	}
	set(&u.Group, c.Group)
	if err := q.checkUser(u); err != nil {
		return nil, err
	}
	u.ModifiedAt = q.stamp.At
	return []center.Event{center.UserSaved{User: u}}, nil
}

func (q *request) deleteUser(c center.DeleteUser) ([]center.Event, error) {
	if _, err := find(q.Users, center.KindUser, c.ID); err != nil {
		return nil, err
	}
	return []center.Event{
		center.ResourceDeleted{Kind: center.KindUser, ID: string(c.ID)},
		center.ResourceDeleted{Kind: center.KindQueue, ID: string(c.ID)},
	}, nil
}

func (q *request) checkUser(u center.User) error {
	if err := first(q.checkIdentity(u), checkPhone(u.Phone)); err != nil {
		return err
	}
	if _, err := find(q.Profiles, center.KindRoutingProfile, u.RoutingProfile); err != nil {
		return err
	}
	if u.Group != "" {
		if _, err := find(q.Groups, center.KindHierarchyGroup, u.Group); err != nil {
			return err
		}
	}
	if n := len(u.SecurityProfiles); n < 1 || n > securityOfUser {
		return invalid("SecurityProfileIds", "must be 1 to %d", securityOfUser)
	}
	for i, id := range u.SecurityProfiles {
		if slices.Contains(u.SecurityProfiles[:i], id) {
			return invalid("SecurityProfileIds", "%s is named twice", id)
		}
		if _, err := find(q.Security, center.KindSecurityProfile, id); err != nil {
			return err
		}
	}
	return nil
}

// checkUsername: up to 20 characters, with SAML up to 64; from [a-zA-Z0-9_-.\@]; @ only in the form of an e-mail address
// (API model). Two names that differ only in case are the same.
func (q *request) checkUsername(name string) error {
	most := usernameMax
	if q.Instance.IdentityManagement == managedSAML {
		most = usernameMaxSAML
	}
	if name == "" || len(name) > most {
		return invalid("Username", "must have 1 to %d characters", most)
	}
	for i := range len(name) {
		if !isAlphanumeric(name[i]) && !strings.ContainsRune(`_-.\@`, rune(name[i])) {
			return invalid("Username", `must have letters, digits and any of _-.\@`)
		}
	}
	if strings.Contains(name, "@") && !isEmail(name) {
		return invalid("Username", "can have an @ only as an e-mail address has")
	}
	for _, o := range q.Users {
		if strings.EqualFold(o.Username, name) {
			return &center.Refused{Reason: center.Duplicate, Kind: center.KindUser, ID: string(o.ID), Field: "Username", Detail: "the name is taken"}
		}
	}
	return nil
}

// checkIdentity: names are required when Connect or SAML manages identities; an e-mail address is an error with SAML
// (API model).
func (q *request) checkIdentity(u center.User) error {
	if err := first(text("FirstName", u.FirstName, 0, firstNameMax), text("LastName", u.LastName, 0, lastNameMax)); err != nil {
		return err
	}
	m := q.Instance.IdentityManagement
	if m == managedHere || m == managedSAML {
		if u.FirstName == "" {
			return invalid("FirstName", "is required with identity management %s", m)
		}
		if u.LastName == "" {
			return invalid("LastName", "is required with identity management %s", m)
		}
	}
	switch {
	case m == managedSAML && u.Email != "":
		return invalid("Email", "must not be given with identity management SAML")
	case u.Email != "" && !isEmail(u.Email):
		return invalid("Email", "is not an e-mail address")
	case u.SecondaryEmail != "" && !isEmail(u.SecondaryEmail):
		return invalid("SecondaryEmail", "is not an e-mail address")
	case u.Mobile != "" && !isE164(u.Mobile):
		return invalid("Mobile", "is not a phone number in E.164 format")
	}
	return nil
}

// checkPassword: one is required when Connect manages identities, and otherwise it is an error to include one (API model).
func (q *request) checkPassword(u center.User) error {
	if q.Instance.IdentityManagement == managedHere {
		if u.PasswordHash == "" {
			return invalid("Password", "is required with identity management %s", managedHere)
		}
		return nil
	}
	if u.PasswordHash != "" {
		return invalid("Password", "must not be given with identity management %s", q.Instance.IdentityManagement)
	}
	return nil
}

// checkPhone refuses desk phones: nothing here dials them. The number of one may be kept for later.
func checkPhone(p center.PhoneConfig) error {
	switch {
	case p.Type == deskPhone:
		return invalid("PhoneType", "%s is not supported", deskPhone)
	case p.Type != softPhone:
		return invalid("PhoneType", "must be %s", softPhone)
	case p.ACWLimit < 0 || p.ACWLimit > acwMax:
		return invalid("AfterContactWorkTimeLimit", "must be 0 to %d seconds", acwMax)
	case p.DeskNumber != "" && !isE164(p.DeskNumber):
		return invalid("DeskPhoneNumber", "is not a phone number in E.164 format")
	}
	return nil
}

// isEmail holds the pattern that the API model states: [a-zA-Z0-9._%+-]+@[a-zA-Z0-9.-]+\.[a-zA-Z]{2,63}, at most 265.
func isEmail(s string) bool {
	name, host, ok := strings.Cut(s, "@")
	dot := strings.LastIndexByte(host, '.')
	if !ok || len(s) > emailMax || name == "" || dot < 1 || len(host)-dot-1 < 2 || len(host)-dot-1 > 63 {
		return false
	}
	only := func(s, extra string) bool {
		for i := range len(s) {
			if !isAlphanumeric(s[i]) && strings.IndexByte(extra, s[i]) < 0 {
				return false
			}
		}
		return true
	}
	return only(name, "._%+-") && only(host[:dot], ".-") && only(host[dot+1:], "") && !strings.ContainsAny(host[dot+1:], "0123456789")
}

// isE164 holds \+[1-9]\d{1,14} of the API model.
func isE164(s string) bool {
	if len(s) < 3 || len(s) > 16 || s[0] != '+' || s[1] < '1' || s[1] > '9' {
		return false
	}
	return strings.Trim(s[1:], "0123456789") == ""
}
