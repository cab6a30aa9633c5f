package distributed

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/hookswitch/hookswitch/internal/storage"
)

// messageOverhead is about what the server counts for a message beside its data, in bytes.
const messageOverhead = 200

// getRequest asks for stored messages directly ($JS.API.DIRECT.GET): any replica may answer.
type getRequest struct {
	Seq      uint64     `json:"seq,omitempty"`
	Since    *time.Time `json:"start_time,omitempty"`
	Subject  string     `json:"next_by_subj"`
	Batch    int        `json:"batch"`
	MaxBytes int        `json:"max_bytes,omitempty"`
}

// Read implements storage.Log. With replicas it may lag an append for a moment.
func (l *log) Read(ctx context.Context, r storage.Range) ([]storage.Record, error) {
	if err := storage.CheckRange(r); err != nil {
		return nil, err
	}
	if err := l.enter(ctx); err != nil {
		return nil, err
	}
	defer l.e.leave()
	if r.Max <= 0 {
		r.Max = storage.MaxBatch
	}
	subject := l.subject + ">"
	if r.Key != "" {
		subject = l.subject + r.Key
	}
	if !r.Since.IsZero() && r.From > 1 { // the server takes only one of them
		first, _, err := l.get(ctx, getRequest{Since: &r.Since, Subject: l.subject + ">", Batch: 1})
		if err != nil || len(first) == 0 {
			return nil, err
		}
		r.From, r.Since = max(r.From, first[0].Seq), time.Time{}
	}
	var out []storage.Record
	for size := 0; ; {
		req := getRequest{Seq: max(r.From, 1), Subject: subject, Batch: r.Max - len(out)}
		if r.MaxBytes > 0 {
			req.MaxBytes = r.MaxBytes - size + messageOverhead
		}
		if !r.Since.IsZero() {
			since := r.Since.UTC()
			req.Seq, req.Since = 0, &since
		}
		recs, more, err := l.get(ctx, req)
		if err != nil {
			return nil, err
		}
		for _, rec := range recs {
			if r.MaxBytes > 0 && size >= r.MaxBytes {
				return out, nil
			}
			out = append(out, rec)
			size += len(rec.Data)
		}
		if !more || len(recs) == 0 || len(out) >= r.Max || r.MaxBytes > 0 && size >= r.MaxBytes {
			return out, nil
		}
		r.From, r.Since = out[len(out)-1].Seq+1, time.Time{}
	}
}

// get sends one request and collects the answers. More says that the server stopped before the end.
func (l *log) get(ctx context.Context, req getRequest) (out []storage.Record, more bool, err error) {
	for try := 0; ; try++ {
		out, more, err = l.getOnce(ctx, req)
		lost := errors.Is(err, context.Canceled) && ctx.Err() == nil // the connection, on the way
		if !lost && !errors.Is(err, nats.ErrNoResponders) && !errors.Is(err, nats.ErrReconnectBufExceeded) {
			break
		}
		if existsErr := l.exists(ctx); errors.Is(existsErr, storage.ErrNotFound) {
			return nil, false, existsErr
		}
		if try == retryLimit {
			break
		}
		if pauseErr := pause(ctx, try, retryPause); pauseErr != nil {
			return nil, false, pauseErr
		}
		if l.ctx.Err() != nil {
			return nil, false, l.gone()
		}
	}
	if err != nil {
		return nil, false, l.explain(err)
	}
	return out, more, nil
}

func (l *log) getOnce(ctx context.Context, req getRequest) (out []storage.Record, more bool, err error) {
	ctx, cancel := l.e.answer(ctx)
	defer cancel()
	body, err := json.Marshal(req)
	if err != nil {
		return nil, false, err
	}
	inbox := l.e.nc.NewInbox()
	sub, err := l.e.nc.SubscribeSync(inbox)
	if err != nil {
		return nil, false, err
	}
	defer sub.Unsubscribe()
	if err := sub.SetPendingLimits(-1, -1); err != nil { // Batch and the server's max_pending bound it
		return nil, false, err
	}
	if err := l.e.nc.PublishRequest("$JS.API.DIRECT.GET."+streamPrefix+l.name, inbox, body); err != nil {
		return nil, false, err
	}
	for {
		m, err := sub.NextMsgWithContext(ctx)
		if err != nil {
			return nil, false, err
		}
		switch status := m.Header.Get("Status"); status {
		case "":
		case "204": // the end of the batch
			return out, m.Header.Get("Nats-Num-Pending") != "0", nil
		case "404":
			return out, false, nil
		case "503":
			return nil, false, nats.ErrNoResponders
		default:
			return nil, false, fmt.Errorf("read: %s %s", status, m.Header.Get("Description"))
		}
		rec, err := l.record(m)
		if err != nil {
			return nil, false, err
		}
		out = append(out, rec)
	}
}

func (l *log) record(m *nats.Msg) (storage.Record, error) {
	seq, err := strconv.ParseUint(m.Header.Get("Nats-Sequence"), 10, 64)
	if err != nil {
		return storage.Record{}, fmt.Errorf("the server's answer cannot be read: %w", err)
	}
	at, err := time.Parse(time.RFC3339Nano, m.Header.Get("Nats-Time-Stamp"))
	if err != nil {
		return storage.Record{}, fmt.Errorf("the server's answer cannot be read: %w", err)
	}
	return storage.Record{Seq: seq, Key: strings.TrimPrefix(m.Header.Get("Nats-Subject"), l.subject), Time: at.UTC(), Data: m.Data}, nil
}
