package directory

import (
	_ "embed"
	"strings"

	"github.com/hookswitch/hookswitch/internal/center"
)

// Contents of the flows that every instance has, in Amazon's flow language. They are written here, not AWS's own: those
// use prompts and queue metrics that are not supported.
var (
	//go:embed flows/agent_hold.json
	flowAgentHold string
	//go:embed flows/agent_transfer.json
	flowAgentTransfer string
	//go:embed flows/agent_whisper.json
	flowAgentWhisper string
	//go:embed flows/customer_hold.json
	flowCustomerHold string
	//go:embed flows/customer_queue.json
	flowCustomerQueue string
	//go:embed flows/customer_whisper.json
	flowCustomerWhisper string
	//go:embed flows/outbound.json
	flowOutbound string
	//go:embed flows/queue_transfer.json
	flowQueueTransfer string
	//go:embed flows/sample_inbound.json
	flowSampleInbound string
)

// queuePlaceholder stands for the ARN of BasicQueue.
const queuePlaceholder = "BASIC_QUEUE_ARN"

// defaultFlows returns the flows of a new instance; names and types are AWS's.
func defaultFlows(queueARN string) []center.Flow {
	flows := []center.Flow{
		{Name: "Default agent hold", Type: "AGENT_HOLD", Description: "What the agent hears on hold.", Content: flowAgentHold},
		{Name: "Default agent transfer", Type: "AGENT_TRANSFER", Description: "Default flow to transfer to an agent.", Content: flowAgentTransfer},
		{Name: "Default agent whisper", Type: "AGENT_WHISPER", Description: "Tells the agent the name of the queue.", Content: flowAgentWhisper},
		{Name: "Default customer hold", Type: "CUSTOMER_HOLD", Description: "What the customer hears on hold.", Content: flowCustomerHold},
		{Name: "Default customer queue", Type: "CUSTOMER_QUEUE", Description: "What the customer hears while waiting in a queue.", Content: flowCustomerQueue},
		{Name: "Default customer whisper", Type: "CUSTOMER_WHISPER", Description: "What the customer hears just before joining an agent.", Content: flowCustomerWhisper},
		{Name: "Default outbound", Type: "OUTBOUND_WHISPER", Description: "What the customer hears at the start of an outbound call.", Content: flowOutbound},
		{Name: "Default queue transfer", Type: "QUEUE_TRANSFER", Description: "Default flow used to transfer to a queue.", Content: flowQueueTransfer},
		{Name: "Sample inbound flow (first contact experience)", Type: "CONTACT_FLOW", Description: "Puts the contact into BasicQueue.", Content: flowSampleInbound},
	}
	for i := range flows {
		flows[i].Content = strings.ReplaceAll(flows[i].Content, queuePlaceholder, queueARN)
	}
	return flows
}
