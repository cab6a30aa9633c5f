package directory

import (
	"maps"
	"slices"

	"github.com/hookswitch/hookswitch/internal/center"
)

func (q *request) createConnect(c center.CreateQuickConnect) ([]center.Event, error) {
	v := c.Connect
	v.ID, v.Tags = "", maps.Clone(v.Tags)
	if err := checkTags(v.Tags); err != nil {
		return nil, err
	}
	if len(q.Connects) >= connectsMax {
		return nil, limit(center.KindQuickConnect, connectsMax)
	}
	return q.saveConnect(v)
}

func (q *request) updateConnect(c center.UpdateQuickConnect) ([]center.Event, error) {
	v, err := find(q.Connects, center.KindQuickConnect, c.ID)
	if err != nil {
		return nil, err
	}
	set(&v.Name, c.Name)
	set(&v.Description, c.Description)
	if t := c.Target; t != nil {
		v.Type, v.User, v.Queue, v.Number, v.Flow = t.Type, t.User, t.Queue, t.Number, t.Flow
	}
	return q.saveConnect(v)
}

// saveConnect holds a quick connect against the rules and saves it, under a new identity if it has none.
func (q *request) saveConnect(v center.QuickConnect) ([]center.Event, error) {
	if err := first(
		text("Name", v.Name, 1, nameMax),
		text("Description", v.Description, 0, descriptionMax),
		unique(q.Connects, center.KindQuickConnect, v.ID, v.Name, func(o center.QuickConnect) string { return o.Name }),
	); err != nil {
		return nil, err
	}
	if err := q.checkTarget(v); err != nil {
		return nil, err
	}
	if v.ID == "" {
		v.ID = center.QuickConnectID(q.ids())
	}
	v.ModifiedAt = q.stamp.At
	return []center.Event{center.QuickConnectSaved{Connect: v}}, nil
}

// checkTarget holds where a quick connect leads to. The flow on the way to a user must be of the type Transfer to Agent,
// the one on the way to a queue Transfer to Queue (API model).
func (q *request) checkTarget(v center.QuickConnect) error {
	only := center.QuickConnect{Type: v.Type}
	var err error
	var flow string
	switch v.Type {
	case center.QuickConnectUser:
		only.User, flow = v.User, "AGENT_TRANSFER"
		_, err = find(q.Users, center.KindUser, v.User)
	case center.QuickConnectQueue:
		only.Queue, flow = v.Queue, "QUEUE_TRANSFER"
		_, err = q.standardQueue(v.Queue)
	case center.QuickConnectNumber:
		only.Number = v.Number
		if !isE164(v.Number) {
			err = invalid("PhoneNumber", "must be in E.164 format")
		}
	case center.QuickConnectFlow:
		flow = "CONTACT_FLOW"
	default:
		err = invalid("QuickConnectType", "%q is no type of quick connects", v.Type)
	}
	if err != nil {
		return err
	}
	if flow == "" && v.Flow != "" || only.User != v.User || only.Queue != v.Queue || only.Number != v.Number {
		return invalid("QuickConnectConfig", "must have the settings of the type %s and no others", v.Type)
	}
	if flow == "" {
		return nil
	}
	f, err := find(q.Flows, center.KindFlow, v.Flow)
	if err == nil && f.Type != flow {
		return invalid("ContactFlowId", "flow %s is a %s, not a %s", f.ID, f.Type, flow)
	}
	return err
}

func (q *request) changeQueueConnects(c center.ChangeQueueConnects) ([]center.Event, error) {
	v, err := q.standardQueue(c.ID)
	if err != nil {
		return nil, err
	}
	for _, id := range slices.Concat(c.Add, c.Remove) {
		if _, err := find(q.Connects, center.KindQuickConnect, id); err != nil {
			return nil, err
		}
	}
	left := slices.DeleteFunc(slices.Clone(v.Connects), func(id center.QuickConnectID) bool { return slices.Contains(c.Remove, id) })
	v.Connects = sortedConnects(append(left, c.Add...))
	v.ModifiedAt = q.stamp.At
	return []center.Event{center.QueueSaved{Queue: v}}, nil
}

// sortedConnects copies ids, each once; none are nil.
func sortedConnects(ids []center.QuickConnectID) []center.QuickConnectID {
	if len(ids) == 0 {
		return nil
	}
	return slices.Compact(slices.Sorted(slices.Values(ids)))
}
