package golden

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"
	"time"
)

// Files of a story that hold what came of it.
const (
	recordsFile       = "contact-records"
	agentEventsFile   = "agent-events"
	contactEventsFile = "contact-events"
)

func documentFile(name string) bool {
	return name == recordsFile || name == agentEventsFile || name == contactEventsFile
}

const lineMax = 150 // columns that an object or a list may take in one line

var uuid = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}`)

// documents returns what came of the story, to be read by people.
func (s *stage) documents() []file {
	return []file{
		{recordsFile, s.show(s.records, s.recordChecker())},
		{agentEventsFile, s.show(s.agentEvents, s.agentEventChecker())},
		{contactEventsFile, s.show(s.contactEvents(), s.checkContactEvent)},
	}
}

// show writes documents one after the other. Check looks at each first, and shortens what is the same as before.
func (s *stage) show(all [][]byte, check func(doc []byte, v *value)) string {
	var out bytes.Buffer
	for _, doc := range all {
		v := new(value)
		if err := json.Unmarshal([]byte(s.inWords(string(doc))), v); err != nil {
			s.t.Fatalf("%v: %s", err, doc)
		}
		check(doc, v)
		v.write(&out, "")
		out.WriteString("\n")
	}
	return out.String()
}

// inWords puts names in the place of ids.
func (s *stage) inWords(text string) string {
	text = strings.ReplaceAll(text, instanceARN, "INSTANCE")
	return uuid.ReplaceAllStringFunc(text, func(id string) string {
		if n := s.names[id]; n != "" {
			return n
		}
		return "(id)"
	})
}

// agentEventChecker holds what must be so from one agent event to the next.
func (s *stage) agentEventChecker() func([]byte, *value) {
	shown, last, ids := map[string]*value{}, map[string]string{}, map[string]bool{}
	return func(doc []byte, v *value) {
		var e struct{ AgentARN, EventID, EventTimestamp, EventType string }
		if err := json.Unmarshal(doc, &e); err != nil {
			s.t.Fatal(err)
		}
		if ids[e.EventID] {
			s.t.Errorf("two agent events have the id %s", e.EventID)
		}
		ids[e.EventID] = true
		if e.EventTimestamp <= last[e.AgentARN] {
			s.t.Errorf("%s: an event at %s after one at %s", s.inWords(e.AgentARN), e.EventTimestamp, last[e.AgentARN])
		}
		last[e.AgentARN] = e.EventTimestamp
		current, previous, before := v.member("CurrentAgentSnapshot"), v.member("PreviousAgentSnapshot"), shown[e.AgentARN]
		if e.EventType == "HEART_BEAT" {
			if !current.same(before) {
				s.t.Errorf("%s: a heartbeat at %s shows something new", s.inWords(e.AgentARN), e.EventTimestamp)
			}
			v.set("CurrentAgentSnapshot", equals)
			v.set("PreviousAgentSnapshot", equals)
			return
		}
		shown[e.AgentARN] = current.clone()
		switch {
		case before == nil:
			previous.shorten(current)
		case previous.same(before):
			v.set("PreviousAgentSnapshot", equals)
			current.shorten(before)
		default:
			s.t.Errorf("%s: the previous snapshot of the event at %s is not the current one of the event before it", s.inWords(e.AgentARN), e.EventTimestamp)
		}
	}
}

func (s *stage) checkContactEvent(doc []byte, _ *value) {
	if bytes.Contains(doc, []byte("null")) {
		s.t.Errorf("a contact event has a null: %s", doc)
	}
}

// recordChecker holds what must be so in a record, and from one version to the next: of a later one only what differs is shown.
func (s *stage) recordChecker() func([]byte, *value) {
	versions := map[string]*value{}
	return func(doc []byte, v *value) {
		var m map[string]any
		if err := json.Unmarshal(doc, &m); err != nil {
			s.t.Fatal(err)
		}
		s.checkRecord(m)
		id := v.text("ContactId")
		before := versions[id]
		versions[id] = v.clone()
		if before == nil {
			return
		}
		if !(m["LastUpdateTimestamp"].(string) > before.text("LastUpdateTimestamp")) {
			s.t.Errorf("two versions of the record of %s at %v", id, m["LastUpdateTimestamp"])
		}
		later := &value{open: '{', names: []string{"ContactId"}, items: []*value{v.member("ContactId")}}
		for i, n := range v.names {
			if !v.items[i].same(before.member(n)) {
				later.names, later.items = append(later.names, n), append(later.items, v.items[i])
			}
		}
		*v = *later
	}
}

// checkRecord does the arithmetic that a reader of records does.
func (s *stage) checkRecord(m map[string]any) {
	name := s.inWords(m["ContactId"].(string))
	for _, key := range recordKeys {
		if _, ok := m[key]; !ok {
			s.t.Errorf("the record of %s has no %s", name, key)
		}
	}
	at := func(v any) time.Time {
		text, ok := v.(string)
		if !ok {
			return time.Time{}
		}
		t, err := time.Parse("2006-01-02T15:04:05Z", text)
		if err != nil {
			s.t.Errorf("the record of %s: %v", name, err)
		}
		return t
	}
	want := func(what string, got any, from, to any, less float64) {
		if at(from).IsZero() || at(to).IsZero() {
			return
		}
		if d := at(to).Sub(at(from)).Seconds() - less; got != d || d < 0 {
			s.t.Errorf("the record of %s: %s is %v, its times say %v", name, what, got, d)
		}
	}
	if a, ok := m["Agent"].(map[string]any); ok {
		hold := a["CustomerHoldDuration"].(float64)
		want("AfterContactWorkDuration", a["AfterContactWorkDuration"], a["AfterContactWorkStartTimestamp"], a["AfterContactWorkEndTimestamp"], 0)
		pause, _ := a["AgentPauseDurationInSeconds"].(float64)
		want("AgentInteractionDuration", a["AgentInteractionDuration"], a["ConnectedToAgentTimestamp"], a["AfterContactWorkStartTimestamp"], hold+pause)
		if longest := a["LongestHoldDuration"].(float64); longest > hold || (hold > 0) != (longest > 0) {
			s.t.Errorf("the record of %s: the longest hold is %v of %v", name, longest, hold)
		}
		if q, ok := m["Queue"].(map[string]any); ok && q["EnqueueTimestamp"] != nil && m["InitiationMethod"] != "CALLBACK" {
			if q["DequeueTimestamp"] != a["ConnectedToAgentTimestamp"] {
				s.t.Errorf("the record of %s: dequeued at %v, connected to the agent at %v", name, q["DequeueTimestamp"], a["ConnectedToAgentTimestamp"])
			}
		}
	}
	if q, ok := m["Queue"].(map[string]any); ok {
		want("Queue.Duration", q["Duration"], q["EnqueueTimestamp"], q["DequeueTimestamp"], 0)
	}
}

// recordKeys are members that public consumers read without asking whether they are there.
var recordKeys = strings.Fields(`AWSAccountId AWSContactTraceRecordFormatVersion Agent AgentConnectionAttempts Attributes Channel
	ConnectedToSystemTimestamp ContactId CustomerEndpoint DisconnectReason DisconnectTimestamp InitialContactId InitiationMethod
	InitiationTimestamp InstanceARN LastUpdateTimestamp MediaStreams NextContactId PreviousContactId Queue Recording Recordings
	References ScheduledTimestamp SystemEndpoint TransferCompletedTimestamp TransferredToEndpoint`)

// value is JSON that keeps the order of its members.
type value struct {
	raw   json.RawMessage // of what is neither object nor list
	open  byte            // '{' or '['
	names []string        // of an object's members
	items []*value
}

func (v *value) UnmarshalJSON(b []byte) error {
	d := json.NewDecoder(bytes.NewReader(b))
	tok, err := d.Token()
	if err != nil {
		return err
	}
	open, ok := tok.(json.Delim)
	if !ok {
		v.raw = bytes.Clone(b)
		return nil
	}
	v.open = byte(open)
	for d.More() {
		if open == '{' {
			name, err := d.Token()
			if err != nil {
				return err
			}
			v.names = append(v.names, name.(string))
		}
		item := new(value)
		if err := d.Decode(item); err != nil {
			return err
		}
		v.items = append(v.items, item)
	}
	return nil
}

// equals stands for what is the same as before.
var equals = &value{raw: []byte(`"="`)}

// member returns a member of an object; one that is not there is nil.
func (v *value) member(name string) *value {
	for i, n := range v.names {
		if n == name {
			return v.items[i]
		}
	}
	return nil
}

func (v *value) text(name string) string { return strings.Trim(string(v.member(name).raw), `"`) }

func (v *value) set(name string, to *value) {
	for i, n := range v.names {
		if n == name {
			v.items[i] = to
		}
	}
}

func (v *value) same(o *value) bool {
	if v == nil || o == nil {
		return v == o
	}
	var a, b bytes.Buffer
	v.writeShort(&a)
	o.writeShort(&b)
	return bytes.Equal(a.Bytes(), b.Bytes())
}

func (v *value) clone() *value {
	c := *v
	c.items = make([]*value, len(v.items))
	for i := range v.items {
		c.items[i] = v.items[i].clone()
	}
	return &c
}

// shorten puts equals in the place of objects and lists in which nothing differs from before.
func (v *value) shorten(before *value) {
	for i, n := range v.names {
		switch was := before.member(n); {
		case v.items[i].open == 0 || was == nil:
		case v.items[i].same(was):
			if len(v.items[i].items) > 0 {
				v.items[i] = equals
			}
		case v.items[i].open == '{' && was.open == '{':
			v.items[i].shorten(was)
		}
	}
}

func (v *value) write(out *bytes.Buffer, indent string) {
	var short bytes.Buffer
	v.writeShort(&short)
	if v.open == 0 || indent != "" && len(indent)+short.Len() <= lineMax {
		out.Write(short.Bytes())
		return
	}
	out.WriteByte(v.open)
	for i, item := range v.items {
		if i > 0 {
			out.WriteByte(',')
		}
		out.WriteString("\n" + indent + "  ")
		if v.open == '{' {
			out.WriteString(`"` + v.names[i] + `": `)
		}
		item.write(out, indent+"  ")
	}
	out.WriteString("\n" + indent)
	out.WriteByte(v.open + 2) // } and ] come two after { and [
}

func (v *value) writeShort(out *bytes.Buffer) {
	if v.open == 0 {
		out.Write(v.raw)
		return
	}
	out.WriteByte(v.open)
	for i, item := range v.items {
		if i > 0 {
			out.WriteString(", ")
		}
		if v.open == '{' {
			out.WriteString(`"` + v.names[i] + `": `)
		}
		item.writeShort(out)
	}
	out.WriteByte(v.open + 2)
}
