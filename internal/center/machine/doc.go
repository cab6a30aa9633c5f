// Package machine is the contact center itself, as a pure machine: a command goes in, a step comes out. It reads no
// clock, draws no random number and does no I/O.
//
// Step decides and applies at once. A command that is refused changes nothing. Whatever a decision needs of the world
// beyond the command is on its stamp; what it asks of the world is an effect of the step. Time passes by Wake: Deadline
// says when the next one is wanted.
//
// Routing never happens in the step that made it possible: the machine remembers that there is something to route,
// Deadline answers a time that has come, and the next Wake routes. One step therefore never changes an agent's desk for
// two reasons, and whoever follows an agent sees each state that it was in.
//
// What the machine knows is its State, which the events alone make: folding a journal gives the same State as living
// through it. Everything else it keeps (who waits where, who is free, what is due when) is an index over the State.
//
// # Choices
//
// Where no published page says what AWS does, the machine does this:
//
//   - An agent's status alone makes it available: one that was set available without logging in gets contacts.
//   - Logging out while a contact is on the desk sets Offline as next status; the logout follows when the desk is empty.
//     Setting a status or logging in calls it off.
//   - A status set while a contact rings is the next status, as on any other contact. If the contact is then missed, it
//     stays until it is cleared, and the next status takes effect with that.
//   - Setting the status that the agent is in clears what is over and calls a next status off; its start time stays.
//   - A contact that an agent has missed or rejected is not offered to it again while it lies on its desk.
//   - Whatever lies on a desk counts as handled when channels are combined, after-contact work and missed contacts too.
//   - A queue's delay is the time waited; the age adjustment of a contact orders it but does not shorten the delay.
//   - A disabled queue takes no new contact (its flow sees an error); who waits there already is served.
//   - Only calls are accepted automatically: the setting belongs to the phone.
//   - An agent's call that fails leaves ERROR on its desk; one that the agent gives up (TELECOM_ORIGINATOR_CANCEL) leaves ENDED.
//   - An agent who cannot take a call now, or a queue that is closed, disabled or full, is not waited for: the transfer ends
//     with CONTACT_FLOW_DISCONNECT, and the customer waits on hold for the agent who tried.
//   - The customer leaving ends the call for all who are in it.
//   - Who was brought in is with the customer only while neither is on hold: else its contact is on hold, by the doing of the
//     agent who brought it in. Being brought in while the customer is on hold is told in a step after the connecting one.
//   - An agent who leaves while the customer is on hold leaves the customer joined with whoever was brought in.
//   - A leg ends when its agent hands the customer over (AGENT_DISCONNECT); a call that was left to someone outside ends when
//     either hangs up, and with the network's reason when nobody answers there.
//   - A contact that a supervisor listens to ends all that listen to it, with its own reason.
//   - Only contacts that the center dialled do not count for TIME_SINCE_LAST_INBOUND.
//   - A customer who hangs up, or a contact that is stopped, while it rings leaves a missed contact with the agent.
//   - A call to a number without a flow ends at once with OTHER, and so does a call that is stopped; a task that is
//     stopped ends with API, one that its agent leaves with AGENT_COMPLETED.
//   - A user who is on a contact, or in whose queue contacts wait, cannot be deleted; nor can a queue with contacts.
//   - A callback shows the number of its queue, or else the one that the customer had dialled. Its queue's limit counts when
//     it is made. Its customer queue flow does not run: nobody listens; nor does the default one for tasks.
//   - Each attempt to reach a customer is a contact; the next one has the failed one as Previous.
//   - A contact that its flow moves to another queue ends with CONTACT_FLOW_DISCONNECT; the customer goes on as a
//     QUEUE_TRANSFER. More than ten moves in one step are a circle, and the contact stays where it is.
//   - A caller who hangs up while an agent hears the whisper leaves ERROR on the desk.
//   - The default whisper flows are silent, so joining takes no time unless a flow was set.
//   - Deleting the instance releases its calls; its contacts are gone with it.
//
// A broken invariant of our own panics with its name (see Broken); the owner then drops the machine and recovers from
// the journal. No command can cause one.
package machine
