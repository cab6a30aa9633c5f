package memory

import (
	"sync"

	"github.com/hookswitch/hookswitch/internal/storage"
)

// DefaultCapacity is the size of a disk that names none: bytes of keys and data, without the engine's own overhead
// (about 100 bytes a record).
const DefaultCapacity = 4 << 30

// recordOverhead is what one record counts on the disk beside its key and data, in bytes. Without it a flood of empty
// records would fill the memory while the disk looks empty.
const recordOverhead = 100

// A Fault is what goes wrong with one append.
type Fault int

// The faults a disk can have.
const (
	ShortWrite Fault = iota + 1 // half of the append reaches the disk: the append fails, and so does all that follows
	FailedSync                  // the disk does not confirm: the outcome is unknown, and all that follows fails
	FullDisk                    // there is no space: the append stores nothing; the next one may succeed
)

// A Disk outlives the engine that uses it, so that a crash and a restart can be played. The zero value is an empty
// disk. It is safe for concurrent use.
type Disk struct {
	// Capacity is how many bytes of keys and data fit, counting 100 bytes more a record. 0: DefaultCapacity. It is
	// read by every append; set it before the first.
	Capacity int64

	mu     sync.Mutex // guards everything below, and all logs on the disk
	user   *Engine    // the engine that has the disk open, or nil
	logs   map[string]*log
	used   int64
	faults []plannedFault
	failed bool  // the engine that has it open may not write any more
	torn   *torn // what a failed sync left behind: on the disk or not, as a crash decides
}

type plannedFault struct {
	after int // appends that succeed first
	fault Fault
}

// torn is an append whose sync failed.
type torn struct {
	log     *log
	records []storage.Record
}

// Plan makes the append that follows after successful ones fail. Plans queue up: each counts from where the one before
// it struck.
func (d *Disk) Plan(after int, fault Fault) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.faults = append(d.faults, plannedFault{after, fault})
}

// Crash ends the engine that has the disk open, as a power failure would: its logs answer ErrClosed, and only what is
// on the disk remains. Keep decides whether an append whose sync failed reached the disk. A new engine can open the
// disk afterwards.
func (d *Disk) Crash(keep bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if t := d.torn; t != nil && keep && !t.log.dropped {
		t.log.store(t.records)
	}
	d.release()
}

// Used returns how many bytes of the capacity are taken.
func (d *Disk) Used() int64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.used
}

// release makes the disk free for another engine. mu is held.
func (d *Disk) release() {
	if d.user != nil {
		close(d.user.gone)
	}
	d.user, d.torn, d.failed = nil, nil, false
	d.faults = nil
	for _, l := range d.logs {
		l.wakeAll() // those who wait learn that the engine has gone
	}
}

// strike returns the fault of the next append, or 0. mu is held.
func (d *Disk) strike() Fault {
	if len(d.faults) == 0 {
		return 0
	}
	if d.faults[0].after > 0 {
		d.faults[0].after--
		return 0
	}
	f := d.faults[0].fault
	d.faults = d.faults[1:]
	return f
}

func (d *Disk) capacity() int64 {
	if d.Capacity > 0 {
		return d.Capacity
	}
	return DefaultCapacity
}
