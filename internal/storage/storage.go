// Package storage is the port to whatever keeps bytes durable. Everything lives in named logs; a log with Latest is a
// table. Three engines implement it: storage/memory, storage/embedded (Pebble, the default) and storage/distributed
// (NATS JetStream). All pass storage/storagetest, and nothing above this package knows which one it runs on.
//
// The contract:
//
//  1. When Append returns nil, the entries survive a power failure of every machine (of the process, for memory's
//     simulated disk).
//  2. Sequence numbers start at 1, are contiguous within and across appends, and are never reused, not even after
//     everything was trimmed.
//  3. Guards are evaluated against the log as it was before the append. One failing guard refuses everything with
//     ErrConflict. Within one append, guard a key only on the first entry that touches it.
//  4. ErrUnknown means: may or may not be stored. A guarded append can be retried freely; an unguarded one may
//     duplicate.
//  5. Read, Last and Tail show durable records only.
//  6. Atomicity never spans two logs. What must change together lives in one log.
package storage

import (
	"context"
	"errors"
	"iter"
	"time"
)

// The errors that callers act on. Everything else is a fault of the engine.
var (
	ErrConflict = errors.New("guard failed")           // nothing was stored
	ErrNotFound = errors.New("not found")              // the key has no record, or the log does not exist
	ErrUnknown  = errors.New("outcome unknown")        // the entries may or may not have been stored
	ErrTooLarge = errors.New("batch too large")        // above MaxBatch, MaxRecordBytes or MaxAppendBytes
	ErrName     = errors.New("illegal name")           // a log name or key with characters outside the allowed set
	ErrClosed   = errors.New("storage engine closed")  // the engine was closed
	ErrConfig   = errors.New("configuration conflict") // a log exists with another fixed setting (Latest)
	ErrBatch    = errors.New("malformed append")       // no entries, or a guard on a key that an earlier entry writes
	ErrFull     = errors.New("storage full")           // nothing was stored: trim, drop or add space
	ErrFailed   = errors.New("storage engine failed")  // the disk failed a write: nothing is stored until a restart
)

// Bounds every engine keeps to.
const (
	MaxBatch       = 1000     // entries in one Append
	MaxRecordBytes = 12 << 20 // bytes of one record's data
	MaxAppendBytes = 64 << 20 // bytes of data in one Append
	MaxNameBytes   = 200      // bytes of a log's name or of a key
)

// An Engine opens logs. Log names have the characters [A-Za-z0-9_-]; keys may also have dots, but neither start nor
// end with one nor have two in a row. EscapeName and EscapeKey make any text into one.
type Engine interface {
	// Open returns the log with that name, creating it if it is missing. Opening twice returns the same log.
	Open(ctx context.Context, name string, cfg Config) (Log, error)
	// Names lists the logs whose names start with prefix, sorted.
	Names(ctx context.Context, prefix string) ([]string, error)
	// Drop deletes a log and all its records: ErrNotFound if there is none. Logs that were open answer ErrNotFound.
	Drop(ctx context.Context, name string) error
	// Close waits for appends under way and releases everything.
	Close() error
}

// Config is fixed when a log is created, except for MaxAge.
type Config struct {
	MaxAge time.Duration // records older than this go away; 0 keeps them
	Latest bool          // keep only the newest record of each key
}

// A Log is a durable, totally ordered sequence of records, each with a key.
type Log interface {
	// Append stores all entries or none, contiguously, and returns the sequence number of the last one. It takes
	// ownership of nothing: entries may be reused once it returned.
	Append(ctx context.Context, entries ...Entry) (last uint64, err error)
	// Read returns records oldest first; none is not an error. The caller owns what it gets.
	Read(ctx context.Context, r Range) ([]Record, error)
	// Last returns the newest record of a key, or ErrNotFound. It sees every acknowledged append.
	Last(ctx context.Context, key string) (Record, error)
	// Tail yields the records of a range and then new ones as they become durable, until ctx ends (then it just
	// stops) or reading fails (then it yields the error and stops). Max and MaxBytes of r are ignored.
	Tail(ctx context.Context, r Range) iter.Seq2[Record, error]
	// Trim removes the records before a sequence number.
	Trim(ctx context.Context, before uint64) error
	// Bounds returns the first retained and the last durable sequence number; first is last+1 when the log is empty.
	Bounds(ctx context.Context) (first, last uint64, err error)
}

// Entry is a record to append. A guard may depend on any key of the same log.
type Entry struct {
	Key   string
	Data  []byte
	Guard *Guard
}

// Guard holds when the newest record of Key has sequence number Seq (0: the key has none).
type Guard struct {
	Key string
	Seq uint64
}

// Record is a stored entry. Time is when the engine took it; it never decreases along a log of one machine.
type Record struct {
	Seq  uint64
	Key  string
	Time time.Time
	Data []byte
}

// Range selects records: of one key or (empty Key) of all, from a sequence number or a time, at most Max records
// (0: MaxBatch), and none after those before it have MaxBytes bytes of data (0: no limit). So what has less than both is
// all there is.
type Range struct {
	Key      string
	From     uint64
	Since    time.Time
	Max      int
	MaxBytes int
}
