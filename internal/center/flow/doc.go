// Package flow runs flows: what happens to a contact between its arrival and its queue.
//
// A run takes no time and asks nothing of the world, so it ends within the step that began it: in a transfer to a queue,
// or in the end of the contact. One file holds one block, that is, one type of action; subpackage language says which
// blocks may stand where, and refuses all others when a flow is created.
//
// Known differences from AWS:
//   - Prompts are not heard and take no time. A run goes on as if they had been played to their end.
//   - A customer queue flow, hold flows and whisper flows are kept and shown but not run; only blocks that have no other
//     effect than to be heard may stand in them, so nothing is lost by that.
//   - A block that reads what no contact has here (Lex, Lambda results, queue metrics) is refused when the flow is created.
package flow
