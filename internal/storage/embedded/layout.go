package embedded

import (
	"encoding/binary"
	"errors"
	"time"

	"github.com/cockroachdb/pebble/v2"
)

// Layout of the Pebble keys. Integers are big endian, so that keys sort by them.
//
//	'i'                        the newest log id that was given out
//	'm' name                   meta: what is fixed about a log, and its floor
//	'k' id32 key 0 seq64       time64 data: the records, key by key
//	's' id32 seq64             time64 runs: the log in order
//
// Reading one key is the hot path, so the data lies there, and one sequential scan finds it. The entries of 's' say
// which key each sequence number has: one entry for a whole append, standing at its last sequence number, with runs of
// (count, length of key, key). In a Latest log, where records go away one by one, every record has an entry of its own.
const (
	kindID   = 'i'
	kindMeta = 'm'
	kindRec  = 'k'
	kindSeq  = 's'

	timeBytes = 8
	seqBytes  = 8
)

var errLayout = errors.New("storage: a stored value does not have its layout: the data is damaged or not ours")

func metaKey(name string) []byte { return append([]byte{kindMeta}, name...) }

func seqKey(id uint32, seq uint64) []byte {
	k := binary.BigEndian.AppendUint32(append(make([]byte, 0, 13), kindSeq), id)
	return binary.BigEndian.AppendUint64(k, seq)
}

func recKey(id uint32, key string, seq uint64) []byte {
	return appendRecKey(make([]byte, 0, 14+len(key)), id, key, seq)
}

func appendRecKey(k []byte, id uint32, key string, seq uint64) []byte {
	k = append(binary.BigEndian.AppendUint32(append(k, kindRec), id), key...)
	return binary.BigEndian.AppendUint64(append(k, 0), seq)
}

// space returns the bounds of everything of one kind that log id has.
func space(kind byte, id uint32) *pebble.IterOptions {
	return &pebble.IterOptions{
		LowerBound: binary.BigEndian.AppendUint32([]byte{kind}, id),
		UpperBound: binary.BigEndian.AppendUint32([]byte{kind}, id+1),
	}
}

// seqOf returns the sequence number a record's or chunk's key ends with.
func seqOf(k []byte) uint64 { return binary.BigEndian.Uint64(k[len(k)-seqBytes:]) }

// nanosOf returns the time a record's or chunk's value starts with.
func nanosOf(v []byte) (int64, error) {
	if len(v) < timeBytes {
		return 0, errLayout
	}
	return int64(binary.BigEndian.Uint64(v)), nil
}

func timeOf(nanos int64) time.Time { return time.Unix(0, nanos).UTC() }

// run is a stretch of records of one key with consecutive sequence numbers.
type run struct {
	first, last uint64
	key         []byte // lies in the chunk
}

// appendRun adds a run to a chunk.
func appendRun(chunk []byte, count int, key string) []byte {
	chunk = binary.AppendUvarint(chunk, uint64(count))
	chunk = binary.AppendUvarint(chunk, uint64(len(key)))
	return append(chunk, key...)
}

// runs decodes the chunk that ends at sequence number last into dst[:0].
func runs(dst []run, chunk []byte, last uint64) ([]run, error) {
	dst = dst[:0]
	if len(chunk) < timeBytes {
		return nil, errLayout
	}
	chunk = chunk[timeBytes:]
	total := uint64(0)
	for len(chunk) > 0 {
		count, n := binary.Uvarint(chunk)
		if n <= 0 || count == 0 || count > last-total {
			return nil, errLayout
		}
		chunk = chunk[n:]
		length, n := binary.Uvarint(chunk)
		if n <= 0 || length > uint64(len(chunk)-n) {
			return nil, errLayout
		}
		dst = append(dst, run{first: total, last: total + count - 1, key: chunk[n : n+int(length)]})
		chunk = chunk[n+int(length):]
		total += count
	}
	base := last + 1 - total
	for i := range dst {
		dst[i].first += base
		dst[i].last += base
	}
	return dst, nil
}
