package wire

import "sync"

// The memory of answers that were sent serves others. Small ones go into a pool, which every collection of garbage empties;
// large ones would come back as garbage several times their size each, so a few of them are kept whatever happens.
const (
	bodyLarge      = 1 << 20  // bytes: from here on an answer is large
	bodyKeptMax    = 32 << 20 // bytes: above it nothing is kept. Twice what GetRecords gives
	bodiesKeptMost = 2        // large ones
)

var (
	bodies      = sync.Pool{New: func() any { b := make([]byte, 0, 512); return &b }}
	largeBodies = make(chan *[]byte, bodiesKeptMost)
)

// takeBody returns memory for an answer: some of a large one, if there is any, where this may be one.
func takeBody(large bool) *[]byte {
	if large {
		select {
		case b := <-largeBodies:
			return b
		default:
		}
	}
	return bodies.Get().(*[]byte)
}

// keepBody takes back what nobody uses any more.
func keepBody(b *[]byte) {
	switch {
	case cap(*b) > bodyKeptMax:
	case cap(*b) < bodyLarge:
		bodies.Put(b)
	default:
		select {
		case largeBodies <- b:
		default:
		}
	}
}
