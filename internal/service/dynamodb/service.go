package dynamodb

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/hookswitch/hookswitch/internal/api/dynamodbapi"
	"github.com/hookswitch/hookswitch/internal/clock"
	"github.com/hookswitch/hookswitch/internal/storage"
	"github.com/hookswitch/hookswitch/internal/wire"
)

// Config sets a service up. Storage is required; everything else has a working zero value.
type Config struct {
	Storage storage.Engine
	Clock   clock.Clock  // nil: the wall clock
	Logger  *slog.Logger // nil: nothing is logged
	Rand    io.Reader    // ids of tables and of this process; nil: crypto/rand
	Limits  Limits
}

// Limits bound what the service takes. A zero field has the default that it names.
type Limits struct {
	Tables     int   // of an account in a region; 0: 2,500, as the service has
	IndexBytes int64 // bytes of ids in memory, of all tables and indexes, with what they take beside; 0: 256 MiB, about 2 million items
}

const (
	tablesMax     = 2500
	indexBytesMax = 256 << 20
)

// Validate reports everything that is wrong with c.
func (c Config) Validate() error {
	var errs []error
	if c.Storage == nil {
		errs = append(errs, errors.New("dynamodb: Storage is missing"))
	}
	if c.Limits.Tables < 0 || c.Limits.IndexBytes < 0 {
		errs = append(errs, errors.New("dynamodb: a limit is negative"))
	}
	return errors.Join(errs...)
}

// Operations lists what the service serves.
func (s *Service) Operations() []wire.Operation {
	return []wire.Operation{
		dynamodbapi.BatchGetItem(s.batchGetItem),
		dynamodbapi.BatchWriteItem(s.batchWriteItem),
		dynamodbapi.CreateTable(s.createTable),
		dynamodbapi.DeleteItem(s.deleteItem),
		dynamodbapi.DeleteTable(s.deleteTable),
		dynamodbapi.DescribeContinuousBackups(s.describeContinuousBackups),
		dynamodbapi.DescribeLimits(s.describeLimits),
		dynamodbapi.DescribeTable(s.describeTable),
		dynamodbapi.DescribeTimeToLive(s.describeTimeToLive),
		dynamodbapi.GetItem(s.getItem),
		dynamodbapi.ListTables(s.listTables),
		dynamodbapi.ListTagsOfResource(s.listTagsOfResource),
		dynamodbapi.PutItem(s.putItem),
		dynamodbapi.Query(s.query),
		dynamodbapi.Scan(s.scan),
		dynamodbapi.TagResource(s.tagResource),
		dynamodbapi.TransactGetItems(s.transactGetItems),
		dynamodbapi.TransactWriteItems(s.transactWriteItems),
		dynamodbapi.UntagResource(s.untagResource),
		dynamodbapi.UpdateContinuousBackups(s.updateContinuousBackups),
		dynamodbapi.UpdateItem(s.updateItem),
		dynamodbapi.UpdateTable(s.updateTable),
		dynamodbapi.UpdateTimeToLive(s.updateTimeToLive),
	}
}

// metaLog is the log of the descriptions of tables.
const metaLog = "dynamodb"

// refreshBytes is how much of a log is read at once, in bytes.
const refreshBytes = 8 << 20

// Service serves the DynamoDB API. It is safe for concurrent use. It has no goroutines of its own: Work does what is to be
// done in the background.
type Service struct {
	storage      storage.Engine
	meta         storage.Log
	clock        clock.Clock
	log          *slog.Logger
	limits       Limits
	items        [stripes]sync.RWMutex // locks of items, by their storage keys
	writer       [8]byte               // tells this process' records from another's
	writes       atomic.Uint64         // records made
	held         atomic.Int64          // bytes of ids in memory
	transactions *transactions

	randMu sync.Mutex // guards rand
	rand   io.Reader

	mu     sync.RWMutex // guards tables
	tables map[tableKey]*table
}

// New opens the service on its storage: all tables that were there are there again, and transactions that were cut short are
// carried out.
func New(ctx context.Context, cfg Config) (*Service, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	s := &Service{storage: cfg.Storage, clock: cfg.Clock, log: cfg.Logger, rand: cfg.Rand, limits: cfg.Limits, tables: map[tableKey]*table{}}
	if s.clock == nil {
		s.clock = clock.System{}
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if s.rand == nil {
		s.rand = rand.Reader
	}
	if s.limits.Tables == 0 {
		s.limits.Tables = tablesMax
	}
	if s.limits.IndexBytes == 0 {
		s.limits.IndexBytes = indexBytesMax
	}
	if _, err := io.ReadFull(s.rand, s.writer[:]); err != nil {
		return nil, fmt.Errorf("dynamodb: read randomness: %w", err)
	}
	var err error
	if s.meta, err = s.storage.Open(ctx, metaLog, storage.Config{Latest: true}); err != nil {
		return nil, fmt.Errorf("dynamodb: open %s: %w", metaLog, err)
	}
	for _, open := range []func(context.Context) error{s.openTables, s.openTransactions} {
		if err := open(ctx); err != nil {
			return nil, fmt.Errorf("dynamodb: %w", err)
		}
	}
	return s, nil
}

// openTables reads the descriptions of all tables, and drops the items of those whose deletion was cut short.
func (s *Service) openTables(ctx context.Context) error {
	// The logs are listed first: what another process creates meanwhile has a description before it has a log.
	logs, err := s.storage.Names(ctx, itemLogs)
	if err != nil {
		return fmt.Errorf("list the logs of items: %w", err)
	}
	for from := uint64(1); ; {
		recs, err := s.meta.Read(ctx, storage.Range{From: from, MaxBytes: refreshBytes})
		if err != nil {
			return fmt.Errorf("read %s from %d: %w", metaLog, from, err)
		}
		if len(recs) == 0 {
			break
		}
		for _, r := range recs {
			if err := s.take(ctx, r); err != nil {
				return err
			}
			from = r.Seq + 1
		}
	}
	known := map[string]bool{}
	for _, t := range s.allTables() {
		known[logName(t.id)] = true
	}
	for _, name := range logs {
		if known[name] {
			continue
		}
		if err := s.storage.Drop(ctx, name); err != nil && !errors.Is(err, storage.ErrNotFound) {
			return fmt.Errorf("drop %s: %w", name, err)
		}
	}
	return nil
}

// newID returns a random UUID.
func (s *Service) newID() (string, error) {
	var b [16]byte
	s.randMu.Lock()
	defer s.randMu.Unlock()
	if _, err := io.ReadFull(s.rand, b[:]); err != nil {
		return "", fmt.Errorf("read randomness: %w", err)
	}
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:]), nil
}

// tablesOf lists the tables of an account in a region, sorted by name.
func (s *Service) tablesOf(c wire.Caller) []string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var names []string
	for key := range s.tables {
		if key.account == c.Account && key.region == c.Region {
			names = append(names, key.name)
		}
	}
	slices.Sort(names)
	return names
}

// allTables lists every table.
func (s *Service) allTables() []*table {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var all []*table
	for _, t := range s.tables {
		all = append(all, t)
	}
	return all
}
