package kinesis

import (
	"context"
	"errors"
	"fmt"

	"github.com/hookswitch/hookswitch/internal/storage"
)

// Bounds of a read.
const (
	readRecordsMax = 10000    // records in an answer
	readBytesMax   = 10 << 20 // bytes of data and partition keys in an answer, unless one record is larger
)

// page is records of one shard, in order, as far as one read goes.
type page struct {
	seqs    []uint64 // places in the log
	records []record
	next    uint64   // where to go on
	more    bool     // there is at least one more record now
	keys    []string // that sealed records were opened under, once they were
	cut     bool     // it ends before a record whose key was refused
}

// readShard returns up to limit records of a shard from a place on, without those that arrived before horizon.
func readShard(ctx context.Context, log *recordLog, sh *shard, from uint64, limit int, horizon int64) (page, error) {
	return readShardUpTo(ctx, log, sh, from, limit, readBytesMax, horizon)
}

// readShardUpTo is readShard with another bound on the bytes of data and partition keys, unless one record is larger.
func readShardUpTo(ctx context.Context, log *recordLog, sh *shard, from uint64, limit, bytesMax int, horizon int64) (page, error) {
	// One more than asked for says whether there is more.
	rng := storage.Range{Key: sh.id, From: from, Max: limit + 1, MaxBytes: bytesMax}
	recs, err := log.Read(ctx, rng)
	if err != nil {
		return page{}, err
	}
	if len(recs) > 0 {
		at, err := arrivalOf(recs[0].Data)
		if err != nil {
			return page{}, damaged(sh, recs[0], err)
		}
		if at < horizon { // expired and not trimmed yet: skip all such at once
			first, err := log.firstSince(ctx, sh.id, horizon)
			if err != nil {
				return page{}, err
			}
			rng.From = max(from, first)
			if recs, err = log.Read(ctx, rng); err != nil {
				return page{}, err
			}
		}
	}
	p, err := fillPage(ctx, log, sh, rng, recs, limit, bytesMax, horizon)
	if err != nil || p.more || sh.open() {
		return p, err
	}
	// The end of a closed shard is told once and for all, and a read may lag behind the newest append: ask who never does.
	last, err := log.Last(ctx, sh.id)
	if errors.Is(err, storage.ErrNotFound) {
		return p, nil
	}
	p.more = err == nil && last.Seq >= p.next
	return p, err
}

// fillPage makes a page of what was read. It cuts at the bounds and finds out whether there is more.
func fillPage(ctx context.Context, log *recordLog, sh *shard, rng storage.Range, recs []storage.Record, limit, bytesMax int, horizon int64) (page, error) {
	p := page{next: rng.From, seqs: make([]uint64, 0, min(len(recs), limit)), records: make([]record, 0, min(len(recs), limit))}
	size, stored := 0, 0
	for _, r := range recs {
		stored += len(r.Data)
		rec, err := decodeRecord(r.Data)
		if err != nil {
			return page{}, damaged(sh, r, err)
		}
		if rec.arrival >= horizon {
			n := rec.storedSize()
			if len(p.records) == limit || len(p.records) > 0 && size+n > bytesMax {
				p.more = true
				return p, nil
			}
			size += n
			p.seqs = append(p.seqs, r.Seq)
			p.records = append(p.records, rec)
		}
		p.next = r.Seq + 1
	}
	if len(recs) < rng.Max && stored < rng.MaxBytes {
		return p, nil // the read found the end
	}
	after, err := log.Read(ctx, storage.Range{Key: sh.id, From: p.next, Max: 1})
	if err != nil {
		return page{}, err
	}
	p.more = len(after) > 0
	return p, nil
}

// size returns the bytes of data and partition keys.
func (p *page) size() (n int) {
	for i := range p.records {
		n += len(p.records[i].data) + len(p.records[i].partitionKey)
	}
	return n
}

func damaged(sh *shard, r storage.Record, err error) error {
	return fmt.Errorf("record %d of %s: %w", r.Seq, sh.id, err)
}
