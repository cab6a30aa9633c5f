package outbox

import (
	"container/heap"
	"time"
)

// dues says who is due next. Those of one time come in the order of their ids.
type dues struct {
	items []*due
	byID  map[string]*due
}

type due struct {
	id    string
	at    time.Time
	place uint64 // where it came from in the journal
	index int
}

// set makes id due at a time.
func (d *dues) set(id string, at time.Time, place uint64) {
	if d.byID == nil {
		d.byID = map[string]*due{}
	}
	if it, ok := d.byID[id]; ok {
		it.at, it.place = at, place
		heap.Fix(d, it.index)
		return
	}
	it := &due{id: id, at: at, place: place}
	d.byID[id] = it
	heap.Push(d, it)
}

func (d *dues) remove(id string) {
	if it, ok := d.byID[id]; ok {
		heap.Remove(d, it.index)
		delete(d.byID, id)
	}
}

// first returns who is due next, or nil.
func (d *dues) first() *due {
	if len(d.items) == 0 {
		return nil
	}
	return d.items[0]
}

// notBefore moves everyone who is due earlier to a time.
func (d *dues) notBefore(at time.Time) {
	for _, it := range d.items {
		if it.at.Before(at) {
			it.at = at
		}
	}
	heap.Init(d)
}

// Len, Less, Swap, Push and Pop are for package heap.
func (d *dues) Len() int { return len(d.items) }
func (d *dues) Less(i, j int) bool {
	a, b := d.items[i], d.items[j]
	if !a.at.Equal(b.at) {
		return a.at.Before(b.at)
	}
	return a.id < b.id
}
func (d *dues) Swap(i, j int) {
	d.items[i], d.items[j] = d.items[j], d.items[i]
	d.items[i].index, d.items[j].index = i, j
}
func (d *dues) Push(x any) {
	it := x.(*due)
	it.index = len(d.items)
	d.items = append(d.items, it)
}
func (d *dues) Pop() any {
	it := d.items[len(d.items)-1]
	d.items[len(d.items)-1] = nil
	d.items = d.items[:len(d.items)-1]
	return it
}
