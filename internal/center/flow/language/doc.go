// Package language reads Amazon's flow language, version 2019-10-30, and refuses what is not honoured.
//
// A flow is a JSON document: StartAction names the first of Actions; an action has an Identifier, a Type, Parameters and
// Transitions (NextAction, Errors, Conditions). What the console draws stands in Metadata, which is kept and not read.
//
// blocks.go says for every supported type of action in which types of flow it may stand, and what it takes. An action of
// any other type is refused by its type and identifier, and so is a parameter, branch or reference that is not known:
// a flow that was accepted does what it says.
//
// What "does what it says" means for each type of flow:
//   - CONTACT_FLOW runs, see package flow.
//   - CUSTOMER_QUEUE, CUSTOMER_HOLD, AGENT_HOLD and the whisper flows do not run yet: what they play, no one hears, and
//     nothing records it. So only actions without any other effect may stand in them (prompts, comparisons, the end).
//   - AGENT_TRANSFER and QUEUE_TRANSFER are run by transfers, of which there are none yet.
//   - CAMPAIGN is not supported.
package language
