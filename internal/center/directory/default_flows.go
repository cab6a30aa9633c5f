package directory

import (
	"strings"

	"github.com/hookswitch/hookswitch/internal/center"
)

// Contents of the flows that every instance has, in Amazon's flow language. They are written here, not AWS's own: those
// use prompts and queue metrics that are not supported. Ours whisper nothing, so that agent and customer are joined at once.
const (
	flowAgentHold = `{"Version":"2019-10-30","StartAction":"messages","Metadata":{},"Actions":[
    {"Identifier":"messages","Type":"MessageParticipantIteratively","Parameters":{"Messages":[{"Text":"You are on hold."}]},
      "Transitions":{}}
]}`
	flowAgentTransfer = `{"Version":"2019-10-30","StartAction":"announce","Metadata":{},"Actions":[
    {"Identifier":"announce","Type":"MessageParticipant","Parameters":{"Text":"Transferring now."},
      "Transitions":{"NextAction":"transfer", "Errors":[{"NextAction":"transfer","ErrorType":"NoMatchingError"}]}},
    {"Identifier":"transfer","Type":"TransferContactToAgent","Parameters":{},
      "Transitions":{}}
]}`
	flowAgentWhisper = `{"Version":"2019-10-30","StartAction":"end","Metadata":{},"Actions":[
    {"Identifier":"end","Type":"EndFlowExecution","Parameters":{},
      "Transitions":{}}
]}`
	flowCustomerHold = `{"Version":"2019-10-30","StartAction":"messages","Metadata":{},"Actions":[
    {"Identifier":"messages","Type":"MessageParticipantIteratively","Parameters":{"Messages":[{"Text":"You are on hold. We will be back with you in a moment."}]},
      "Transitions":{}}
]}`
	flowCustomerQueue = `{"Version":"2019-10-30","StartAction":"messages","Metadata":{},"Actions":[
    {"Identifier":"messages","Type":"MessageParticipantIteratively","Parameters":{"Messages":[{"Text":"Thank you for calling. Your call will be answered by the next available agent."}]},
      "Transitions":{}}
]}`
	flowCustomerWhisper = `{"Version":"2019-10-30","StartAction":"end","Metadata":{},"Actions":[
    {"Identifier":"end","Type":"EndFlowExecution","Parameters":{},
      "Transitions":{}}
]}`
	flowOutbound = `{"Version":"2019-10-30","StartAction":"end","Metadata":{},"Actions":[
    {"Identifier":"end","Type":"EndFlowExecution","Parameters":{},
      "Transitions":{}}
]}`
	flowQueueTransfer = `{"Version":"2019-10-30","StartAction":"hours","Metadata":{},"Actions":[
    {"Identifier":"hours","Type":"CheckHoursOfOperation","Parameters":{},
      "Transitions":{"NextAction":"failed", "Errors":[{"NextAction":"failed","ErrorType":"NoMatchingError"}], "Conditions":[
        {"NextAction":"announce","Condition":{"Operator":"Equals","Operands":["True"]}},
        {"NextAction":"closed","Condition":{"Operator":"Equals","Operands":["False"]}}]}},
    {"Identifier":"announce","Type":"MessageParticipant","Parameters":{"Text":"Transferring your call now."},
      "Transitions":{"NextAction":"transfer", "Errors":[{"NextAction":"transfer","ErrorType":"NoMatchingError"}]}},
    {"Identifier":"transfer","Type":"TransferContactToQueue","Parameters":{},
      "Transitions":{"NextAction":"failed", "Errors":[{"NextAction":"failed","ErrorType":"QueueAtCapacity"}, {"NextAction":"failed","ErrorType":"NoMatchingError"}]}},
    {"Identifier":"closed","Type":"MessageParticipant","Parameters":{"Text":"We are closed at the moment. Goodbye."},
      "Transitions":{"NextAction":"disconnect", "Errors":[{"NextAction":"disconnect","ErrorType":"NoMatchingError"}]}},
    {"Identifier":"failed","Type":"MessageParticipant","Parameters":{"Text":"The call could not be transferred. Goodbye."},
      "Transitions":{"NextAction":"disconnect", "Errors":[{"NextAction":"disconnect","ErrorType":"NoMatchingError"}]}},
    {"Identifier":"disconnect","Type":"DisconnectParticipant","Parameters":{},
      "Transitions":{}}
]}`
	// The sample greets no one: the customer queue flow does, and a call is in its queue at once.
	flowSampleInbound = `{"Version":"2019-10-30","StartAction":"set queue","Metadata":{},"Actions":[
    {"Identifier":"set queue","Type":"UpdateContactTargetQueue","Parameters":{"QueueId":"BASIC_QUEUE_ARN"},
      "Transitions":{"NextAction":"transfer", "Errors":[{"NextAction":"sorry","ErrorType":"NoMatchingError"}]}},
    {"Identifier":"transfer","Type":"TransferContactToQueue","Parameters":{},
      "Transitions":{"NextAction":"sorry", "Errors":[{"NextAction":"sorry","ErrorType":"QueueAtCapacity"}, {"NextAction":"sorry","ErrorType":"NoMatchingError"}]}},
    {"Identifier":"sorry","Type":"MessageParticipant","Parameters":{"Text":"We are not able to take your call right now. Goodbye."},
      "Transitions":{"NextAction":"disconnect", "Errors":[{"NextAction":"disconnect","ErrorType":"NoMatchingError"}]}},
    {"Identifier":"disconnect","Type":"DisconnectParticipant","Parameters":{},
      "Transitions":{}}
]}`
)

// queuePlaceholder stands for the ARN of BasicQueue.
const queuePlaceholder = "BASIC_QUEUE_ARN"

// defaultFlows returns the flows of a new instance; names and types are AWS's.
func defaultFlows(queueARN string) []center.Flow {
	flows := []center.Flow{
		{Name: "Default agent hold", Type: "AGENT_HOLD", Description: "What the agent hears on hold.", Content: flowAgentHold},
		{Name: "Default agent transfer", Type: "AGENT_TRANSFER", Description: "Default flow to transfer to an agent.", Content: flowAgentTransfer},
		{Name: "Default agent whisper", Type: "AGENT_WHISPER", Description: "What the agent hears just before joining a customer.", Content: flowAgentWhisper},
		{Name: "Default customer hold", Type: "CUSTOMER_HOLD", Description: "What the customer hears on hold.", Content: flowCustomerHold},
		{Name: "Default customer queue", Type: "CUSTOMER_QUEUE", Description: "What the customer hears while waiting in a queue.", Content: flowCustomerQueue},
		{Name: "Default customer whisper", Type: "CUSTOMER_WHISPER", Description: "What the customer hears just before joining an agent.", Content: flowCustomerWhisper},
		{Name: "Default outbound", Type: "OUTBOUND_WHISPER", Description: "What the customer hears at the start of an outbound call.", Content: flowOutbound},
		{Name: "Default queue transfer", Type: "QUEUE_TRANSFER", Description: "Default flow used to transfer to a queue.", Content: flowQueueTransfer},
		{Name: "Sample inbound flow (first contact experience)", Type: "CONTACT_FLOW", Description: "Puts the contact into BasicQueue.", Content: flowSampleInbound},
	}
	for i := range flows {
		flows[i].Default = isDefault(flows[i])
		flows[i].Content = strings.ReplaceAll(flows[i].Content, queuePlaceholder, queueARN)
	}
	return flows
}

// isDefault reports whether a flow of a new instance is one that runs by itself; the others are samples.
func isDefault(f center.Flow) bool { return strings.HasPrefix(f.Name, "Default ") }
