package journal

import (
	"context"
	"sync"
)

// Progress is how far a follower has come, for those who want to read what a step has done. The zero Progress is at no
// place. It is safe for concurrent use.
type Progress struct {
	mu    sync.Mutex // guards what is below
	place uint64
	moved chan struct{} // closed when place moves; nil: nobody waits
}

// Place returns the place up to which, without it, everything is in.
func (p *Progress) Place() uint64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.place
}

// Reach says that everything before a place is in.
func (p *Progress) Reach(place uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if place == p.place {
		return
	}
	p.place = place
	if p.moved != nil {
		close(p.moved)
		p.moved = nil
	}
}

// WaitFor returns when the step at a place is in, so that whoever made it reads what it did; or with ctx's error.
func (p *Progress) WaitFor(ctx context.Context, place uint64) error {
	for {
		p.mu.Lock()
		if p.place > place {
			p.mu.Unlock()
			return nil
		}
		if p.moved == nil {
			p.moved = make(chan struct{})
		}
		moved := p.moved
		p.mu.Unlock()
		select {
		case <-moved:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
