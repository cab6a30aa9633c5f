package kinesis

import (
	"context"
	"fmt"
	"time"

	"github.com/hookswitch/hookswitch/internal/api/kinesisapi"
)

// putRecord stores one record. It is durable when this returns.
func (s *Service) putRecord(ctx context.Context, in *kinesisapi.PutRecordInput) (*kinesisapi.PutRecordOutput, error) {
	st, now, err := s.writable(ctx, "PutRecord", in.StreamName, in.StreamARN)
	if err != nil {
		return nil, err
	}
	if in.SequenceNumberForOrdering != nil {
		if err := checkOrdering(st.key, *in.SequenceNumberForOrdering, now); err != nil {
			return nil, err
		}
	}
	entry, err := newPutEntry(*in.PartitionKey, in.ExplicitHashKey, in.Data)
	if err != nil {
		return nil, err
	}
	if entry.size() > st.maxRecordBytes() {
		return nil, errRecordTooLarge("data", len(in.Data), st.maxRecordBytes())
	}
	r := s.put(ctx, st, []putEntry{entry}, now)[0]
	s.countPutRecord(st, entry.size(), r.err == nil, now)
	if missing(r.err) {
		return nil, errNoStream(st.key)
	}
	if refused := refusedKey(st, r.err); refused != nil {
		return nil, refused
	}
	if r.err != nil {
		return nil, fmt.Errorf("put a record into %s: %w", st.Name, r.err)
	}
	return &kinesisapi.PutRecordOutput{ShardId: &r.shard.id, SequenceNumber: &r.sequence, EncryptionType: sealedAs(r.sealed)}, nil
}

// sealedAs returns the EncryptionType of an answer; nil: it is left out.
func sealedAs(sealed bool) *string {
	if sealed {
		return new(encryptionKMS)
	}
	return nil
}

// newPutEntry makes a record of a request's members. It holds on to data.
func newPutEntry(partitionKey string, explicit *string, data []byte) (putEntry, error) {
	if explicit == nil {
		return putEntry{partitionKey: partitionKey, data: data, hash: hashPartitionKey(partitionKey)}, nil
	}
	hash, ok := parseHashKey(*explicit)
	if !ok {
		return putEntry{}, invalidArgument("Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. Specified value was " + *explicit)
	}
	return putEntry{partitionKey: partitionKey, data: data, hash: hash, hasExplicit: true}, nil
}

// checkOrdering checks a SequenceNumberForOrdering. That the new record's number is greater needs no doing: the numbers of
// a shard only rise.
func checkOrdering(key streamKey, text string, now time.Time) error {
	if n, err := parseSequence(text); err != nil || n.time > now.Unix() {
		return invalidArgument("ExclusiveMinimumSequenceNumber " + text + " used in PutRecord on stream " + key.of() + " is invalid.")
	}
	return nil
}
