package directory

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/hookswitch/hookswitch/internal/center"
)

// TestRandomCommandsKeepTheInvariants sends random commands, many of them wrong, and holds after each one: every
// reference resolves, names are unique, and the journal, encoded and decoded, makes the same directory.
func TestRandomCommandsKeepTheInvariants(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		k := newDesk(t)
		for range rapid.IntRange(1, 40).Draw(rt, "commands") {
			cmd := command(t, rt, k)
			if _, refused := k.do(t, cmd); refused != nil && refused.Reason == "" {
				rt.Fatalf("%T is refused for no reason", cmd)
			}
			for _, broken := range broken(k.Directory) {
				rt.Errorf("after %#v: %s", cmd, broken)
			}
		}
		replayed := New()
		for _, b := range k.journal {
			s, err := center.Decode(b)
			if err != nil {
				rt.Fatal(err)
			}
			for _, e := range s.Events {
				replayed.Apply(s.Stamp.At, e)
			}
		}
		if diff := cmp.Diff(k.Directory, replayed); diff != "" {
			rt.Errorf("the journal makes another directory (-lived +replayed):\n%s", diff)
		}
		var restored Directory
		if err := json.Unmarshal([]byte(dump(t, k.Directory)), &restored); err != nil {
			rt.Fatal(err)
		}
		if diff := cmp.Diff(k.Directory, &restored); diff != "" {
			rt.Errorf("the checkpoint makes another directory (-lived +restored):\n%s", diff)
		}
	})
}

// someID draws the id of a resource, now and then one that does not exist.
func someID[K ~string, V any](rt *rapid.T, m map[K]V) K {
	keys := []K{"none"}
	for id := range m {
		keys = append(keys, id)
	}
	return rapid.SampledFrom(sortedKeys(keys)).Draw(rt, "id")
}

func sortedKeys[K ~string](keys []K) []K {
	m := map[K]K{}
	for _, k := range keys {
		m[k] = k
	}
	return Sorted(m)
}

// someOverride draws an override, and now and then one that does not exist, or not there.
func someOverride(rt *rapid.T, k *desk) (center.HoursID, center.HoursOverrideID) {
	h := someID(rt, k.Hours)
	all := append(slices.Clone(k.Hours[h].Overrides), center.HoursOverride{ID: "none"})
	return h, rapid.SampledFrom(all).Draw(rt, "override").ID
}

func command(t *testing.T, rt *rapid.T, k *desk) center.Command {
	name := rapid.SampledFrom([]string{"a", "b", "c", nameBasicQueue, nameAvailable, ""}).Draw(rt, "name")
	user := func() center.User {
		return center.User{
			Username: name, FirstName: "F", LastName: "L", RoutingProfile: someID(rt, k.Profiles),
			SecurityProfiles: []center.SecurityProfileID{someID(rt, k.Security)},
		}
	}
	configs := func() []center.QueueConfig {
		return rapid.SliceOfN(rapid.Custom(func(rt *rapid.T) center.QueueConfig {
			return center.QueueConfig{
				Queue: someID(rt, k.Queues), Channel: rapid.SampledFrom([]center.Channel{center.Voice, center.Chat, center.Task}).Draw(rt, "channel"),
				Priority: rapid.IntRange(0, 100).Draw(rt, "priority"), Delay: rapid.IntRange(0, 9).Draw(rt, "delay"),
			}
		}), 0, 3).Draw(rt, "queues")
	}
	phone := fmt.Sprintf("+1202555010%d", rapid.IntRange(0, 3).Draw(rt, "number"))
	flowContent := Sorted(k.Flows)[0].Content
	stream := center.StorageConfig{Type: typeStream, StreamARN: "arn:aws:kinesis:us-east-1:111122223333:stream/" + name}
	options := []func() center.Command{
		func() center.Command {
			return center.SetInstanceAttribute{Type: "INBOUND_CALLS", Value: rapid.SampledFrom([]string{"true", "x"}).Draw(rt, "value")}
		},
		func() center.Command { return center.AssociateStorage{Resource: center.AgentEvents, Config: stream} },
		func() center.Command {
			return center.DisassociateStorage{Resource: center.AgentEvents, ID: k.Associations[center.AgentEvents].ID}
		},
		func() center.Command {
			return center.CreateAgentStatus{Status: center.AgentStatus{Name: name, State: center.Enabled}}
		},
		func() center.Command { return center.UpdateAgentStatus{ID: someID(rt, k.Statuses), Name: &name} },
		func() center.Command { return center.CreateHours{Hours: center.Hours{Name: name, TimeZone: "UTC"}} },
		func() center.Command { return center.UpdateHours{ID: someID(rt, k.Hours), Name: &name} },
		func() center.Command { return center.DeleteHours{ID: someID(rt, k.Hours)} },
		func() center.Command {
			return center.CreateQueue{Queue: center.Queue{Name: name, Hours: someID(rt, k.Hours)}}
		},
		func() center.Command {
			return center.UpdateQueue{ID: someID(rt, k.Queues), Hours: ptr(someID(rt, k.Hours)), Outbound: &center.OutboundCaller{Number: someID(rt, k.Numbers), Flow: someID(rt, k.Flows)}}
		},
		func() center.Command { return center.DeleteQueue{ID: someID(rt, k.Queues)} },
		func() center.Command {
			return center.CreateRoutingProfile{Profile: center.RoutingProfile{
				Name: name, Description: "d", DefaultOutbound: someID(rt, k.Queues), Queues: configs(),
				Concurrency: []center.Concurrency{{Channel: center.Voice, Slots: rapid.IntRange(0, 2).Draw(rt, "slots")}},
			}}
		},
		func() center.Command {
			return center.UpdateRoutingProfile{ID: someID(rt, k.Profiles), DefaultOutbound: ptr(someID(rt, k.Queues))}
		},
		func() center.Command {
			return center.ChangeRoutingProfileQueues{ID: someID(rt, k.Profiles), Add: configs(), Change: configs(), Remove: configs()}
		},
		func() center.Command { return center.DeleteRoutingProfile{ID: someID(rt, k.Profiles)} },
		func() center.Command { return center.CreateUser{User: user()} },
		func() center.Command {
			u := user()
			return center.UpdateUser{ID: someID(rt, k.Users), RoutingProfile: &u.RoutingProfile, SecurityProfiles: &u.SecurityProfiles}
		},
		func() center.Command { return center.DeleteUser{ID: someID(rt, k.Users)} },
		func() center.Command {
			return center.CreateFlow{Flow: center.Flow{Name: name, Type: rapid.SampledFrom([]string{"CONTACT_FLOW", "AGENT_HOLD"}).Draw(rt, "type"), Content: flowContent}}
		},
		func() center.Command { return center.UpdateFlowContent{ID: someID(rt, k.Flows), Content: flowContent} },
		func() center.Command {
			n := number(phone)
			n.Flow = someID(rt, k.Flows)
			return center.ClaimPhoneNumber{Number: n, ClientToken: name}
		},
		func() center.Command {
			return center.SetPhoneNumberFlow{ID: someID(rt, k.Numbers), Flow: someID(rt, k.Flows)}
		},
		func() center.Command { return center.UpdatePhoneNumber{ID: someID(rt, k.Numbers), Description: &name} },
		func() center.Command {
			n := number(phone)
			n.ID, n.Flow, n.Moves = someID(rt, k.Numbers), someID(rt, k.Flows), rapid.IntRange(0, 3).Draw(rt, "moves")
			return center.AdoptPhoneNumber{Number: n}
		},
		func() center.Command { return center.ReleasePhoneNumber{ID: someID(rt, k.Numbers)} },
		func() center.Command {
			return center.CreateHoursOverride{Hours: someID(rt, k.Hours), Override: center.HoursOverride{Name: name, From: "2026-03-01", Till: "2026-03-09", Slots: []center.HoursSlot{{EndHour: 9}}}}
		},
		func() center.Command {
			h, id := someOverride(rt, k)
			return center.UpdateHoursOverride{Hours: h, ID: id, Name: &name, Type: ptr(rapid.SampledFrom([]string{center.OverrideOpen, center.OverrideClosed, "x"}).Draw(rt, "type"))}
		},
		func() center.Command {
			h, id := someOverride(rt, k)
			return center.DeleteHoursOverride{Hours: h, ID: id}
		},
		func() center.Command {
			return center.CreateQuickConnect{Connect: center.QuickConnect{Name: name, Type: center.QuickConnectQueue, Queue: someID(rt, k.Queues), Flow: k.flow(t, "QUEUE_TRANSFER").ID}}
		},
		func() center.Command {
			return center.UpdateQuickConnect{ID: someID(rt, k.Connects), Target: &center.QuickConnect{Type: center.QuickConnectFlow, Flow: someID(rt, k.Flows)}}
		},
		func() center.Command { return center.DeleteQuickConnect{ID: someID(rt, k.Connects)} },
		func() center.Command {
			return center.ChangeQueueConnects{ID: someID(rt, k.Queues), Add: []center.QuickConnectID{someID(rt, k.Connects)}, Remove: []center.QuickConnectID{someID(rt, k.Connects)}}
		},
		func() center.Command {
			return center.SetHierarchy{Names: rapid.SliceOfN(rapid.SampledFrom([]string{"L1", "L2", "L3", "L4", "L5", "L6"}), 0, 6).Draw(rt, "levels")}
		},
		func() center.Command {
			parent := center.HierarchyGroupID("")
			if len(k.Groups) > 0 {
				parent = someID(rt, k.Groups)
			}
			return center.CreateHierarchyGroup{Group: center.HierarchyGroup{Name: name, Parent: parent}}
		},
		func() center.Command { return center.RenameHierarchyGroup{ID: someID(rt, k.Groups), Name: name} },
		func() center.Command { return center.DeleteHierarchyGroup{ID: someID(rt, k.Groups)} },
		func() center.Command {
			return center.UpdateUser{ID: someID(rt, k.Users), Group: ptr(someID(rt, k.Groups))}
		},
		func() center.Command {
			return center.CreateAttribute{Attribute: center.PredefinedAttribute{Name: name, Values: []string{"x", "y"}}}
		},
		func() center.Command {
			return center.UpdateAttribute{Name: name, Values: ptr(rapid.SliceOfN(rapid.SampledFrom([]string{"x", "y", "z"}), 0, 3).Draw(rt, "values"))}
		},
		func() center.Command { return center.DeleteAttribute{Name: name} },
		func() center.Command {
			some := func() []center.Proficiency {
				return rapid.SliceOfN(rapid.Custom(func(rt *rapid.T) center.Proficiency {
					return center.Proficiency{Attribute: rapid.SampledFrom([]string{"a", "b"}).Draw(rt, "attribute"), Value: rapid.SampledFrom([]string{"x", "y", "z"}).Draw(rt, "value"), Level: rapid.Float64Range(0.5, 5).Draw(rt, "level")}
				}), 0, 2).Draw(rt, "proficiencies")
			}
			return center.ChangeProficiencies{User: someID(rt, k.Users), Add: some(), Change: some(), Remove: some()}
		},
		func() center.Command {
			return center.CreateSecurityProfile{Profile: center.SecurityProfile{Name: name, Permissions: []string{"BasicAgentAccess"}}}
		},
		func() center.Command {
			return center.UpdateSecurityProfile{ID: someID(rt, k.Security), Permissions: &[]string{name}}
		},
		func() center.Command { return center.DeleteSecurityProfile{ID: someID(rt, k.Security)} },
		func() center.Command { return center.UpdatePrompt{ID: someID(rt, k.Prompts), Name: &name} },
		func() center.Command { return center.DeletePrompt{ID: someID(rt, k.Prompts)} },
		func() center.Command {
			return center.CreateTaskTemplate{Template: center.TaskTemplate{Name: name, Flow: someID(rt, k.Flows), Fields: []center.TaskField{{Name: "n", Type: "NAME"}}}}
		},
		func() center.Command {
			return center.UpdateTaskTemplate{Template: center.TaskTemplate{ID: someID(rt, k.Templates), Name: name, Fields: []center.TaskField{{Name: "n", Type: "NAME"}, {Name: "s", Type: "SINGLE_SELECT", Options: []string{name}}}}}
		},
		func() center.Command { return center.DeleteTaskTemplate{ID: someID(rt, k.Templates)} },
		func() center.Command {
			return center.ChangeTags{Kind: center.KindQueue, ID: string(someID(rt, k.Queues)), Set: map[string]string{name: "v"}}
		},
	}
	return rapid.SampledFrom(options).Draw(rt, "command")()
}

// broken names the invariants that do not hold.
func broken(d *Directory) []string {
	var out []string
	report := func(ok bool, format string, args ...any) {
		if !ok {
			out = append(out, fmt.Sprintf(format, args...))
		}
	}
	standard := func(id center.QueueID) bool { q, ok := d.Queues[id]; return ok && q.Agent == "" }
	for id, q := range d.Queues {
		if q.Agent != "" {
			_, ok := d.Users[q.Agent]
			report(ok && string(id) == string(q.Agent), "queue %s is of no agent", id)
			continue
		}
		_, ok := d.Hours[q.Hours]
		report(ok, "queue %s has no hours", id)
		if q.Outbound.Number != "" {
			_, ok = d.Numbers[q.Outbound.Number]
			report(ok, "queue %s has no such number", id)
		}
		if q.Outbound.Flow != "" {
			report(d.Flows[q.Outbound.Flow].Type == "OUTBOUND_WHISPER", "queue %s has no such whisper", id)
		}
	}
	for id, p := range d.Profiles {
		report(standard(p.DefaultOutbound), "routing profile %s has no outbound queue", id)
		for _, c := range p.Queues {
			report(standard(c.Queue), "routing profile %s serves queue %s, which does not exist", id, c.Queue)
		}
	}
	for id, u := range d.Users {
		_, ok := d.Profiles[u.RoutingProfile]
		report(ok, "user %s has no routing profile", id)
		report(len(u.SecurityProfiles) > 0, "user %s has no security profile", id)
		for _, s := range u.SecurityProfiles {
			_, ok := d.Security[s]
			report(ok, "user %s has no such security profile", id)
		}
		_, ok = d.Queues[center.QueueID(id)]
		report(ok, "user %s has no queue", id)
		report(u.Group == "" || d.Groups[u.Group].ID != "", "user %s is in no such group", id)
		for _, p := range u.Proficiencies {
			report(slices.Contains(d.Attributes[p.Attribute].Values, p.Value), "user %s has a proficiency in %q of %q", id, p.Value, p.Attribute)
		}
	}
	for id, g := range d.Groups {
		path := d.HierarchyPath(id)
		report(len(path) == g.Level && g.Level <= len(d.Levels), "group %s of level %d has the path %v", id, g.Level, path)
		for i, above := range path {
			report(above.Level == i+1, "group %s is below %s", id, above.ID)
		}
	}
	for id, c := range d.Connects {
		report(c.Queue == "" || standard(c.Queue), "quick connect %s leads to no queue", id)
	}
	for id, q := range d.Queues {
		report(slices.IsSorted(q.Connects) && len(slices.Compact(slices.Clone(q.Connects))) == len(q.Connects), "queue %s has quick connects %v", id, q.Connects)
		for _, c := range q.Connects {
			report(d.Connects[c].ID != "", "queue %s has quick connect %s, which does not exist", id, c)
		}
	}
	for id, v := range d.Templates {
		report(v.Flow == "" || d.Flows[v.Flow].Type == "CONTACT_FLOW", "task template %s has no such flow", id)
	}
	for id, n := range d.Numbers {
		report(n.Flow == "" || d.Flows[n.Flow].Type == "CONTACT_FLOW", "number %s has no such flow", id)
	}
	report(len(d.Statuses) >= 2 && d.builtIn(center.Routable).Name == nameAvailable && d.builtIn(center.Offline).Name == nameOffline, "a status is gone")
	twice := func(kind string, names []string) {
		seen := map[string]bool{}
		for _, n := range names {
			report(!seen[n], "two of %s are called %q", kind, n)
			seen[n] = true
		}
	}
	twice("statuses", namesOf(d.Statuses, func(v center.AgentStatus) string { return v.Name }))
	twice("hours", namesOf(d.Hours, func(v center.Hours) string { return v.Name }))
	twice("queues", namesOf(d.Queues, func(v center.Queue) string { return v.Name + string(v.Agent) }))
	twice("routing profiles", namesOf(d.Profiles, func(v center.RoutingProfile) string { return v.Name }))
	twice("users", namesOf(d.Users, func(v center.User) string { return v.Username }))
	twice("flows", namesOf(d.Flows, func(v center.Flow) string { return v.Name }))
	twice("quick connects", namesOf(d.Connects, func(v center.QuickConnect) string { return v.Name }))
	twice("prompts", namesOf(d.Prompts, func(v center.Prompt) string { return v.Name }))
	twice("groups", namesOf(d.Groups, func(v center.HierarchyGroup) string { return string(v.Parent) + v.Name }))
	twice("security profiles", namesOf(d.Security, func(v center.SecurityProfile) string { return v.Name }))
	twice("task templates", namesOf(d.Templates, func(v center.TaskTemplate) string { return v.Name }))
	for id, h := range d.Hours {
		twice("overrides of "+string(id), mapped(h.Overrides, func(o center.HoursOverride) string { return o.Name }))
	}
	twice("numbers", namesOf(d.Numbers, func(v center.PhoneNumber) string { return v.Number }))
	return out
}

func mapped[T, R any](list []T, f func(T) R) []R {
	var out []R
	for _, v := range list {
		out = append(out, f(v))
	}
	return out
}

func namesOf[K ~string, V any](m map[K]V, name func(V) string) []string {
	var out []string
	for _, v := range m {
		out = append(out, name(v))
	}
	return out
}

func TestCloneSharesNothingThatApplyChanges(t *testing.T) {
	k := newDesk(t)
	before := dump(t, k.Directory)
	c := k.Clone()
	for _, cmd := range []center.Command{
		center.CreateQueue{Queue: k.queue(t, "q")}, center.CreateUser{User: k.user(t, "ann")},
		center.ClaimPhoneNumber{Number: number("+12025550100"), ClientToken: "t"}, center.SetInstanceAttribute{Type: "INBOUND_CALLS", Value: "false"},
		center.ChangeTags{Kind: center.KindInstance, ID: string(k.Instance.ID), Set: map[string]string{"a": "b"}}, center.DeleteInstance{},
	} {
		k.must(t, cmd)
	}
	if dump(t, c) != before {
		t.Error("the clone changed with the original")
	}
}

func TestWhatACommandHoldsIsNotShared(t *testing.T) {
	k := newDesk(t)
	q := k.queue(t, "q")
	q.Tags = map[string]string{"a": "1"}
	p := k.profile(t, "p")
	p.Queues = []center.QueueConfig{{Queue: k.basicQueue(t).ID, Channel: center.Voice, Priority: 1}}
	k.must(t, center.CreateQueue{Queue: q})
	k.must(t, center.CreateRoutingProfile{Profile: p})
	before := dump(t, k.Directory)
	q.Tags["a"], p.Queues[0].Priority, p.Concurrency[0].Slots = "2", 9, 9
	if dump(t, k.Directory) != before {
		t.Error("the directory changed with the command")
	}
}
