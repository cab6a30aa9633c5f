package simulate

import (
	"context"
	"fmt"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/clock"
)

// Center is whom people talk to: a server somewhere, or a switchboard.
type Center interface {
	// Submit gives a command, and returns when it has taken effect. That it is refused is no error: people come too late
	// now and then.
	Submit(ctx context.Context, cmd center.Command) error
	// Observed returns what happens, in order, from before the first Submit on. It is closed when no more can be said. Its
	// owner bounds what waits there; Drive reads it whenever it is not in Submit.
	Observed() <-chan Observed
}

// Observed is something that has happened.
type Observed struct {
	At    time.Time
	Event center.Event
}

// Drive lets people act on a center at the times of a clock, which a rate may make faster than any watch, until all have
// gone home. It returns ctx's error, Submit's, or that the center said no more.
func Drive(ctx context.Context, clk clock.Clock, c Center, w *Workload) error {
	for !w.Over() {
		if err := act(ctx, clk, c, w); err != nil {
			return err
		}
		if err := listen(ctx, clk, c, w); err != nil {
			return err
		}
	}
	return nil
}

// act does what is due.
func act(ctx context.Context, clk clock.Clock, c Center, w *Workload) error {
	for {
		a, ok := w.Next(clk.Now())
		if !ok {
			return nil
		}
		if err := c.Submit(ctx, a.Command); err != nil {
			return fmt.Errorf("%T: %w", a.Command, err)
		}
	}
}

// listen waits until something has happened, or until someone is about to do something.
func listen(ctx context.Context, clk clock.Clock, c Center, w *Workload) error {
	var due <-chan struct{}
	if at, ok := w.Due(); ok {
		woken, stop := clk.WakeAt(at)
		defer stop()
		due = woken
	} else if w.Over() {
		return nil
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-due:
		return nil
	case o, more := <-c.Observed():
		if !more {
			return fmt.Errorf("the center says no more, and people are still there")
		}
		w.Observe(o.At, o.Event)
		return nil
	}
}
