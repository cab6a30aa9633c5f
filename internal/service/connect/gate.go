package connect

import (
	"context"
	"hash/maphash"
)

// gate lets so many through at once as it has places.
type gate chan struct{}

// enter waits for a place, or returns ctx's error. Leave must follow when it returns nil.
func (g gate) enter(ctx context.Context) error {
	select {
	case g <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (g gate) leave() { <-g }

// gates keep apart what concerns one name, without one gate a name: names that share a gate wait for each other.
type gates struct {
	seed maphash.Seed
	all  [64]gate
}

func newGates() *gates {
	g := &gates{seed: maphash.MakeSeed()}
	for i := range g.all {
		g.all[i] = make(gate, 1)
	}
	return g
}

func (g *gates) of(name string) gate {
	return g.all[maphash.String(g.seed, name)%uint64(len(g.all))]
}
