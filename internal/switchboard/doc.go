// Package switchboard owns machines: it stamps commands, steps the machine, makes the steps durable in the instance's
// journal, and only then answers, publishes and lets effects be carried out.
//
// What it promises:
//
//   - A command is answered after its step is durable and every subscriber has seen it. Whoever was answered reads
//     their own writes.
//   - Subscribers see every step once while the switchboard lives, in the order of the journal.
//   - Two owners of one journal cannot both write: the older one is fenced by the storage and ends with ErrFenced.
//   - An effect that is outstanding is carried out, again after a restart, until a command closes it.
//   - A checkpoint is a cache. Recovery without one yields the same machine, later.
//   - When the machine breaks (a panic in it), nothing of that command is kept: the machine is rebuilt from the
//     journal, and only the command that broke it is refused.
//
// Commands that arrive while an append is under way share the next one. One goroutine owns the machine: Run, or whoever
// calls Work round by round, as simulations do.
//
// Instances holds all switchboards of a node.
package switchboard
