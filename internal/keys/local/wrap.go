package local

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/hookswitch/hookswitch/internal/keys"
)

// RootBytes is the length of a root key.
const RootBytes = 32

const (
	idBytes    = 16 // of a key, and of its material
	saltBytes  = 16
	nonceBytes = 12
	tagBytes   = 16
)

// blobHeader begins every wrapped data key, as it begins those of AWS: in base64 they start with AQICAH.
var blobHeader = [5]byte{1, 2, 2, 0, 0x78}

// blobBytes is the length of a wrapped data key: header, key id, material id, salt, nonce, data key, tag.
const blobBytes = len(blobHeader) + 2*idBytes + saltBytes + nonceBytes + keys.DataKeyBytes + tagBytes

var errBlob = errors.New("not a data key that was wrapped here, or not with this context")

// What a secret is used for goes into the derivation: no two uses share a key.
const (
	forMaterial = "hookswitch root: key material"
	forCheck    = "hookswitch root: check"
	forDataKeys = "hookswitch key: data keys"
)

// derived returns the cipher that one message is sealed with.
func derived(secret, salt []byte, use string) (cipher.AEAD, error) {
	key, err := hkdf.Key(sha256.New, secret, salt, use, 32)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// seal appends salt, nonce and the sealed text to dst.
func seal(random io.Reader, dst, secret []byte, use string, plain, about []byte) ([]byte, error) {
	var fresh [saltBytes + nonceBytes]byte
	if _, err := io.ReadFull(random, fresh[:]); err != nil {
		return nil, fmt.Errorf("read randomness: %w", err)
	}
	aead, err := derived(secret, fresh[:saltBytes], use)
	if err != nil {
		return nil, err
	}
	return aead.Seal(append(dst, fresh[:]...), fresh[saltBytes:], plain, about), nil
}

// unseal opens what seal appended.
func unseal(sealed, secret []byte, use string, about []byte) ([]byte, error) {
	if len(sealed) < saltBytes+nonceBytes+tagBytes {
		return nil, errBlob
	}
	aead, err := derived(secret, sealed[:saltBytes], use)
	if err != nil {
		return nil, err
	}
	plain, err := aead.Open(nil, sealed[saltBytes:saltBytes+nonceBytes], sealed[saltBytes+nonceBytes:], about)
	if err != nil {
		return nil, errBlob
	}
	return plain, nil
}

// blob is a wrapped data key taken apart.
type blob struct {
	key, material [idBytes]byte
	sealed        []byte
}

func parseBlob(b []byte) (p blob, err error) {
	if len(b) != blobBytes || [len(blobHeader)]byte(b) != blobHeader {
		return p, errBlob
	}
	b = b[len(blobHeader):]
	return blob{[idBytes]byte(b), [idBytes]byte(b[idBytes:]), b[2*idBytes:]}, nil
}

// about returns what a wrapped data key is bound to: no other key, account, Region or context opens it. Every text has its
// length before it, so that no two contexts look alike.
func (d *keyDoc) about(id [idBytes]byte, context keys.Context) []byte {
	b := append(blobHeader[:len(blobHeader):len(blobHeader)], id[:]...)
	texts := []string{d.Account, d.Region}
	for _, k := range slices.Sorted(maps.Keys(context)) {
		texts = append(texts, k, context[k])
	}
	for _, t := range texts {
		b = append(binary.AppendUvarint(b, uint64(len(t))), t...)
	}
	return b
}
