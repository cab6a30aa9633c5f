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
// A broken invariant of our own panics with its name (see Broken); the owner then drops the machine and recovers from
// the journal. No command can cause one.
package machine
