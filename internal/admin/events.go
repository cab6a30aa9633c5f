package admin

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hookswitch/hookswitch/internal/outbox"
)

// eventShown is a document as it was published.
type eventShown struct {
	Kind     string          `json:"kind"`
	Instance string          `json:"instance,omitempty"`
	Key      string          `json:"key,omitempty"`
	ID       string          `json:"id,omitempty"`
	Time     *time.Time      `json:"time,omitempty"`
	Place    uint64          `json:"place,omitempty"`
	Target   string          `json:"target,omitempty"`
	Document json.RawMessage `json:"document,omitempty"`
	Lost     uint64          `json:"lost,omitempty"`
}

// followEvents sends every document as it is published.
func (h *Handler) followEvents(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	f := outbox.Filter{Key: q.Get("key")}
	for _, k := range q["kind"] {
		if !slices.Contains([]string{outbox.KindContactRecord, outbox.KindAgentEvent, outbox.KindContactEvent}, k) {
			return badRequest("kind", "kind must be one of %s, %s, %s", outbox.KindContactRecord, outbox.KindAgentEvent, outbox.KindContactEvent)
		}
		f.Kinds = append(f.Kinds, k)
	}
	if name := q.Get("instance"); name != "" {
		i, err := h.find(name)
		if err != nil {
			return err
		}
		f.Instance = i.Info.ID
	}
	var err error
	if f.Feed, f.After, err = h.afterEvent(r); err != nil {
		return err
	}
	if recent := q.Get("recent"); recent != "" {
		if f.Recent, err = strconv.Atoi(recent); err != nil || f.Recent < 0 {
			return badRequest("recent", "recent must be a number")
		}
	}
	after, items := h.cfg.Feed.Open(r.Context(), f) // from now on, before the answer begins: who has read that misses nothing
	s := newStream(w)
	if s.place(h.eventID(after)) != nil {
		return nil
	}
	for item := range items {
		shown := eventShown{
			Kind: item.Kind, Instance: string(item.Instance), Key: item.Key, ID: item.ID, Time: moment(item.Time), Place: item.Place, Target: item.Target, Document: item.Document, Lost: item.Lost,
		}
		if s.sendID(h.eventID(item.Number), item.Kind, shown) != nil {
			return nil
		}
	}
	return nil
}

// eventID is the id of an event: the feed that it is of, and its number there. Numbers begin again with the process, and an id of
// another feed tells that they have.
func (h *Handler) eventID(number uint64) string {
	return h.cfg.Feed.ID + "-" + strconv.FormatUint(number, 10)
}

// afterEvent reads the id of the last event that a follower has seen, or with ?after= just a number in this feed.
func (h *Handler) afterEvent(r *http.Request) (feed string, after uint64, err error) {
	text := r.URL.Query().Get("after")
	if text == "" {
		text = r.Header.Get("Last-Event-ID")
	}
	if text == "" {
		return "", 0, nil
	}
	feed, digits, whole := strings.Cut(text, "-")
	if !whole {
		feed, digits = "", text
	}
	if after, err = strconv.ParseUint(digits, 10, 64); err != nil {
		return "", 0, badRequest("after", "after must be the id of an event, or a number")
	}
	return feed, after, nil
}
