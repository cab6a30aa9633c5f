package kinesis

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"sync/atomic"
	"time"

	"github.com/hookswitch/hookswitch/internal/arn"
	"github.com/hookswitch/hookswitch/internal/storage"
)

// streamKey names a stream: one account's streams in one region share nothing with any other's.
type streamKey struct{ account, region, name string }

// storageKey returns the key of the stream's description in the metadata log. Names that are not legal keys, or make
// one too long, are hashed; the description itself carries the name.
func (k streamKey) storageKey() string {
	key := "stream." + k.account + "." + k.region + "." + k.name
	if storage.CheckKey(key) == nil {
		return key
	}
	sum := sha256.Sum256([]byte(k.account + "\x00" + k.region + "\x00" + k.name))
	return "stream-hashed." + hex.EncodeToString(sum[:])
}

// States of a stream. Gone is ours: the name is free, and the data on its way out.
const (
	statusCreating = "CREATING"
	statusActive   = "ACTIVE"
	statusUpdating = "UPDATING"
	statusDeleting = "DELETING"
	statusGone     = "GONE"
)

const (
	modeProvisioned = "PROVISIONED"
	modeOnDemand    = "ON_DEMAND"
)

// streamDoc is the durable description of a stream: one record of the metadata log, replaced whole under a guard.
type streamDoc struct {
	Partition string `json:"partition"`
	Account   string `json:"account"`
	Region    string `json:"region"`
	Name      string `json:"name"`
	// ID is the incarnation: a stream that is made again under the same name has another.
	ID      string `json:"id"`
	Status  string `json:"status"`
	Until   int64  `json:"until,omitempty"` // when a transition of Status is over, milliseconds; 0: it is not in one
	Created int64  `json:"created"`         // seconds
	Mode    string `json:"mode"`
	Warm    int32  `json:"warm,omitempty"` // the throughput asked for beforehand, of an on-demand stream, in MiB/s
	// Retention is in hours. Horizon, in milliseconds, is a time before which nothing is shown whatever the retention
	// now is: what a shorter retention hid stays hidden.
	Retention    int32             `json:"retention"`
	Horizon      int64             `json:"horizon,omitempty"`
	MaxRecordKiB int32             `json:"maxRecordKiB"`
	Tags         map[string]string `json:"tags,omitempty"`
	Shards       []shardDoc        `json:"shards,omitempty"`
	// Scaled and ModeChanged are when the last calls of UpdateShardCount and UpdateStreamMode were, in milliseconds, as
	// far back as their limits look.
	Scaled      []int64 `json:"scaled,omitempty"`
	ModeChanged []int64 `json:"modeChanged,omitempty"`
	// Key is the ARN of the key that records are sealed under; "": they are not. KeyID is what the caller named it by.
	Key   string `json:"key,omitempty"`
	KeyID string `json:"keyId,omitempty"`
	// Encrypted and Decrypted are when the last calls of StartStreamEncryption and StopStreamEncryption were, likewise.
	Encrypted []int64       `json:"encrypted,omitempty"`
	Decrypted []int64       `json:"decrypted,omitempty"`
	Consumers []consumerDoc `json:"consumers,omitempty"`
	Peaks     []peakDoc     `json:"peaks,omitempty"`   // of the last 30 days, of an on-demand stream
	Metrics   []string      `json:"metrics,omitempty"` // shard-level, in the order of shardMetrics
	Policy    string        `json:"policy,omitempty"`  // the resource policy as it was put; "": none
	// NewestConsumer is the latest creation of a consumer that is gone, in seconds.
	NewestConsumer int64 `json:"newestConsumer,omitempty"`
	// Newest is the latest creation of a shard of the incarnations before this one, in seconds.
	Newest int64 `json:"newest,omitempty"`
	// Drops are the logs of earlier incarnations that are still to be removed.
	Drops []dropDoc `json:"drops,omitempty"`
}

// dropDoc says that the record logs of an incarnation are to be removed.
type dropDoc struct {
	ID   string `json:"id"`
	Logs int    `json:"logs"`
	At   int64  `json:"at"` // milliseconds: not before
}

// streamState is a stream at one moment. It is immutable.
type streamState struct {
	streamDoc
	key    streamKey
	rev    uint64 // place of the description in the metadata log: what the next change is guarded by
	arn    string
	shards *shardMap
	logs   *logSet
	policy *policy // Policy taken apart; nil: none
	meter  *streamMeter
}

// stream is what has a name: its state is replaced as a whole.
type stream struct {
	key   streamKey
	state atomic.Pointer[streamState]
}

// newStreamState makes a description usable. What did not change is taken over from old, which may be nil.
func (s *Service) newStreamState(doc streamDoc, rev uint64, old *streamState) *streamState {
	st := &streamState{
		streamDoc: doc,
		key:       streamKey{doc.Account, doc.Region, doc.Name},
		rev:       rev,
		arn:       streamARN(doc.Partition, streamKey{doc.Account, doc.Region, doc.Name}),
	}
	var shards *shardMap
	if old != nil && old.ID == doc.ID {
		st.logs, shards = old.logs, old.shards
		if slices.EqualFunc(old.Shards, doc.Shards, func(a, b shardDoc) bool { return a.Start == b.Start && a.Closed == b.Closed }) {
			st.shards = old.shards
		}
	}
	if old != nil && old.Policy == doc.Policy && old.arn == st.arn {
		st.policy = old.policy
	} else if doc.Policy != "" {
		var err error
		if st.policy, err = parsePolicy(doc.Policy, st.arn, sharedOnStream); err != nil {
			// It was read when it was put. A policy that cannot be read shares nothing.
			s.log.Error("a stored policy cannot be read", "stream", st.arn, "err", err)
		}
	}
	if old != nil {
		st.meter = old.meter
	} else {
		st.meter = &streamMeter{}
	}
	if st.logs == nil {
		st.logs = &logSet{engine: s.storage, id: doc.ID}
	}
	if st.shards == nil {
		st.shards = newShardMap(doc.Shards, shards)
	}
	return st
}

func streamARN(partition string, k streamKey) string {
	return arn.ARN{Partition: partition, Service: "kinesis", Region: k.region, Account: k.account, Resource: "stream/" + k.name}.String()
}

// status returns the state at a time: transitions end by themselves.
func (st *streamState) status(now time.Time) string {
	if st.Until > 0 && millis(now) >= st.Until {
		switch st.Status {
		case statusCreating, statusUpdating:
			return statusActive
		case statusDeleting:
			return statusGone
		}
	}
	return st.Status
}

// serves says whether records can be put and read.
func (st *streamState) serves(now time.Time) bool {
	status := st.status(now)
	return status == statusActive || status == statusUpdating
}

// horizon returns the arrival time, in milliseconds, before which records are not shown. With the retention that holds.
func (st *streamState) horizon(now time.Time) int64 {
	return max(st.Horizon, millis(now)-int64(st.Retention)*time.Hour.Milliseconds())
}

// log returns the log that holds a shard's records.
func (st *streamState) log(sh *shard) int { return sh.index / shardsPerLog }

// logCount is how many record logs the stream may have.
func (st *streamState) logCount() int { return (len(st.Shards) + shardsPerLog - 1) / shardsPerLog }

// maxRecordBytes bounds the data and the partition key of one record together.
func (st *streamState) maxRecordBytes() int { return int(st.MaxRecordKiB) << 10 }

// copyDoc returns a description that can be changed without touching the state.
func (st *streamState) copyDoc() streamDoc {
	doc := st.streamDoc
	doc.Tags = maps.Clone(doc.Tags)
	doc.Shards = slices.Clone(doc.Shards)
	doc.Consumers = cloneConsumers(doc.Consumers)
	doc.Drops = slices.Clone(doc.Drops)
	return doc
}

func encodeStreamDoc(doc streamDoc) ([]byte, error) {
	b, err := json.Marshal(doc)
	if err != nil {
		return nil, fmt.Errorf("description of a stream: %w", err)
	}
	return b, nil
}

func decodeStreamDoc(b []byte) (doc streamDoc, err error) {
	if err = json.Unmarshal(b, &doc); err != nil {
		return doc, fmt.Errorf("description of a stream: %w", err)
	}
	return doc, nil
}
