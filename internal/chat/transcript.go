package chat

import (
	"context"
	"fmt"
	"iter"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
)

// Item is a line of a transcript.
type Item struct {
	center.ChatItemAdded
	At time.Time
}

// Backward returns the items of a transcript from a place on, the newest first. Step reads a step of the journal.
func Backward(ctx context.Context, step func(ctx context.Context, place uint64) (center.Step, error), from center.ChatPlace) iter.Seq2[Item, error] {
	return func(yield func(Item, error) bool) {
		for from.Place != 0 {
			s, err := step(ctx, from.Place)
			if err != nil {
				yield(Item{}, err)
				return
			}
			before, found := center.ChatPlace{}, false
			for i := len(s.Events) - 1; i >= 0; i-- {
				e, ok := s.Events[i].(center.ChatItemAdded)
				if !ok || e.Contact != from.Contact {
					continue
				}
				if !yield(Item{e, s.Stamp.At}, nil) {
					return
				}
				before, found = e.Before, true
			}
			if !found || before.Place > from.Place || before == from {
				yield(Item{}, fmt.Errorf("the transcript of %s breaks off at %d", from.Contact, from.Place))
				return
			}
			from = before
		}
	}
}
