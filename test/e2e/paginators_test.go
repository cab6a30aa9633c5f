package e2e

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
)

// TestPaginators pages through every list and search of Connect that is served, with boto3's own paginators: item by
// item it must give what it gives at once. A new list needs two items in furnish, and a row there if it has members of its
// own that are required.
func TestPaginators(t *testing.T) {
	s := start(t, virtual...)
	w := open(t, s, newBoto3(t, s), "alice", "bob")
	inputs := furnish(w)
	asked, err := json.Marshal(obj{"endpoint": s.url, "account": account, "operations": connectapi.Allowed, "inputs": inputs})
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "python3", "testdata/pages.py")
	cmd.Stdin, cmd.Stderr = bytes.NewReader(asked), os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var answers map[string]struct {
		Missing      []string
		Whole, Pages int
		Same         bool
	}
	if err := json.Unmarshal(out, &answers); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if len(answers) < 30 {
		t.Errorf("boto3 pages through %d of the operations served", len(answers))
	}
	for operation, a := range answers {
		switch {
		case len(a.Missing) > 0:
			t.Errorf("%s: nobody says what %v is", operation, a.Missing)
		case a.Whole < 2 && operation != "ListInstanceStorageConfigs": // one of a type is all there can be
			t.Errorf("%s: there are %d items, too few to page through", operation, a.Whole)
		case operation == "ListContactReferences": // boto3 cannot ask for smaller pages
		case !a.Same || a.Pages < a.Whole:
			t.Errorf("%s: %d items at once, %d pages of one; the same: %v", operation, a.Whole, a.Pages, a.Same)
		}
	}
}

// TestFurnishedByTheCLI makes everything with the AWS CLI as well.
func TestFurnishedByTheCLI(t *testing.T) {
	s := start(t, virtual...)
	furnish(open(t, s, newCLI(t, s), "alice", "bob"))
}

// furnish makes two of everything, and returns what lists need to be told: under "" whatever has a member of that name.
func furnish(w *world) map[string]obj {
	do := w.connect
	level := func(name string) obj { return obj{"Name": name} }
	do("UpdateUserHierarchyStructure", obj{"HierarchyStructure": obj{"LevelOne": level("Site")}})
	do("CreatePredefinedAttribute", obj{"Name": "language", "Values": obj{"StringList": []string{"English", "French"}}})
	do("CreatePredefinedAttribute", obj{"Name": "skill", "Values": obj{"StringList": []string{"a"}}})
	var queue, hours, profile, security obj
	for _, name := range []string{"one", "two"} {
		tags := obj{"name": name}
		hours = do("CreateHoursOfOperation", obj{"Name": name, "TimeZone": "UTC", "Config": []obj{}, "Tags": tags})
		queue = do("CreateQueue", obj{"Name": name, "HoursOfOperationId": hours.str("HoursOfOperationId"), "Tags": tags})
		security = do("CreateSecurityProfile", obj{"SecurityProfileName": name, "Permissions": []string{"BasicAgentAccess", "OutboundCallAccess"}})
		do("CreateAgentStatus", obj{"Name": name, "State": "ENABLED"})
		do("CreateUserHierarchyGroup", obj{"Name": name})
		do("CreateContactFlowModule", obj{"Name": name, "Content": `{"Version":"2019-10-30","StartAction":"a","Actions":[{"Identifier":"a","Type":"EndFlowModuleExecution","Parameters":{},"Transitions":{}}]}`})
		do("AssociateLambdaFunction", obj{"FunctionArn": "arn:aws:lambda:us-east-1:" + account + ":function:" + name})
		do("CreateTaskTemplate", obj{"Name": name, "Fields": []obj{{"Id": obj{"Name": "n"}, "Type": "NAME"}}})
	}
	for _, name := range []string{"one", "two"} {
		do("CreateHoursOfOperationOverride", obj{"HoursOfOperationId": hours.str("HoursOfOperationId"), "Name": name, "Config": []obj{}, "EffectiveFrom": "2026-03-02", "EffectiveTill": "2026-03-03"})
		connect := do("CreateQuickConnect", obj{"Name": name, "QuickConnectConfig": obj{"QuickConnectType": "PHONE_NUMBER", "PhoneConfig": obj{"PhoneNumber": "+12065550100"}}})
		do("AssociateQueueQuickConnects", obj{"QueueId": queue.str("QueueId"), "QuickConnectIds": []string{connect.str("QuickConnectId")}})
		queues := []obj{}
		for _, channel := range []string{"VOICE", "TASK"} {
			queues = append(queues, obj{"QueueReference": obj{"QueueId": queue.str("QueueId"), "Channel": channel}, "Priority": 1, "Delay": 0})
		}
		profile = do("CreateRoutingProfile", obj{"Name": name, "Description": "d", "DefaultOutboundQueueId": queue.str("QueueId"), "MediaConcurrencies": []obj{{"Channel": "VOICE", "Concurrency": 1}}, "QueueConfigs": queues})
		number := do("SearchAvailablePhoneNumbers", obj{"PhoneNumberCountryCode": "US", "PhoneNumberType": "DID"}).list("AvailableNumbersList")[0]
		do("ClaimPhoneNumber", obj{"PhoneNumber": number.str("PhoneNumber")})
	}
	do("AssociateUserProficiencies", obj{"UserId": w.agents["alice"], "UserProficiencies": []obj{
		{"AttributeName": "language", "AttributeValue": "English", "Level": 5}, {"AttributeName": "language", "AttributeValue": "French", "Level": 1}}})
	w.do("connect", "CreateInstance", obj{"IdentityManagementType": "SAML", "InstanceAlias": "another", "InboundCallsEnabled": true, "OutboundCallsEnabled": true})
	link := obj{"Type": "URL", "Value": "https://example.com"}
	task := do("StartTaskContact", obj{"ContactFlowId": w.flow, "Name": "task", "References": obj{"one": link, "two": link}}).str("ContactId")
	for _, contact := range []string{task, w.arrive(nil)} {
		do("StopContact", obj{"ContactId": contact})
	}
	w.advance(5 * time.Minute)
	return map[string]obj{
		"SearchContacts":        {"TimeRange": obj{"Type": "INITIATION_TIMESTAMP", "StartTime": clockStart, "EndTime": "2026-03-03T17:00:00Z"}},
		"ListContactReferences": {"ContactId": task, "ReferenceTypes": []string{"URL"}},
		"GetMetricData": {"StartTime": clockStart, "EndTime": "2026-03-02T17:05:00Z", "Filters": obj{"Queues": []string{w.queue}}, "Groupings": []string{"CHANNEL"},
			"HistoricalMetrics": []obj{{"Name": "CONTACTS_ABANDONED", "Statistic": "SUM", "Unit": "COUNT"}}},
		"": {
			"InstanceId": w.id, "QueueId": queue.str("QueueId"), "RoutingProfileId": profile.str("RoutingProfileId"), "UserId": w.agents["alice"],
			"SecurityProfileId": security.str("SecurityProfileId"), "HoursOfOperationId": hours.str("HoursOfOperationId"),
		},
		"ListInstanceStorageConfigs":  {"ResourceType": "CONTACT_TRACE_RECORDS"},
		"SearchAvailablePhoneNumbers": {"PhoneNumberCountryCode": "US", "PhoneNumberType": "TOLL_FREE", "PhoneNumberPrefix": "+180055501"},
	}
}
