package local

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/hookswitch/hookswitch/internal/arn"
	"github.com/hookswitch/hookswitch/internal/keys"
)

// States of a key, named as key management does.
const (
	Enabled         = "Enabled"
	Disabled        = "Disabled"
	PendingDeletion = "PendingDeletion"
)

// Statement is one of a key's policy, about uses of a principal: an account by its 12 digits, a service by its name
// (connect.amazonaws.com), or everybody ("*").
type Statement struct {
	Principal string     `json:"principal"`
	Uses      []keys.Use `json:"uses"`
}

// covers says whether one of the statements is about a use, and for whom it says it.
func covers(list []Statement, c keys.Caller, use keys.Use) (principal string, ok bool) {
	for _, s := range list {
		if slices.Contains(s.Uses, use) && (s.Principal == "*" || s.Principal == c.Account || s.Principal == c.Principal) {
			return s.Principal, true
		}
	}
	return "", false
}

// Key is what can be told of a key.
type Key struct {
	ID          string
	ARN         string
	Account     string
	Region      string
	Description string
	Service     string // that owns the key; "": a customer's
	Aliases     []string
	State       string
	Created     time.Time
	DeleteAt    time.Time   // zero: it is not to be deleted
	Denials     []Statement // who is denied what
	Grants      []Statement // which other accounts may do what
}

// keyDoc is the durable form of a key: one record, replaced whole under a guard.
type keyDoc struct {
	ID          string        `json:"id"` // UUID
	Partition   string        `json:"partition"`
	Account     string        `json:"account"`
	Region      string        `json:"region"`
	Description string        `json:"description,omitempty"`
	Service     string        `json:"service,omitempty"`
	Aliases     []string      `json:"aliases,omitempty"`
	Created     int64         `json:"created"` // milliseconds
	Disabled    bool          `json:"disabled,omitempty"`
	DeleteAt    int64         `json:"deleteAt,omitempty"` // milliseconds; 0: not to be deleted
	Gone        bool          `json:"gone,omitempty"`     // deleted: there is no material any more
	Denials     []Statement   `json:"denials,omitempty"`
	Grants      []Statement   `json:"grants,omitempty"`
	Materials   []materialDoc `json:"materials,omitempty"` // the last one wraps, all unwrap
}

// materialDoc is a key's secret, sealed under the root key.
type materialDoc struct {
	ID     []byte `json:"id"`
	Sealed []byte `json:"sealed"`
}

// keyState is a key at one moment. It is immutable.
type keyState struct {
	keyDoc
	rev uint64 // place of the description in the log: what the next change is guarded by
	arn string
}

// aliasDoc says which key an alias names; none, when that was deleted.
type aliasDoc struct {
	Account string `json:"account"`
	Region  string `json:"region"`
	Name    string `json:"name"`
	Key     string `json:"key,omitempty"`
}

// aliasName is an alias within its account and Region.
type aliasName struct{ account, region, name string }

func (d *aliasDoc) alias() aliasName { return aliasName{d.Account, d.Region, d.Name} }

// storageKey returns the key of the alias's record: a hash, for aliases hold slashes and may be longer than a key.
func (a aliasName) storageKey() string {
	sum := sha256.Sum256([]byte(a.account + "\x00" + a.region + "\x00" + a.name))
	return aliasPrefix + hex.EncodeToString(sum[:])
}

func keyARN(partition, region, account, id string) string {
	return arn.ARN{Partition: partition, Service: "kms", Region: region, Account: account, Resource: "key/" + id}.String()
}

func newKeyState(doc keyDoc, rev uint64) *keyState {
	return &keyState{doc, rev, keyARN(doc.Partition, doc.Region, doc.Account, doc.ID)}
}

// deleted says whether the key is gone: by the clock, whether or not its material was erased yet.
func (k *keyState) deleted(now time.Time) bool {
	return k.Gone || k.DeleteAt > 0 && now.UnixMilli() >= k.DeleteAt
}

func (k *keyState) state() string {
	switch {
	case k.DeleteAt > 0:
		return PendingDeletion
	case k.Disabled:
		return Disabled
	}
	return Enabled
}

// show returns what can be told of the key.
func (k *keyState) show() Key {
	s := Key{
		ID: k.ID, ARN: k.arn, Account: k.Account, Region: k.Region, Description: k.Description, Service: k.Service,
		Aliases: slices.Clone(k.Aliases), State: k.state(), Created: time.UnixMilli(k.Created).UTC(),
	}
	if k.DeleteAt > 0 {
		s.DeleteAt = time.UnixMilli(k.DeleteAt).UTC()
	}
	s.Denials, s.Grants = slices.Clone(k.Denials), slices.Clone(k.Grants)
	return s
}

// allows returns why a caller may not use the key, or nil.
func (k *keyState) allows(c keys.Caller, use keys.Use) error {
	why := "with an explicit deny in a resource-based policy"
	denied, ok := covers(k.Denials, c, use)
	if !ok {
		if _, granted := covers(k.Grants, c, use); granted || c.Account == k.Account && (k.Service == "" || k.Service == c.Via) {
			return nil
		}
		why = "because no resource-based policy allows the kms:" + string(use) + " action"
	}
	text := fmt.Sprintf("User: %s is not authorized to perform: kms:%s on resource: %s %s", c.Who(), use, k.arn, why)
	return &keys.Error{Kind: keys.AccessDenied, Key: k.arn, Use: use, Who: c.Who(), Denied: denied, Message: text}
}

// usable returns why nobody may use the key now, or nil. (Words of key management.)
func (k *keyState) usable() error {
	switch k.state() {
	case PendingDeletion:
		return &keys.Error{Kind: keys.InvalidState, Key: k.arn, Message: k.arn + " is pending deletion."}
	case Disabled:
		return &keys.Error{Kind: keys.Disabled, Key: k.arn, Message: k.arn + " is disabled."}
	}
	return nil
}

// errNoKey is key management's word for a key that is not there.
func errNoKey(name string) error {
	return &keys.Error{Kind: keys.NotFound, Key: name, Message: "Key '" + name + "' does not exist"}
}

func encode(doc any) ([]byte, error) {
	b, err := json.Marshal(doc)
	if err != nil {
		return nil, fmt.Errorf("description of a key: %w", err)
	}
	return b, nil
}

var (
	uuidForm    = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)
	aliasForm   = regexp.MustCompile(`^alias/[a-zA-Z0-9/_-]{1,250}$`)
	accountForm = regexp.MustCompile(`^[0-9]{12}$`)
	regionForm  = regexp.MustCompile(`^[a-z0-9-]{1,64}$`)
	serviceForm = regexp.MustCompile(`^[a-z0-9-]{1,63}\.amazonaws\.com$`)
	rootForm    = regexp.MustCompile(`^arn:aws[a-z-]*:iam::([0-9]{12}):root$`)
)

// serviceAlias begins the aliases of the keys that services own.
const serviceAlias = "alias/aws/"

func uuidOf(id [idBytes]byte) string {
	h := hex.EncodeToString(id[:])
	return strings.Join([]string{h[:8], h[8:12], h[12:16], h[16:20], h[20:]}, "-")
}

func idOf(uuid string) (id [idBytes]byte, err error) {
	_, err = hex.Decode(id[:], []byte(strings.ReplaceAll(uuid, "-", "")))
	return id, err
}
