// Package language reads Amazon's flow language, version 2019-10-30, and refuses what is not honoured.
//
// A flow is a JSON document: StartAction names the first of Actions; an action has an Identifier, a Type, Parameters and
// Transitions (NextAction, Errors, Conditions). What the console draws stands in Metadata, which is kept and not read.
//
// blocks.go says for every supported type of action in which types of flow it may stand, and what it takes. An action of
// any other type is refused by its type and identifier, and so is a parameter, branch or reference that is not known:
// a flow that was accepted does what it says.
//
// What runs when:
//   - CONTACT_FLOW when a contact arrives, and when an agent has hung up on a customer (the disconnect flow).
//   - AGENT_TRANSFER and QUEUE_TRANSFER when an agent brings in another agent or a queue.
//   - CUSTOMER_QUEUE while the customer waits in a queue.
//   - AGENT_WHISPER and CUSTOMER_WHISPER when an agent has accepted a call, OUTBOUND_WHISPER when a customer who was called
//     has answered.
//   - CUSTOMER_HOLD while the customer is on hold. AGENT_HOLD never: agents are not put on hold.
//   - Modules (MODULE) where a CONTACT_FLOW invokes them.
//   - CAMPAIGN is not supported.
//
// Refused although AWS has them: prompts by id (PromptId) and from S3, Lex bots, functions that are not waited for
// (ASYNCHRONOUS), encryption of inputs, events that end a Wait, metrics of one channel (QueueChannel), hooks for the
// agent's screen (DefaultAgentUI, DisconnectAgentUI) and for pausing (PauseContact, ResumeContact), and the blocks that
// are not in blocks.go, such as CreateTask and TransferParticipantToThirdParty. A Wait is accepted on calls too.
package language
