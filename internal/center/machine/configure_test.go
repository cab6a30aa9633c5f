package machine

import (
	"fmt"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hookswitch/hookswitch/internal/center"
)

// TestAgentsShowTheirGroupsAndProficiencies: what changes either reaches the desktops of those whom it concerns, and no
// others, and a contact keeps the groups that its agent was in.
func TestAgentsShowTheirGroupsAndProficiencies(t *testing.T) {
	w := smallCenter(t, 2)
	a := w.agent("agent0")
	configured := func(cmd center.Command) (out []center.AgentConfigured) {
		t.Helper()
		step, err := w.do(cmd)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range step.Events {
			if e, ok := e.(center.AgentConfigured); ok {
				out = append(out, e)
			}
		}
		return out
	}
	expect := func(cmd center.Command, want string) {
		t.Helper()
		got := configured(cmd)
		if len(got) != 1 || got[0].Agent != a || fmt.Sprint(got[0].Config.Hierarchy, got[0].Config.Proficiencies) != want {
			t.Errorf("%T: %+v, want %s", cmd, got, want)
		}
	}
	configured(center.SetHierarchy{Names: []string{"Site"}})
	configured(center.CreateHierarchyGroup{Group: center.HierarchyGroup{Name: "Berlin"}})
	var group center.HierarchyGroupID
	for id := range w.m.State().Directory.Groups {
		group = id
	}
	expect(center.UpdateUser{ID: a, Group: &group}, fmt.Sprintf("[{%s Berlin}] []", group))
	configured(center.CreateAttribute{Attribute: center.PredefinedAttribute{Name: "language", Values: []string{"French"}}})
	expect(center.ChangeProficiencies{User: a, Add: []center.Proficiency{{Attribute: "language", Value: "French", Level: 4}}}, fmt.Sprintf("[{%s Berlin}] [{language French 4}]", group))

	w.must(center.StartInboundCall{Customer: "+14255550100", Dialled: "+18005550199"})
	id := center.ContactID("")
	for contact, c := range w.m.State().Contacts {
		if c.Offer == nil || c.Offer.Agent != a {
			t.Fatal("the call rings at the other agent")
		}
		id = contact
	}
	w.must(center.AcceptContact{Contact: id, Agent: a})
	expect(center.RenameHierarchyGroup{ID: group, Name: "Hamburg"}, fmt.Sprintf("[{%s Hamburg}] [{language French 4}]", group))
	if got := fmt.Sprint(w.m.State().Contacts[id].Agent.Hierarchy); got != fmt.Sprintf("[{%s Berlin}]", group) {
		t.Errorf("the contact has %s", got)
	}
	w.checkRecovery(t)
}

// checkShown holds that every agent's desktop shows what the directory says, once nothing is due any more.
func (w *world) checkShown(t interface{ Errorf(string, ...any) }) {
	for id, a := range w.m.State().Agents {
		if want, ok := w.m.State().Directory.AgentConfig(id); ok && !reflect.DeepEqual(a.Config, want) {
			t.Errorf("agent %s shows another configuration (-shown +is):\n%s", id, cmp.Diff(a.Config, want))
		}
	}
}
