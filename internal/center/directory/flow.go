package directory

import (
	"maps"
	"slices"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/flow/language"
)

// Values of flows.
const (
	flowActive    = "ACTIVE"
	flowPublished = "PUBLISHED"
	flowSaved     = "SAVED"
)

// flowNameMax is ours: the API model states no maximum.
const (
	flowNameMax        = 256 // characters
	flowDescriptionMax = 500 // characters
)

// createFlow makes a flow. A published one is checked: every block must be one that is honoured, and what it names must
// exist. One that is only saved is kept as it is, if it is a JSON document (documented: SAVED "does not initiate
// validation of the content"), and cannot run.
func (q *request) createFlow(c center.CreateFlow) ([]center.Event, error) {
	f := c.Flow
	f.ID, f.State, f.ModifiedAt = "", flowActive, q.stamp.At
	f.Tags = maps.Clone(f.Tags)
	if f.Status == "" {
		f.Status = flowPublished
	}
	if err := first(
		text("Name", f.Name, 1, flowNameMax),
		text("Description", f.Description, 0, flowDescriptionMax),
		unique(q.Flows, center.KindFlow, f.ID, f.Name, func(o center.Flow) string { return o.Name }),
		checkTags(f.Tags),
		q.checkFlow(f),
	); err != nil {
		return nil, err
	}
	if len(q.Flows) >= flowsMax {
		return nil, limit(center.KindFlow, flowsMax)
	}
	f.ID = center.FlowID(q.ids())
	return []center.Event{center.FlowSaved{Flow: f}}, nil
}

// updateFlow gives a flow other content and publishes it.
func (q *request) updateFlow(c center.UpdateFlowContent) ([]center.Event, error) {
	f, err := find(q.Flows, center.KindFlow, c.ID)
	if err != nil {
		return nil, err
	}
	f.Content, f.Status = c.Content, flowPublished
	if err := q.checkFlow(f); err != nil {
		return nil, err
	}
	f.ModifiedAt = q.stamp.At
	return []center.Event{center.FlowSaved{Flow: f}}, nil
}

func (q *request) checkFlow(f center.Flow) error {
	if !slices.Contains(language.Types(), f.Type) {
		return invalid("Type", "%q is not supported", f.Type)
	}
	switch f.Status {
	case flowSaved:
		return language.CheckSaved(f.Content)
	case flowPublished:
	default:
		return invalid("Status", "must be %s or %s", flowPublished, flowSaved)
	}
	doc, err := language.Parse(f.Type, f.Content)
	if err != nil {
		return err
	}
	for _, r := range doc.References() {
		if !q.exists(r.Kind, r.ID) {
			return invalid("Content", "action %q names %s %q, which does not exist", r.Action, r.Kind, r.ID)
		}
	}
	return nil
}

func (q *request) exists(k center.Kind, id string) bool {
	var ok bool
	switch k {
	case center.KindQueue:
		_, ok = q.Queues[center.QueueID(id)]
	case center.KindHours:
		_, ok = q.Hours[center.HoursID(id)]
	case center.KindUser:
		_, ok = q.Users[center.AgentID(id)]
	}
	return ok
}
