package directory

import (
	"strings"
	"testing"

	"github.com/hookswitch/hookswitch/internal/center"
)

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
