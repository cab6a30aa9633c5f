package kinesis

import (
	"context"
	"fmt"

	"github.com/hookswitch/hookswitch/internal/api/kinesisapi"
	"github.com/hookswitch/hookswitch/internal/keys"
)

// encryptionChangesPerDayMax is how often encryption is started, and how often it is stopped, in any 24 hours.
const encryptionChangesPerDayMax = 25

// startStreamEncryption has records put after it returned sealed under a key; those before stay as they are. On a stream
// that is encrypted it changes the key. An alias is followed once, now.
func (s *Service) startStreamEncryption(ctx context.Context, in *kinesisapi.StartStreamEncryptionInput) (*kinesisapi.StartStreamEncryptionOutput, error) {
	st, _, err := s.existing(ctx, "StartStreamEncryption", in.StreamName, in.StreamARN)
	if err != nil {
		return nil, err
	}
	if *in.EncryptionType != encryptionKMS {
		return nil, errEncryptionType(*in.EncryptionType)
	}
	cur := st.state.Load()
	who := keyUser(ctx, cur)
	key, err := s.keys.Resolve(ctx, who, *in.KeyId)
	if err == nil {
		err = s.keys.Check(ctx, who, key, keys.GenerateDataKey)
	}
	if err != nil {
		return nil, refusedKey(cur, err)
	}
	err = s.changeEncryption(ctx, st, func(cur *streamState, doc *streamDoc) error {
		now := s.clock.Now()
		if doc.Encrypted, err = withinDay(cur.Encrypted, now, encryptionChangesPerDayMax); err != nil {
			return errEncryptedTooOften(cur.key, "started")
		}
		doc.Key, doc.KeyID = key, *in.KeyId
		s.updating(doc, now)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &kinesisapi.StartStreamEncryptionOutput{}, nil
}

// changeEncryption changes whether records are sealed, and under which key, of a stream that is ACTIVE. No put of this process
// is under way meanwhile: what is put after it is as it says. (See put.)
func (s *Service) changeEncryption(ctx context.Context, st *stream, fn func(*streamState, *streamDoc) error) error {
	logs := st.state.Load().logs
	logs.puts.Lock()
	defer logs.puts.Unlock()
	return s.changeActive(ctx, st, func(cur *streamState, doc *streamDoc) error {
		if cur.logs != logs {
			return errNoStream(cur.key) // deleted, and made anew, since the request came
		}
		return fn(cur, doc)
	})
}

// errEncryptionType is for NONE, which the model has. (Our text.)
func errEncryptionType(kind string) error {
	return invalidArgument("EncryptionType " + kind + " is not valid here. The only valid value is KMS.")
}

// errEncryptedTooOften is our text.
func errEncryptedTooOften(key streamKey, what string) error {
	return limitExceeded(fmt.Sprintf("Encryption of stream %s can be %s %d times in 24 hours.", key.of(), what, encryptionChangesPerDayMax))
}
