package switchboard

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"strconv"

	"github.com/hookswitch/hookswitch/internal/storage"
)

// Two checkpoints are kept: a new one takes the place of the older, or of the newer when the older one would be all
// that is left of the time before. So there is always one that is at least CheckpointEvery steps old, and who missed
// less than that can be told what they missed.
const (
	checkpointFormat = 1       // of the header and the machine's state; others are not used
	chunkBytes       = 8 << 20 // of state in one record
	chunksMax        = 7       // in one checkpoint, so that it fits one append; a larger state has no checkpoint
)

var checkpointSlots = [2]string{"a", "b"}

// header is the record of a slot's key; the state follows in records of its own.
type header struct {
	Format int
	Place  uint64 // of the newest step in the state
	Bytes  int
	Chunks int
	Sum    uint32 // CRC-32C of the state: header and state may be of two writers
}

type checkpoint struct {
	place uint64
	state []byte
}

func sum(state []byte) uint32 { return crc32.Checksum(state, crc32.MakeTable(crc32.Castagnoli)) }

func chunkKey(slot string, n int) string { return slot + "." + strconv.Itoa(n) }

// headers reads which checkpoints there are, by slot.
func headers(ctx context.Context, log storage.Log) ([len(checkpointSlots)]header, error) {
	var all [len(checkpointSlots)]header
	for i, slot := range checkpointSlots {
		rec, err := log.Last(ctx, slot)
		if errors.Is(err, storage.ErrNotFound) {
			continue
		}
		if err != nil {
			return all, err
		}
		if json.Unmarshal(rec.Data, &all[i]) != nil || all[i].Format != checkpointFormat {
			all[i] = header{}
		}
	}
	return all, nil
}

// newestCheckpoint returns the newest checkpoint that is not beyond a place, or nil when there is none.
func newestCheckpoint(ctx context.Context, log storage.Log, most uint64) (*checkpoint, error) {
	if log == nil {
		return nil, nil
	}
	all, err := headers(ctx, log)
	if err != nil {
		return nil, err
	}
	best := -1
	for i, h := range all {
		if h.Format != 0 && h.Place <= most && (best < 0 || h.Place > all[best].Place) {
			best = i
		}
	}
	if best < 0 {
		return nil, nil
	}
	return readCheckpoint(ctx, log, checkpointSlots[best], all[best])
}

func readCheckpoint(ctx context.Context, log storage.Log, slot string, h header) (*checkpoint, error) {
	c := &checkpoint{place: h.Place}
	for n := range h.Chunks {
		rec, err := log.Last(ctx, chunkKey(slot, n))
		if err != nil {
			return nil, fmt.Errorf("checkpoint at %d: %w", h.Place, err)
		}
		c.state = append(c.state, rec.Data...)
	}
	if len(c.state) == 0 || len(c.state) != h.Bytes || sum(c.state) != h.Sum {
		return nil, fmt.Errorf("checkpoint at %d: its %d bytes are not the %d that were written", h.Place, len(c.state), h.Bytes)
	}
	return c, nil
}

// writeCheckpoint keeps a machine's state. It returns false when the state is too large to be kept.
func writeCheckpoint(ctx context.Context, log storage.Log, c checkpoint, every int) (bool, error) {
	chunks := (len(c.state) + chunkBytes - 1) / chunkBytes
	if chunks > chunksMax {
		return false, nil
	}
	all, err := headers(ctx, log)
	if err != nil {
		return false, err
	}
	newer, older := 0, 1
	if all[1].Place > all[0].Place {
		newer, older = 1, 0
	}
	target := newer
	if all[newer].Format != 0 && c.place >= all[newer].Place+uint64(every) || all[newer].Format == 0 {
		target = older
	}
	slot := checkpointSlots[target]
	head, err := json.Marshal(header{Format: checkpointFormat, Place: c.place, Bytes: len(c.state), Chunks: chunks, Sum: sum(c.state)})
	if err != nil {
		return false, err
	}
	entries := []storage.Entry{{Key: slot, Data: head}}
	for n := range chunks {
		entries = append(entries, storage.Entry{Key: chunkKey(slot, n), Data: c.state[n*chunkBytes : min((n+1)*chunkBytes, len(c.state))]})
	}
	_, err = log.Append(ctx, entries...)
	return err == nil, err
}

// checkpointDue reports whether enough steps were committed since the newest checkpoint.
func (s *Switchboard) checkpointDue() bool {
	return s.cfg.Snapshots != nil && s.m != nil && s.published >= s.checked+uint64(s.cfg.CheckpointEvery)
}

// checkpointNow keeps the owner's own machine: it blocks the owner while the state is written down.
func (s *Switchboard) checkpointNow(ctx context.Context) {
	if s.cfg.Snapshots == nil || s.m == nil || s.published == s.checked {
		return
	}
	s.checked = s.published
	s.keep(ctx, s.m, s.published)
}

// checkpointAside keeps a second machine, folded from the journal beside the owner, who is not held up by it.
func (s *Switchboard) checkpointAside(ctx context.Context) {
	place := s.published
	s.checked = place
	if !s.writing.CompareAndSwap(false, true) {
		return
	}
	s.group.Go(func() {
		defer s.writing.Store(false)
		m, at, err := s.load(ctx, place, nil)
		if err != nil {
			if ctx.Err() == nil {
				s.log.Warn("checkpoint", "place", place, "err", err)
			}
			return
		}
		s.keep(ctx, m, at)
	})
}

func (s *Switchboard) keep(ctx context.Context, m automaton, place uint64) {
	state, err := m.Checkpoint()
	if err == nil && len(bytes.TrimSpace(state)) == 0 {
		err = errors.New("the state is empty")
	}
	var fits bool
	if err == nil {
		fits, err = writeCheckpoint(ctx, s.cfg.Snapshots, checkpoint{place: place, state: state}, s.cfg.CheckpointEvery)
	}
	switch {
	case err != nil:
		s.log.Warn("checkpoint", "place", place, "err", err)
	case !fits:
		s.log.Warn("the state is too large for a checkpoint", "place", place, "bytes", len(state), "most", chunksMax*chunkBytes)
	default:
		s.log.Debug("checkpoint", "place", place, "bytes", len(state))
	}
}
