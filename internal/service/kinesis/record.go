package kinesis

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// A record is stored as
//
//	byte     1: version of this form
//	byte     flags: 1 an explicit hash key follows, 2 a lineage follows, 4 the data is sealed
//	8 bytes  arrival, milliseconds since the epoch, big endian
//	uvarint  length of the partition key, in bytes
//	         the partition key
//	16 bytes the explicit hash key, big endian (flag 1)
//	uvarint  length of the lineage (flag 2)
//	         the lineage
//	8 bytes  the data key's place in its log, big endian (flag 4)
//	8 bytes  the nonce that it is sealed with, big endian (flag 4)
//	         the data, up to the end; sealed, it is bound to all that stands before, the stream and the shard
//
// Everything that a copy of the log must not change is inside: a storage engine may stamp times of its own.
type record struct {
	arrival      int64 // milliseconds since the epoch
	partitionKey []byte
	explicit     hashKey
	hasExplicit  bool
	lineage      []byte // what fact this came from, when a courier brought it
	data         []byte
	head         []byte // what stands before sealed data; nil: the data is not sealed
}

// storedSize is what the record counts for in the bounds of a read, before it is opened.
func (r *record) storedSize() int {
	n := len(r.data) + len(r.partitionKey)
	if r.head != nil {
		n -= sealTagBytes
	}
	return n
}

const (
	recordVersion      = 1
	recordHasHash      = 1
	recordHasLineage   = 2
	recordHeaderBytes  = 10 // before the partition key's length
	recordSealed       = 4
	recordOverheadsMax = recordHeaderBytes + 2*binary.MaxVarintLen32 + 16 + 16 + sealTagBytes
)

var errRecord = errors.New("not a stored record")

// appendRecord appends the stored form of r, sealed unless seal is nil.
func appendRecord(dst []byte, r *putEntry, arrival int64, shardID string, seal *recordSealer) []byte {
	flags, start := byte(0), len(dst)
	if seal != nil {
		flags |= recordSealed
	}
	if r.hasExplicit {
		flags |= recordHasHash
	}
	if r.lineage != "" {
		flags |= recordHasLineage
	}
	dst = append(dst, recordVersion, flags)
	dst = binary.BigEndian.AppendUint64(dst, uint64(arrival))
	dst = binary.AppendUvarint(dst, uint64(len(r.partitionKey)))
	dst = append(dst, r.partitionKey...)
	if r.hasExplicit {
		dst = binary.BigEndian.AppendUint64(dst, r.hash.hi)
		dst = binary.BigEndian.AppendUint64(dst, r.hash.lo)
	}
	if r.lineage != "" {
		dst = binary.AppendUvarint(dst, uint64(len(r.lineage)))
		dst = append(dst, r.lineage...)
	}
	if seal != nil {
		return seal.seal(dst, start, shardID, r.data)
	}
	return append(dst, r.data...)
}

// decodeRecord takes the stored form apart. The result aliases b.
func decodeRecord(b []byte) (r record, err error) {
	if len(b) < recordHeaderBytes || b[0] != recordVersion {
		return r, errRecord
	}
	flags, whole := b[1], b
	r.arrival = int64(binary.BigEndian.Uint64(b[2:]))
	b = b[recordHeaderBytes:]
	if r.partitionKey, b, err = cutCounted(b); err != nil {
		return r, err
	}
	if flags&recordHasHash != 0 {
		if len(b) < 16 {
			return r, errRecord
		}
		r.hasExplicit = true
		r.explicit = hashKey{binary.BigEndian.Uint64(b), binary.BigEndian.Uint64(b[8:])}
		b = b[16:]
	}
	if flags&recordHasLineage != 0 {
		if r.lineage, b, err = cutCounted(b); err != nil {
			return r, err
		}
	}
	if flags&recordSealed != 0 {
		if len(b) < 16+sealTagBytes {
			return r, errRecord
		}
		b = b[16:]
		n := len(whole) - len(b)
		r.head = whole[:n:n]
	}
	r.data = b
	return r, nil
}

// cutCounted takes a length and that many bytes off the front of b.
func cutCounted(b []byte) (head, rest []byte, err error) {
	n, w := binary.Uvarint(b)
	if w <= 0 || n > uint64(len(b)-w) {
		return nil, nil, errRecord
	}
	end := w + int(n)
	return b[w:end:end], b[end:], nil
}

// arrivalOf reads only the arrival time of a stored record.
func arrivalOf(b []byte) (int64, error) {
	if len(b) < recordHeaderBytes || b[0] != recordVersion {
		return 0, fmt.Errorf("arrival time: %w", errRecord)
	}
	return int64(binary.BigEndian.Uint64(b[2:])), nil
}
