package admin

import (
	"net/http"
	"time"

	"github.com/hookswitch/hookswitch/internal/keys"
	"github.com/hookswitch/hookswitch/internal/keys/local"
)

// keyShown is a key as the operator API shows it: everything but its material.
type keyShown struct {
	ID          string            `json:"id"`
	ARN         string            `json:"arn"`
	Account     string            `json:"account"`
	Region      string            `json:"region"`
	State       string            `json:"state"`
	Service     string            `json:"service,omitempty"` // that owns it; none: a customer's key
	Description string            `json:"description,omitempty"`
	Aliases     []string          `json:"aliases"`
	Created     time.Time         `json:"created"`
	DeleteAt    *time.Time        `json:"deleteAt,omitempty"`
	Denials     []local.Statement `json:"denials"`
	Grants      []local.Statement `json:"grants"`
}

func showKey(k local.Key) keyShown {
	s := keyShown{ID: k.ID, ARN: k.ARN, Account: k.Account, Region: k.Region, State: k.State, Service: k.Service, Description: k.Description,
		Aliases: append([]string{}, k.Aliases...), Created: k.Created, Denials: append([]local.Statement{}, k.Denials...), Grants: append([]local.Statement{}, k.Grants...)}
	if !k.DeleteAt.IsZero() {
		s.DeleteAt = &k.DeleteAt
	}
	return s
}

// keyOwner returns whose keys a request means.
func (h *Handler) keyOwner(r *http.Request) keys.Caller {
	q := r.URL.Query()
	c := keys.Caller{Account: q.Get("account"), Region: q.Get("region")}
	if c.Account == "" {
		c.Account = h.cfg.Account
	}
	if c.Region == "" {
		c.Region = h.cfg.Region
	}
	return c
}

// listKeys shows the keys of everybody, or of an account or a Region.
func (h *Handler) listKeys(w http.ResponseWriter, r *http.Request) error {
	all := []keyShown{}
	for _, k := range h.cfg.Keys.List(r.URL.Query().Get("account"), r.URL.Query().Get("region")) {
		all = append(all, showKey(k))
	}
	return writeJSON(w, map[string]any{"keys": all})
}

func (h *Handler) createKey(w http.ResponseWriter, r *http.Request) error {
	var in struct{ Description, Alias string }
	if err := readJSON(r, &in); err != nil {
		return err
	}
	k, err := h.cfg.Keys.Create(r.Context(), h.keyOwner(r), in.Description, in.Alias)
	return h.answerKey(w, k, err)
}

func (h *Handler) getKey(w http.ResponseWriter, r *http.Request) error {
	k, err := h.cfg.Keys.Describe(r.Context(), h.keyOwner(r), r.PathValue("key"))
	return h.answerKey(w, k, err)
}

func (h *Handler) answerKey(w http.ResponseWriter, k local.Key, err error) error {
	if err != nil {
		return err
	}
	return writeJSON(w, showKey(k))
}

// changeKey does one thing to a key. Each takes its own members, and no others.
func (h *Handler) changeKey(w http.ResponseWriter, r *http.Request) error {
	s, ctx, c, name := h.cfg.Keys, r.Context(), h.keyOwner(r), r.PathValue("key")
	var in any = &struct{}{}
	var do func() (local.Key, error)
	switch r.PathValue("do") {
	case "enable":
		do = func() (local.Key, error) { return s.SetEnabled(ctx, c, name, true) }
	case "disable":
		do = func() (local.Key, error) { return s.SetEnabled(ctx, c, name, false) }
	case "alias":
		var named struct{ Alias string }
		in, do = &named, func() (local.Key, error) { return s.AddAlias(ctx, c, name, named.Alias) }
	case "schedule-deletion":
		var wait struct{ Days int }
		in, do = &wait, func() (local.Key, error) { return s.ScheduleDeletion(ctx, c, name, wait.Days) }
	case "cancel-deletion":
		do = func() (local.Key, error) { return s.CancelDeletion(ctx, c, name) }
	case "deny":
		var d local.Statement
		in, do = &d, func() (local.Key, error) { return s.Deny(ctx, c, name, d) }
	case "allow":
		var d local.Statement
		in, do = &d, func() (local.Key, error) { return s.Allow(ctx, c, name, d) }
	default:
		return notFound("there is no %s for keys: enable, disable, alias, schedule-deletion, cancel-deletion, deny, allow", r.PathValue("do"))
	}
	if err := readJSON(r, in); err != nil {
		return err
	}
	k, err := do()
	return h.answerKey(w, k, err)
}

// mendKey says what makes a refused key usable for a stream again.
func mendKey(e *keys.Error, stream string) string {
	switch e.Kind {
	case keys.Disabled:
		return "hookswitch key enable " + e.Key
	case keys.InvalidState:
		return "hookswitch key cancel-deletion " + e.Key + ", then hookswitch key enable " + e.Key
	case keys.AccessDenied:
		if e.Denied != "" {
			return "the key's policy denies it: hookswitch key allow " + e.Key + " --principal '" + e.Denied + "' --use " + string(e.Use)
		}
	}
	return "encrypt the stream with a key that can be used: aws kinesis start-stream-encryption --encryption-type KMS --key-id alias/aws/kinesis --stream-name " + stream
}
