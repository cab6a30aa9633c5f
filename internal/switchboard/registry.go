package switchboard

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/storage"
)

// Names of logs. Each instance has its own; the registry is shared.
const (
	RegistryLog    = "instances"
	journalPrefix  = "cc-"
	snapshotPrefix = "snap-"
)

// JournalName returns the name of an instance's journal.
func JournalName(id center.InstanceID) string { return journalPrefix + storage.EscapeName(string(id)) }

// SnapshotsName returns the name of the log of an instance's checkpoints.
func SnapshotsName(id center.InstanceID) string {
	return snapshotPrefix + storage.EscapeName(string(id))
}

// logsOf are the names, or (ending in a dash) the beginnings of names, of all logs of an instance that are not the journal.
func logsOf(id center.InstanceID) []string {
	e := storage.EscapeName(string(id))
	return []string{snapshotPrefix + e, "contacts-" + e, "lane-" + e + "-"}
}

// InstanceStatus is where an instance stands in the registry.
type InstanceStatus string

// The states of an instance.
const (
	Creating InstanceStatus = "CREATION_IN_PROGRESS"
	Active   InstanceStatus = "ACTIVE"
	Deleting InstanceStatus = "DELETING" // its end is in the journal; its logs are being dropped
	Deleted  InstanceStatus = "DELETED"  // nothing is left of it
)

// Info is what the registry knows of an instance.
type Info struct {
	ID        center.InstanceID
	ARN       string
	Account   string
	Region    string
	Alias     string
	Status    InstanceStatus
	CreatedAt time.Time
}

// registry is the table of all instances: one key an instance, and one an alias. An alias belongs to one instance in
// all accounts and Regions, as in AWS, where it is part of a host name.
type registry struct {
	log storage.Log
}

// entry is an instance's record with its sequence number, which guards the next one.
type entry struct {
	Info
	seq uint64
}

const (
	instanceKey = "instance."
	aliasKey    = "alias."
)

func keyOf(id center.InstanceID) string { return instanceKey + storage.EscapeName(string(id)) }

func keyOfAlias(alias string) string {
	return aliasKey + storage.EscapeName(strings.ToLower(alias))
}

// all reads every instance that is not deleted.
func (r *registry) all(ctx context.Context) ([]entry, error) {
	var out []entry
	for from := uint64(0); ; {
		recs, err := r.log.Read(ctx, storage.Range{From: from})
		if err != nil {
			return nil, fmt.Errorf("read the registry of instances: %w", err)
		}
		if len(recs) == 0 {
			return out, nil
		}
		for _, rec := range recs {
			from = rec.Seq + 1
			if !strings.HasPrefix(rec.Key, instanceKey) {
				continue
			}
			e := entry{seq: rec.Seq}
			if err := json.Unmarshal(rec.Data, &e.Info); err != nil {
				return nil, fmt.Errorf("read the registry of instances at %d: %w", rec.Seq, err)
			}
			if e.Status != Deleted {
				out = append(out, e)
			}
		}
	}
}

// add registers a new instance. It returns a *center.Refused when its id or alias is taken.
func (r *registry) add(ctx context.Context, info Info) (entry, error) {
	data, err := json.Marshal(info)
	if err != nil {
		return entry{}, err
	}
	entries := []storage.Entry{{Key: keyOf(info.ID), Data: data, Guard: &storage.Guard{Key: keyOf(info.ID)}}}
	if info.Alias != "" {
		free, seq, err := r.aliasFree(ctx, info.Alias)
		if err != nil {
			return entry{}, err
		}
		if !free {
			return entry{}, taken(info.Alias)
		}
		key := keyOfAlias(info.Alias)
		entries = append([]storage.Entry{{Key: key, Data: []byte(info.ID), Guard: &storage.Guard{Key: key, Seq: seq}}}, entries...)
	}
	last, err := r.log.Append(ctx, entries...)
	if errors.Is(err, storage.ErrConflict) {
		return entry{}, taken(info.Alias)
	}
	if err != nil {
		return entry{}, fmt.Errorf("register instance %s: %w", info.ID, err)
	}
	return entry{Info: info, seq: last}, nil
}

func taken(alias string) error {
	return &center.Refused{Reason: center.Duplicate, Kind: center.KindInstance, ID: alias, Field: "InstanceAlias"}
}

func (r *registry) aliasFree(ctx context.Context, alias string) (free bool, seq uint64, err error) {
	rec, err := r.log.Last(ctx, keyOfAlias(alias))
	if errors.Is(err, storage.ErrNotFound) {
		return true, 0, nil
	}
	if err != nil {
		return false, 0, fmt.Errorf("read the registry of instances: %w", err)
	}
	return len(rec.Data) == 0, rec.Seq, nil
}

// set changes an instance's status. Deleting frees its alias.
func (r *registry) set(ctx context.Context, e *entry, status InstanceStatus) error {
	next := e.Info
	next.Status = status
	data, err := json.Marshal(next)
	if err != nil {
		return err
	}
	entries := []storage.Entry{{Key: keyOf(e.ID), Data: data, Guard: &storage.Guard{Key: keyOf(e.ID), Seq: e.seq}}}
	if e.Alias != "" && status != Active {
		rec, err := r.log.Last(ctx, keyOfAlias(e.Alias))
		if err != nil && !errors.Is(err, storage.ErrNotFound) {
			return fmt.Errorf("read the registry of instances: %w", err)
		}
		if string(rec.Data) == string(e.ID) {
			key := keyOfAlias(e.Alias)
			entries = append([]storage.Entry{{Key: key, Guard: &storage.Guard{Key: key, Seq: rec.Seq}}}, entries...)
		}
	}
	last, err := r.log.Append(ctx, entries...)
	if err != nil {
		return fmt.Errorf("register instance %s as %s: %w", e.ID, status, err)
	}
	e.Info, e.seq = next, last
	return nil
}
