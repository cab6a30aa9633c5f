// Package flow runs flows: what happens to a contact between its arrival and its queue, while it waits there, before it is
// joined with an agent, on hold, and after its agent has hung up.
//
// Begin runs a flow until it waits or is over; Resume goes on with the flow that a contact stands in, once what it waits
// for has come: a time, an input, an answer. A run that does not wait takes no time, so it ends within the step that began
// it. Where a contact stands is its FlowPosition, an event like all else: a flow goes on after a crash where it was. The
// position names the content that runs, so a flow that is published anew leaves contacts in what they began.
//
// One file holds one block or a family of blocks, that is, of types of action; subpackage language says which blocks may
// stand where, and refuses all others when a flow is published.
//
// Choices, where no published page says what AWS does:
//   - A prompt takes 66 ms a character on a call (see speech.go), and no time on other channels.
//   - Messages that are played over and over are not told (FlowPlayed), and take the time until the next interruption.
//   - A function that fails, or answers late or with what the block does not expect, leads to the error branch.
//   - TransferToFlow keeps flow attributes; the counts of loops begin anew.
//   - DistributeByPercentage draws from the identities of the step, so that a replay draws the same.
//   - Agents are never on hold, so their hold flow is kept and not run.
package flow
