// Package clock is the only place that reads the time. The system clock is the wall clock; the virtual clock stands
// still until it is advanced, or runs at a rate, and is what tests, simulations and `--clock virtual` use.
package clock

import (
	"context"
	"time"
)

// A Clock tells the time and wakes whoever waits for it.
type Clock interface {
	// Now returns the current time in UTC, without a monotonic reading.
	Now() time.Time
	// WakeAt returns a channel that is closed once Now is not before at (at once if it already is), and a function
	// that gives the wait up. Calling the function is always allowed, and needed unless the channel was closed.
	WakeAt(at time.Time) (woken <-chan struct{}, stop func())
}

// Sleep returns when d has passed on c, or with ctx's error when ctx ends first.
func Sleep(ctx context.Context, c Clock, d time.Duration) error {
	woken, stop := c.WakeAt(c.Now().Add(d))
	defer stop()
	select {
	case <-woken:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// System is the wall clock.
type System struct{}

// Now returns the wall clock's time.
func (System) Now() time.Time { return time.Now().UTC().Round(0) }

// WakeAt uses a runtime timer.
func (System) WakeAt(at time.Time) (<-chan struct{}, func()) {
	woken := make(chan struct{})
	d := time.Until(at)
	if d <= 0 {
		close(woken)
		return woken, func() {}
	}
	t := time.AfterFunc(d, func() { close(woken) })
	return woken, func() { t.Stop() }
}
