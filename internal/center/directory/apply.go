package directory

import (
	"maps"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
)

// Apply folds an event in. It does not fail, and passes over events that are not about the directory. What the event
// holds becomes part of the Directory: the caller must not change it afterwards.
func (d *Directory) Apply(at time.Time, e center.Event) {
	switch e := e.(type) {
	case center.InstanceSaved:
		d.Instance = e.Instance
		if e.Key != nil {
			d.Key = e.Key
		}
	case center.InstanceDeleted:
		d.Deleted = true
	case center.StorageAssociated:
		d.Associations[e.Association.Resource] = e.Association
	case center.StorageDisassociated:
		delete(d.Associations, e.Resource)
	case center.AgentStatusSaved:
		d.Statuses[e.Status.ID] = e.Status
	case center.HoursSaved:
		d.Hours[e.Hours.ID] = e.Hours
	case center.QueueSaved:
		d.Queues[e.Queue.ID] = e.Queue
	case center.RoutingProfileSaved:
		d.Profiles[e.Profile.ID] = e.Profile
	case center.UserSaved:
		d.Users[e.User.ID] = e.User
	case center.SecurityProfileSaved:
		d.Security[e.Profile.ID] = e.Profile
	case center.FlowSaved:
		d.Flows[e.Flow.ID] = e.Flow
	case center.PhoneNumberSaved:
		d.Numbers[e.Number.ID] = e.Number
		d.remember(at, e)
	case center.ResourceDeleted:
		d.drop(e)
	}
}

// remember keeps what a client token led to, and forgets those that no longer count.
func (d *Directory) remember(at time.Time, e center.PhoneNumberSaved) {
	if e.ClientToken == "" {
		return
	}
	maps.DeleteFunc(d.Tokens, func(_ string, c Claim) bool { return at.Sub(c.At) >= center.TokenLife })
	d.Tokens[e.ClientToken] = Claim{ID: e.Number.ID, Number: e.Number.Number, At: at}
}

func (d *Directory) drop(e center.ResourceDeleted) {
	switch e.Kind {
	case center.KindHours:
		delete(d.Hours, center.HoursID(e.ID))
	case center.KindQueue:
		delete(d.Queues, center.QueueID(e.ID))
	case center.KindRoutingProfile:
		delete(d.Profiles, center.RoutingProfileID(e.ID))
	case center.KindUser:
		delete(d.Users, center.AgentID(e.ID))
	case center.KindSecurityProfile:
		delete(d.Security, center.SecurityProfileID(e.ID))
	case center.KindFlow:
		delete(d.Flows, center.FlowID(e.ID))
	case center.KindPhoneNumber:
		delete(d.Numbers, center.PhoneNumberID(e.ID))
	}
}
