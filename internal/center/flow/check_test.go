package flow

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/hookswitch/hookswitch/internal/center"
)

// action writes one action; transitions may be empty.
func action(id, typ, parameters, transitions string) string {
	if parameters == "" {
		parameters = "{}"
	}
	if transitions == "" {
		transitions = "{}"
	}
	return fmt.Sprintf(`{"Identifier":%q,"Type":%q,"Parameters":%s,"Transitions":%s}`, id, typ, parameters, transitions)
}

// document writes a flow that starts with its first action, which must be called "a".
func document(actions ...string) string {
	return `{"Version":"2019-10-30","StartAction":"a","Metadata":{"drawn":[1]},"Actions":[` + strings.Join(actions, ",") + `]}`
}

// hangUp is the action "z", to which others lead.
var hangUp = action("z", "DisconnectParticipant", "", "")

const toZ = `{"NextAction":"z"}`

func TestCheckAccepts(t *testing.T) {
	const hoursBranches = `{"NextAction":"z","Errors":[{"NextAction":"z","ErrorType":"NoMatchingError"}],"Conditions":[` +
		`{"NextAction":"z","Condition":{"Operator":"Equals","Operands":["True"]}},{"NextAction":"z","Condition":{"Operator":"Equals","Operands":["False"]}}]}`
	const compareBranches = `{"NextAction":"z","Errors":[{"NextAction":"z","ErrorType":"NoMatchingCondition"}],"Conditions":[` +
		`{"NextAction":"z","Condition":{"Operator":"NumberLessThan","Operands":["5"]}},{"NextAction":"z","Condition":{"Operator":"Equals","Operands":["$.Attributes.b"]}}]}`
	for _, c := range []struct{ name, typ, content string }{
		{"the end alone", "CONTACT_FLOW", document(action("a", "DisconnectParticipant", "", ""))},
		{"end of flow", "CONTACT_FLOW", document(action("a", "EndFlowExecution", "", ""))},
		{"text", "CONTACT_FLOW", document(action("a", "MessageParticipant", `{"Text":"Hi $.Attributes.name"}`, toZ), hangUp)},
		{"a path as text", "AGENT_WHISPER", document(action("a", "MessageParticipant", `{"Text":"$.Queue.Name"}`, `{"NextAction":"z"}`), action("z", "EndFlowExecution", "", ""))},
		{"queue by ARN", "CONTACT_FLOW", document(action("a", "UpdateContactTargetQueue", `{"QueueId":"arn:aws:connect:r:1:instance/i/queue/q"}`, toZ), hangUp)},
		{"agent by path", "CONTACT_FLOW", document(action("a", "UpdateContactTargetQueue", `{"AgentId":"$.Attributes.agent"}`, toZ), hangUp)},
		{"transfer as the console writes it", "QUEUE_TRANSFER", document(action("a", "TransferContactToQueue", "", `{"NextAction":"","Errors":[{"NextAction":"z","ErrorType":"QueueAtCapacity"}],"Conditions":[]}`), hangUp)},
		{"attributes", "CONTACT_FLOW", document(action("a", "UpdateContactAttributes", `{"Attributes":{"a-B_1":"x","b":"$.Channel"},"TargetContact":"Current"}`, toZ), hangUp)},
		{"priority as text", "CONTACT_FLOW", document(action("a", "UpdateContactRoutingBehavior", `{"QueuePriority":"1"}`, toZ), hangUp)},
		{"age as number", "CONTACT_FLOW", document(action("a", "UpdateContactRoutingBehavior", `{"QueueTimeAdjustmentSeconds":-30}`, toZ), hangUp)},
		{"hours", "CONTACT_FLOW", document(action("a", "CheckHoursOfOperation", "", hoursBranches), hangUp)},
		{"hours by id", "AGENT_TRANSFER", document(action("a", "CheckHoursOfOperation", `{"HoursOfOperationId":"h"}`, hoursBranches), hangUp)},
		{"compare", "CONTACT_FLOW", document(action("a", "Compare", `{"ComparisonValue":"$.Attributes.n"}`, compareBranches), hangUp)},
		{"messages", "CUSTOMER_HOLD", document(action("a", "MessageParticipantIteratively", `{"Messages":[{"Text":"x"},{"SSML":"<speak/>"}]}`, ""))},
		{"agent", "AGENT_TRANSFER", document(action("a", "TransferContactToAgent", "", ""))},
		{"identifier of 50", "CONTACT_FLOW", strings.ReplaceAll(document(action("a", "DisconnectParticipant", "", "")), `"a"`, `"`+strings.Repeat("é", 50)+`"`)},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := Check(c.typ, c.content); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestCheckRefuses(t *testing.T) {
	one := func(typ, parameters, transitions string) string {
		return document(action("a", typ, parameters, transitions), hangUp)
	}
	compare := func(condition string) string {
		return one("Compare", `{"ComparisonValue":"$.Channel"}`, `{"NextAction":"z","Conditions":[{"NextAction":"z","Condition":`+condition+`}]}`)
	}
	for _, c := range []struct{ name, typ, content, detail string }{
		{"nothing", "CONTACT_FLOW", "", "characters"},
		{"no JSON", "CONTACT_FLOW", "{", "is not a flow"},
		{"two documents", "CONTACT_FLOW", document(hangUp) + "{}", "something after the flow"},
		{"null", "CONTACT_FLOW", "null", "version"},
		{"a list", "CONTACT_FLOW", "[]", "is not a flow"},
		{"other version", "CONTACT_FLOW", strings.Replace(document(hangUp), "2019", "2018", 1), "2018-10-30"},
		{"other member", "CONTACT_FLOW", strings.Replace(document(hangUp), "Metadata", "Settings", 1), "Settings"},
		{"no text", "CONTACT_FLOW", document(hangUp) + "\xff", "UTF-8"},
		{"too long", "CONTACT_FLOW", document(hangUp) + strings.Repeat(" ", 256_000), "256000"},
		{"start is missing", "CONTACT_FLOW", document(hangUp), `"a", which does not exist`},
		{"two of one name", "CONTACT_FLOW", document(action("a", "DisconnectParticipant", "", ""), action("a", "DisconnectParticipant", "", "")), `two actions "a"`},
		{"identifier of 51", "CONTACT_FLOW", strings.ReplaceAll(document(action("a", "DisconnectParticipant", "", "")), `"a"`, `"`+strings.Repeat("é", 51)+`"`), "50 characters"},
		{"identifier with a colon", "CONTACT_FLOW", strings.ReplaceAll(document(action("a", "DisconnectParticipant", "", "")), `"a"`, `"a:b"`), "must have none of"},
		{"reserved identifier", "CONTACT_FLOW", strings.ReplaceAll(document(action("a", "DisconnectParticipant", "", "")), `"a"`, `"constructor"`), "reserved"},
		{"unknown flow type", "CAMPAIGN", document(hangUp), "CAMPAIGN"},

		{"wait", "CONTACT_FLOW", one("Wait", `{"TimeLimitSeconds":"5"}`, toZ), `"a" of type "Wait"`},
		{"loop", "CONTACT_FLOW", one("Loop", `{"LoopCount":"5"}`, toZ), "Loop"},
		{"event hooks", "CONTACT_FLOW", one("UpdateContactEventHooks", "", toZ), "UpdateContactEventHooks"},
		{"recording", "CONTACT_FLOW", one("UpdateContactRecordingBehavior", "", toZ), "UpdateContactRecordingBehavior"},
		{"logging", "CONTACT_FLOW", one("UpdateFlowLoggingBehavior", "", toZ), "UpdateFlowLoggingBehavior"},
		{"lambda", "CONTACT_FLOW", one("InvokeLambdaFunction", "", toZ), "InvokeLambdaFunction"},
		{"attributes while waiting", "CUSTOMER_QUEUE", one("UpdateContactAttributes", `{"Attributes":{"a":"b"}}`, toZ), "not supported in a flow of type CUSTOMER_QUEUE"},
		{"hang up while waiting", "CUSTOMER_QUEUE", document(action("a", "DisconnectParticipant", "", "")), "not supported in a flow of type CUSTOMER_QUEUE"},
		{"transfer in a whisper", "AGENT_WHISPER", one("TransferContactToQueue", "", ""), "not supported in a flow of type AGENT_WHISPER"},
		{"agent in an inbound flow", "CONTACT_FLOW", one("TransferContactToAgent", "", ""), "not supported in a flow of type CONTACT_FLOW"},

		{"unknown parameter", "CONTACT_FLOW", one("DisconnectParticipant", `{"Slowly":true}`, ""), `"Slowly"`},
		{"prompt", "CONTACT_FLOW", one("MessageParticipant", `{"PromptId":"p"}`, toZ), "PromptId"},
		{"text and SSML", "CONTACT_FLOW", one("MessageParticipant", `{"Text":"a","SSML":"b"}`, toZ), "exactly one"},
		{"no text at all", "CONTACT_FLOW", one("MessageParticipant", "", toZ), "exactly one"},
		{"a number as text", "CONTACT_FLOW", one("MessageParticipant", `{"Text":1}`, toZ), "must be text"},
		{"what Lex said", "CONTACT_FLOW", one("MessageParticipant", `{"Text":"$.Lex.Slots.x"}`, toZ), "$.Lex.Slots.x"},
		{"interrupts", "CUSTOMER_QUEUE", document(action("a", "MessageParticipantIteratively", `{"Messages":[{"Text":"x"}],"InterruptFrequencySeconds":"5"}`, "")), "InterruptFrequencySeconds"},
		{"prompt among messages", "CUSTOMER_QUEUE", document(action("a", "MessageParticipantIteratively", `{"Messages":[{"PromptId":"x"}]}`, "")), "PromptId"},
		{"empty message", "CUSTOMER_QUEUE", document(action("a", "MessageParticipantIteratively", `{"Messages":[{}]}`, "")), "either Text or SSML"},
		{"no messages", "CUSTOMER_QUEUE", document(action("a", "MessageParticipantIteratively", `{"Messages":[]}`, "")), "list of messages"},
		{"queue and agent", "CONTACT_FLOW", one("UpdateContactTargetQueue", `{"QueueId":"q","AgentId":"a"}`, toZ), "exactly one"},
		{"empty queue", "CONTACT_FLOW", one("UpdateContactTargetQueue", `{"QueueId":""}`, toZ), "QueueId"},
		{"queue from Lambda", "CONTACT_FLOW", one("UpdateContactTargetQueue", `{"QueueId":"$.External.q"}`, toZ), "$.External.q"},
		{"attributes of another", "CONTACT_FLOW", one("UpdateContactAttributes", `{"Attributes":{"a":"b"},"TargetContact":"Related"}`, toZ), "Current"},
		{"key of an attribute", "CONTACT_FLOW", one("UpdateContactAttributes", `{"Attributes":{"a b":"c"}}`, toZ), `"a b"`},
		{"number as an attribute", "CONTACT_FLOW", one("UpdateContactAttributes", `{"Attributes":{"a":1}}`, toZ), "strings"},
		{"no attributes", "CONTACT_FLOW", one("UpdateContactAttributes", `{"Attributes":{}}`, toZ), "object with attributes"},
		{"priority and age", "CONTACT_FLOW", one("UpdateContactRoutingBehavior", `{"QueuePriority":1,"QueueTimeAdjustmentSeconds":1}`, toZ), "exactly one"},
		{"priority 0", "CONTACT_FLOW", one("UpdateContactRoutingBehavior", `{"QueuePriority":0}`, toZ), "larger than zero"},
		{"priority by path", "CONTACT_FLOW", one("UpdateContactRoutingBehavior", `{"QueuePriority":"$.Attributes.p"}`, toZ), "whole number"},
		{"huge priority", "CONTACT_FLOW", one("UpdateContactRoutingBehavior", `{"QueuePriority":99999999999999999999}`, toZ), "whole number"},
		{"comparing text", "CONTACT_FLOW", one("Compare", `{"ComparisonValue":"x"}`, toZ), "must be one path"},
		{"comparing without a condition", "CONTACT_FLOW", one("Compare", `{"ComparisonValue":"$.Channel"}`, toZ), "needs a condition"},
		{"unknown operator", "CONTACT_FLOW", compare(`{"Operator":"Like","Operands":["x"]}`), "Like"},
		{"two operands", "CONTACT_FLOW", compare(`{"Operator":"Equals","Operands":["x","y"]}`), "one operand"},
		{"unknown operand", "CONTACT_FLOW", compare(`{"Operator":"Equals","Operands":["$.Media.x"]}`), "$.Media.x"},
		{"hours with one condition", "CONTACT_FLOW", one("CheckHoursOfOperation", "", `{"NextAction":"z","Conditions":[{"NextAction":"z","Condition":{"Operator":"Equals","Operands":["True"]}}]}`), "Equals True and Equals False"},

		{"no next action", "CONTACT_FLOW", one("MessageParticipant", `{"Text":"x"}`, ""), "needs a NextAction"},
		{"next action is missing", "CONTACT_FLOW", one("MessageParticipant", `{"Text":"x"}`, `{"NextAction":"y"}`), `"y", which does not exist`},
		{"next after the end", "CONTACT_FLOW", one("DisconnectParticipant", "", toZ), "cannot have a NextAction"},
		{"unknown error", "CONTACT_FLOW", one("TransferContactToQueue", "", `{"Errors":[{"NextAction":"z","ErrorType":"Busy"}]}`), "Busy"},
		{"error twice", "CONTACT_FLOW", one("TransferContactToQueue", "", `{"Errors":[{"NextAction":"z","ErrorType":"NoMatchingError"},{"NextAction":"z","ErrorType":"NoMatchingError"}]}`), "two branches"},
		{"error leads nowhere", "CONTACT_FLOW", one("TransferContactToQueue", "", `{"Errors":[{"NextAction":"y","ErrorType":"NoMatchingError"}]}`), `"y", which does not exist`},
		{"condition leads nowhere", "CONTACT_FLOW", strings.Replace(compare(`{"Operator":"Equals","Operands":["x"]}`), `"Conditions":[{"NextAction":"z"`, `"Conditions":[{"NextAction":"y"`, 1), `"y", which does not exist`},
		{"condition where there is none", "CONTACT_FLOW", one("TransferContactToQueue", "", `{"Conditions":[{"NextAction":"z","Condition":{"Operator":"Equals","Operands":["x"]}}]}`), "cannot have conditions"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := Check(c.typ, c.content)
			var r *center.Refused
			if !errors.As(err, &r) || r.Reason != center.Invalid {
				t.Fatalf("got %v, want a refusal", err)
			}
			if !strings.Contains(r.Detail, c.detail) {
				t.Errorf("%q does not say %q", r.Detail, c.detail)
			}
			if want := map[bool]string{true: "Type", false: "Content"}[c.typ == "CAMPAIGN"]; r.Field != want {
				t.Errorf("field %q, want %q", r.Field, want)
			}
		})
	}
}
