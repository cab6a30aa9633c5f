package directory

import (
	"strings"
	"testing"

	"github.com/hookswitch/hookswitch/internal/center"
)

func TestAgentStatusRules(t *testing.T) {
	create := func(s center.AgentStatus) func(*testing.T, *desk) center.Command {
		return func(*testing.T, *desk) center.Command { return center.CreateAgentStatus{Status: s} }
	}
	update := func(name string, u center.UpdateAgentStatus) func(*testing.T, *desk) center.Command {
		return func(t *testing.T, k *desk) center.Command {
			k.must(t, center.CreateAgentStatus{Status: center.AgentStatus{Name: "Lunch", State: center.Enabled}})
			u.ID = k.status(t, name).ID
			return u
		}
	}
	check(t, []rule{
		{"plain", create(center.AgentStatus{Name: "Lunch", State: center.Enabled, DisplayOrder: 50}), want{}},
		{"no name", create(center.AgentStatus{State: center.Enabled}), bad("Name")},
		{"name of 127", create(center.AgentStatus{Name: strings.Repeat("é", 127), State: center.Enabled}), want{}},
		{"name of 128", create(center.AgentStatus{Name: strings.Repeat("a", 128), State: center.Enabled}), bad("Name")},
		{"name that is no text", create(center.AgentStatus{Name: "\xff", State: center.Enabled}), bad("Name")},
		{"name of another", create(center.AgentStatus{Name: nameAvailable, State: center.Enabled}), taken(center.KindAgentStatus, "Name")},
		{"description of 251", create(center.AgentStatus{Name: "n", Description: strings.Repeat("a", 251), State: center.Enabled}), bad("Description")},
		{"no state", create(center.AgentStatus{Name: "n"}), bad("State")},
		{"order 51", create(center.AgentStatus{Name: "n", State: center.Enabled, DisplayOrder: 51}), bad("DisplayOrder")},
		{"tag of AWS", create(center.AgentStatus{Name: "n", State: center.Enabled, Tags: map[string]string{"aws:x": ""}}), bad("Tags")},
		{"unknown", func(*testing.T, *desk) center.Command { return center.UpdateAgentStatus{ID: "x"} }, missing(center.KindAgentStatus)},
		{"rename", update("Lunch", center.UpdateAgentStatus{Name: ptr("Dinner")}), want{}},
		{"rename to its own name", update("Lunch", center.UpdateAgentStatus{Name: ptr("Lunch")}), want{}},
		{"rename to another's", update("Lunch", center.UpdateAgentStatus{Name: ptr(nameOffline)}), taken(center.KindAgentStatus, "Name")},
		{"disable", update("Lunch", center.UpdateAgentStatus{State: ptr(center.Disabled)}), want{}},
		{"order 0", update("Lunch", center.UpdateAgentStatus{DisplayOrder: ptr(0)}), bad("DisplayOrder")},
		{"rename Available", update(nameAvailable, center.UpdateAgentStatus{Name: ptr("Ready")}), bad("Name")},
		{"disable Offline", update(nameOffline, center.UpdateAgentStatus{State: ptr(center.Disabled)}), bad("State")},
		{"describe Available", update(nameAvailable, center.UpdateAgentStatus{Description: ptr("ready")}), want{}},
	})
}

func TestAgentStatusOrderCanBeReset(t *testing.T) {
	k := newDesk(t)
	k.must(t, center.CreateAgentStatus{Status: center.AgentStatus{Name: "Lunch", State: center.Enabled, DisplayOrder: 7, Type: center.Routable}})
	s := k.status(t, "Lunch")
	if s.Type != center.Custom {
		t.Errorf("type %s: created statuses are CUSTOM", s.Type)
	}
	k.must(t, center.UpdateAgentStatus{ID: s.ID, ResetOrder: true})
	if s = k.status(t, "Lunch"); s.DisplayOrder != 0 || s.ModifiedAt != k.at {
		t.Errorf("%+v", s)
	}
}
