package e2e

import (
	"encoding/json"
	"fmt"
	"net/url"
	"reflect"
	"testing"
	"time"
)

const (
	customer      = "+14255550100"
	instanceAlias = "demo"
	recordStream  = "records"
	eventStream   = "agent-events"
)

// world is a contact center on a server as one client sees it.
type world struct {
	*server
	caller   caller
	id, arn  string            // of the instance
	profile  string            // id of the routing profile it came with
	security string            // id of the security profile Agent
	queue    string            // id of the queue it came with
	flow     string            // id of the flow that puts contacts into that queue
	number   string            // claimed, with that flow
	agents   map[string]string // ids of users by name
}

// do calls an operation that must succeed.
func (w *world) do(service, operation string, input obj) obj {
	w.t.Helper()
	out, err := w.caller.call(w.t.Context(), service, operation, input)
	if err != nil {
		w.t.Fatalf("%s %v: %v", operation, input, err)
	}
	return out
}

// connect calls an operation of Amazon Connect on the instance.
func (w *world) connect(operation string, input obj) obj {
	w.t.Helper()
	if input == nil {
		input = obj{}
	}
	input["InstanceId"] = w.id
	return w.do("connect", operation, input)
}

func streamARN(name string) string { return "arn:aws:kinesis:us-east-1:" + account + ":stream/" + name }

// open makes the streams, the instance, both associations, a claimed number and agents.
func open(t *testing.T, s *server, c caller, agents ...string) *world {
	t.Helper()
	w := &world{server: s, caller: c, agents: map[string]string{}}
	for _, name := range []string{recordStream, eventStream} {
		w.do("kinesis", "CreateStream", obj{"StreamName": name, "ShardCount": 1})
		eventually(t, time.Minute, func() error {
			if status := w.do("kinesis", "DescribeStreamSummary", obj{"StreamName": name}).str("StreamDescriptionSummary", "StreamStatus"); status != "ACTIVE" {
				return fmt.Errorf("stream %s is %s", name, status)
			}
			return nil
		})
	}
	made := w.do("connect", "CreateInstance", obj{
		"IdentityManagementType": "CONNECT_MANAGED", "InstanceAlias": instanceAlias, "InboundCallsEnabled": true, "OutboundCallsEnabled": true})
	w.id, w.arn = made.str("Id"), made.str("Arn")
	for kind, stream := range map[string]string{"CONTACT_TRACE_RECORDS": recordStream, "AGENT_EVENTS": eventStream} {
		out := w.connect("AssociateInstanceStorageConfig", obj{"ResourceType": kind, "StorageConfig": obj{
			"StorageType": "KINESIS_STREAM", "KinesisStreamConfig": obj{"StreamArn": streamARN(stream)}}})
		if len(out.str("AssociationId")) == 0 {
			t.Fatalf("no association id: %v", out)
		}
	}
	w.look()
	for _, name := range agents {
		w.agents[name] = w.connect("CreateUser", obj{
			"Username": name, "Password": "Passw0rd!", "IdentityInfo": obj{"FirstName": "First", "LastName": "Last"}, "PhoneConfig": obj{"PhoneType": "SOFT_PHONE"},
			"RoutingProfileId": w.profile, "SecurityProfileIds": []string{w.security}}).str("UserId")
	}
	w.number = w.do("connect", "SearchAvailablePhoneNumbers", obj{"TargetArn": w.arn, "PhoneNumberCountryCode": "US", "PhoneNumberType": "DID"}).
		list("AvailableNumbersList")[0].str("PhoneNumber")
	claimed := w.do("connect", "ClaimPhoneNumber", obj{"TargetArn": w.arn, "PhoneNumber": w.number})
	w.connect("AssociatePhoneNumberContactFlow", obj{"PhoneNumberId": claimed.str("PhoneNumberId"), "ContactFlowId": w.flow})
	return w
}

// look finds what the instance came with.
func (w *world) look() {
	w.t.Helper()
	w.profile = named(w.t, w.connect("ListRoutingProfiles", nil).list("RoutingProfileSummaryList"), "Name", "Basic Routing Profile").str("Id")
	w.security = named(w.t, w.connect("ListSecurityProfiles", nil).list("SecurityProfileSummaryList"), "Name", "Agent").str("Id")
	w.queue = named(w.t, w.connect("ListQueues", obj{"QueueTypes": []string{"STANDARD"}}).list("QueueSummaryList"), "Name", "BasicQueue").str("Id")
	w.flow = named(w.t, w.connect("ListContactFlows", nil).list("ContactFlowSummaryList"), "ContactFlowType", "CONTACT_FLOW").str("Id")
}

// agentDo is what an agent does at its desk: login, status, or accept, hold, resume, end, clear a contact.
func (w *world) agentDo(agent, what string, body any) obj {
	w.t.Helper()
	return w.must("POST", "/instances/"+instanceAlias+"/agents/"+agent+"/"+what, body)
}

func (w *world) logIn(agent string) {
	w.t.Helper()
	w.agentDo(agent, "login", nil)
	w.agentDo(agent, "status", obj{"status": "Available"})
}

// arrive lets a customer call.
func (w *world) arrive(attributes obj) (contact string) {
	w.t.Helper()
	return w.must("POST", "/instances/"+instanceAlias+"/calls", obj{"customer": customer, "dialled": w.number, "attributes": attributes}).str("contactId")
}

func (w *world) contact(id string) obj {
	w.t.Helper()
	return w.connect("DescribeContact", obj{"ContactId": id}).in("Contact")
}

// desk returns the states of an agent's contacts by their ids.
func (w *world) desk(agent string) map[string]string {
	w.t.Helper()
	out := map[string]string{}
	for _, c := range w.must("GET", "/instances/"+instanceAlias+"/agents/"+agent, nil).list("contacts") {
		out[c.str("id")] = c.str("state")
	}
	return out
}

// document is a record of a stream.
type document struct {
	obj
	data     string // as delivered
	key      string // partition key
	sequence string
}

// documents reads a stream of one shard from its beginning.
func (w *world) documents(stream string) []document {
	w.t.Helper()
	it := w.do("kinesis", "GetShardIterator", obj{"StreamName": stream, "ShardId": "shardId-000000000000", "ShardIteratorType": "TRIM_HORIZON"}).str("ShardIterator")
	var all []document
	for {
		out := w.do("kinesis", "GetRecords", obj{"ShardIterator": it})
		for _, r := range out.list("Records") {
			var raw struct{ Data []byte }
			b, err := json.Marshal(r)
			if err == nil {
				err = json.Unmarshal(b, &raw)
			}
			d := document{data: string(raw.Data), key: r.str("PartitionKey"), sequence: r.str("SequenceNumber")}
			if err == nil {
				err = json.Unmarshal(raw.Data, &d.obj)
			}
			if err != nil {
				w.t.Fatalf("a record of %s: %v: %v", stream, err, r)
			}
			all = append(all, d)
		}
		it = out.str("NextShardIterator")
		if behind, _ := out.at("MillisBehindLatest").(float64); behind == 0 || it == "" {
			return all
		}
	}
}

// eventsOf returns an agent's events without repeats, after checking what holds for all of them: repeats have the same
// bytes, the key is the agent's ARN, time does not go back, and each snapshot before is the one after of the event before.
func eventsOf(t *testing.T, all []document, agentARN string) []document {
	t.Helper()
	seen := map[string]string{}
	var events []document
	for _, d := range all {
		if d.str("AgentARN") != agentARN {
			continue
		}
		if before, known := seen[d.str("EventId")]; known {
			if before != d.data {
				t.Errorf("event %s came with other bytes:\n%s\n%s", d.str("EventId"), before, d.data)
			}
			continue
		}
		seen[d.str("EventId")] = d.data
		events = append(events, d)
	}
	for i, d := range events {
		if d.key != agentARN {
			t.Errorf("an agent event has the partition key %q", d.key)
		}
		if i == 0 {
			if d.str("EventType") != "LOGIN" {
				t.Errorf("an agent's events begin with %s", d.str("EventType"))
			}
			continue
		}
		last := events[i-1]
		if d.str("EventTimestamp") < last.str("EventTimestamp") {
			t.Errorf("event %d of %s is older than the one before", i, agentARN)
		}
		if d.str("EventType") == "HEART_BEAT" {
			if !reflect.DeepEqual(d.at("CurrentAgentSnapshot"), last.at("CurrentAgentSnapshot")) {
				t.Errorf("a heartbeat changed the agent:\n%s\n%s", last.data, d.data)
			}
		} else if !reflect.DeepEqual(d.at("PreviousAgentSnapshot"), last.at("CurrentAgentSnapshot")) {
			t.Errorf("event %d of %s does not continue the one before:\n%s\n%s", i, agentARN, last.data, d.data)
		}
	}
	return events
}

func (w *world) agentARN(agent string) string { return w.arn + "/agent/" + w.agents[agent] }

// told renders an agent event in one line: when, what, the status, the next status, and the states of the contacts.
func told(d document) string {
	s := d.in("CurrentAgentSnapshot")
	line := d.str("EventTimestamp")[11:] + " " + d.str("EventType") + " " + s.str("AgentStatus", "Name")
	if next := s.str("NextAgentStatus", "Name"); next != "" {
		line += " then " + next
	}
	for _, c := range s.list("Contacts") {
		line += " " + c.str("Channel") + ":" + c.str("State") + "@" + c.str("StateStartTimestamp")[11:]
	}
	return line
}

// recordsOf returns the versions of a contact's record in the order of the stream, without repeats.
func recordsOf(t *testing.T, all []document, contact string) []document {
	t.Helper()
	seen := map[string]string{}
	var out []document
	for _, d := range all {
		if d.str("ContactId") != contact {
			continue
		}
		version := d.str("LastUpdateTimestamp")
		if before, known := seen[version]; known {
			if before != d.data {
				t.Errorf("version %s of record %s came with other bytes:\n%s\n%s", version, contact, before, d.data)
			}
			continue
		}
		seen[version] = d.data
		out = append(out, d)
	}
	return out
}

func (w *world) line(number string, body obj) {
	w.t.Helper()
	w.must("PUT", "/lines/"+url.PathEscape(number), body)
}
