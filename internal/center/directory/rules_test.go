package directory

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/hookswitch/hookswitch/internal/center"
)

// rule is one case: a command on a directory that prepare has filled.
type rule struct {
	name string
	cmd  func(t *testing.T, k *desk) center.Command
	want want
}

func check(t *testing.T, rules []rule) {
	t.Helper()
	for _, r := range rules {
		t.Run(r.name, func(t *testing.T) {
			k := newDesk(t)
			_, refused := k.do(t, r.cmd(t, k))
			if w := got(refused); w != r.want {
				t.Errorf("got %v (%v), want %v", w, refused, r.want)
			}
		})
	}
}

func TestInstanceRules(t *testing.T) {
	create := func(change func(*center.Instance)) func(*testing.T, *desk) center.Command {
		return func(t *testing.T, k *desk) center.Command {
			k.Directory = New()
			i := testInstance()
			change(&i)
			return center.CreateInstance{Instance: i, Key: testKey}
		}
	}
	attribute := func(typ, value string) func(*testing.T, *desk) center.Command {
		return func(*testing.T, *desk) center.Command { return center.SetInstanceAttribute{Type: typ, Value: value} }
	}
	check(t, []rule{
		{"as it should be", create(func(*center.Instance) {}), want{}},
		{"twice", func(*testing.T, *desk) center.Command {
			return center.CreateInstance{Instance: testInstance(), Key: testKey}
		}, want{reason: center.Conflict, kind: center.KindInstance}},
		{"no id", create(func(i *center.Instance) { i.ID = "" }), bad("InstanceId")},
		{"the ARN of another", create(func(i *center.Instance) { i.ARN += "x" }), bad("InstanceArn")},
		{"no key", func(t *testing.T, k *desk) center.Command {
			k.Directory = New()
			return center.CreateInstance{Instance: testInstance()}
		}, bad("Key")},
		{"unknown identity management", create(func(i *center.Instance) { i.IdentityManagement = "NONE" }), bad("IdentityManagementType")},
		{"alias of 45", create(func(i *center.Instance) { i.Alias = strings.Repeat("a", 45) }), want{}},
		{"alias of 46", create(func(i *center.Instance) { i.Alias = strings.Repeat("a", 46) }), bad("InstanceAlias")},
		{"alias like a directory", create(func(i *center.Instance) { i.Alias = "d-1" }), bad("InstanceAlias")},
		{"alias with a hyphen at its end", create(func(i *center.Instance) { i.Alias = "a-" }), bad("InstanceAlias")},
		{"unknown attribute", create(func(i *center.Instance) { i.Attributes["X"] = "true" }), bad("AttributeType")},
		{"attribute not supported", create(func(i *center.Instance) { i.Attributes["HIGH_VOLUME_OUTBOUND"] = "true" }), bad("Value")},

		{"inbound calls off", attribute("INBOUND_CALLS", "false"), want{}},
		{"contact lens stays on", attribute("CONTACT_LENS", "true"), want{}},
		{"flow logs stay off", attribute("CONTACTFLOW_LOGS", "false"), want{}},
		{"flow logs on", attribute("CONTACTFLOW_LOGS", "true"), bad("Value")},
		{"conferences on", attribute("MULTI_PARTY_CONFERENCE", "true"), bad("Value")},
		{"neither true nor false", attribute("INBOUND_CALLS", "yes"), bad("Value")},
		{"no such attribute", attribute("LOUD", "true"), bad("AttributeType")},
	})
}

func TestNothingIsTakenBeforeAnInstanceExistsOrAfterItIsDeleted(t *testing.T) {
	k := &desk{Directory: New()}
	if _, r := k.do(t, center.DeleteInstance{}); got(r) != missing(center.KindInstance) {
		t.Errorf("before: %v", r)
	}
	k = newDesk(t)
	k.must(t, center.DeleteInstance{})
	if _, r := k.do(t, center.CreateQueue{Queue: k.queue(t, "q")}); r == nil || r.Reason != center.Deleted {
		t.Errorf("after: %v", r)
	}
}

func TestCommandsAboutOtherThingsAreLeftAlone(t *testing.T) {
	k := newDesk(t)
	for _, cmd := range []center.Command{center.Wake{}, center.LogIn{}, center.StopContact{}, center.StartTask{}} {
		if events, ok, err := k.Decide(center.Stamp{}, nil, cmd); ok || events != nil || err != nil {
			t.Errorf("Decide(%T) = %v, %v, %v", cmd, events, ok, err)
		}
	}
}

func TestStorageRules(t *testing.T) {
	const stream = "arn:aws:kinesis:us-east-1:111122223333:stream/records"
	associate := func(r center.ResourceType, c center.StorageConfig) func(*testing.T, *desk) center.Command {
		return func(*testing.T, *desk) center.Command { return center.AssociateStorage{Resource: r, Config: c} }
	}
	ok := center.StorageConfig{Type: typeStream, StreamARN: stream}
	with := func(change func(*center.StorageConfig)) center.StorageConfig { c := ok; change(&c); return c }
	rules := []rule{
		{"contact records to a stream", associate(center.ContactTraceRecords, ok), want{}},
		{"agent events to a stream", associate(center.AgentEvents, ok), want{}},
		{"contact records to a delivery stream", associate(center.ContactTraceRecords, center.StorageConfig{Type: typeDeliveryStream, FirehoseARN: "arn:aws:firehose:us-east-1:111122223333:deliverystream/d"}), bad("StorageType")},
		{"agent events to a delivery stream", associate(center.AgentEvents, center.StorageConfig{Type: typeDeliveryStream}), bad("StorageType")},
		{"contact records to S3", associate(center.ContactTraceRecords, center.StorageConfig{Type: typeS3, Bucket: "b"}), bad("StorageType")},
		{"agent events to video", associate(center.AgentEvents, center.StorageConfig{Type: typeVideoStream, Prefix: "p"}), bad("StorageType")},
		{"no storage type", associate(center.AgentEvents, center.StorageConfig{}), bad("StorageType")},
		{"no stream", associate(center.AgentEvents, center.StorageConfig{Type: typeStream}), bad("KinesisStreamConfig")},
		{"a bucket as well", associate(center.AgentEvents, with(func(c *center.StorageConfig) { c.Bucket = "b" })), bad("S3Config")},
		{"a delivery stream as well", associate(center.AgentEvents, with(func(c *center.StorageConfig) { c.FirehoseARN = "f" })), bad("KinesisFirehoseConfig")},
		{"a retention as well", associate(center.AgentEvents, with(func(c *center.StorageConfig) { c.RetentionHour = 1 })), bad("KinesisVideoStreamConfig")},
		{"a stream of another Region", associate(center.AgentEvents, with(func(c *center.StorageConfig) { c.StreamARN = strings.Replace(stream, "us-east-1", "eu-west-1", 1) })), bad("StreamArn")},
		{"a stream of another account", associate(center.AgentEvents, with(func(c *center.StorageConfig) { c.StreamARN = strings.Replace(stream, "1111", "9999", 1) })), bad("StreamArn")},
		{"not a stream", associate(center.AgentEvents, with(func(c *center.StorageConfig) { c.StreamARN = "records" })), bad("StreamArn")},
		{"unknown resource type", associate("TEA_LEAVES", ok), bad("ResourceType")},
		{"second association", func(t *testing.T, k *desk) center.Command {
			k.must(t, center.AssociateStorage{Resource: center.AgentEvents, Config: ok})
			return center.AssociateStorage{Resource: center.AgentEvents, Config: ok}
		}, want{reason: center.Conflict, field: "ResourceType", kind: center.KindAssociation}},
		{"update of none", func(t *testing.T, k *desk) center.Command {
			return center.UpdateStorage{ID: "x", Resource: center.AgentEvents, Config: ok}
		}, missing(center.KindAssociation)},
		{"update under another resource type", func(t *testing.T, k *desk) center.Command {
			k.must(t, center.AssociateStorage{Resource: center.AgentEvents, Config: ok})
			return center.UpdateStorage{ID: k.Associations[center.AgentEvents].ID, Resource: center.ContactTraceRecords, Config: ok}
		}, missing(center.KindAssociation)},
		{"update to what is not supported", func(t *testing.T, k *desk) center.Command {
			k.must(t, center.AssociateStorage{Resource: center.AgentEvents, Config: ok})
			return center.UpdateStorage{ID: k.Associations[center.AgentEvents].ID, Resource: center.AgentEvents, Config: center.StorageConfig{Type: typeS3}}
		}, bad("StorageType")},
		{"disassociate none", func(t *testing.T, k *desk) center.Command {
			return center.DisassociateStorage{ID: "x", Resource: center.AgentEvents}
		}, missing(center.KindAssociation)},
	}
	for _, r := range resourceTypes() {
		if r != center.ContactTraceRecords && r != center.AgentEvents {
			rules = append(rules, rule{string(r), associate(r, ok), bad("ResourceType")})
		}
	}
	check(t, rules)
}

func TestStorageAssociationKeepsItsIDUntilItIsDisassociated(t *testing.T) {
	k := newDesk(t)
	c := center.StorageConfig{Type: typeStream, StreamARN: "arn:aws:kinesis:us-east-1:111122223333:stream/a"}
	k.must(t, center.AssociateStorage{Resource: center.AgentEvents, Config: c})
	id := k.Associations[center.AgentEvents].ID
	if len(id) != 64 || strings.Trim(string(id), "0123456789abcdef") != "" {
		t.Errorf("id %q is not 64 hex digits", id)
	}
	c.StreamARN = "arn:aws:kinesis:us-east-1:111122223333:stream/b"
	k.must(t, center.UpdateStorage{ID: id, Resource: center.AgentEvents, Config: c})
	if a := k.Associations[center.AgentEvents]; a.ID != id || a.Target() != c.StreamARN {
		t.Errorf("after the update: %+v", a)
	}
	k.must(t, center.DisassociateStorage{ID: id, Resource: center.AgentEvents})
	k.must(t, center.AssociateStorage{Resource: center.AgentEvents, Config: c})
	if a := k.Associations[center.AgentEvents]; a.ID == id {
		t.Error("another association has the same id")
	}
}

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

func TestHoursRules(t *testing.T) {
	create := func(change func(*center.Hours)) func(*testing.T, *desk) center.Command {
		return func(*testing.T, *desk) center.Command {
			h := center.Hours{Name: "Days", TimeZone: "Europe/Berlin", Slots: []center.HoursSlot{{Day: "MONDAY", StartHour: 9, EndHour: 17}}}
			change(&h)
			return center.CreateHours{Hours: h}
		}
	}
	slot := func(s center.HoursSlot) func(*center.Hours) {
		return func(h *center.Hours) { h.Slots = []center.HoursSlot{s} }
	}
	check(t, []rule{
		{"plain", create(func(*center.Hours) {}), want{}},
		{"never open", create(func(h *center.Hours) { h.Slots = nil }), want{}},
		{"name of another", create(func(h *center.Hours) { h.Name = nameBasicHours }), taken(center.KindHours, "Name")},
		{"no time zone", create(func(h *center.Hours) { h.TimeZone = "" }), bad("TimeZone")},
		{"our own time zone", create(func(h *center.Hours) { h.TimeZone = "Local" }), bad("TimeZone")},
		{"no such time zone", create(func(h *center.Hours) { h.TimeZone = "Mars/Olympus" }), bad("TimeZone")},
		{"a file as time zone", create(func(h *center.Hours) { h.TimeZone = "../../../etc/passwd" }), bad("TimeZone")},
		{"100 slots", create(func(h *center.Hours) { h.Slots = slices.Repeat(h.Slots, hoursSlotsMax) }), want{}},
		{"101 slots", create(func(h *center.Hours) { h.Slots = slices.Repeat(h.Slots, hoursSlotsMax+1) }), bad("Config")},
		{"no day", create(slot(center.HoursSlot{EndHour: 1})), bad("Day")},
		{"hour 24", create(slot(center.HoursSlot{Day: "MONDAY", EndHour: 24})), bad("Hours")},
		{"minute 60", create(slot(center.HoursSlot{Day: "MONDAY", StartMinute: 60})), bad("Minutes")},
		{"negative", create(slot(center.HoursSlot{Day: "MONDAY", StartHour: -1})), bad("Hours")},
		{"update of none", func(*testing.T, *desk) center.Command { return center.UpdateHours{ID: "x"} }, missing(center.KindHours)},
		{"update", func(t *testing.T, k *desk) center.Command {
			return center.UpdateHours{ID: k.basicHours(t).ID, TimeZone: ptr("Asia/Tokyo"), Slots: &[]center.HoursSlot{}}
		}, want{}},
		{"delete none", func(*testing.T, *desk) center.Command { return center.DeleteHours{ID: "x"} }, missing(center.KindHours)},
		{"delete those of a queue", func(t *testing.T, k *desk) center.Command {
			return center.DeleteHours{ID: k.basicHours(t).ID}
		}, want{reason: center.InUse, kind: center.KindHours}},
		{"delete others", func(t *testing.T, k *desk) center.Command {
			k.must(t, center.CreateHours{Hours: center.Hours{Name: "Days", TimeZone: "UTC"}})
			return center.DeleteHours{ID: only(t, k.Hours, func(h center.Hours) bool { return h.Name == "Days" }).ID}
		}, want{}},
	})
}

func TestQueueRules(t *testing.T) {
	create := func(change func(*testing.T, *desk, *center.Queue)) func(*testing.T, *desk) center.Command {
		return func(t *testing.T, k *desk) center.Command {
			q := k.queue(t, "Sales")
			change(t, k, &q)
			return center.CreateQueue{Queue: q}
		}
	}
	check(t, []rule{
		{"plain", create(func(*testing.T, *desk, *center.Queue) {}), want{}},
		{"no name", create(func(_ *testing.T, _ *desk, q *center.Queue) { q.Name = "" }), bad("Name")},
		{"name of another", create(func(_ *testing.T, _ *desk, q *center.Queue) { q.Name = nameBasicQueue }), taken(center.KindQueue, "Name")},
		{"no hours", create(func(_ *testing.T, _ *desk, q *center.Queue) { q.Hours = "" }), missing(center.KindHours)},
		{"room for fewer than none", create(func(_ *testing.T, _ *desk, q *center.Queue) { q.MaxContacts = -1 }), bad("MaxContacts")},
		{"long caller name", create(func(_ *testing.T, _ *desk, q *center.Queue) { q.Outbound.CallerName = strings.Repeat("a", 256) }), bad("OutboundCallerIdName")},
		{"no such number", create(func(_ *testing.T, _ *desk, q *center.Queue) { q.Outbound.Number = "x" }), missing(center.KindPhoneNumber)},
		{"no such whisper", create(func(_ *testing.T, _ *desk, q *center.Queue) { q.Outbound.Flow = "x" }), missing(center.KindFlow)},
		{"a flow that is no whisper", create(func(t *testing.T, k *desk, q *center.Queue) { q.Outbound.Flow = k.flow(t, "CONTACT_FLOW").ID }), bad("OutboundFlowId")},
		{"a whisper", create(func(t *testing.T, k *desk, q *center.Queue) { q.Outbound.Flow = k.flow(t, "OUTBOUND_WHISPER").ID }), want{}},
		{"update of none", func(*testing.T, *desk) center.Command { return center.UpdateQueue{ID: "x"} }, missing(center.KindQueue)},
		{"disable", func(t *testing.T, k *desk) center.Command {
			return center.UpdateQueue{ID: k.basicQueue(t).ID, Status: ptr(center.Disabled)}
		}, want{}},
		{"other status", func(t *testing.T, k *desk) center.Command {
			return center.UpdateQueue{ID: k.basicQueue(t).ID, Status: ptr("ON")}
		}, bad("Status")},
		{"an agent's queue", func(t *testing.T, k *desk) center.Command {
			k.must(t, center.CreateUser{User: k.user(t, "ann")})
			return center.UpdateQueue{ID: only(t, k.Queues, func(q center.Queue) bool { return q.Agent != "" }).ID, Name: ptr("x")}
		}, missing(center.KindQueue)},
		{"delete one that a profile serves", func(t *testing.T, k *desk) center.Command {
			k.must(t, center.CreateQueue{Queue: k.queue(t, "Sales")})
			p := k.profile(t, "p")
			sales := only(t, k.Queues, func(q center.Queue) bool { return q.Name == "Sales" }).ID
			p.Queues = []center.QueueConfig{{Queue: sales, Channel: center.Voice, Priority: 1}}
			k.must(t, center.CreateRoutingProfile{Profile: p})
			return center.DeleteQueue{ID: sales}
		}, want{reason: center.InUse, kind: center.KindQueue}},
		{"delete one that a profile dials with", func(t *testing.T, k *desk) center.Command {
			p := k.basicProfile(t)
			k.must(t, center.ChangeRoutingProfileQueues{ID: p.ID, Remove: p.Queues})
			return center.DeleteQueue{ID: p.DefaultOutbound}
		}, want{reason: center.InUse, kind: center.KindQueue}},
		{"delete one of no use", func(t *testing.T, k *desk) center.Command {
			k.must(t, center.CreateQueue{Queue: k.queue(t, "Sales")})
			return center.DeleteQueue{ID: only(t, k.Queues, func(q center.Queue) bool { return q.Name == "Sales" }).ID}
		}, want{}},
	})
}

func TestRoutingProfileRules(t *testing.T) {
	create := func(change func(*testing.T, *desk, *center.RoutingProfile)) func(*testing.T, *desk) center.Command {
		return func(t *testing.T, k *desk) center.Command {
			p := k.profile(t, "p")
			change(t, k, &p)
			return center.CreateRoutingProfile{Profile: p}
		}
	}
	slots := func(c ...center.Concurrency) func(*testing.T, *desk) center.Command {
		return create(func(_ *testing.T, _ *desk, p *center.RoutingProfile) { p.Concurrency = c })
	}
	serve := func(change func(*center.QueueConfig)) func(*testing.T, *desk) center.Command {
		return create(func(t *testing.T, k *desk, p *center.RoutingProfile) {
			c := center.QueueConfig{Queue: k.basicQueue(t).ID, Channel: center.Voice, Priority: 1}
			change(&c)
			p.Queues = []center.QueueConfig{c}
		})
	}
	const anyChannel = routeAnyChannel
	check(t, []rule{
		{"plain", create(func(*testing.T, *desk, *center.RoutingProfile) {}), want{}},
		{"no description", create(func(_ *testing.T, _ *desk, p *center.RoutingProfile) { p.Description = "" }), bad("Description")},
		{"name of another", create(func(_ *testing.T, _ *desk, p *center.RoutingProfile) { p.Name = nameBasicProfile }), taken(center.KindRoutingProfile, "Name")},
		{"no outbound queue", create(func(_ *testing.T, _ *desk, p *center.RoutingProfile) { p.DefaultOutbound = "" }), missing(center.KindQueue)},
		{"by last inbound", create(func(_ *testing.T, _ *desk, p *center.RoutingProfile) { p.AvailabilityTimer = sinceLastInbound }), want{}},
		{"by another timer", create(func(_ *testing.T, _ *desk, p *center.RoutingProfile) { p.AvailabilityTimer = "x" }), bad("AgentAvailabilityTimer")},
		{"no channel", slots(), bad("MediaConcurrencies")},
		{"a channel twice", slots(center.Concurrency{Channel: center.Task, Slots: 1}, center.Concurrency{Channel: center.Task, Slots: 2}), bad("MediaConcurrencies")},
		{"e-mail", slots(center.Concurrency{Channel: "EMAIL", Slots: 1}), bad("Channel")},
		{"two calls", slots(center.Concurrency{Channel: center.Voice, Slots: 2}), bad("Concurrency")},
		{"no call", slots(center.Concurrency{Channel: center.Voice}), bad("Concurrency")},
		{"ten chats", slots(center.Concurrency{Channel: center.Chat, Slots: 10, CrossChannel: anyChannel}), want{}},
		{"eleven tasks", slots(center.Concurrency{Channel: center.Task, Slots: 11}), bad("Concurrency")},
		{"another behavior", slots(center.Concurrency{Channel: center.Task, Slots: 1, CrossChannel: "x"}), bad("BehaviorType")},
		{"serves a queue", serve(func(c *center.QueueConfig) { c.Priority, c.Delay = 99, 9999 }), want{}},
		{"serves a channel that it does not take", serve(func(c *center.QueueConfig) { c.Channel = center.Chat }), want{}},
		{"serves no queue", serve(func(c *center.QueueConfig) { c.Queue = "x" }), missing(center.KindQueue)},
		{"priority 0", serve(func(c *center.QueueConfig) { c.Priority = 0 }), bad("Priority")},
		{"priority 100", serve(func(c *center.QueueConfig) { c.Priority = 100 }), bad("Priority")},
		{"delay -1", serve(func(c *center.QueueConfig) { c.Delay = -1 }), bad("Delay")},
		{"delay 10000", serve(func(c *center.QueueConfig) { c.Delay = 10000 }), bad("Delay")},
		{"a queue twice", create(func(t *testing.T, k *desk, p *center.RoutingProfile) {
			c := center.QueueConfig{Queue: k.basicQueue(t).ID, Channel: center.Voice, Priority: 1}
			p.Queues = []center.QueueConfig{c, c}
		}), bad("QueueConfigs")},
		{"an agent's queue", func(t *testing.T, k *desk) center.Command {
			k.must(t, center.CreateUser{User: k.user(t, "ann")})
			p := k.profile(t, "p")
			p.DefaultOutbound = only(t, k.Queues, func(q center.Queue) bool { return q.Agent != "" }).ID
			return center.CreateRoutingProfile{Profile: p}
		}, missing(center.KindQueue)},
		{"update of none", func(*testing.T, *desk) center.Command { return center.UpdateRoutingProfile{ID: "x"} }, missing(center.KindRoutingProfile)},
		{"update", func(t *testing.T, k *desk) center.Command {
			return center.UpdateRoutingProfile{ID: k.basicProfile(t).ID, Concurrency: &[]center.Concurrency{{Channel: center.Task, Slots: 3}}}
		}, want{}},
		{"change what is not there", func(t *testing.T, k *desk) center.Command {
			k.must(t, center.CreateRoutingProfile{Profile: k.profile(t, "p")})
			p := only(t, k.Profiles, func(p center.RoutingProfile) bool { return p.Name == "p" })
			return center.ChangeRoutingProfileQueues{ID: p.ID, Change: []center.QueueConfig{{Queue: k.basicQueue(t).ID, Channel: center.Voice, Priority: 1}}}
		}, bad("QueueConfigs")},
		{"remove what is not there", func(t *testing.T, k *desk) center.Command {
			return center.ChangeRoutingProfileQueues{ID: k.basicProfile(t).ID, Remove: []center.QueueConfig{{Queue: "x", Channel: center.Voice}}}
		}, bad("QueueReferences")},
		{"add what is there", func(t *testing.T, k *desk) center.Command {
			return center.ChangeRoutingProfileQueues{ID: k.basicProfile(t).ID, Add: []center.QueueConfig{{Queue: k.basicQueue(t).ID, Channel: center.Voice, Priority: 9}}}
		}, want{}},
		{"delete one that a user has", func(t *testing.T, k *desk) center.Command {
			k.must(t, center.CreateUser{User: k.user(t, "ann")})
			return center.DeleteRoutingProfile{ID: k.basicProfile(t).ID}
		}, want{reason: center.InUse, kind: center.KindRoutingProfile}},
		{"delete one that no user has", func(t *testing.T, k *desk) center.Command {
			return center.DeleteRoutingProfile{ID: k.basicProfile(t).ID}
		}, want{}},
	})
}

func TestChangingQueuesOfAProfileIsAllOrNothing(t *testing.T) {
	k := newDesk(t)
	p, q := k.basicProfile(t), k.basicQueue(t).ID
	k.must(t, center.ChangeRoutingProfileQueues{
		ID: p.ID, Remove: []center.QueueConfig{{Queue: q, Channel: center.Chat}},
		Change: []center.QueueConfig{{Queue: q, Channel: center.Voice, Priority: 7, Delay: 8}},
	})
	want := []center.QueueConfig{{Queue: q, Channel: center.Voice, Priority: 7, Delay: 8}, {Queue: q, Channel: center.Task, Priority: 1}}
	if got := k.basicProfile(t).Queues; !slices.Equal(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	_, r := k.do(t, center.ChangeRoutingProfileQueues{ID: p.ID, Remove: want, Change: want[:1]})
	if r == nil || !slices.Equal(k.basicProfile(t).Queues, want) {
		t.Errorf("%v, then %+v", r, k.basicProfile(t).Queues)
	}
}

func TestUserRules(t *testing.T) {
	create := func(change func(*testing.T, *desk, *center.User)) func(*testing.T, *desk) center.Command {
		return func(t *testing.T, k *desk) center.Command {
			u := k.user(t, "ann")
			change(t, k, &u)
			return center.CreateUser{User: u}
		}
	}
	name := func(n string) func(*testing.T, *desk) center.Command {
		return create(func(_ *testing.T, _ *desk, u *center.User) { u.Username = n })
	}
	managed := func(change func(*center.User)) func(*testing.T, *desk) center.Command {
		return create(func(_ *testing.T, k *desk, u *center.User) {
			k.Instance.IdentityManagement = managedHere
			u.PasswordHash = "hash"
			change(u)
		})
	}
	phone := func(p center.PhoneConfig) func(*testing.T, *desk) center.Command {
		return create(func(_ *testing.T, _ *desk, u *center.User) { u.Phone = p })
	}
	check(t, []rule{
		{"plain", create(func(*testing.T, *desk, *center.User) {}), want{}},
		{"no name", name(""), bad("Username")},
		{"64 with SAML", name(strings.Repeat("a", 64)), want{}},
		{"65 with SAML", name(strings.Repeat("a", 65)), bad("Username")},
		{"21 without SAML", managed(func(u *center.User) { u.Username = strings.Repeat("a", 21) }), bad("Username")},
		{"a space", name("an n"), bad("Username")},
		{"an e-mail address", name("ann@example.com"), want{}},
		{"an @ for nothing", name("ann@example"), bad("Username")},
		{"name of another", func(t *testing.T, k *desk) center.Command {
			k.must(t, center.CreateUser{User: k.user(t, "ann")})
			return center.CreateUser{User: k.user(t, "ANN")}
		}, taken(center.KindUser, "Username")},
		{"no first name", create(func(_ *testing.T, _ *desk, u *center.User) { u.FirstName = "" }), bad("FirstName")},
		{"no last name", create(func(_ *testing.T, _ *desk, u *center.User) { u.LastName = "" }), bad("LastName")},
		{"no names in a directory", create(func(_ *testing.T, k *desk, u *center.User) {
			k.Instance.IdentityManagement = "EXISTING_DIRECTORY"
			u.FirstName, u.LastName = "", ""
		}), want{}},
		{"e-mail with SAML", create(func(_ *testing.T, _ *desk, u *center.User) { u.Email = "ann@example.com" }), bad("Email")},
		{"e-mail without SAML", managed(func(u *center.User) { u.Email = "ann@example.com" }), want{}},
		{"no e-mail address", managed(func(u *center.User) { u.Email = "ann@example.c0m" }), bad("Email")},
		{"no second e-mail address", managed(func(u *center.User) { u.SecondaryEmail = "ann" }), bad("SecondaryEmail")},
		{"no mobile number", create(func(_ *testing.T, _ *desk, u *center.User) { u.Mobile = "0123" }), bad("Mobile")},
		{"password with SAML", create(func(_ *testing.T, _ *desk, u *center.User) { u.PasswordHash = "x" }), bad("Password")},
		{"no password", managed(func(u *center.User) { u.PasswordHash = "" }), bad("Password")},
		{"no routing profile", create(func(_ *testing.T, _ *desk, u *center.User) { u.RoutingProfile = "" }), missing(center.KindRoutingProfile)},
		{"no security profile", create(func(_ *testing.T, _ *desk, u *center.User) { u.SecurityProfiles = nil }), bad("SecurityProfileIds")},
		{"security profile twice", create(func(_ *testing.T, _ *desk, u *center.User) {
			u.SecurityProfiles = slices.Repeat(u.SecurityProfiles, 2)
		}), bad("SecurityProfileIds")},
		{"eleven security profiles", create(func(_ *testing.T, _ *desk, u *center.User) {
			u.SecurityProfiles = slices.Repeat(u.SecurityProfiles, securityOfUser+1)
		}), bad("SecurityProfileIds")},
		{"unknown security profile", create(func(_ *testing.T, _ *desk, u *center.User) {
			u.SecurityProfiles = []center.SecurityProfileID{"x"}
		}), missing(center.KindSecurityProfile)},
		{"desk phone", phone(center.PhoneConfig{Type: deskPhone, DeskNumber: "+12025550100"}), bad("PhoneType")},
		{"no phone", phone(center.PhoneConfig{}), want{}},
		{"another phone", phone(center.PhoneConfig{Type: "FAX"}), bad("PhoneType")},
		{"desk number for later", phone(center.PhoneConfig{Type: softPhone, DeskNumber: "+12025550100"}), want{}},
		{"desk number that is none", phone(center.PhoneConfig{Type: softPhone, DeskNumber: "100"}), bad("DeskPhoneNumber")},
		{"longest after-contact work", phone(center.PhoneConfig{Type: softPhone, ACWLimit: acwMax}), want{}},
		{"longer after-contact work", phone(center.PhoneConfig{Type: softPhone, ACWLimit: acwMax + 1}), bad("AfterContactWorkTimeLimit")},
		{"update of none", func(*testing.T, *desk) center.Command { return center.UpdateUser{ID: "x"} }, missing(center.KindUser)},
		{"update to no routing profile", func(t *testing.T, k *desk) center.Command {
			k.must(t, center.CreateUser{User: k.user(t, "ann")})
			return center.UpdateUser{ID: Sorted(k.Users)[0].ID, RoutingProfile: ptr(center.RoutingProfileID("x"))}
		}, missing(center.KindRoutingProfile)},
		{"delete none", func(*testing.T, *desk) center.Command { return center.DeleteUser{ID: "x"} }, missing(center.KindUser)},
	})
}

func TestUserHasAQueueOfItsOwnForAsLongAsItLives(t *testing.T) {
	k := newDesk(t)
	k.must(t, center.CreateUser{User: k.user(t, "ann")})
	u := Sorted(k.Users)[0]
	q, ok := k.Queues[center.QueueID(u.ID)]
	if !ok || q.Agent != u.ID || q.Name != "" || q.Status != center.Enabled || q.Hours != "" {
		t.Errorf("queue of the user: %+v, %v", q, ok)
	}
	k.must(t, center.UpdateUser{ID: u.ID, Identity: &center.User{FirstName: "Anna", LastName: "Two", Username: "not changed"}})
	if n := k.Users[u.ID]; n.FirstName != "Anna" || n.LastName != "Two" || n.Username != "ann" {
		t.Errorf("after the update: %+v", n)
	}
	k.must(t, center.DeleteUser{ID: u.ID})
	if len(k.Users) != 0 || len(k.Queues) != 1 {
		t.Errorf("left: %v, %v", k.Users, k.Queues)
	}
}

func TestPhoneNumberRules(t *testing.T) {
	claim := func(n center.PhoneNumber) func(*testing.T, *desk) center.Command {
		return func(*testing.T, *desk) center.Command { return center.ClaimPhoneNumber{Number: n} }
	}
	with := func(change func(*center.PhoneNumber)) center.PhoneNumber {
		n := number("+12025550100")
		change(&n)
		return n
	}
	check(t, []rule{
		{"plain", claim(number("+12025550100")), want{}},
		{"longest", claim(number("+123456789012345")), want{}},
		{"too long", claim(number("+1234567890123456")), bad("PhoneNumber")},
		{"no plus", claim(number("12025550100")), bad("PhoneNumber")},
		{"begins with 0", claim(number("+0202555")), bad("PhoneNumber")},
		{"a letter", claim(number("+1202x")), bad("PhoneNumber")},
		{"no country", claim(with(func(n *center.PhoneNumber) { n.Country = "us" })), bad("PhoneNumberCountryCode")},
		{"no type", claim(with(func(n *center.PhoneNumber) { n.Type = "" })), bad("PhoneNumberType")},
		{"long description", claim(with(func(n *center.PhoneNumber) { n.Description = strings.Repeat("a", 501) })), bad("PhoneNumberDescription")},
		{"no such flow", claim(with(func(n *center.PhoneNumber) { n.Flow = "x" })), missing(center.KindFlow)},
		{"claimed already", func(t *testing.T, k *desk) center.Command {
			k.must(t, center.ClaimPhoneNumber{Number: number("+12025550100")})
			return center.ClaimPhoneNumber{Number: number("+12025550100")}
		}, taken(center.KindPhoneNumber, "PhoneNumber")},
		{"flow for none", func(*testing.T, *desk) center.Command { return center.SetPhoneNumberFlow{ID: "x"} }, missing(center.KindPhoneNumber)},
		{"a whisper as its flow", func(t *testing.T, k *desk) center.Command {
			k.must(t, center.ClaimPhoneNumber{Number: number("+12025550100")})
			return center.SetPhoneNumberFlow{ID: Sorted(k.Numbers)[0].ID, Flow: k.flow(t, "OUTBOUND_WHISPER").ID}
		}, bad("ContactFlowId")},
		{"its flow", func(t *testing.T, k *desk) center.Command {
			k.must(t, center.ClaimPhoneNumber{Number: number("+12025550100")})
			return center.SetPhoneNumberFlow{ID: Sorted(k.Numbers)[0].ID, Flow: k.flow(t, "CONTACT_FLOW").ID}
		}, want{}},
		{"release none", func(*testing.T, *desk) center.Command { return center.ReleasePhoneNumber{ID: "x"} }, missing(center.KindPhoneNumber)},
		{"release one that a queue calls out with", func(t *testing.T, k *desk) center.Command {
			k.must(t, center.ClaimPhoneNumber{Number: number("+12025550100")})
			id := Sorted(k.Numbers)[0].ID
			k.must(t, center.UpdateQueue{ID: k.basicQueue(t).ID, Outbound: &center.OutboundCaller{Number: id}})
			return center.ReleasePhoneNumber{ID: id}
		}, want{reason: center.InUse, kind: center.KindPhoneNumber}},
	})
}

func TestClientTokenRepeatsItsAnswerForItsLife(t *testing.T) {
	k := newDesk(t)
	k.must(t, center.ClaimPhoneNumber{Number: number("+12025550100"), ClientToken: "t"})
	id := Sorted(k.Numbers)[0].ID
	k.must(t, center.ReleasePhoneNumber{ID: id})
	again := center.ClaimPhoneNumber{Number: number("+12025550100"), ClientToken: "t"}
	if _, r := k.do(t, again); r == nil || r.Reason != center.Repeated || r.ID != string(id) {
		t.Errorf("the same: %v", r)
	}
	if _, r := k.do(t, center.ClaimPhoneNumber{Number: number("+12025550101"), ClientToken: "t"}); r == nil || r.Reason != center.Conflict || r.Field != "ClientToken" {
		t.Errorf("another number: %v", r)
	}
	k.at = k.at.Add(center.TokenLife)
	k.must(t, again)
	if len(k.Tokens) != 1 || k.Tokens["t"].ID == id {
		t.Errorf("tokens: %v", k.Tokens)
	}
}

func TestFlowRules(t *testing.T) {
	flow := func(change func(*center.Flow)) func(*testing.T, *desk) center.Command {
		return func(t *testing.T, k *desk) center.Command {
			f := center.Flow{Name: "f", Type: "CONTACT_FLOW", Content: k.flow(t, "CONTACT_FLOW").Content}
			change(&f)
			return center.CreateFlow{Flow: f}
		}
	}
	unknownQueue := `{"Version":"2019-10-30","StartAction":"a","Actions":[` +
		`{"Identifier":"a","Type":"UpdateContactTargetQueue","Parameters":{"QueueId":"x"},"Transitions":{"NextAction":"b"}},` +
		`{"Identifier":"b","Type":"DisconnectParticipant","Parameters":{},"Transitions":{}}]}`
	check(t, []rule{
		{"plain", flow(func(*center.Flow) {}), want{}},
		{"no name", flow(func(f *center.Flow) { f.Name = "" }), bad("Name")},
		{"name of another", flow(func(f *center.Flow) { f.Name = "Default outbound" }), taken(center.KindFlow, "Name")},
		{"campaign", flow(func(f *center.Flow) { f.Type = "CAMPAIGN" }), bad("Type")},
		{"other status", flow(func(f *center.Flow) { f.Status = "DRAFT" }), bad("Status")},
		{"no flow", flow(func(f *center.Flow) { f.Content = "{}" }), bad("Content")},
		{"a queue that does not exist", flow(func(f *center.Flow) { f.Content = unknownQueue }), bad("Content")},
		{"saved only", flow(func(f *center.Flow) { f.Content, f.Status = "{}", flowSaved }), want{}},
		{"saved only, but no JSON", flow(func(f *center.Flow) { f.Content, f.Status = "x", flowSaved }), bad("Content")},
		{"update of none", func(*testing.T, *desk) center.Command { return center.UpdateFlowContent{ID: "x"} }, missing(center.KindFlow)},
		{"update to no flow", func(t *testing.T, k *desk) center.Command {
			return center.UpdateFlowContent{ID: k.flow(t, "CONTACT_FLOW").ID, Content: "{}"}
		}, bad("Content")},
		{"update", func(t *testing.T, k *desk) center.Command {
			return center.UpdateFlowContent{ID: k.flow(t, "QUEUE_TRANSFER").ID, Content: k.flow(t, "CONTACT_FLOW").Content}
		}, want{}},
	})
}

func TestSavedFlowCannotAnswerANumberUntilItIsPublished(t *testing.T) {
	k := newDesk(t)
	k.must(t, center.CreateFlow{Flow: center.Flow{Name: "f", Type: "CONTACT_FLOW", Content: "{}", Status: flowSaved}})
	f := only(t, k.Flows, func(f center.Flow) bool { return f.Name == "f" })
	n := number("+12025550100")
	n.Flow = f.ID
	if _, r := k.do(t, center.ClaimPhoneNumber{Number: n}); got(r) != bad("ContactFlowId") {
		t.Errorf("saved: %v", r)
	}
	k.must(t, center.UpdateFlowContent{ID: f.ID, Content: only(t, k.Flows, func(f center.Flow) bool { return f.Type == "CONTACT_FLOW" && f.Status == flowPublished }).Content})
	k.must(t, center.ClaimPhoneNumber{Number: n})
}

func TestTagsOfEveryKind(t *testing.T) {
	k := newDesk(t)
	k.must(t, center.CreateUser{User: k.user(t, "ann")})
	k.must(t, center.ClaimPhoneNumber{Number: number("+12025550100")})
	user := Sorted(k.Users)[0].ID
	ids := map[center.Kind]string{
		center.KindInstance: string(k.Instance.ID), center.KindAgentStatus: string(k.status(t, nameOffline).ID), center.KindHours: string(k.basicHours(t).ID),
		center.KindQueue: string(k.basicQueue(t).ID), center.KindRoutingProfile: string(k.basicProfile(t).ID), center.KindUser: string(user),
		center.KindSecurityProfile: string(k.securityProfile(t, profileAgent).ID), center.KindFlow: string(k.flow(t, "CONTACT_FLOW").ID),
		center.KindPhoneNumber: string(Sorted(k.Numbers)[0].ID),
	}
	for kind, id := range ids {
		k.must(t, center.ChangeTags{Kind: kind, ID: id, Set: map[string]string{"a": "1", "b": "2"}})
		k.must(t, center.ChangeTags{Kind: kind, ID: id, Set: map[string]string{"a": "3"}, Remove: []string{"b", "none"}})
		q := request{Directory: k.Directory}
		if _, tags, err := q.tagged(kind, id); err != nil || !maps.Equal(tags, map[string]string{"a": "3"}) {
			t.Errorf("%s: %v, %v", kind, tags, err)
		}
		if _, r := k.do(t, center.ChangeTags{Kind: kind, ID: "x", Set: map[string]string{"a": "1"}}); got(r) != missing(kind) {
			t.Errorf("%s that does not exist: %v", kind, r)
		}
	}
	if _, r := k.do(t, center.ChangeTags{Kind: center.KindQueue, ID: string(user)}); got(r) != missing(center.KindQueue) {
		t.Errorf("an agent's queue: %v", r)
	}
	if _, r := k.do(t, center.ChangeTags{Kind: center.KindContact, ID: "x"}); got(r) != bad("resourceArn") {
		t.Errorf("a contact: %v", r)
	}
	for _, key := range []string{"", "aws:a", "a*", strings.Repeat("a", 129), "\xff"} {
		if err := checkTags(map[string]string{key: ""}); err == nil {
			t.Errorf("key %q is accepted", key)
		}
	}
	if err := checkTags(map[string]string{"k": strings.Repeat("v", 257)}); err == nil {
		t.Error("a value of 257 is accepted")
	}
	if err := checkTags(map[string]string{"Größe 1_.:/=+-@": ""}); err != nil {
		t.Error(err)
	}
}
