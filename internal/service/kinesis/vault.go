package kinesis

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hookswitch/hookswitch/internal/courier"
	"github.com/hookswitch/hookswitch/internal/keys"
	"github.com/hookswitch/hookswitch/internal/storage"
	"github.com/hookswitch/hookswitch/internal/wire"
)

// Bounds of the keys that records are sealed with.
const (
	dataKeyLife     = 5 * time.Minute // records that arrive later get another one
	dataKeyBytesMax = 4 << 30         // bytes of data that are sealed with one
	openedKeysMax   = 64              // that a stream keeps unwrapped, to read with

	// dataKeyMargin is how much longer than records data keys are kept: a clock that is set back shows the former again.
	dataKeyMargin = 24 * time.Hour
)

// sealTagBytes is by how much sealed data is longer.
const sealTagBytes = 16

// vault is the data keys of one incarnation of a stream. Each is stored once, wrapped, in a log of the incarnation's own,
// before the first record is sealed with it; records name its place there. A data key seals in the process that made it
// only, so that it can count its nonces.
type vault struct {
	sealing atomic.Pointer[dataKey]
	making  sync.Mutex // held while one makes a data key for all

	mu      sync.Mutex // guards everything below
	version uint64     // of the provider, when what is kept here was unwrapped
	opened  map[uint64]*openedKey
	uses    uint64 // counts them
}

// dataKey is a data key that records are sealed with.
type dataKey struct {
	place   uint64 // in the log of data keys
	key     string // ARN of the key that it is wrapped under
	version uint64 // of the provider, before it was made
	until   int64  // arrival time from which records get another one, in milliseconds
	aead    cipher.AEAD
	room    atomic.Int64 // bytes that may still be sealed with it
	nonces  atomic.Uint64
}

// openedKey is a data key that records are read with.
type openedKey struct {
	key  string
	aead cipher.AEAD
	used uint64 // when, in uses
}

// fits says whether a record that arrives at a time can be sealed with the key, and takes so many bytes of its room.
func (k *dataKey) fits(key string, version uint64, arrival int64, size int) bool {
	return k != nil && k.key == key && k.version == version && arrival < k.until && k.room.Add(-int64(size)) >= 0
}

// encrypted says whether records that are put now are sealed.
func (st *streamState) encrypted() bool { return st.Key != "" }

// encryption returns EncryptionType and KeyId as descriptions tell them.
func (st *streamState) encryption() (kind, keyID *string) {
	if !st.encrypted() {
		return new(encryptionNone), nil
	}
	return new(encryptionKMS), &st.KeyID
}

const (
	encryptionNone = "NONE"
	encryptionKMS  = "KMS"
)

// keyUser is on whose behalf a stream's key is used: the caller's, or that of the service that has the courier deliver or
// read.
func keyUser(ctx context.Context, st *streamState) keys.Caller {
	if c := wire.CallerFrom(ctx); c.Account != "" {
		return keys.Caller{Partition: c.Partition, Account: c.Account, Region: c.Region, Via: "kinesis"}
	}
	return keys.Caller{Partition: st.Partition, Account: st.Account, Region: st.Region, Principal: courier.SenderFrom(ctx), Via: "kinesis"}
}

// keyContext is what data keys of a stream are bound to. (Documented for the real service.)
func keyContext(st *streamState) keys.Context { return keys.Context{"aws:kinesis:arn": st.arn} }

// sealingKey returns the data key for records of a stream that arrive at a time, in milliseconds, with so many bytes.
func (s *Service) sealingKey(ctx context.Context, st *streamState, arrival int64, size int) (*dataKey, error) {
	v := &st.logs.vault
	if k := v.sealing.Load(); k.fits(st.Key, s.keys.Version(), arrival, size) {
		return k, nil
	}
	v.making.Lock()
	defer v.making.Unlock()
	version := s.keys.Version()
	if k := v.sealing.Load(); k.fits(st.Key, version, arrival, size) {
		return k, nil // someone else was faster
	}
	made, err := s.keys.Generate(ctx, keyUser(ctx, st), st.Key, keyContext(st))
	if err != nil {
		return nil, fmt.Errorf("generate a data key: %w", err)
	}
	k := &dataKey{key: st.Key, version: version, until: arrival + dataKeyLife.Milliseconds()}
	if k.aead, err = newAEAD(made.Plain); err != nil {
		return nil, err
	}
	log, err := st.logs.openKeys(ctx)
	if err != nil {
		return nil, err
	}
	if k.place, err = log.Append(ctx, storage.Entry{Key: dataKeyEntry, Data: appendDataKey(nil, k.until, made.Wrapped)}); err != nil {
		return nil, fmt.Errorf("store a data key: %w", err)
	}
	k.room.Store(dataKeyBytesMax - int64(size))
	v.sealing.Store(k)
	return k, nil
}

// openingKey returns the data key at a place of the log of data keys, if who reads may use the key it is wrapped under.
func (s *Service) openingKey(ctx context.Context, st *streamState, who keys.Caller, place uint64) (*openedKey, error) {
	v := &st.logs.vault
	version := s.keys.Version()
	if k := v.find(place, version); k != nil {
		return k, s.keys.Check(ctx, who, k.key, keys.Decrypt)
	}
	log, err := st.logs.openKeys(ctx)
	if err != nil {
		return nil, err
	}
	recs, err := log.Read(ctx, storage.Range{From: place, Max: 1})
	if err != nil {
		return nil, fmt.Errorf("read data key %d: %w", place, err)
	}
	if len(recs) == 0 || recs[0].Seq != place {
		return nil, fmt.Errorf("data key %d: %w", place, errNoDataKey)
	}
	_, wrapped, err := cutDataKey(recs[0].Data)
	if err != nil {
		return nil, fmt.Errorf("data key %d: %w", place, err)
	}
	got, err := s.keys.Unwrap(ctx, who, wrapped, keyContext(st))
	if err != nil {
		return nil, fmt.Errorf("unwrap data key %d: %w", place, err)
	}
	k := &openedKey{key: got.Key}
	if k.aead, err = newAEAD(got.Plain); err != nil {
		return nil, err
	}
	v.keep(place, version, k)
	return k, nil
}

// errNoDataKey says that records name a data key that is not there any more, or never was.
var errNoDataKey = errors.New("no such data key")

// find returns a data key that is kept. Those from before a decision about keys are dropped.
func (v *vault) find(place, version uint64) *openedKey {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.version != version {
		v.version, v.opened = version, nil
		if k := v.sealing.Load(); k != nil && k.version != version {
			v.sealing.CompareAndSwap(k, nil)
		}
	}
	k := v.opened[place]
	if k != nil {
		v.uses++
		k.used = v.uses
	}
	return k
}

// keep keeps a data key that was unwrapped while the provider had a version, in the place of the one used longest ago.
func (v *vault) keep(place, version uint64, k *openedKey) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.version != version {
		return
	}
	if v.opened == nil {
		v.opened = map[uint64]*openedKey{}
	}
	if len(v.opened) >= openedKeysMax {
		oldest, used := uint64(0), ^uint64(0)
		for at, o := range v.opened {
			if o.used < used {
				oldest, used = at, o.used
			}
		}
		delete(v.opened, oldest)
	}
	v.uses++
	k.used = v.uses
	v.opened[place] = k
}

func newAEAD(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("data key: %w", err)
	}
	return cipher.NewGCM(block)
}

// A data key is stored as
//
//	byte     1: version of this form
//	8 bytes  arrival time of records from which it is not used any more, milliseconds since the epoch, big endian
//	         the data key as the provider wrapped it, up to the end
func appendDataKey(dst []byte, until int64, wrapped []byte) []byte {
	return append(binary.BigEndian.AppendUint64(append(dst, dataKeyVersion), uint64(until)), wrapped...)
}

func cutDataKey(b []byte) (until int64, wrapped []byte, err error) {
	if len(b) < 9 || b[0] != dataKeyVersion {
		return 0, nil, errRecord
	}
	return int64(binary.BigEndian.Uint64(b[1:])), b[9:], nil
}

const (
	dataKeyVersion = 1
	dataKeyEntry   = "data-key" // the key of all records in the log of data keys
)

// openKeys returns the log of the data keys, or storage.ErrNotFound after close.
func (l *logSet) openKeys(ctx context.Context) (storage.Log, error) {
	if l.isClosed() {
		return nil, storage.ErrNotFound
	}
	name := logName(l.id, keysLog)
	log, err := l.engine.Open(ctx, name, storage.Config{})
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", name, err)
	}
	return log, nil
}

// trimKeys removes the data keys of records that all expired long before horizon, in milliseconds; storage.MaxBatch at once.
func (l *logSet) trimKeys(ctx context.Context, horizon int64) error {
	log, err := l.openKeys(ctx)
	if err != nil {
		return err
	}
	first, _, err := log.Bounds(ctx)
	if err != nil {
		return err
	}
	recs, err := log.Read(ctx, storage.Range{From: first, Max: storage.MaxBatch})
	if err != nil {
		return err
	}
	to := first
	for _, r := range recs {
		until, _, err := cutDataKey(r.Data)
		if err != nil {
			return fmt.Errorf("data key %d: %w", r.Seq, err)
		}
		if until > horizon-dataKeyMargin.Milliseconds() {
			break
		}
		to = r.Seq + 1
	}
	if to == first {
		return nil
	}
	return log.Trim(ctx, to)
}

// recordSealer seals records of one put, one after the other.
type recordSealer struct {
	key    *dataKey
	stream string // incarnation
	nonce  [12]byte
	about  []byte
}

// seal appends the rest of a record: which data key, the nonce, and the data sealed. head is the record so far: nothing of it
// can be altered, nor the record be put into another shard or stream.
func (s *recordSealer) seal(dst []byte, start int, shardID string, data []byte) []byte {
	n := s.key.nonces.Add(1)
	dst = binary.BigEndian.AppendUint64(dst, s.key.place)
	dst = binary.BigEndian.AppendUint64(dst, n)
	binary.BigEndian.PutUint64(s.nonce[4:], n)
	s.about = sealedAbout(s.about, dst[start:], s.stream, shardID)
	return s.key.aead.Seal(dst, s.nonce[:], data, s.about)
}

// sealedAbout returns what a sealed record is bound to, in the place of buf.
func sealedAbout(buf, head []byte, stream, shardID string) []byte {
	return append(append(append(buf[:0], head...), stream...), shardID...)
}

// mayRead returns why one may not read a page whose sealed records were opened for another, or nil.
func (s *Service) mayRead(ctx context.Context, who keys.Caller, p *page) error {
	for _, key := range p.keys {
		if err := s.keys.Check(ctx, who, key, keys.Decrypt); err != nil {
			return err
		}
	}
	return nil
}

// unseal opens what is sealed in a page, in place, for who reads it. A refused key ends the page before the first record that
// needs it: what can be read is read, and the refusal is the next read's.
func (s *Service) unseal(ctx context.Context, st *streamState, sh *shard, p *page, who keys.Caller) error {
	var (
		nonce [12]byte
		about []byte
		place uint64
		k     *openedKey
		err   error
	)
	for i := range p.records {
		r := &p.records[i]
		if r.head == nil {
			continue
		}
		at := len(r.head) - 16
		if n := binary.BigEndian.Uint64(r.head[at:]); k == nil || n != place {
			place = n
			if k, err = s.openingKey(ctx, st, who, place); err != nil {
				return p.refuse(i, err)
			}
			if !slices.Contains(p.keys, k.key) {
				p.keys = append(p.keys, k.key)
			}
		}
		copy(nonce[4:], r.head[at+8:])
		about = sealedAbout(about, r.head, st.ID, sh.id)
		if r.data, err = k.aead.Open(r.data[:0], nonce[:], r.data, about); err != nil {
			return fmt.Errorf("record %d of %s: it was altered, or sealed with another key", p.seqs[i], sh.id)
		}
	}
	return nil
}

// refuse ends a page before a record whose key was refused. Where that is the first, the refusal is the page's.
func (p *page) refuse(i int, err error) error {
	var refused *keys.Error
	if i == 0 || !errors.As(err, &refused) {
		return err
	}
	p.next, p.more, p.cut = p.seqs[i], true, true
	p.seqs, p.records = p.seqs[:i], p.records[:i]
	return nil
}
