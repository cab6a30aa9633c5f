package clock

import (
	"container/heap"
	"errors"
	"math"
	"sync"
	"time"
)

// RateMax is the fastest a virtual clock may run: virtual seconds in a real one.
const RateMax = 1e6

// Errors of Set, Advance and SetRate.
var (
	ErrBackwards = errors.New("the clock cannot go backwards")
	ErrRate      = errors.New("the rate must be between 0 and 1000000")
)

// Virtual is a clock that only moves when it is told to: by a step (Advance, Set) or by a rate. It never goes
// backwards. It is safe for concurrent use.
type Virtual struct {
	mu      sync.Mutex // guards everything below
	base    time.Time  // virtual time when real time was since
	since   time.Time
	rate    float64
	waiters waiters
	timer   *time.Timer // fires when the first waiter is due, while the rate is above 0
}

// NewVirtual returns a frozen clock that stands at start.
func NewVirtual(start time.Time) *Virtual {
	return &Virtual{base: start.UTC().Round(0), since: time.Now()}
}

// Now returns the virtual time.
func (v *Virtual) Now() time.Time {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.now()
}

func (v *Virtual) now() time.Time {
	if v.rate == 0 {
		return v.base
	}
	return v.base.Add(time.Duration(float64(time.Since(v.since)) * v.rate))
}

// WakeAt waits for the virtual time.
func (v *Virtual) WakeAt(at time.Time) (<-chan struct{}, func()) {
	v.mu.Lock()
	defer v.mu.Unlock()
	w := &waiter{at: at, woken: make(chan struct{})}
	if !v.now().Before(at) {
		close(w.woken)
		return w.woken, func() {}
	}
	heap.Push(&v.waiters, w)
	v.arm()
	return w.woken, func() {
		v.mu.Lock()
		defer v.mu.Unlock()
		if w.index >= 0 {
			heap.Remove(&v.waiters, w.index)
			v.arm()
		}
	}
}

// Advance moves the clock on by d at once. Those who wait for a time in between are woken.
func (v *Virtual) Advance(d time.Duration) error {
	if d < 0 {
		return ErrBackwards
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.move(v.now().Add(d))
	return nil
}

// Set moves the clock on to at.
func (v *Virtual) Set(at time.Time) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	if at.Before(v.now()) {
		return ErrBackwards
	}
	v.move(at.UTC().Round(0))
	return nil
}

// SetRate lets the clock run: rate virtual seconds pass in a real one; 0 freezes it where it stands.
func (v *Virtual) SetRate(rate float64) error {
	if math.IsNaN(rate) || rate < 0 || rate > RateMax {
		return ErrRate
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.move(v.now())
	v.rate = rate
	v.arm()
	return nil
}

// Rate returns the rate last set.
func (v *Virtual) Rate() float64 {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.rate
}

// Next returns the time of the earliest waiter. Simulations advance to it.
func (v *Virtual) Next() (time.Time, bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if len(v.waiters) == 0 {
		return time.Time{}, false
	}
	return v.waiters[0].at, true
}

// move sets the time and wakes who is due. mu is held.
func (v *Virtual) move(to time.Time) {
	v.base, v.since = to, time.Now()
	for len(v.waiters) > 0 && !v.waiters[0].at.After(to) {
		close(heap.Pop(&v.waiters).(*waiter).woken)
	}
	v.arm()
}

// arm sets the real timer for the first waiter. mu is held.
func (v *Virtual) arm() {
	if v.timer != nil {
		v.timer.Stop()
		v.timer = nil
	}
	if v.rate == 0 || len(v.waiters) == 0 {
		return
	}
	real := time.Duration(float64(v.waiters[0].at.Sub(v.now())) / v.rate)
	v.timer = time.AfterFunc(max(real, time.Microsecond), func() {
		v.mu.Lock()
		defer v.mu.Unlock()
		v.move(v.now())
	})
}

type waiter struct {
	at    time.Time
	woken chan struct{}
	index int // place in the heap; -1 once out of it
}

type waiters []*waiter

func (w waiters) Len() int           { return len(w) }
func (w waiters) Less(i, j int) bool { return w[i].at.Before(w[j].at) }
func (w waiters) Swap(i, j int)      { w[i], w[j] = w[j], w[i]; w[i].index, w[j].index = i, j }
func (w *waiters) Push(x any)        { n := x.(*waiter); n.index = len(*w); *w = append(*w, n) }
func (w *waiters) Pop() any {
	n := (*w)[len(*w)-1]
	(*w)[len(*w)-1] = nil
	*w = (*w)[:len(*w)-1]
	n.index = -1
	return n
}
