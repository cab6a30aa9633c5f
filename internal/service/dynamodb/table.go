package dynamodb

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/hookswitch/hookswitch/internal/arn"
	"github.com/hookswitch/hookswitch/internal/service/dynamodb/item"
	"github.com/hookswitch/hookswitch/internal/storage"
	"github.com/hookswitch/hookswitch/internal/wire"
)

// tableKey names a table.
type tableKey struct{ account, region, name string }

// storageKey is the key of the table's description in the metadata log. A name may be longer than a key.
func (k tableKey) storageKey() string {
	sum := sha256.Sum256([]byte(k.account + "/" + k.region + "/" + k.name))
	return "table." + base64.RawURLEncoding.EncodeToString(sum[:])
}

// tableDoc is a table's description, as it is kept.
type tableDoc struct {
	Account, Region, Name, ID string
	Partition                 string
	Created                   time.Time
	Gone                      bool `json:",omitempty"` // deleted
	Keys                      keySchema
	Attributes                []attribute
	Indexes                   []indexDoc `json:",omitempty"`
	OnDemand                  bool       `json:",omitempty"`
	OnDemandSince             time.Time  `json:",omitzero"`
	Throughput                throughput
	Protected                 bool              `json:",omitempty"` // from deletion
	Class                     string            `json:",omitempty"`
	Tags                      map[string]string `json:",omitempty"`
	TTL                       string            `json:",omitempty"` // the attribute; "" when items do not expire
}

type throughput struct {
	Read, Write int64
	Increased   time.Time `json:",omitzero"`
	Decreased   time.Time `json:",omitzero"`
}

// indexDoc is a global secondary index.
type indexDoc struct {
	Name       string
	Keys       keySchema
	Projection string   // KEYS_ONLY, INCLUDE or ALL
	Include    []string `json:",omitempty"`
	Throughput throughput
}

// index returns an index by name.
func (d *tableDoc) index(name string) (indexDoc, bool) {
	i := slices.IndexFunc(d.Indexes, func(x indexDoc) bool { return x.Name == name })
	if i < 0 {
		return indexDoc{}, false
	}
	return d.Indexes[i], true
}

func (d *tableDoc) key() tableKey { return tableKey{d.Account, d.Region, d.Name} }

func (d *tableDoc) arn() string {
	return arn.ARN{Partition: d.Partition, Service: "dynamodb", Region: d.Region, Account: d.Account, Resource: "table/" + d.Name}.String()
}

// project returns what an index shows of an item.
func (x indexDoc) project(it item.Item, table keySchema) item.Item {
	if x.Projection == "ALL" {
		return it
	}
	out := item.Item{}
	for name, v := range it {
		if x.has(name, table) {
			out[name] = v
		}
	}
	return out
}

// has says whether an attribute is in the index.
func (x indexDoc) has(name string, table keySchema) bool {
	return x.Projection == "ALL" || x.Keys.has(name) || table.has(name) || slices.Contains(x.Include, name)
}

// A table is one incarnation of a table. Its items are in a log of their own; in memory are only their ids.
type table struct {
	id  string
	log storage.Log

	// gate is held for reading by whoever writes items, and for writing by what changes which indexes there are.
	gate sync.RWMutex

	sweep *sweep // of deleted items; Work's alone

	mu         sync.RWMutex // guards everything below
	doc        *tableDoc    // never changed, only replaced
	rev        uint64       // its place in the metadata log
	loaded     bool         // the sets below are as the log is
	primary    *keySet
	indexes    map[string]*keySet
	expiry     *keySet // of items with a time to live: 8 bytes of it, and the id
	indexSizes map[string]*indexSize
	bytes      int64 // of all items
	dead       int64 // records of items that are gone
}

type indexSize struct{ bytes int64 }

// logName is the name of the log with the table's items.
func logName(id string) string { return itemLogs + id }

// itemLogs is what the names of all logs with items begin with.
const itemLogs = "d-"

// description returns the table's description as it stands.
func (t *table) description() (*tableDoc, uint64) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.doc, t.rev
}

// tableName takes a table's name or ARN apart. (The text of an ARN that is none is ours.)
func tableName(c wire.Caller, text string) (tableKey, error) {
	name := text
	if strings.HasPrefix(text, "arn:") {
		a, err := arn.Parse(text)
		rest, isTable := strings.CutPrefix(a.Resource, "table/")
		if err != nil || !isTable || a.Service != "dynamodb" || a.Region != c.Region {
			return tableKey{}, item.Invalid("Invalid table ARN: %s", text)
		}
		if a.Account != c.Account {
			return tableKey{}, wire.NewError("AccessDeniedException", 400,
				fmt.Sprintf("User: arn:aws:iam::%s:root is not authorized to access this resource", c.Account))
		}
		name = rest
	}
	return tableKey{c.Account, c.Region, name}, checkTableName("TableName", name)
}

func checkTableName(member, name string) error {
	if len(name) < 3 || len(name) > 255 {
		return item.Invalid("%s must be at least 3 characters long and at most 255 characters long", member)
	}
	if strings.ContainsFunc(name, func(r rune) bool {
		return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '_' || r == '.' || r == '-')
	}) {
		return item.Invalid("1 validation error detected: Value '%s' at '%s' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+",
			name, strings.ToLower(member[:1])+member[1:])
	}
	return nil
}

// table returns a table that exists, with its ids in memory, and its description.
func (s *Service) table(ctx context.Context, name *string) (*table, *tableDoc, error) {
	key, err := tableName(wire.CallerFrom(ctx), *name)
	if err != nil {
		return nil, nil, err
	}
	t, err := s.find(ctx, key)
	if err != nil {
		return nil, nil, err
	}
	if t == nil {
		return nil, nil, errNoTable()
	}
	if err := s.load(ctx, t); err != nil {
		return nil, nil, err
	}
	doc, _ := t.description()
	return t, doc, nil
}

// find returns a table that exists, or nil. One that is not known here is looked up: another process may have made it.
func (s *Service) find(ctx context.Context, key tableKey) (*table, error) {
	s.mu.RLock()
	t := s.tables[key]
	s.mu.RUnlock()
	if t != nil {
		return t, nil
	}
	rec, err := s.meta.Last(ctx, key.storageKey())
	if errors.Is(err, storage.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the description of table %s: %w", key.name, err)
	}
	if err := s.take(ctx, rec); err != nil {
		return nil, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.tables[key], nil
}

// take makes one record of the metadata log known.
func (s *Service) take(ctx context.Context, rec storage.Record) error {
	if !strings.HasPrefix(rec.Key, "table.") {
		return nil
	}
	doc := new(tableDoc)
	if err := json.Unmarshal(rec.Data, doc); err != nil {
		return fmt.Errorf("%s at %d: %w", metaLog, rec.Seq, err)
	}
	if doc.Gone {
		s.mu.Lock()
		defer s.mu.Unlock()
		if t := s.tables[doc.key()]; t != nil && t.id == doc.ID {
			delete(s.tables, doc.key())
		}
		return nil
	}
	log, err := s.storage.Open(ctx, logName(doc.ID), storage.Config{Latest: true})
	if err != nil {
		return fmt.Errorf("open the items of table %s: %w", doc.Name, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.tables[doc.key()]
	if t == nil || t.id != doc.ID {
		t = &table{id: doc.ID, log: log}
		s.tables[doc.key()] = t
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if rec.Seq > t.rev {
		t.doc, t.rev = doc, rec.Seq
	}
	return nil
}

// change replaces a table's description by what fn makes of a copy of it, and stores it. Whoever calls holds the table's
// gate for writing, so that in this process nothing comes between.
func (s *Service) change(ctx context.Context, t *table, fn func(*tableDoc) error) error {
	cur, rev := t.description()
	doc := *cur
	doc.Indexes, doc.Attributes = slices.Clone(cur.Indexes), slices.Clone(cur.Attributes)
	if err := fn(&doc); err != nil {
		return err
	}
	last, err := s.store(ctx, &doc, rev)
	if err != nil {
		return err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.doc, t.rev = &doc, last
	return nil
}

// store appends a description if the newest one is still at rev. An append whose outcome is unknown is looked up.
func (s *Service) store(ctx context.Context, doc *tableDoc, rev uint64) (uint64, error) {
	data, err := json.Marshal(doc)
	if err != nil {
		return 0, err
	}
	key := doc.key().storageKey()
	ctx = context.WithoutCancel(ctx) // what has begun is finished, whether or not the client waits
	last, err := s.meta.Append(ctx, storage.Entry{Key: key, Data: data, Guard: &storage.Guard{Key: key, Seq: rev}})
	if errors.Is(err, storage.ErrUnknown) {
		if rec, lookup := s.meta.Last(ctx, key); lookup == nil && string(rec.Data) == string(data) {
			return rec.Seq, nil
		}
	}
	if errors.Is(err, storage.ErrConflict) {
		return 0, errBusyTable(doc.Name)
	}
	if err != nil {
		return 0, fmt.Errorf("store the description of table %s: %w", doc.Name, err)
	}
	return last, nil
}
