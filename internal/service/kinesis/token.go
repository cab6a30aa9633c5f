package kinesis

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/hookswitch/hookswitch/internal/storage"
)

const (
	// tokenLife is how long shard iterators and NextTokens are valid.
	tokenLife = 5 * time.Minute
	// iteratorCharsMax is the model's bound on a shard iterator.
	iteratorCharsMax = 512

	secretBytes = 32
	secretKey   = "secret"
)

// tokenHeader begins every token, as it begins those of the real service.
var tokenHeader = [8]byte{7: 1}

var errToken = errors.New("not a token of ours")

// The kinds of token. One kind is never taken for another.
const (
	tokenIterator    = "shard iterator"
	tokenListShards  = "ListShards"
	tokenListStreams = "ListStreams"
)

// sealer makes tokens that only it can read and that cannot be altered. The nonce is a keyed hash of the contents: the
// same contents give the same token, different contents practically never share a nonce, and no randomness is needed
// to make one.
type sealer struct {
	aead     cipher.AEAD
	nonceKey []byte
}

// newSealer reads the secret that all processes on one storage share, or makes it.
func newSealer(ctx context.Context, meta storage.Log, random io.Reader) (*sealer, error) {
	fresh := make([]byte, secretBytes)
	if _, err := io.ReadFull(random, fresh); err != nil {
		return nil, fmt.Errorf("read randomness: %w", err)
	}
	for range changeAttemptsMax {
		rec, err := meta.Last(ctx, secretKey)
		if err == nil {
			return sealerFrom(rec.Data)
		}
		if !errors.Is(err, storage.ErrNotFound) {
			return nil, fmt.Errorf("read the token secret: %w", err)
		}
		_, err = meta.Append(ctx, storage.Entry{Key: secretKey, Data: fresh, Guard: &storage.Guard{Key: secretKey}})
		if err != nil && !errors.Is(err, storage.ErrConflict) && !errors.Is(err, storage.ErrUnknown) {
			return nil, fmt.Errorf("store the token secret: %w", err)
		}
	}
	return nil, errors.New("the token secret can be neither stored nor read")
}

func sealerFrom(secret []byte) (*sealer, error) {
	derive := func(what string) []byte {
		m := hmac.New(sha256.New, secret)
		m.Write([]byte(what))
		return m.Sum(nil)
	}
	block, err := aes.NewCipher(derive("tokens: encryption"))
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	return &sealer{aead: aead, nonceKey: derive("tokens: nonce")}, nil
}

func (s *sealer) seal(kind string, plain []byte) string {
	m := hmac.New(sha256.New, s.nonceKey)
	m.Write([]byte(kind))
	m.Write(plain)
	var sum [sha256.Size]byte
	nonce := m.Sum(sum[:0])[:s.aead.NonceSize()]
	out := make([]byte, 0, len(tokenHeader)+len(nonce)+len(plain)+s.aead.Overhead())
	out = append(append(out, tokenHeader[:]...), nonce...)
	return base64.StdEncoding.EncodeToString(s.aead.Seal(out, nonce, plain, []byte(kind)))
}

func (s *sealer) open(kind, token string) ([]byte, error) {
	b, err := base64.StdEncoding.Strict().DecodeString(token)
	n := len(tokenHeader) + s.aead.NonceSize()
	if err != nil || len(b) < n || [8]byte(b) != tokenHeader {
		return nil, errToken
	}
	plain, err := s.aead.Open(nil, b[len(tokenHeader):n], b[n:], []byte(kind))
	if err != nil {
		return nil, errToken
	}
	return plain, nil
}

// iterator is what a shard iterator says.
type iterator struct {
	made  int64 // milliseconds
	id    string
	key   streamKey
	index int
	from  uint64 // place in the shard's log
}

func (s *sealer) sealIterator(it iterator) string {
	b := make([]byte, 0, 256)
	b = binary.BigEndian.AppendUint64(b, uint64(it.made))
	b = binary.BigEndian.AppendUint32(b, uint32(it.index))
	b = binary.BigEndian.AppendUint64(b, it.from)
	for _, text := range []string{it.id, it.key.account, it.key.region, it.key.name} {
		b = binary.AppendUvarint(b, uint64(len(text)))
		b = append(b, text...)
	}
	return s.seal(tokenIterator, append(b, make([]byte, iteratorPadding(len(b)))...))
}

// iteratorPadding is how many zeros follow n bytes, so that iterators are as long as the real service's: 152 bytes or a
// multiple of 16 more, header, nonce (12) and tag (16) among them.
func iteratorPadding(n int) int {
	const around, least = len(tokenHeader) + 12 + 16, 152
	return max(least-around-n, ((least-around-n)%16+16)%16)
}

func (s *sealer) openIterator(token string) (it iterator, err error) {
	plain, err := s.open(tokenIterator, token)
	if err != nil {
		return it, err
	}
	b := plain
	if len(b) < 20 {
		return it, errToken
	}
	it.made = int64(binary.BigEndian.Uint64(b))
	it.index = int(binary.BigEndian.Uint32(b[8:]))
	it.from = binary.BigEndian.Uint64(b[12:])
	b = b[20:]
	for _, text := range []*string{&it.id, &it.key.account, &it.key.region, &it.key.name} {
		var head []byte
		if head, b, err = cutCounted(b); err != nil {
			return it, errToken
		}
		*text = string(head)
	}
	read := len(plain) - len(b)
	if len(b) != iteratorPadding(read) || bytes.ContainsFunc(b, func(r rune) bool { return r != 0 }) {
		return it, errToken
	}
	return it, nil
}
