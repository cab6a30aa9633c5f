package switchboard

import (
	"errors"
	"fmt"
)

// The errors that callers act on, besides *center.Refused.
var (
	ErrBusy      = errors.New("too many commands wait")                    // nothing was done: try again later
	ErrNotStored = errors.New("the journal did not take the command")      // nothing was done: try again
	ErrUncertain = errors.New("the command may or may not have been done") // the storage did not say: look, then try again
	ErrBroken    = errors.New("the command broke the machine")             // nothing was done; a bug, logged with its place
	ErrFenced    = errors.New("fenced by a newer owner")                   // someone else owns the instance now
	ErrClosed    = errors.New("the switchboard is closed")                 // or closing: nothing was done
	ErrFailed    = errors.New("the instance has failed")                   // it cannot be recovered from its journal
	ErrTooOld    = errors.New("too long ago")                              // the journal no longer tells
)

// Retryable reports whether the same command may succeed if it is tried again later on this switchboard.
func Retryable(err error) bool {
	return errors.Is(err, ErrBusy) || errors.Is(err, ErrNotStored) || errors.Is(err, ErrUncertain)
}

// brokenError is a panic of the machine: a broken invariant, which is a bug.
type brokenError struct {
	value any
	stack []byte
}

func (e *brokenError) Error() string { return fmt.Sprintf("machine: %v", e.value) }
