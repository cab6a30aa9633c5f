package directory

import (
	"maps"
	"slices"
	"strings"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/flow/language"
)

// FlowPublished is the Status of a flow that runs; the others are values of flows as well.
const (
	FlowPublished = "PUBLISHED"
	flowSaved     = "SAVED"
	flowActive    = "ACTIVE"
	flowArchived  = "ARCHIVED"
)

// flowNameMax is ours: the API model states no maximum.
const (
	flowNameMax        = 256 // characters
	flowDescriptionMax = 500 // characters
)

// createFlow makes a flow or a module. A published one is checked: every block must be one that is honoured, and what it
// names must exist. One that is only saved is kept as it is, if it is a JSON document (documented: SAVED "does not initiate
// validation of the content"), and cannot run.
func (q *request) createFlow(c center.CreateFlow) ([]center.Event, error) {
	f := c.Flow
	f.ID, f.State, f.ModifiedAt, f.Draft, f.Default = "", flowActive, q.stamp.At, "", false
	f.Tags = maps.Clone(f.Tags)
	if f.Status == "" {
		f.Status = FlowPublished
	}
	if err := first(q.checkFlowText(f), checkTags(f.Tags), q.checkFlow(f)); err != nil {
		return nil, err
	}
	if all, kind := q.flowsOf(f.Type == center.TypeModule); len(all) >= flowsMax {
		return nil, limit(kind, flowsMax)
	}
	f.ID = center.FlowID(q.ids())
	return []center.Event{center.FlowSaved{Flow: f}}, nil
}

// flowsOf returns the flows, or the modules.
func (q *request) flowsOf(modules bool) (map[center.FlowID]center.Flow, center.Kind) {
	if modules {
		return q.Modules, center.KindModule
	}
	return q.Flows, center.KindFlow
}

func (q *request) findFlow(id center.FlowID, module bool) (center.Flow, error) {
	all, kind := q.flowsOf(module)
	return find(all, kind, id)
}

func (q *request) checkFlowText(f center.Flow) error {
	all, kind := q.flowsOf(f.Type == center.TypeModule)
	return first(
		text("Name", f.Name, 1, flowNameMax),
		text("Description", f.Description, 0, flowDescriptionMax),
		unique(all, kind, f.ID, f.Name, func(o center.Flow) string { return o.Name }),
	)
}

// updateFlowContent gives a flow other content and publishes it, or keeps it beside what is published. Contacts that are in
// the flow go on in what they began.
func (q *request) updateFlowContent(c center.UpdateFlowContent) ([]center.Event, error) {
	f, err := q.findFlow(c.ID, c.Module)
	if err != nil {
		return nil, err
	}
	if c.Draft {
		if err := language.CheckSaved(c.Content); err != nil {
			return nil, err
		}
		if f.Draft = c.Content; f.Status == flowSaved {
			f.Content, f.Draft = c.Content, ""
		}
	} else {
		f.Content, f.Status, f.Draft = c.Content, FlowPublished, ""
		if err := q.checkFlow(f); err != nil {
			return nil, err
		}
	}
	f.ModifiedAt = q.stamp.At
	return []center.Event{center.FlowSaved{Flow: f}}, nil
}

// updateFlow changes what a flow is called, or archives it. Archived flows still run where they are set (documented: they
// are only hidden), but nothing new can begin with them.
func (q *request) updateFlow(c center.UpdateFlow) ([]center.Event, error) {
	f, err := q.findFlow(c.ID, c.Module)
	if err != nil {
		return nil, err
	}
	set(&f.Name, c.Name)
	set(&f.Description, c.Description)
	set(&f.State, c.State)
	if f.State != flowActive && f.State != flowArchived {
		return nil, invalid("ContactFlowState", "must be %s or %s", flowActive, flowArchived)
	}
	if f.Default && f.State == flowArchived {
		return nil, invalid("ContactFlowState", "a default flow cannot be archived")
	}
	if err := q.checkFlowText(f); err != nil {
		return nil, err
	}
	f.ModifiedAt = q.stamp.At
	return []center.Event{center.FlowSaved{Flow: f}}, nil
}

// deleteFlow refuses a flow that something else runs.
func (q *request) deleteFlow(c center.DeleteFlow) ([]center.Event, error) {
	f, err := q.findFlow(c.ID, c.Module)
	if err != nil {
		return nil, err
	}
	_, kind := q.flowsOf(c.Module)
	if user := q.userOfFlow(f, kind); user != "" {
		return nil, inUse(kind, c.ID, "%s", user)
	}
	return []center.Event{center.ResourceDeleted{Kind: kind, ID: string(c.ID)}}, nil
}

// userOfFlow says what uses a flow, or "".
func (q *request) userOfFlow(f center.Flow, kind center.Kind) string {
	if f.Default || q.DefaultFlows()[f.Type] == f.ID {
		return "it is the default flow of its type"
	}
	for _, n := range Sorted(q.Numbers) {
		if n.Flow == f.ID {
			return "phone number " + string(n.ID) + " runs it"
		}
	}
	for _, v := range Sorted(q.Queues) {
		if v.Outbound.Flow == f.ID {
			return "queue " + string(v.ID) + " runs it"
		}
	}
	for _, v := range Sorted(q.Connects) {
		if v.Flow == f.ID {
			return "quick connect " + string(v.ID) + " runs it"
		}
	}
	for _, v := range Sorted(q.Templates) {
		if v.Flow == f.ID {
			return "task template " + string(v.ID) + " runs it"
		}
	}
	for _, other := range slices.Concat(Sorted(q.Flows), Sorted(q.Modules)) {
		if other.ID != f.ID && other.Status == FlowPublished && leadsTo(other, kind, f.ID) {
			return "flow " + string(other.ID) + " leads to it"
		}
	}
	return ""
}

// leadsTo reports whether a flow names another.
func leadsTo(f center.Flow, kind center.Kind, id center.FlowID) bool {
	if !strings.Contains(f.Content, string(id)) {
		return false
	}
	doc := language.Decode(f.Content)
	return doc != nil && slices.ContainsFunc(doc.References(), func(r language.Reference) bool { return r.Kind == kind && r.ID == string(id) })
}

func (q *request) checkFlow(f center.Flow) error {
	if !slices.Contains(language.Types(), f.Type) && f.Type != center.TypeModule {
		return invalid("Type", "%q is not supported", f.Type)
	}
	switch f.Status {
	case flowSaved:
		return language.CheckSaved(f.Content)
	case FlowPublished:
	default:
		return invalid("Status", "must be %s or %s", FlowPublished, flowSaved)
	}
	doc, err := language.Parse(f.Type, f.Content)
	if err != nil {
		return err
	}
	for _, r := range doc.References() {
		if f.ID != "" && r.ID == string(f.ID) { // a flow may lead to its own beginning
			continue
		}
		if wrong := q.missing(r); wrong != "" {
			return invalid("Content", "action %q names %s %q, which %s", r.Action, r.Kind, r.ID, wrong)
		}
	}
	return nil
}

// missing says what is wrong with what a flow names, or "".
func (q *request) missing(r language.Reference) string {
	var ok bool
	switch r.Kind {
	case center.KindQueue:
		_, ok = q.Queues[center.QueueID(r.ID)]
	case center.KindHours:
		_, ok = q.Hours[center.HoursID(r.ID)]
	case center.KindUser:
		_, ok = q.Users[center.AgentID(r.ID)]
	case center.KindFlow, center.KindModule:
		var f center.Flow
		all, _ := q.flowsOf(r.Kind == center.KindModule)
		if f, ok = all[center.FlowID(r.ID)]; ok && r.Type != "" && f.Type != r.Type {
			return "is a flow of type " + f.Type + ", not " + r.Type
		}
	}
	if !ok {
		return "does not exist"
	}
	return ""
}

// DefaultFlows returns the flows by type that run when a contact has set no other: those that came with the instance.
// Journals that are older than the mark know them by their names.
func (d *Directory) DefaultFlows() map[string]center.FlowID {
	out := map[string]center.FlowID{}
	for _, f := range Sorted(d.Flows) {
		if f.Default {
			out[f.Type] = f.ID
		}
	}
	for _, f := range Sorted(d.Flows) {
		for _, known := range defaultFlows("") {
			if out[f.Type] == "" && isDefault(known) && f.Name == known.Name && f.Type == known.Type {
				out[f.Type] = f.ID
			}
		}
	}
	return out
}
