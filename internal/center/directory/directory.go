package directory

import (
	"encoding/json"
	"maps"
	"slices"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
)

// Directory is the configuration of one instance as the events so far have made it. The values in its maps are never
// changed in place: whoever changes a resource puts a new value there. The zero Directory is not usable; see New.
type Directory struct {
	Instance     center.Instance // zero before CreateInstance
	Key          []byte          // identities are derived with it
	Deleted      bool            `json:",omitempty"`
	Associations map[center.ResourceType]center.Association
	Statuses     map[center.AgentStatusID]center.AgentStatus
	Hours        map[center.HoursID]center.Hours
	Queues       map[center.QueueID]center.Queue // the queues of agents as well
	Profiles     map[center.RoutingProfileID]center.RoutingProfile
	Users        map[center.AgentID]center.User
	Security     map[center.SecurityProfileID]center.SecurityProfile
	Flows        map[center.FlowID]center.Flow
	Modules      map[center.FlowID]center.Flow // their Type is center.TypeModule
	Functions    []string                      `json:",omitempty"` // ARNs of the Lambda functions that flows may invoke, sorted
	Numbers      map[center.PhoneNumberID]center.PhoneNumber
	Connects     map[center.QuickConnectID]center.QuickConnect
	Levels       []center.HierarchyLevel // from the highest down; replaced, never changed
	Groups       map[center.HierarchyGroupID]center.HierarchyGroup
	Attributes   map[string]center.PredefinedAttribute // by name
	Templates    map[center.TaskTemplateID]center.TaskTemplate
	Prompts      map[center.PromptID]center.Prompt
	Tokens       map[string]Claim // by client token of ClaimPhoneNumber, for center.TokenLife
	Zones        Zones            `json:"-"` // of the hours
}

// Zones are loaded time zones by name: to load one takes ten times as long as to check hours. They are made from the
// hours, and two of them are always the same thing.
type Zones map[string]*time.Location

// Equal is true: what is loaded does not count when directories are compared.
func (Zones) Equal(Zones) bool { return true }

// UnmarshalJSON reads a checkpoint into d. What it does not have stays as it is.
func (d *Directory) UnmarshalJSON(b []byte) error {
	type plain Directory
	if err := json.Unmarshal(b, (*plain)(d)); err != nil {
		return err
	}
	d.Zones = Zones{}
	for _, h := range d.Hours {
		d.loadZone(h.TimeZone)
	}
	return nil
}

// loadZone has a zone at hand from now on. A name that is none is not remembered.
func (d *Directory) loadZone(name string) {
	if _, ok := d.Zones[name]; ok {
		return
	}
	if loc, err := zone(name); err == nil {
		d.Zones[name] = loc
	}
}

// Claim is what a client token of ClaimPhoneNumber led to.
type Claim struct {
	ID     center.PhoneNumberID
	Number string
	At     time.Time
}

// New returns the directory of an instance that is yet to be created.
func New() *Directory {
	return &Directory{
		Associations: map[center.ResourceType]center.Association{},
		Statuses:     map[center.AgentStatusID]center.AgentStatus{},
		Hours:        map[center.HoursID]center.Hours{},
		Queues:       map[center.QueueID]center.Queue{},
		Profiles:     map[center.RoutingProfileID]center.RoutingProfile{},
		Users:        map[center.AgentID]center.User{},
		Security:     map[center.SecurityProfileID]center.SecurityProfile{},
		Flows:        map[center.FlowID]center.Flow{},
		Modules:      map[center.FlowID]center.Flow{},
		Numbers:      map[center.PhoneNumberID]center.PhoneNumber{},
		Connects:     map[center.QuickConnectID]center.QuickConnect{},
		Groups:       map[center.HierarchyGroupID]center.HierarchyGroup{},
		Attributes:   map[string]center.PredefinedAttribute{},
		Templates:    map[center.TaskTemplateID]center.TaskTemplate{},
		Prompts:      map[center.PromptID]center.Prompt{},
		Tokens:       map[string]Claim{},
		Zones:        Zones{},
	}
}

// Clone returns a copy that shares nothing that Apply changes.
func (d *Directory) Clone() *Directory {
	c := *d
	c.Associations = maps.Clone(d.Associations)
	c.Statuses = maps.Clone(d.Statuses)
	c.Hours = maps.Clone(d.Hours)
	c.Queues = maps.Clone(d.Queues)
	c.Profiles = maps.Clone(d.Profiles)
	c.Users = maps.Clone(d.Users)
	c.Security = maps.Clone(d.Security)
	c.Flows = maps.Clone(d.Flows)
	c.Modules = maps.Clone(d.Modules)
	c.Numbers = maps.Clone(d.Numbers)
	c.Connects = maps.Clone(d.Connects)
	c.Groups = maps.Clone(d.Groups)
	c.Attributes = maps.Clone(d.Attributes)
	c.Templates = maps.Clone(d.Templates)
	c.Prompts = maps.Clone(d.Prompts)
	c.Tokens = maps.Clone(d.Tokens)
	c.Zones = maps.Clone(d.Zones)
	return &c
}

// Decide says which events a command about the instance or its directory leads to. ok is false when the command is about
// something else. err is a *center.Refused, and then there are no events. ids yields the identities that the step may
// use, each time another one.
//
// A caller that has contacts must refuse, before it asks here, what open contacts forbid: deleting a queue in which
// contacts wait, or a user whose desk is not empty.
func (d *Directory) Decide(s center.Stamp, ids func() string, cmd center.Command) (events []center.Event, ok bool, err error) {
	q := request{Directory: d, stamp: s, ids: ids}
	if c, isFirst := cmd.(center.CreateInstance); isFirst {
		events, err = q.createInstance(c)
		return events, true, err
	}
	decide := q.about(cmd)
	if decide == nil {
		return nil, false, nil
	}
	if d.Instance.ID == "" {
		return nil, true, notFound(center.KindInstance, "")
	}
	if d.Deleted {
		return nil, true, &center.Refused{Reason: center.Deleted, Kind: center.KindInstance, ID: string(d.Instance.ID)}
	}
	events, err = decide()
	return events, true, err
}

// request is one command being decided.
type request struct {
	*Directory
	stamp center.Stamp
	ids   func() string
}

// about returns what decides a command, or nil when it is not about the directory.
func (q *request) about(cmd center.Command) func() ([]center.Event, error) {
	switch c := cmd.(type) {
	case center.SetInstanceAttribute:
		return func() ([]center.Event, error) { return q.setInstanceAttribute(c) }
	case center.DeleteInstance:
		return func() ([]center.Event, error) { return []center.Event{center.InstanceDeleted{}}, nil }
	case center.AssociateStorage:
		return func() ([]center.Event, error) { return q.associateStorage(c) }
	case center.UpdateStorage:
		return func() ([]center.Event, error) { return q.updateStorage(c) }
	case center.DisassociateStorage:
		return func() ([]center.Event, error) { return q.disassociateStorage(c) }
	case center.CreateAgentStatus:
		return func() ([]center.Event, error) { return q.createStatus(c) }
	case center.UpdateAgentStatus:
		return func() ([]center.Event, error) { return q.updateStatus(c) }
	case center.CreateHours:
		return func() ([]center.Event, error) { return q.createHours(c) }
	case center.UpdateHours:
		return func() ([]center.Event, error) { return q.updateHours(c) }
	case center.DeleteHours:
		return func() ([]center.Event, error) { return q.deleteHours(c) }
	case center.CreateQueue:
		return func() ([]center.Event, error) { return q.createQueue(c) }
	case center.UpdateQueue:
		return func() ([]center.Event, error) { return q.updateQueue(c) }
	case center.DeleteQueue:
		return func() ([]center.Event, error) { return q.deleteQueue(c) }
	case center.CreateRoutingProfile:
		return func() ([]center.Event, error) { return q.createProfile(c) }
	case center.UpdateRoutingProfile:
		return func() ([]center.Event, error) { return q.updateProfile(c) }
	case center.ChangeRoutingProfileQueues:
		return func() ([]center.Event, error) { return q.changeProfileQueues(c) }
	case center.DeleteRoutingProfile:
		return func() ([]center.Event, error) { return q.deleteProfile(c) }
	case center.CreateUser:
		return func() ([]center.Event, error) { return q.createUser(c) }
	case center.UpdateUser:
		return func() ([]center.Event, error) { return q.updateUser(c) }
	case center.DeleteUser:
		return func() ([]center.Event, error) { return q.deleteUser(c) }
	case center.CreateFlow:
		return func() ([]center.Event, error) { return q.createFlow(c) }
	case center.UpdateFlowContent:
		return func() ([]center.Event, error) { return q.updateFlowContent(c) }
	case center.UpdateFlow:
		return func() ([]center.Event, error) { return q.updateFlow(c) }
	case center.DeleteFlow:
		return func() ([]center.Event, error) { return q.deleteFlow(c) }
	case center.AssociateFunction:
		return func() ([]center.Event, error) { return q.associateFunction(c) }
	case center.DisassociateFunction:
		return func() ([]center.Event, error) { return q.disassociateFunction(c) }
	case center.ClaimPhoneNumber:
		return func() ([]center.Event, error) { return q.claimNumber(c) }
	case center.SetPhoneNumberFlow:
		return func() ([]center.Event, error) { return q.setNumberFlow(c) }
	case center.UpdatePhoneNumber:
		return func() ([]center.Event, error) { return q.updateNumber(c) }
	case center.AdoptPhoneNumber:
		return func() ([]center.Event, error) { return q.adoptNumber(c) }
	case center.ReleasePhoneNumber:
		return func() ([]center.Event, error) { return q.releaseNumber(c) }
	case center.ChangeTags:
		return func() ([]center.Event, error) { return q.changeTags(c) }
	}
	return q.aboutMore(cmd)
}

// aboutMore is the rest of about: what can be left out of an instance without it ceasing to be one.
func (q *request) aboutMore(cmd center.Command) func() ([]center.Event, error) {
	switch c := cmd.(type) {
	case center.CreateHoursOverride:
		return func() ([]center.Event, error) { return q.createOverride(c) }
	case center.UpdateHoursOverride:
		return func() ([]center.Event, error) { return q.updateOverride(c) }
	case center.DeleteHoursOverride:
		return func() ([]center.Event, error) { return q.deleteOverride(c) }
	case center.ChangeQueueConnects:
		return func() ([]center.Event, error) { return q.changeQueueConnects(c) }
	case center.CreateQuickConnect:
		return func() ([]center.Event, error) { return q.createConnect(c) }
	case center.UpdateQuickConnect:
		return func() ([]center.Event, error) { return q.updateConnect(c) }
	case center.DeleteQuickConnect:
		return func() ([]center.Event, error) { return deleted(q.Connects, center.KindQuickConnect, c.ID) }
	case center.ChangeProficiencies:
		return func() ([]center.Event, error) { return q.changeProficiencies(c) }
	case center.SetHierarchy:
		return func() ([]center.Event, error) { return q.setHierarchy(c) }
	case center.CreateHierarchyGroup:
		return func() ([]center.Event, error) { return q.createGroup(c) }
	case center.RenameHierarchyGroup:
		return func() ([]center.Event, error) { return q.renameGroup(c) }
	case center.DeleteHierarchyGroup:
		return func() ([]center.Event, error) { return q.deleteGroup(c) }
	case center.CreateSecurityProfile:
		return func() ([]center.Event, error) { return q.createSecurity(c) }
	case center.UpdateSecurityProfile:
		return func() ([]center.Event, error) { return q.updateSecurity(c) }
	case center.DeleteSecurityProfile:
		return func() ([]center.Event, error) { return q.deleteSecurity(c) }
	case center.CreateAttribute:
		return func() ([]center.Event, error) { return q.createAttribute(c) }
	case center.UpdateAttribute:
		return func() ([]center.Event, error) { return q.updateAttribute(c) }
	case center.DeleteAttribute:
		return func() ([]center.Event, error) { return q.deleteAttribute(c) }
	case center.UpdatePrompt:
		return func() ([]center.Event, error) { return q.updatePrompt(c) }
	case center.DeletePrompt:
		return func() ([]center.Event, error) { return deleted(q.Prompts, center.KindPrompt, c.ID) }
	case center.CreateTaskTemplate:
		return func() ([]center.Event, error) { return q.createTemplate(c) }
	case center.UpdateTaskTemplate:
		return func() ([]center.Event, error) { return q.updateTemplate(c) }
	case center.DeleteTaskTemplate:
		return func() ([]center.Event, error) { return deleted(q.Templates, center.KindTaskTemplate, c.ID) }
	}
	return nil
}

// Sorted returns the resources of one of a Directory's maps, sorted by id.
func Sorted[K ~string, V any](m map[K]V) []V {
	out := make([]V, 0, len(m))
	for _, k := range slices.Sorted(maps.Keys(m)) {
		out = append(out, m[k])
	}
	return out
}
