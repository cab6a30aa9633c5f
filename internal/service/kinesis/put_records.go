package kinesis

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/hookswitch/hookswitch/internal/api/kinesisapi"
)

// putRecords stores many records. Bad input refuses them all; after that each is stored or fails alone, and what is
// stored is durable when this returns.
func (s *Service) putRecords(ctx context.Context, in *kinesisapi.PutRecordsInput) (*kinesisapi.PutRecordsOutput, error) {
	st, now, err := s.writable(ctx, "PutRecords", in.StreamName, in.StreamARN)
	if err != nil {
		return nil, err
	}
	entries, err := newPutEntries(st, in.Records)
	if err != nil {
		return nil, err
	}
	results := s.put(ctx, st, entries, now)
	out := &kinesisapi.PutRecordsOutput{Records: make([]kinesisapi.PutRecordsResultEntry, len(results))}
	failed, throttled, lost, refused, sealed := int32(0), int32(0), 0, 0, false
	for i := range results {
		r := &results[i]
		if r.err == nil {
			sealed = sealed || r.sealed
			out.Records[i] = kinesisapi.PutRecordsResultEntry{ShardId: &r.shard.id, SequenceNumber: &r.sequence}
			continue
		}
		failed++
		var tooFast *kinesisapi.ProvisionedThroughputExceededException
		if errors.As(r.err, &tooFast) {
			throttled++
			out.Records[i] = kinesisapi.PutRecordsResultEntry{ErrorCode: new(tooFast.ErrorCode()), ErrorMessage: &tooFast.Message}
			continue
		}
		if missing(r.err) {
			lost++
		}
		if refusedKey(st, r.err) != nil {
			refused++
		}
		out.Records[i] = kinesisapi.PutRecordsResultEntry{ErrorCode: new("InternalFailure"), ErrorMessage: new("Internal Service Failure.")}
		err = r.err
	}
	s.countPutRecords(st, entries, results, int(failed), int(throttled), now)
	if lost == len(results) {
		return nil, errNoStream(st.key) // deleted meanwhile
	}
	if refused == len(results) {
		return nil, refusedKey(st, err)
	}
	if failed > throttled {
		// The answer is a 200, so nobody else reports this. That a client has gone is its own doing.
		level := slog.LevelError
		if ctx.Err() != nil {
			level = slog.LevelDebug
		}
		s.log.LogAttrs(ctx, level, "records not stored", slog.String("stream", st.arn), slog.Int("records", int(failed-throttled)), slog.Any("err", err))
	}
	out.FailedRecordCount, out.EncryptionType = &failed, sealedAs(sealed)
	return out, nil
}

// newPutEntries checks and hashes the records of a request.
func newPutEntries(st *streamState, records []kinesisapi.PutRecordsRequestEntry) ([]putEntry, error) {
	entries := make([]putEntry, len(records))
	total, maxBytes := 0, st.maxRecordBytes()
	for i := range records {
		r := &records[i]
		var err error
		if entries[i], err = newPutEntry(*r.PartitionKey, r.ExplicitHashKey, r.Data); err != nil {
			return nil, err
		}
		n := entries[i].size()
		if n > maxBytes {
			return nil, errRecordTooLarge(fmt.Sprintf("records.%d.member.data", i+1), len(r.Data), maxBytes)
		}
		total += n
	}
	if total > putBytesMax {
		return nil, invalidArgument("Records size exceeds 10 MB limit")
	}
	return entries, nil
}
