package directory

import (
	"maps"
	"slices"
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
		d.loadZone(e.Hours.TimeZone)
	case center.QueueSaved:
		d.Queues[e.Queue.ID] = e.Queue
	case center.RoutingProfileSaved:
		d.Profiles[e.Profile.ID] = e.Profile
	case center.UserSaved:
		d.Users[e.User.ID] = e.User
	case center.SecurityProfileSaved:
		d.Security[e.Profile.ID] = e.Profile
	case center.FlowSaved:
		if e.Flow.Type == center.TypeModule {
			d.Modules[e.Flow.ID] = e.Flow
		} else {
			d.Flows[e.Flow.ID] = e.Flow
		}
	case center.FunctionAssociated:
		i, _ := slices.BinarySearch(d.Functions, e.ARN)
		d.Functions = slices.Insert(slices.Clone(d.Functions), i, e.ARN)
	case center.FunctionDisassociated:
		if i, ok := slices.BinarySearch(d.Functions, e.ARN); ok {
			d.Functions = slices.Delete(slices.Clone(d.Functions), i, i+1)
		}
		if len(d.Functions) == 0 {
			d.Functions = nil // as a checkpoint gives it back
		}
	case center.PhoneNumberSaved:
		d.Numbers[e.Number.ID] = e.Number
		d.remember(at, e)
	case center.QuickConnectSaved:
		d.Connects[e.Connect.ID] = e.Connect
	case center.HierarchySaved:
		d.Levels = e.Levels
	case center.HierarchyGroupSaved:
		d.Groups[e.Group.ID] = e.Group
	case center.AttributeSaved:
		d.Attributes[e.Attribute.Name] = e.Attribute
	case center.TaskTemplateSaved:
		d.Templates[e.Template.ID] = e.Template
	case center.PromptSaved:
		d.Prompts[e.Prompt.ID] = e.Prompt
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
	case center.KindModule:
		delete(d.Modules, center.FlowID(e.ID))
	case center.KindPhoneNumber:
		delete(d.Numbers, center.PhoneNumberID(e.ID))
	case center.KindQuickConnect:
		d.dropConnect(center.QuickConnectID(e.ID))
	case center.KindHierarchyGroup:
		delete(d.Groups, center.HierarchyGroupID(e.ID))
	case center.KindAttribute:
		delete(d.Attributes, e.ID)
	case center.KindTaskTemplate:
		delete(d.Templates, center.TaskTemplateID(e.ID))
	case center.KindPrompt:
		delete(d.Prompts, center.PromptID(e.ID))
	}
}

// dropConnect takes a quick connect out of the queues as well: none of them is refused for it.
func (d *Directory) dropConnect(id center.QuickConnectID) {
	delete(d.Connects, id)
	for at, q := range d.Queues {
		if i, ok := slices.BinarySearch(q.Connects, id); ok {
			q.Connects = slices.Delete(slices.Clone(q.Connects), i, i+1)
			d.Queues[at] = q
		}
	}
}
