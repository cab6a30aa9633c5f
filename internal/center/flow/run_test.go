package flow

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
	"github.com/hookswitch/hookswitch/internal/center/lifecycle"
)

// monday is a Monday, 17:00 UTC.
var monday = time.Date(2026, 3, 2, 17, 0, 0, 0, time.UTC)

// world is an instance with the flow "f", queues sales (open), night (closed now), full (one contact at most) and off
// (disabled), and the agent ann.
func world(t testing.TB, content string) *directory.Directory {
	t.Helper()
	d := directory.New()
	for _, e := range []center.Event{
		center.InstanceSaved{Instance: center.Instance{ID: "i", ARN: "arn:aws:connect:us-east-1:111122223333:instance/i"}},
		center.HoursSaved{Hours: center.Hours{ID: "always", TimeZone: "UTC", Slots: []center.HoursSlot{{Day: "MONDAY"}}}},
		center.HoursSaved{Hours: center.Hours{ID: "never", TimeZone: "UTC"}},
		center.QueueSaved{Queue: center.Queue{ID: "sales", Name: "Sales", Status: center.Enabled, Hours: "always"}},
		center.QueueSaved{Queue: center.Queue{ID: "night", Name: "Night", Status: center.Enabled, Hours: "never"}},
		center.QueueSaved{Queue: center.Queue{ID: "full", Name: "Full", Status: center.Enabled, Hours: "always", MaxContacts: 1}},
		center.QueueSaved{Queue: center.Queue{ID: "off", Name: "Off", Status: center.Disabled, Hours: "always"}},
		center.UserSaved{User: center.User{ID: "ann", Username: "ann"}},
		center.QueueSaved{Queue: center.Queue{ID: "ann", Agent: "ann", Status: center.Enabled}},
		center.FlowSaved{Flow: center.Flow{ID: "f", Type: "CONTACT_FLOW", Status: "PUBLISHED", Content: content}},
	} {
		d.Apply(monday, e)
	}
	return d
}

func call() *lifecycle.Contact {
	c := &lifecycle.Contact{}
	c.Apply(monday, center.ContactInitiated{
		Contact: "c", Channel: center.Voice, Method: "INBOUND", Flow: "f", Name: "n", Description: "d", Previous: "p",
		Customer: &center.Endpoint{Address: "+12025550100", Type: center.TelephoneNumber}, System: &center.Endpoint{Address: "+18005550100", Type: center.TelephoneNumber},
		Attributes: map[string]string{"tier": "gold", "n": "7", "queue": "sales", "empty": ""},
	})
	return c
}

func target(id, queue string) string {
	return action(id, "UpdateContactTargetQueue", `{"QueueId":"`+queue+`"}`, `{"NextAction":"t","Errors":[{"NextAction":"z","ErrorType":"NoMatchingError"}]}`)
}

// transfer is the action "t"; on a full queue it leads to "y", on other errors to "z".
var transfer = action("t", "TransferContactToQueue", "", `{"NextAction":"z","Errors":[{"NextAction":"y","ErrorType":"QueueAtCapacity"},{"NextAction":"z","ErrorType":"NoMatchingError"}]}`)

// noteFull is the action "y": it leaves the attribute full behind.
var noteFull = action("y", "UpdateContactAttributes", `{"Attributes":{"full":"yes"}}`, toZ)

func set(id, key, value, next string) string {
	return action(id, "UpdateContactAttributes", fmt.Sprintf(`{"Attributes":{%q:%q}}`, key, value), `{"NextAction":"`+next+`","Errors":[{"NextAction":"z","ErrorType":"NoMatchingError"}]}`)
}

var hungUp = ran{End: Disconnects}

func TestRun(t *testing.T) {
	toQueue := func(q center.QueueID) ran {
		return ran{End: Queues, Queue: q, Events: []center.Event{center.ContactTargeted{Contact: "c", Queue: q}}}
	}
	failedAfterTarget := func(q center.QueueID, more ...center.Event) ran {
		return ran{End: Disconnects, Events: append([]center.Event{center.ContactTargeted{Contact: "c", Queue: q}}, more...)}
	}
	attributes := func(kv ...string) center.Event {
		m := map[string]string{}
		for i := 0; i < len(kv); i += 2 {
			m[kv[i]] = kv[i+1]
		}
		return center.ContactAttributesChanged{Contact: "c", Set: m}
	}
	hours := func(parameters string) string {
		return action("a", "CheckHoursOfOperation", parameters, `{"NextAction":"z","Errors":[{"NextAction":"e","ErrorType":"NoMatchingError"}],"Conditions":[`+
			`{"NextAction":"o","Condition":{"Operator":"Equals","Operands":["True"]}},{"NextAction":"k","Condition":{"Operator":"Equals","Operands":["False"]}}]}`)
	}
	branches := []string{set("o", "hours", "open", "z"), set("k", "hours", "closed", "z"), set("e", "hours", "error", "z"), hangUp}
	said := func(value string) ran {
		return ran{End: Disconnects, Events: []center.Event{attributes("hours", value)}}
	}
	for _, c := range []struct {
		name    string
		content string
		before  func(*lifecycle.Contact)
		queued  int
		want    ran
	}{
		{name: "hangs up", content: document(action("a", "DisconnectParticipant", "", "")), want: hungUp},
		{name: "ends before a queue", content: document(action("a", "EndFlowExecution", "", "")), want: hungUp},
		{name: "transfers to a queue", content: document(target("a", "sales"), transfer, noteFull, hangUp), want: toQueue("sales")},
		{name: "by the ARN of the queue", content: document(target("a", "arn:aws:connect:us-east-1:111122223333:instance/i/queue/sales"), transfer, noteFull, hangUp), want: toQueue("sales")},
		{name: "by an attribute", content: document(target("a", "$.Attributes.queue"), transfer, noteFull, hangUp), want: toQueue("sales")},
		{name: "by an attribute that is missing", content: document(target("a", "$.Attributes.none"), transfer, noteFull, hangUp), want: hungUp},
		{name: "to a queue that does not exist", content: document(target("a", "none"), transfer, noteFull, hangUp), want: hungUp},
		{name: "to an agent", content: document(action("a", "UpdateContactTargetQueue", `{"AgentId":"arn:aws:connect:us-east-1:111122223333:instance/i/agent/ann"}`, `{"NextAction":"t"}`), transfer, noteFull, hangUp), want: toQueue("ann")},
		{name: "to an agent whose queue is full", content: document(target("a", "ann"), transfer, noteFull, hangUp), queued: directory.AgentQueueMax, want: failedAfterTarget("ann", attributes("full", "yes"))},
		{name: "to an agent whose queue is nearly full", content: document(target("a", "ann"), transfer, noteFull, hangUp), queued: directory.AgentQueueMax - 1, want: toQueue("ann")},
		{name: "to a closed queue", content: document(target("a", "night"), transfer, noteFull, hangUp), want: toQueue("night")},
		{name: "to a queue with room", content: document(target("a", "full"), transfer, noteFull, hangUp), want: toQueue("full")},
		{name: "to a full queue", content: document(target("a", "full"), transfer, noteFull, hangUp), queued: 1, want: failedAfterTarget("full", attributes("full", "yes"))},
		{name: "to a queue without a limit", content: document(target("a", "sales"), transfer, noteFull, hangUp), queued: 1_000_000, want: toQueue("sales")},
		{name: "to a disabled queue", content: document(target("a", "off"), transfer, noteFull, hangUp), want: failedAfterTarget("off")},
		{name: "to no queue", content: document(strings.Replace(transfer, `"t"`, `"a"`, 1), noteFull, hangUp), want: hungUp},
		{name: "to the queue it was given", content: document(strings.Replace(transfer, `"t"`, `"a"`, 1), noteFull, hangUp), before: func(c *lifecycle.Contact) { c.Target = "sales" }, want: ran{End: Queues, Queue: "sales"}},
		{name: "again", content: document(target("a", "sales"), transfer, noteFull, hangUp), before: func(c *lifecycle.Contact) { c.Queue = &lifecycle.QueueVisit{} }, want: failedAfterTarget("sales")},
		{name: "without a branch for the error", content: document(action("a", "TransferContactToQueue", "", "")), want: hungUp},

		{name: "plays a message", content: document(action("a", "MessageParticipant", `{"Text":"Hi"}`, toZ), hangUp), want: hungUp},
		{name: "sets attributes", content: document(action("a", "UpdateContactAttributes", `{"Attributes":{"who":"$.CustomerEndpoint.Address","x":"y"}}`, toZ), hangUp),
			want: ran{End: Disconnects, Events: []center.Event{attributes("who", "+12025550100", "x", "y")}}},
		{name: "sets an attribute to nothing", content: document(set("a", "x", "$.Attributes.none", "z"), hangUp),
			want: ran{End: Disconnects, Events: []center.Event{attributes("x", "")}}},
		{name: "reads what it set", content: document(set("a", "x", "y", "b"), set("b", "x2", "$.Attributes.x", "z"), hangUp),
			want: ran{End: Disconnects, Events: []center.Event{attributes("x", "y"), attributes("x2", "y")}}},
		{name: "sets the largest attribute", content: document(set("a", "x", strings.Repeat("v", AttributesMax-1-len("tiergoldn7queuesalesempty")), "b"), set("b", "done", "", "z"), hangUp),
			want: ran{End: Disconnects, Events: []center.Event{attributes("x", strings.Repeat("v", AttributesMax-1-len("tiergoldn7queuesalesempty")))}}},
		{name: "sets too large an attribute", content: document(set("a", "x", strings.Repeat("v", AttributesMax), "b"), set("b", "done", "", "z"), hangUp), want: hungUp},
		{name: "sets the priority", content: document(action("a", "UpdateContactRoutingBehavior", `{"QueuePriority":"1"}`, toZ), hangUp),
			want: ran{End: Disconnects, Events: []center.Event{center.ContactRoutingChanged{Contact: "c", Priority: 1}}}},
		{name: "sets the age, then the priority", content: document(action("a", "UpdateContactRoutingBehavior", `{"QueueTimeAdjustmentSeconds":60}`, `{"NextAction":"b"}`), action("b", "UpdateContactRoutingBehavior", `{"QueuePriority":9}`, toZ), hangUp),
			want: ran{End: Disconnects, Events: []center.Event{center.ContactRoutingChanged{Contact: "c", Priority: 5, Age: 60}, center.ContactRoutingChanged{Contact: "c", Priority: 9, Age: 60}}}},

		{name: "open hours", content: document(append([]string{hours(`{"HoursOfOperationId":"always"}`)}, branches...)...), want: said("open")},
		{name: "closed hours", content: document(append([]string{hours(`{"HoursOfOperationId":"arn:x/operating-hours/never"}`)}, branches...)...), want: said("closed")},
		{name: "hours that do not exist", content: document(append([]string{hours(`{"HoursOfOperationId":"none"}`)}, branches...)...), want: said("error")},
		{name: "hours of no queue", content: document(append([]string{hours("")}, branches...)...), want: said("error")},
		{name: "hours of the queue", content: document(append([]string{hours("")}, branches...)...), before: func(c *lifecycle.Contact) { c.Target = "night" }, want: said("closed")},
		{name: "hours of an agent's queue", content: document(append([]string{hours("")}, branches...)...), before: func(c *lifecycle.Contact) { c.Target = "ann" }, want: said("error")},

		{name: "not a flow", content: "{", want: hungUp},
		{name: "leads nowhere", content: document(action("a", "MessageParticipant", `{"Text":"x"}`, `{"NextAction":"none"}`)), want: hungUp},
		{name: "what was never checked", content: document(action("a", "Dance", "", toZ), hangUp), want: hungUp},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, contact := world(t, c.content), call()
			if c.before != nil {
				c.before(contact)
			}
			got := Run(d, monday, "f", contact, func(center.QueueID) int { return c.queued })
			if !reflect.DeepEqual(got, c.want) {
				t.Errorf("got  %+v\nwant %+v", got, c.want)
			}
		})
	}
}

func TestCompare(t *testing.T) {
	for _, c := range []struct {
		path, operator, operand string
		want                    bool
	}{
		{"$.Attributes.tier", "Equals", "gold", true},
		{"$.Attributes.tier", "Equals", "Gold", false},
		{"$.Attributes.tier", "Equals", "$.Attributes.tier", true},
		{"$.Attributes.tier", "Equals", "$.Attributes.none", false},
		{"$.Attributes.tier", "TextStartsWith", "go", true},
		{"$.Attributes.tier", "TextStartsWith", "ld", false},
		{"$.Attributes.tier", "TextEndsWith", "ld", true},
		{"$.Attributes.tier", "TextContains", "ol", true},
		{"$.Attributes.tier", "TextContains", "x", false},
		{"$.Attributes.n", "NumberGreaterThan", "6.5", true},
		{"$.Attributes.n", "NumberGreaterThan", "7", false},
		{"$.Attributes.n", "NumberGreaterOrEqualTo", "7", true},
		{"$.Attributes.n", "NumberLessThan", "10", true},
		{"$.Attributes.n", "NumberLessThan", "7", false},
		{"$.Attributes.n", "NumberLessOrEqualTo", "7", true},
		{"$.Attributes.tier", "NumberLessThan", "7", false},
		{"$.Attributes.n", "NumberLessThan", "many", false},
		{"$.Attributes.empty", "Equals", "", true},
		{"$.Attributes.none", "Equals", "", false},
		{"$.Channel", "Equals", "VOICE", true},
		{"$.ContactId", "Equals", "c", true},
		{"$.InitialContactId", "Equals", "c", true},
		{"$.PreviousContactId", "Equals", "p", true},
		{"$.RelatedContactId", "Equals", "", false},
		{"$.InitiationMethod", "Equals", "INBOUND", true},
		{"$.InstanceARN", "Equals", "arn:aws:connect:us-east-1:111122223333:instance/i", true},
		{"$.Name", "Equals", "n", true},
		{"$.Description", "Equals", "d", true},
		{"$.CustomerEndpoint.Address", "TextStartsWith", "+1202", true},
		{"$.CustomerEndpoint.Type", "Equals", "TELEPHONE_NUMBER", true},
		{"$.SystemEndpoint.Address", "Equals", "+18005550100", true},
		{"$.SystemEndpoint.Type", "Equals", "TELEPHONE_NUMBER", true},
		{"$.Queue.Name", "Equals", "Sales", true},
		{"$.Queue.ARN", "TextEndsWith", "instance/i/queue/sales", true},
	} {
		content := document(
			action("a", "Compare", `{"ComparisonValue":"`+c.path+`"}`, `{"NextAction":"z","Errors":[{"NextAction":"z","ErrorType":"NoMatchingCondition"}],"Conditions":[`+
				`{"NextAction":"t","Condition":{"Operator":"`+c.operator+`","Operands":["`+c.operand+`"]}}]}`),
			transfer, noteFull, hangUp)
		if err := Check("CONTACT_FLOW", content); err != nil {
			t.Errorf("%s: %v", c.path, err)
		}
		contact := call()
		contact.Target = "sales"
		if got := Run(world(t, content), monday, "f", contact, nil).Queue == "sales"; got != c.want {
			t.Errorf("%s %s %q: %v, want %v", c.path, c.operator, c.operand, got, c.want)
		}
	}
}

func TestPathsWithoutAValue(t *testing.T) {
	task := &lifecycle.Contact{}
	task.Apply(monday, center.ContactInitiated{Contact: "c", Channel: center.Task, Method: "API"})
	r := run{Scene: Scene{Directory: world(t, "")}, contact: task}
	for _, p := range []string{"$.CustomerEndpoint.Address", "$.SystemEndpoint.Type", "$.Queue.ARN", "$.Queue.Name", "$.Name", "$.Attributes.x", "$.Unknown"} {
		if v, ok := r.value(p); ok || v != "" {
			t.Errorf("%s: %q, %v", p, v, ok)
		}
	}
	task.Target = "ann"
	if v, _ := r.value("$.Queue.ARN"); !strings.HasSuffix(v, "/queue/agent/ann") {
		t.Errorf("queue of an agent: %q", v)
	}
}

func TestRunOfAFlowThatGoesInCirclesEnds(t *testing.T) {
	content := document(set("a", "x", "y", "a"))
	content = strings.ReplaceAll(content, `"z"`, `"a"`)
	if err := Check("CONTACT_FLOW", content); err != nil {
		t.Fatal(err)
	}
	got := Run(world(t, content), monday, "f", call(), nil)
	if len(got.Events) != stepsMax || got.End != Disconnects {
		t.Errorf("%d events, %v", len(got.Events), got.End)
	}
}

func TestRunOfNoFlowDisconnects(t *testing.T) {
	d := world(t, document(target("a", "sales"), transfer, noteFull, hangUp))
	d.Apply(monday, center.FlowSaved{Flow: center.Flow{ID: "draft", Type: "CONTACT_FLOW", Status: "SAVED", Content: d.Flows["f"].Content}})
	for _, id := range []center.FlowID{"none", "draft"} {
		if got := Run(d, monday, id, call(), nil); !reflect.DeepEqual(got, hungUp) {
			t.Errorf("%s: %+v", id, got)
		}
	}
}

// TestSampleInboundFlow: what comes with an instance puts a call into its queue.
func TestSampleInboundFlow(t *testing.T) {
	d := directory.New()
	key := []byte("key")
	n := 0
	events, _, err := d.Decide(center.Stamp{At: monday, Place: 1}, func() string { n++; return center.DeriveID(key, 1, n) }, center.CreateInstance{
		Key: key, Instance: center.Instance{ID: "i", ARN: "arn:aws:connect:us-east-1:111122223333:instance/i", Alias: "demo", IdentityManagement: "SAML"},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		d.Apply(monday, e)
	}
	ran := 0
	for id, f := range d.Flows {
		if err := Check(f.Type, f.Content); err != nil {
			t.Errorf("%s: %v", f.Name, err)
		}
		if f.Type != "CONTACT_FLOW" {
			continue
		}
		ran++
		got := Run(d, monday, id, call(), nil)
		if d.Queues[got.Queue].Name != "BasicQueue" || got.End != Queues {
			t.Errorf("%s: %+v", f.Name, got)
		}
	}
	if ran != 1 {
		t.Errorf("%d inbound flows, want 1", ran)
	}
}
