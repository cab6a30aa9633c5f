// Package directory is the configuration of one instance: what exists in it, under which rules it changes, and what an
// agent's desktop shows of it.
//
// Decide turns a command into events or refuses it; Apply folds events. Nothing else changes a Directory. A refusal is
// always a *center.Refused and leaves the Directory as it was. Each rule that AWS documents says so where it stands; a
// rule that is ours says "ours".
//
// Names compare exactly, but user names without regard to case (ours). Text must be valid UTF-8, so that the journal
// keeps it as it is.
//
// One thing comes from outside: the time zones, which time.LoadLocation reads. They count only while a command is being
// decided or a flow asks whether a queue is open, never when events are folded, so that another edition of the zones
// cannot change what a journal means. Programs embed them with time/tzdata.
package directory
