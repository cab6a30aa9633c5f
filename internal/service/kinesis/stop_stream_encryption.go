package kinesis

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/kinesisapi"
)

// stopStreamEncryption has records put after it returned stored as they are; those that are sealed stay so. On a stream that
// is not encrypted there is nothing to do. The key must be the stream's.
func (s *Service) stopStreamEncryption(ctx context.Context, in *kinesisapi.StopStreamEncryptionInput) (*kinesisapi.StopStreamEncryptionOutput, error) {
	st, _, err := s.existing(ctx, "StopStreamEncryption", in.StreamName, in.StreamARN)
	if err != nil {
		return nil, err
	}
	if *in.EncryptionType != encryptionKMS {
		return nil, errEncryptionType(*in.EncryptionType)
	}
	cur := st.state.Load()
	// A key that is gone is still known by the name that it was given with; what does not resolve is another one.
	key, _ := s.keys.Resolve(ctx, keyUser(ctx, cur), *in.KeyId)
	err = s.changeEncryption(ctx, st, func(cur *streamState, doc *streamDoc) error {
		switch {
		case !cur.encrypted():
			return errNoChange
		case *in.KeyId != cur.KeyID && *in.KeyId != cur.Key && key != cur.Key:
			return invalidArgument("Stream " + cur.key.of() + " is not encrypted with key " + *in.KeyId + ".")
		}
		now := s.clock.Now()
		if doc.Decrypted, err = withinDay(cur.Decrypted, now, encryptionChangesPerDayMax); err != nil {
			return errEncryptedTooOften(cur.key, "stopped")
		}
		doc.Key, doc.KeyID = "", ""
		s.updating(doc, now)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &kinesisapi.StopStreamEncryptionOutput{}, nil
}
