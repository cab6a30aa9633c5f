package cloudwatch

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/hookswitch/hookswitch/internal/api/cloudwatchapi"
	"github.com/hookswitch/hookswitch/internal/metric"
	"github.com/hookswitch/hookswitch/internal/storage"
)

const (
	// DefaultSeriesMax is how many series an account may have in one Region.
	DefaultSeriesMax = 50_000
	// indexBytesMax is how much memory the series of all accounts may take, in bytes.
	indexBytesMax = 64 << 20
	// seriesBytes is what a series takes besides its texts, in bytes; dimensionBytes a dimension.
	seriesBytes    = 400
	dimensionBytes = 64

	// activeEvery is how far the moment of a series' last put in storage may be behind: it is written no more often.
	activeEvery = 15 * time.Minute
	// listedFor is how long a series without new data is listed.
	listedFor = 14 * 24 * time.Hour
	// recentFor is what RecentlyActive=PT3H asks for.
	recentFor = 3 * time.Hour

	indexReadBytes = 8 << 20 // of the index log at once
)

// units are CloudWatch's, in the order by which storage knows them: it is only added to.
var units = []string{
	"None", "Seconds", "Microseconds", "Milliseconds", "Bytes", "Kilobytes", "Megabytes", "Gigabytes", "Terabytes", "Bits", "Kilobits",
	"Megabits", "Gigabits", "Terabits", "Percent", "Count", "Bytes/Second", "Kilobytes/Second", "Megabytes/Second", "Gigabytes/Second",
	"Terabytes/Second", "Bits/Second", "Kilobits/Second", "Megabits/Second", "Gigabits/Second", "Terabits/Second", "Count/Second",
}

// A unit is an index into units.
type unit int

// unitOf returns the unit of a name; "" is "None".
func unitOf(name string) (unit, bool) {
	i := slices.Index(units, name)
	return unit(max(i, 0)), i >= 0 || name == ""
}

// account is one account in one Region: whose series are apart from everybody else's.
type account struct{ ID, Region string }

// identity is what tells a series from all others. Dimensions are sorted by name.
type identity struct {
	account
	namespace, name string
	dimensions      []metric.Dimension
}

func newIdentity(of account, namespace, name string, dimensions []metric.Dimension) identity {
	slices.SortFunc(dimensions, func(a, b metric.Dimension) int { return cmp.Compare(a.Name, b.Name) })
	return identity{of, namespace, name, dimensions}
}

// id is a hash of the identity that names it in storage.
func (i identity) id() string {
	h := sha256.New()
	part := func(s string) { h.Write([]byte(strconv.Itoa(len(s)) + ":" + s)) }
	for _, s := range []string{i.ID, i.Region, i.namespace, i.name} {
		part(s)
	}
	for _, d := range i.dimensions {
		part(d.Name)
		part(d.Value)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

func (i identity) compare(o identity) int {
	return cmp.Or(cmp.Compare(i.namespace, o.namespace), cmp.Compare(i.name, o.name), slices.CompareFunc(i.dimensions, o.dimensions,
		func(a, b metric.Dimension) int {
			return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Value, b.Value))
		}))
}

// bytes is about what the series takes in memory.
func (i identity) bytes() int {
	n := seriesBytes + len(i.namespace) + len(i.name)
	for _, d := range i.dimensions {
		n += dimensionBytes + len(d.Name) + len(d.Value)
	}
	return n
}

// series is what is known of a series.
type series struct {
	identity
	units  uint32    // those that data came in: bit n is units[n]
	active time.Time // when data came last
	saved  time.Time // what storage has for active
}

// seriesDoc is a series in storage.
type seriesDoc struct {
	Account    string      `json:"account"`
	Region     string      `json:"region"`
	Namespace  string      `json:"namespace"`
	Name       string      `json:"name"`
	Dimensions [][2]string `json:"dimensions,omitempty"`
	Units      uint32      `json:"units"`
	Active     int64       `json:"active"` // milliseconds since the epoch
}

// An index knows all series. It is safe for concurrent use.
type index struct {
	log       storage.Log
	seriesMax int
	bytesMax  int

	saving sync.Mutex // held while series are written

	mu    sync.RWMutex // guards everything below
	all   map[account]map[string]*series
	bytes int
	seen  uint64 // place in the log up to which everything is known
}

func openIndex(ctx context.Context, engine storage.Engine, seriesMax, bytesMax int) (*index, error) {
	// As long as there may be data of a series, its record is there.
	log, err := engine.Open(ctx, "cloudwatch", storage.Config{Latest: true, MaxAge: keepByMinute + aheadMax + activeEvery})
	if err != nil {
		return nil, fmt.Errorf("open the index of metrics: %w", err)
	}
	x := &index{log: log, seriesMax: seriesMax, bytesMax: bytesMax, all: map[account]map[string]*series{}}
	return x, x.refresh(ctx)
}

// refresh takes in what others, or an earlier life of this process, wrote.
func (x *index) refresh(ctx context.Context) error {
	for {
		x.mu.RLock()
		from := x.seen + 1
		x.mu.RUnlock()
		recs, err := x.log.Read(ctx, storage.Range{From: from, MaxBytes: indexReadBytes})
		if err != nil {
			return fmt.Errorf("read the index of metrics from %d: %w", from, err)
		}
		if len(recs) == 0 {
			return nil
		}
		for _, r := range recs {
			var doc seriesDoc
			if err := json.Unmarshal(r.Data, &doc); err != nil {
				return fmt.Errorf("the index of metrics at %d: %w", r.Seq, err)
			}
			dims := make([]metric.Dimension, len(doc.Dimensions))
			for i, d := range doc.Dimensions {
				dims[i] = metric.Dimension{Name: d[0], Value: d[1]}
			}
			x.learn(newIdentity(account{doc.Account, doc.Region}, doc.Namespace, doc.Name, dims), r.Key, doc.Units, time.UnixMilli(doc.Active).UTC())
		}
		x.mu.Lock()
		x.seen = max(x.seen, recs[len(recs)-1].Seq)
		x.mu.Unlock()
	}
}

// learn enters what storage has of a series.
func (x *index) learn(i identity, id string, units uint32, active time.Time) {
	x.mu.Lock()
	defer x.mu.Unlock()
	s := x.all[i.account][id]
	if s == nil {
		s = &series{identity: i}
		if x.all[i.account] == nil {
			x.all[i.account] = map[string]*series{}
		}
		x.all[i.account][id] = s
		x.bytes += i.bytes()
	}
	s.units |= units
	if active.After(s.active) {
		s.active = active
	}
	if active.After(s.saved) {
		s.saved = active
	}
}

// A sighting is that data of a series came.
type sighting struct {
	identity
	id   string
	unit unit
}

// note makes it known, and durable, that data of these series comes. The series of all, storage.MaxBatch at most, are
// there before their data: one that has none is harmless.
func (x *index) note(ctx context.Context, all []sighting, now time.Time) error {
	if x.touch(all, now) {
		return nil
	}
	x.saving.Lock()
	defer x.saving.Unlock()
	fresh, err := x.unsaved(all, now)
	if err != nil || len(fresh) == 0 {
		return err
	}
	var entries []storage.Entry
	for id, s := range fresh {
		doc := seriesDoc{Account: s.ID, Region: s.Region, Namespace: s.namespace, Name: s.name, Units: s.units, Active: now.UnixMilli()}
		for _, d := range s.dimensions {
			doc.Dimensions = append(doc.Dimensions, [2]string{d.Name, d.Value})
		}
		data, err := json.Marshal(doc)
		if err != nil {
			return err
		}
		entries = append(entries, storage.Entry{Key: id, Data: data})
	}
	if _, err := x.log.Append(ctx, entries...); err != nil {
		return fmt.Errorf("store the index of metrics: %w", err)
	}
	for id, s := range fresh {
		x.learn(s.identity, id, s.units, now)
	}
	return nil
}

// touch marks series active and reports whether storage needs to hear of none of them.
func (x *index) touch(all []sighting, now time.Time) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	known := true
	for i := range all {
		s := x.all[all[i].account][all[i].id]
		if s == nil || s.units&(1<<all[i].unit) == 0 || now.Sub(s.saved) >= activeEvery {
			known = false
			continue
		}
		if now.After(s.active) {
			s.active = now
		}
	}
	return known
}

// unsaved returns, by id, what storage is to hear of series, or refuses more of them than there may be.
func (x *index) unsaved(all []sighting, now time.Time) (map[string]series, error) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	fresh := map[string]series{}
	bytes, more := x.bytes, map[account]int{}
	for _, a := range all {
		s, changed := fresh[a.id]
		if old := x.all[a.account][a.id]; !changed {
			s = series{identity: a.identity}
			if old != nil {
				s = *old
			} else {
				bytes += a.bytes()
				more[a.account]++
			}
			changed = old == nil || now.Sub(old.saved) >= activeEvery
		}
		if s.units&(1<<a.unit) == 0 {
			s.units |= 1 << a.unit
			changed = true
		}
		if changed {
			fresh[a.id] = s
		}
	}
	for of, n := range more {
		if n += len(x.all[of]); n > x.seriesMax {
			return nil, tooMany("An account can have %d metrics in a Region here, not %d.", x.seriesMax, n)
		}
	}
	if len(more) > 0 && bytes > x.bytesMax {
		return nil, tooMany("All metrics together can take %d bytes of memory here, which more of them would exceed.", x.bytesMax)
	}
	return fresh, nil
}

func tooMany(format string, args ...any) error {
	return &cloudwatchapi.LimitExceededFault{Message: fmt.Sprintf(format, args...)}
}

// expire forgets series of which there is no data any more.
func (x *index) expire(now time.Time) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for of, all := range x.all {
		for id, s := range all {
			if now.Sub(s.active) > keepByMinute+aheadMax {
				x.bytes -= s.bytes()
				delete(all, id)
			}
		}
		if len(all) == 0 {
			delete(x.all, of)
		}
	}
}

// unitsOf returns the units that data of a series came in.
func (x *index) unitsOf(of account, id string) []unit {
	x.mu.RLock()
	defer x.mu.RUnlock()
	var out []unit
	if s := x.all[of][id]; s != nil {
		for n := range units {
			if s.units&(1<<n) != 0 {
				out = append(out, unit(n))
			}
		}
	}
	return out
}

// list returns the series of an account with data since a moment for which keep says yes, in their order.
func (x *index) list(of account, since time.Time, keep func(identity) bool) []identity {
	x.mu.RLock()
	defer x.mu.RUnlock()
	var out []identity
	for _, s := range x.all[of] {
		if !s.active.Before(since) && keep(s.identity) {
			out = append(out, s.identity)
		}
	}
	slices.SortFunc(out, identity.compare)
	return out
}
