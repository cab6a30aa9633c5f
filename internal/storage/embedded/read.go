package embedded

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/cockroachdb/pebble/v2"

	"github.com/hookswitch/hookswitch/internal/storage"
)

// view is what a read may see of a log: records from floor to last, all durable, in an unchanging picture.
type view struct {
	l           *log
	floor, last uint64
	recs        *pebble.Iterator // over the records; the caller closes it
}

// view opens a view. In a Latest log an append that is not durable yet has already removed what it supersedes from
// the picture, so there the view waits until all of its picture is durable.
func (l *log) view(ctx context.Context) (*view, error) {
	floor, err := l.floor(l.e.clock.Now())
	if err != nil {
		return nil, err
	}
	v := &view{l: l, floor: floor, last: l.mark.durable.Load()}
	if !l.latest {
		v.recs, err = l.e.db.NewIter(space(kindRec, l.id))
		return v, err
	}
	l.mu.Lock()
	v.last = l.next - 1
	v.recs, err = l.e.db.NewIter(space(kindRec, l.id))
	l.mu.Unlock()
	if err != nil {
		return nil, err
	}
	if err := l.wait(ctx, v.last); err != nil {
		v.recs.Close()
		return nil, err
	}
	return v, nil
}

// chunks opens an iterator over the order of the log in the same picture.
func (v *view) chunks() (*pebble.Iterator, error) {
	return v.recs.Clone(pebble.CloneOptions{IterOptions: space(kindSeq, v.l.id)})
}

// Read implements storage.Log.
func (l *log) Read(ctx context.Context, r storage.Range) ([]storage.Record, error) {
	if err := storage.CheckRange(r); err != nil {
		return nil, err
	}
	if err := l.enter(ctx); err != nil {
		return nil, err
	}
	defer l.e.leave()
	v, err := l.view(ctx)
	if err != nil {
		return nil, err
	}
	out, err := v.read(r)
	if err = errors.Join(err, v.recs.Close()); err != nil {
		return nil, fmt.Errorf("storage: read log %q: %w", l.name, err)
	}
	return out, nil
}

func (v *view) read(r storage.Range) ([]storage.Record, error) {
	r.From = max(r.From, v.floor)
	if !r.Since.IsZero() {
		seq, err := v.seqAt(r.Since)
		if err != nil {
			return nil, err
		}
		r.From = max(r.From, seq)
	}
	if r.Max <= 0 {
		r.Max = storage.MaxBatch
	}
	page := page{max: r.Max, maxBytes: r.MaxBytes}
	if r.From > v.last {
		return nil, nil
	}
	if r.Key != "" {
		return page.out, v.readKey(r, &page)
	}
	return page.out, v.readAll(r, &page)
}

// page collects records until it is full.
type page struct {
	max, maxBytes int
	size          int
	out           []storage.Record
	slab          []byte // records lie in it one after the other
}

// slabBytes is how much memory a page takes at once for the data of its records, in bytes. It begins with less.
const slabBytes = 256 << 10

// copy returns a copy of a record's data.
func (p *page) copy(data []byte) []byte {
	if len(data) > cap(p.slab)-len(p.slab) {
		p.slab = make([]byte, 0, max(len(data), min(2*cap(p.slab), slabBytes)))
	}
	from := len(p.slab)
	p.slab = append(p.slab, data...)
	return p.slab[from:len(p.slab):len(p.slab)]
}

func (p *page) full() bool {
	return len(p.out) >= p.max || p.maxBytes > 0 && p.size >= p.maxBytes
}

// add decodes a record.
func (p *page) add(key string, seq uint64, it *pebble.Iterator) error {
	v, err := it.ValueAndErr()
	if err != nil {
		return err
	}
	at, err := nanosOf(v)
	if err != nil {
		return err
	}
	p.out = append(p.out, storage.Record{Seq: seq, Key: key, Time: timeOf(at), Data: p.copy(v[timeBytes:])})
	p.size += len(v) - timeBytes
	return nil
}

// readKey is one sequential scan.
func (v *view) readKey(r storage.Range, p *page) error {
	it := v.recs
	it.SetBounds(recKey(v.l.id, r.Key, r.From), recKey(v.l.id, r.Key, v.last+1))
	for ok := it.First(); ok && !p.full(); ok = it.Next() {
		if err := p.add(r.Key, seqOf(it.Key()), it); err != nil {
			return err
		}
	}
	return it.Error()
}

// readAll walks the order of the log and fetches each record.
func (v *view) readAll(r storage.Range, p *page) error {
	chunks, err := v.chunks()
	if err != nil {
		return err
	}
	defer chunks.Close()
	f := fetcher{v: v}
	defer f.close()
	var rs []run
	for ok := chunks.SeekGE(seqKey(v.l.id, r.From)); ok && !p.full(); ok = chunks.Next() {
		chunk, err := chunks.ValueAndErr()
		if err != nil {
			return err
		}
		if rs, err = runs(rs, chunk, seqOf(chunks.Key())); err != nil {
			return err
		}
		for _, run := range rs {
			for seq := max(run.first, r.From); seq <= min(run.last, v.last) && !p.full(); seq++ {
				if err := f.fetch(run.key, seq, p); err != nil {
					return err
				}
			}
		}
	}
	return chunks.Error()
}

// fetcherKeys is how many keys a whole-log read follows with an iterator each. Other keys cost a seek a record.
const fetcherKeys = 16

// fetcher finds records in the order of the log. The next record of a key lies behind the one before it, so a key that
// comes again gets an iterator of its own, and most steps are a Next and no seek.
type fetcher struct {
	v    *view
	keys []*keyReader
	last *keyReader
	want []byte
}

// keyReader is how far a page has read one key.
type keyReader struct {
	key string
	it  *pebble.Iterator // nil until the key comes again
}

func (f *fetcher) fetch(key []byte, seq uint64, p *page) error {
	k, again := f.reader(key)
	it := f.v.recs // shared by the keys that have none
	if k != nil && again && k.it == nil {
		var err error
		if k.it, err = f.v.recs.Clone(pebble.CloneOptions{}); err != nil {
			return err
		}
	}
	if k != nil && k.it != nil {
		it = k.it
	}
	f.want = appendRecKey(f.want[:0], f.v.l.id, string(key), seq)
	if !(it.Valid() && it.Next() && bytes.Equal(it.Key(), f.want)) && !(it.SeekGE(f.want) && bytes.Equal(it.Key(), f.want)) {
		if err := it.Error(); err != nil {
			return err
		}
		return fmt.Errorf("%w: record %d is missing", errLayout, seq)
	}
	if k != nil {
		return p.add(k.key, seq, it)
	}
	return p.add(string(key), seq, it)
}

// reader returns what is known of a key, nil if there are too many keys, and whether others came since the key did.
func (f *fetcher) reader(key []byte) (k *keyReader, again bool) {
	if f.last != nil && f.last.key == string(key) {
		return f.last, false
	}
	for _, k := range f.keys {
		if k.key == string(key) {
			f.last = k
			return k, true
		}
	}
	if len(f.keys) == fetcherKeys {
		f.last = nil
		return nil, false
	}
	f.last = &keyReader{key: string(key)}
	f.keys = append(f.keys, f.last)
	return f.last, false
}

func (f *fetcher) close() {
	for _, k := range f.keys {
		if k.it != nil {
			k.it.Close() // its errors were seen when it was read
		}
	}
}

// seqAt returns the first sequence number from floor to last whose record is not older than t, or last+1.
func (v *view) seqAt(t time.Time) (uint64, error) {
	it, err := v.chunks()
	if err != nil {
		return 0, err
	}
	defer it.Close()
	lo, hi := v.floor, v.last+1
	for lo < hi {
		mid := lo + (hi-lo)/2
		if !it.SeekGE(seqKey(v.l.id, mid)) {
			if err := it.Error(); err != nil {
				return 0, err
			}
			hi = mid
			continue
		}
		chunk, err := it.ValueAndErr()
		if err != nil {
			return 0, err
		}
		at, err := nanosOf(chunk)
		if err != nil {
			return 0, err
		}
		if !timeOf(at).Before(t) {
			hi = mid
		} else {
			lo = seqOf(it.Key()) + 1
		}
	}
	return min(lo, v.last+1), nil
}

// Last implements storage.Log.
func (l *log) Last(ctx context.Context, key string) (storage.Record, error) {
	if err := storage.CheckKey(key); err != nil {
		return storage.Record{}, err
	}
	if err := l.enter(ctx); err != nil {
		return storage.Record{}, err
	}
	defer l.e.leave()
	v, err := l.view(ctx)
	if err != nil {
		return storage.Record{}, err
	}
	defer v.recs.Close()
	var p page
	v.recs.SetBounds(recKey(l.id, key, v.floor), recKey(l.id, key, v.last+1))
	if v.recs.Last() {
		err = p.add(key, seqOf(v.recs.Key()), v.recs)
	} else {
		err = v.recs.Error()
	}
	if err != nil {
		return storage.Record{}, fmt.Errorf("storage: read log %q: %w", l.name, err)
	}
	if len(p.out) == 0 {
		return storage.Record{}, fmt.Errorf("%w: key %q", storage.ErrNotFound, key)
	}
	return p.out[0], nil
}

// Tail implements storage.Log.
func (l *log) Tail(ctx context.Context, r storage.Range) iter.Seq2[storage.Record, error] {
	return storage.Follow(ctx, r, l.Read, l.mark.changed)
}

// Bounds implements storage.Log.
func (l *log) Bounds(ctx context.Context) (first, last uint64, err error) {
	if err := l.enter(ctx); err != nil {
		return 0, 0, err
	}
	defer l.e.leave()
	v, err := l.view(ctx)
	if err != nil {
		return 0, 0, err
	}
	defer v.recs.Close()
	if !l.latest {
		return min(v.floor, v.last+1), v.last, nil
	}
	chunks, err := v.chunks()
	if err != nil {
		return 0, 0, err
	}
	defer chunks.Close()
	if chunks.SeekGE(seqKey(l.id, v.floor)) {
		return seqOf(chunks.Key()), v.last, nil
	}
	return v.last + 1, v.last, chunks.Error()
}
