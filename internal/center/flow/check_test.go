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
		{"lambda", "CUSTOMER_HOLD", document(action("a", "InvokeLambdaFunction", `{"LambdaFunctionARN":"arn:aws:lambda:r:1:function:f","InvocationTimeLimitSeconds":"8","LambdaInvocationAttributes":{"k":"$.Attributes.x"},"ResponseValidation":{"ResponseType":"JSON"}}`, `{"NextAction":"a"}`))},
		{"menu", "CONTACT_FLOW", document(action("a", "GetParticipantInput", `{"Text":"Press 1","StoreInput":"False","InputTimeLimitSeconds":"5"}`, `{"NextAction":"z","Errors":[{"NextAction":"z","ErrorType":"InputTimeLimitExceeded"},{"NextAction":"z","ErrorType":"NoMatchingCondition"},{"NextAction":"z","ErrorType":"NoMatchingError"}],"Conditions":[{"NextAction":"z","Condition":{"Operator":"Equals","Operands":["1"]}}]}`), hangUp)},
		{"stored input", "CUSTOMER_QUEUE", document(action("a", "GetParticipantInput", `{"SSML":"<speak>n</speak>","StoreInput":"True","InputTimeLimitSeconds":"5","InputValidation":{"PhoneNumberValidation":{"NumberFormat":"Local","CountryCode":"+1"}},"DTMFConfiguration":{"InputTerminationSequence":"#","DisableCancelKey":"True","InterdigitTimeLimitSeconds":"20"}}`, `{"NextAction":"z","Errors":[{"NextAction":"z","ErrorType":"InvalidPhoneNumber"}]}`), hangUp)},
		{"recording", "CONTACT_FLOW", document(action("a", "UpdateContactRecordingBehavior", `{"RecordingBehavior":{"RecordedParticipants":["Agent","Customer"]},"AnalyticsBehavior":{"Enabled":"True","AnalyticsLanguage":"en-US","AnalyticsModes":["RealTime"],"ChannelConfiguration":{"Chat":{"AnalyticsModes":[]},"Voice":{"AnalyticsModes":["RealTime"]}}}}`, toZ), hangUp)},
		{"module", "MODULE", document(action("a", "EndFlowModuleExecution", "", ""))},
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

		{"wait without a time", "CONTACT_FLOW", one("Wait", `{}`, toZ), "TimeoutSeconds"},
		{"wait for an event", "CONTACT_FLOW", one("Wait", `{"TimeLimitSeconds":"5","Events":["CustomerReturned"]}`, toZ), "Events"},
		{"wait for too long", "CONTACT_FLOW", one("Wait", `{"TimeLimitSeconds":"604801"}`, toZ), "604800"},
		{"loop without branches", "CONTACT_FLOW", one("Loop", `{"LoopCount":"5"}`, toZ), "ContinueLooping"},
		{"loop of 101", "CONTACT_FLOW", one("Loop", `{"LoopCount":101}`, toZ), "0 to 100"},
		{"no event hook", "CONTACT_FLOW", one("UpdateContactEventHooks", "", toZ), "EventHooks"},
		{"agent's view", "CONTACT_FLOW", one("UpdateContactEventHooks", `{"EventHooks":{"DefaultAgentUI":"f"}}`, toZ), "DefaultAgentUI"},
		{"two event hooks", "CONTACT_FLOW", one("UpdateContactEventHooks", `{"EventHooks":{"AgentWhisper":"f","AgentHold":"g"}}`, toZ), "one event hook"},
		{"nothing of recording", "CONTACT_FLOW", one("UpdateContactRecordingBehavior", "", toZ), "needs RecordingBehavior"},
		{"recording of a machine", "CONTACT_FLOW", one("UpdateContactRecordingBehavior", `{"RecordingBehavior":{"RecordedParticipants":["Bot"]}}`, toZ), "Bot"},
		{"analytics without a language", "CONTACT_FLOW", one("UpdateContactRecordingBehavior", `{"AnalyticsBehavior":{"Enabled":"True"}}`, toZ), "AnalyticsLanguage"},
		{"newer recording block", "CONTACT_FLOW", one("UpdateContactRecordingAndAnalyticsBehavior", "", toZ), "UpdateContactRecordingAndAnalyticsBehavior"},
		{"logging", "CONTACT_FLOW", one("UpdateFlowLoggingBehavior", `{"FlowLoggingBehavior":"Verbose"}`, toZ), "FlowLoggingBehavior"},
		{"no function", "CONTACT_FLOW", one("InvokeLambdaFunction", "", toZ), "LambdaFunctionARN"},
		{"a function for long", "CONTACT_FLOW", one("InvokeLambdaFunction", `{"LambdaFunctionARN":"f","InvocationTimeLimitSeconds":"9"}`, toZ), "1 to 8"},
		{"a function in passing", "CONTACT_FLOW", one("InvokeLambdaFunction", `{"LambdaFunctionARN":"f","InvocationTimeLimitSeconds":"8","InvocationType":"ASYNCHRONOUS"}`, toZ), "InvocationType"},
		{"a function with Lex", "CONTACT_FLOW", one("InvokeLambdaFunction", `{"LambdaFunctionARN":"f","InvocationTimeLimitSeconds":"8","LambdaInvocationAttributes":{"a":"$.Lex.x"}}`, toZ), "$.Lex.x"},
		{"a response of a strange type", "CONTACT_FLOW", one("InvokeLambdaFunction", `{"LambdaFunctionARN":"f","InvocationTimeLimitSeconds":"8","ResponseValidation":{"ResponseType":"XML"}}`, toZ), "STRING_MAP"},
		{"input that is encrypted", "CONTACT_FLOW", one("GetParticipantInput", `{"Text":"x","InputTimeLimitSeconds":"5","StoreInput":"False","InputEncryption":{}}`, toZ), "InputEncryption"},
		{"input without a time", "CONTACT_FLOW", one("GetParticipantInput", `{"Text":"x","StoreInput":"False"}`, toZ), "InputTimeLimitSeconds"},
		{"input for long", "CONTACT_FLOW", one("GetParticipantInput", `{"Text":"x","InputTimeLimitSeconds":"181"}`, toZ), "1 to 180"},
		{"input that is stored without validation", "CONTACT_FLOW", one("GetParticipantInput", `{"InputTimeLimitSeconds":"5","StoreInput":"True"}`, toZ), "InputValidation"},
		{"input of 21 keys", "CONTACT_FLOW", one("GetParticipantInput", `{"InputTimeLimitSeconds":"5","StoreInput":"True","InputValidation":{"CustomValidation":{"MaximumLength":"21"}}}`, toZ), "1 to 20"},
		{"input of a number nowhere", "CONTACT_FLOW", one("GetParticipantInput", `{"InputTimeLimitSeconds":"5","StoreInput":"True","InputValidation":{"PhoneNumberValidation":{"NumberFormat":"Local"}}}`, toZ), "CountryCode"},
		{"input that can be cancelled", "CONTACT_FLOW", one("GetParticipantInput", `{"InputTimeLimitSeconds":"5","DTMFConfiguration":{"DisableCancelKey":"False"}}`, toZ), "DisableCancelKey"},
		{"menu by comparison", "CONTACT_FLOW", one("GetParticipantInput", `{"InputTimeLimitSeconds":"5"}`, `{"NextAction":"z","Conditions":[{"NextAction":"z","Condition":{"Operator":"NumberLessThan","Operands":["1"]}}]}`), "Equals"},
		{"callback without attempts", "CONTACT_FLOW", one("CreateCallbackContact", `{"InitialCallDelaySeconds":"5","RetryDelaySeconds":"5"}`, toZ), "MaximumConnectionAttempts"},
		{"callback in four days", "CONTACT_FLOW", one("CreateCallbackContact", `{"InitialCallDelaySeconds":"345600","RetryDelaySeconds":"5","MaximumConnectionAttempts":"1"}`, toZ), "259200"},
		{"metric of nothing", "CONTACT_FLOW", one("CheckMetricData", `{"MetricType":"AgentsAsleep"}`, toZ), "MetricType"},
		{"metric without a condition", "CONTACT_FLOW", one("CheckMetricData", `{"MetricType":"NumberOfAgentsOnline"}`, toZ), "needs a condition"},
		{"many agents", "CONTACT_FLOW", one("CheckMetricData", `{"MetricType":"NumberOfAgentsOnline"}`, `{"NextAction":"z","Conditions":[{"NextAction":"z","Condition":{"Operator":"NumberGreaterThan","Operands":["5"]}}]}`), "NumberGreaterThan 0"},
		{"shares that shrink", "CONTACT_FLOW", one("DistributeByPercentage", "", `{"NextAction":"z","Conditions":[{"NextAction":"z","Condition":{"Operator":"NumberLessThan","Operands":["51"]}},{"NextAction":"z","Condition":{"Operator":"NumberLessThan","Operands":["51"]}}]}`), "does not grow"},
		{"flow attributes of another shape", "CONTACT_FLOW", one("UpdateFlowAttributes", `{"FlowAttributes":{"a":"b"}}`, toZ), "Value"},
		{"transfer while waiting", "CUSTOMER_QUEUE", one("TransferContactToQueue", "", toZ), "not supported in a flow of type CUSTOMER_QUEUE"},
		{"hang up on hold", "CUSTOMER_HOLD", document(action("a", "DisconnectParticipant", "", "")), "not supported in a flow of type CUSTOMER_HOLD"},
		{"dequeue before the queue", "CONTACT_FLOW", one("DequeueContactAndTransferToQueue", "", toZ), "not supported in a flow of type CONTACT_FLOW"},
		{"end of a module in a flow", "CONTACT_FLOW", document(action("a", "EndFlowModuleExecution", "", "")), "not supported in a flow of type CONTACT_FLOW"},
		{"module in a module", "MODULE", one("InvokeFlowModule", `{"FlowModuleId":"m"}`, toZ), "not supported in a flow of type MODULE"},
		{"transfer in a whisper", "AGENT_WHISPER", one("TransferContactToQueue", "", ""), "not supported in a flow of type AGENT_WHISPER"},
		{"agent in an inbound flow", "CONTACT_FLOW", one("TransferContactToAgent", "", ""), "not supported in a flow of type CONTACT_FLOW"},

		{"unknown parameter", "CONTACT_FLOW", one("DisconnectParticipant", `{"Slowly":true}`, ""), `"Slowly"`},
		{"prompt", "CONTACT_FLOW", one("MessageParticipant", `{"PromptId":"p"}`, toZ), "PromptId"},
		{"text and SSML", "CONTACT_FLOW", one("MessageParticipant", `{"Text":"a","SSML":"b"}`, toZ), "exactly one"},
		{"no text at all", "CONTACT_FLOW", one("MessageParticipant", "", toZ), "exactly one"},
		{"a number as text", "CONTACT_FLOW", one("MessageParticipant", `{"Text":1}`, toZ), "must be text"},
		{"what Lex said", "CONTACT_FLOW", one("MessageParticipant", `{"Text":"$.Lex.Slots.x"}`, toZ), "$.Lex.Slots.x"},
		{"interrupted into nothing", "CUSTOMER_QUEUE", document(action("a", "MessageParticipantIteratively", `{"Messages":[{"Text":"x"}],"InterruptFrequencySeconds":"5"}`, "")), "leads nowhere"},
		{"prompt among messages", "CUSTOMER_QUEUE", document(action("a", "MessageParticipantIteratively", `{"Messages":[{"PromptId":"x"}]}`, "")), "PromptId"},
		{"empty message", "CUSTOMER_QUEUE", document(action("a", "MessageParticipantIteratively", `{"Messages":[{}]}`, "")), "either Text or SSML"},
		{"no messages", "CUSTOMER_QUEUE", document(action("a", "MessageParticipantIteratively", `{"Messages":[]}`, "")), "list of messages"},
		{"queue and agent", "CONTACT_FLOW", one("UpdateContactTargetQueue", `{"QueueId":"q","AgentId":"a"}`, toZ), "exactly one"},
		{"empty queue", "CONTACT_FLOW", one("UpdateContactTargetQueue", `{"QueueId":""}`, toZ), "QueueId"},
		{"queue from Lex", "CONTACT_FLOW", one("UpdateContactTargetQueue", `{"QueueId":"$.Lex.q"}`, toZ), "$.Lex.q"},
		{"Lex within words", "CONTACT_FLOW", one("MessageParticipant", `{"Text":"Hi $.Lex.Slots.x, it is $5"}`, toZ), "$.Lex.Slots.x"},
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
