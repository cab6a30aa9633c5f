package directory

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/hookswitch/hookswitch/internal/center"
)

func TestQuickConnectRules(t *testing.T) {
	create := func(change func(*testing.T, *desk, *center.QuickConnect)) func(*testing.T, *desk) center.Command {
		return func(t *testing.T, k *desk) center.Command {
			c := center.QuickConnect{Name: "c", Type: center.QuickConnectQueue, Queue: k.basicQueue(t).ID, Flow: k.flow(t, "QUEUE_TRANSFER").ID}
			change(t, k, &c)
			return center.CreateQuickConnect{Connect: c}
		}
	}
	plain := create(func(*testing.T, *desk, *center.QuickConnect) {})
	check(t, []rule{
		{"to a queue", plain, want{}},
		{"no name", create(func(_ *testing.T, _ *desk, c *center.QuickConnect) { c.Name = "" }), bad("Name")},
		{"a long description", create(func(_ *testing.T, _ *desk, c *center.QuickConnect) { c.Description = strings.Repeat("x", 251) }), bad("Description")},
		{"a name twice", func(t *testing.T, k *desk) center.Command { k.must(t, plain(t, k)); return plain(t, k) }, taken(center.KindQuickConnect, "Name")},
		{"no such queue", create(func(_ *testing.T, _ *desk, c *center.QuickConnect) { c.Queue = "none" }), missing(center.KindQueue)},
		{"an agent's queue", create(func(t *testing.T, k *desk, c *center.QuickConnect) {
			k.must(t, center.CreateUser{User: k.user(t, "ann")})
			c.Queue = center.QueueID(only(t, k.Users, func(center.User) bool { return true }).ID)
		}), missing(center.KindQueue)},
		{"no such user", create(func(t *testing.T, k *desk, c *center.QuickConnect) {
			c.Type, c.Queue, c.User = center.QuickConnectUser, "", "none"
		}), missing(center.KindUser)},
		{"no flow", create(func(_ *testing.T, _ *desk, c *center.QuickConnect) { c.Flow = "" }), missing(center.KindFlow)},
		{"a flow of another type", create(func(t *testing.T, k *desk, c *center.QuickConnect) { c.Flow = k.flow(t, "AGENT_HOLD").ID }), bad("ContactFlowId")},
		{"a number besides", create(func(_ *testing.T, _ *desk, c *center.QuickConnect) { c.Number = "+12025550100" }), bad("QuickConnectConfig")},
		{"a number with a flow", create(func(_ *testing.T, _ *desk, c *center.QuickConnect) {
			c.Type, c.Queue, c.Number = center.QuickConnectNumber, "", "+12025550100"
		}), bad("QuickConnectConfig")},
		{"no number", create(func(_ *testing.T, _ *desk, c *center.QuickConnect) { c.Type = center.QuickConnectNumber }), bad("PhoneNumber")},
		{"no type", create(func(_ *testing.T, _ *desk, c *center.QuickConnect) { c.Type = "x" }), bad("QuickConnectType")},
		{"a tag that is none", create(func(_ *testing.T, _ *desk, c *center.QuickConnect) { c.Tags = map[string]string{"aws:x": ""} }), bad("Tags")},
		{"none to update", func(*testing.T, *desk) center.Command { return center.UpdateQuickConnect{ID: "none"} }, missing(center.KindQuickConnect)},
		{"none to delete", func(*testing.T, *desk) center.Command { return center.DeleteQuickConnect{ID: "none"} }, missing(center.KindQuickConnect)},
		{"a queue with none such", func(t *testing.T, k *desk) center.Command {
			return center.CreateQueue{Queue: center.Queue{Name: "q", Hours: k.basicHours(t).ID, Connects: []center.QuickConnectID{"none"}}}
		}, missing(center.KindQuickConnect)},
		{"a queue that is led to", func(t *testing.T, k *desk) center.Command {
			k.must(t, plain(t, k))
			return center.DeleteQueue{ID: k.basicQueue(t).ID}
		}, want{reason: center.InUse, kind: center.KindQueue}},
	})
}

// TestAGroupsNameReachesItsAgents: agents show the groups above theirs, so a new name of any of them concerns them.
func TestAGroupsNameReachesItsAgents(t *testing.T) {
	k := newDesk(t)
	k.must(t, center.SetHierarchy{Names: []string{"Site", "Team"}})
	group := func(name string, parent center.HierarchyGroupID) center.HierarchyGroupID {
		k.must(t, center.CreateHierarchyGroup{Group: center.HierarchyGroup{Name: name, Parent: parent}})
		return only(t, k.Groups, func(g center.HierarchyGroup) bool { return g.Name == name }).ID
	}
	site := group("Berlin", "")
	team := group("Night", site)
	ann := k.user(t, "ann")
	ann.Group = team
	k.must(t, center.CreateUser{User: ann})
	k.must(t, center.CreateUser{User: k.user(t, "bob")})
	id := only(t, k.Users, func(u center.User) bool { return u.Username == "ann" }).ID
	for _, e := range k.must(t, center.RenameHierarchyGroup{ID: site, Name: "Hamburg"}) {
		if got := k.Affected(e); len(got) != 1 || got[0] != id {
			t.Errorf("affected: %v", got)
		}
	}
	c, _ := k.AgentConfig(id)
	if got := fmt.Sprint(c.Hierarchy); got != fmt.Sprintf("[{%s Hamburg} {%s Night}]", site, team) {
		t.Errorf("shown: %s", got)
	}
}

func TestSettingRules(t *testing.T) {
	skilled := func(p ...center.Proficiency) func(*testing.T, *desk) center.Command {
		return func(t *testing.T, k *desk) center.Command {
			k.must(t, center.CreateAttribute{Attribute: center.PredefinedAttribute{Name: "a", Values: []string{"x", "y"}}})
			k.must(t, center.CreateUser{User: k.user(t, "ann")})
			return center.ChangeProficiencies{User: only(t, k.Users, func(center.User) bool { return true }).ID, Add: p}
		}
	}
	template := func(change func(*center.TaskTemplate)) func(*testing.T, *desk) center.Command {
		return func(*testing.T, *desk) center.Command {
			v := center.TaskTemplate{Name: "t", Fields: []center.TaskField{{Name: "n", Type: "NAME"}}}
			change(&v)
			return center.CreateTaskTemplate{Template: v}
		}
	}
	field := func(f center.TaskField) func(*testing.T, *desk) center.Command {
		return template(func(v *center.TaskTemplate) { v.Fields = append(v.Fields, f) })
	}
	attribute := func(a center.PredefinedAttribute) func(*testing.T, *desk) center.Command {
		return func(*testing.T, *desk) center.Command { return center.CreateAttribute{Attribute: a} }
	}
	security := func(p center.SecurityProfile) func(*testing.T, *desk) center.Command {
		return func(*testing.T, *desk) center.Command { return center.CreateSecurityProfile{Profile: p} }
	}
	levels := func(n int) func(*testing.T, *desk) center.Command {
		return func(*testing.T, *desk) center.Command {
			return center.SetHierarchy{Names: distinct(n)}
		}
	}
	check(t, []rule{
		{"five levels", levels(5), want{}},
		{"six levels", levels(6), bad("HierarchyStructure")},
		{"a level without a name", func(*testing.T, *desk) center.Command { return center.SetHierarchy{Names: []string{""}} }, bad("Name")},
		{"no such parent", func(*testing.T, *desk) center.Command {
			return center.CreateHierarchyGroup{Group: center.HierarchyGroup{Name: "g", Parent: "none"}}
		}, missing(center.KindHierarchyGroup)},

		{"a level of 5", skilled(center.Proficiency{Attribute: "a", Value: "x", Level: 5}), want{}},
		{"more than 5", skilled(center.Proficiency{Attribute: "a", Value: "x", Level: 5.1}), bad("Level")},
		{"less than 1", skilled(center.Proficiency{Attribute: "a", Value: "x", Level: 0.9}), bad("Level")},
		{"no number", skilled(center.Proficiency{Attribute: "a", Value: "x", Level: math.NaN()}), bad("Level")},
		{"twice", skilled(center.Proficiency{Attribute: "a", Value: "x", Level: 1}, center.Proficiency{Attribute: "a", Value: "x", Level: 2}), bad("UserProficiencies")},
		{"no such attribute", skilled(center.Proficiency{Attribute: "b", Value: "x", Level: 1}), missing(center.KindAttribute)},
		{"no such value", skilled(center.Proficiency{Attribute: "a", Value: "z", Level: 1}), bad("AttributeValue")},

		{"an attribute of AWS's", attribute(center.PredefinedAttribute{Name: "connect:x"}), bad("Name")},
		{"a value twice", attribute(center.PredefinedAttribute{Name: "a", Values: []string{"x", "x"}}), bad("StringList")},
		{"an empty value", attribute(center.PredefinedAttribute{Name: "a", Values: []string{""}}), bad("StringList")},
		{"too many purposes", attribute(center.PredefinedAttribute{Name: "a", Purposes: strings.Split("abcdefghijk", "")}), bad("Purposes")},

		{"a name with a sign", security(center.SecurityProfile{Name: "a!"}), bad("SecurityProfileName")},
		{"a name with another letter", security(center.SecurityProfile{Name: "ä"}), bad("SecurityProfileName")},
		{"a permission twice", security(center.SecurityProfile{Name: "a", Permissions: []string{"p", "p"}}), bad("Permissions")},

		{"too many values", attribute(center.PredefinedAttribute{Name: "a", Values: distinct(attrValuesMax + 1)}), bad("StringList")},
		{"too many permissions", security(center.SecurityProfile{Name: "a", Permissions: distinct(permissionsMax + 1)}), bad("Permissions")},
		{"too many options", field(center.TaskField{Name: "m", Type: "SINGLE_SELECT", Options: distinct(optionsMax + 1)}), bad("SingleSelectOptions")},
		{"no fields", template(func(v *center.TaskTemplate) { v.Fields = nil }), bad("Fields")},
		{"no such status", template(func(v *center.TaskTemplate) { v.Status = "x" }), bad("Status")},
		{"no such flow", template(func(v *center.TaskTemplate) { v.Flow = "none" }), missing(center.KindFlow)},
		{"two names", field(center.TaskField{Name: "m", Type: "NAME"}), bad("Fields")},
		{"a type that is not supported", field(center.TaskField{Name: "m", Type: "SELF_ASSIGN"}), bad("Fields.Type")},
		{"no options", field(center.TaskField{Name: "m", Type: "SINGLE_SELECT"}), bad("SingleSelectOptions")},
		{"options of a text", field(center.TaskField{Name: "m", Type: "TEXT", Options: []string{"a"}}), bad("SingleSelectOptions")},
		{"an option", field(center.TaskField{Name: "m", Type: "SINGLE_SELECT", Options: []string{"a"}, Default: ptr("a")}), want{}},
		{"a number", field(center.TaskField{Name: "m", Type: "NUMBER", Default: ptr("-1.5e3")}), want{}},
		{"not a number", field(center.TaskField{Name: "m", Type: "NUMBER", Default: ptr("NaN")}), bad("DefaultValue")},
		{"a date", field(center.TaskField{Name: "m", Type: "DATE_TIME", Default: ptr("2026-03-02T09:00:00Z")}), want{}},
		{"not a date", field(center.TaskField{Name: "m", Type: "DATE_TIME", Default: ptr("Monday")}), bad("DefaultValue")},
		{"an address", field(center.TaskField{Name: "m", Type: "URL", Default: ptr("https://example.com/a")}), want{}},
		{"not an address", field(center.TaskField{Name: "m", Type: "URL", Default: ptr("example")}), bad("DefaultValue")},
		{"not an e-mail address", field(center.TaskField{Name: "m", Type: "EMAIL", Default: ptr("example")}), bad("DefaultValue")},
		{"neither true nor false", field(center.TaskField{Name: "m", Type: "BOOLEAN", Default: ptr("yes")}), bad("DefaultValue")},
		{"a default that is empty", field(center.TaskField{Name: "m", Type: "BOOLEAN", Default: ptr("")}), want{}},
		{"a long default", field(center.TaskField{Name: "m", Type: "TEXT", Default: ptr(strings.Repeat("x", fieldValueMax+1))}), bad("DefaultValue")},
	})
}

func distinct(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprint(i)
	}
	return out
}

func TestLimitOfProficiencies(t *testing.T) {
	k := newDesk(t)
	k.must(t, center.CreateUser{User: k.user(t, "ann")})
	id := only(t, k.Users, func(center.User) bool { return true }).ID
	values := distinct(proficienciesMax + 1)
	k.must(t, center.CreateAttribute{Attribute: center.PredefinedAttribute{Name: "a", Values: values}})
	for i, v := range values {
		_, r := k.do(t, center.ChangeProficiencies{User: id, Add: []center.Proficiency{{Attribute: "a", Value: v, Level: 1}}})
		if i < proficienciesMax && r != nil || i == proficienciesMax && got(r) != bad("UserProficiencies") {
			t.Errorf("%d: %v", i, r)
		}
	}
}

func TestLimitOfATemplatesFields(t *testing.T) {
	k := newDesk(t)
	v := center.TaskTemplate{Name: "t", Fields: []center.TaskField{{Name: "n", Type: "NAME"}}}
	for i := range fieldsMax - 1 {
		v.Fields = append(v.Fields, center.TaskField{Name: fmt.Sprint(i), Type: "TEXT"})
	}
	k.must(t, center.CreateTaskTemplate{Template: v})
	v.Name, v.Fields = "u", append(v.Fields, center.TaskField{Name: "more", Type: "TEXT"})
	if _, r := k.do(t, center.CreateTaskTemplate{Template: v}); got(r) != bad("Fields") {
		t.Errorf("one more: %v", r)
	}
}
