package local

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/hookswitch/hookswitch/internal/keys"
	"github.com/hookswitch/hookswitch/internal/storage"
)

// Bounds of keys.
const (
	KeysMax          = 5000 // of one account in one Region
	AliasesMax       = 50   // of one key
	StatementsMax    = 100  // of one key that deny, and that allow
	DescriptionMax   = 8192 // bytes
	DeletionDaysMin  = 7
	DeletionDaysMax  = 30
	deletionDaysUsed = DeletionDaysMax // when nothing is said
)

// Invalid says that a request about a key cannot be understood.
type Invalid struct{ Field, Message string }

func (e *Invalid) Error() string { return e.Message }

func invalid(field, format string, args ...any) error {
	return &Invalid{field, fmt.Sprintf(format, args...)}
}

func conflict(k *keyState, format string, args ...any) error {
	return &keys.Error{Kind: keys.InvalidState, Key: k.arn, Message: fmt.Sprintf(format, args...)}
}

// Create makes a customer's key for the caller's account and Region; the alias may be "".
func (s *Store) Create(ctx context.Context, c keys.Caller, description, alias string) (Key, error) {
	switch {
	case !accountForm.MatchString(c.Account):
		return Key{}, invalid("account", "account %q: want 12 digits", c.Account)
	case !regionForm.MatchString(c.Region):
		return Key{}, invalid("region", "region %q: want a Region such as us-east-1", c.Region)
	case len(description) > DescriptionMax:
		return Key{}, invalid("description", "a description has at most %d bytes", DescriptionMax)
	case s.count(c.Account, c.Region) >= KeysMax:
		return Key{}, keys.Refuse(keys.InvalidState, "there are %d keys in %s of account %s, and cannot be more", KeysMax, c.Region, c.Account)
	}
	doc := keyDoc{Partition: c.PartitionName(), Account: c.Account, Region: c.Region, Description: description}
	if alias == "" {
		return s.make(ctx, doc)
	}
	if err := checkAlias(alias); err != nil {
		return Key{}, err
	}
	return s.make(ctx, doc, aliasName{c.Account, c.Region, alias})
}

func checkAlias(alias string) error {
	if !aliasForm.MatchString(alias) || strings.HasPrefix(alias, serviceAlias) {
		return invalid("alias", "alias %q: want alias/ and then letters, digits, / _ and -, but not %s…", alias, serviceAlias)
	}
	return nil
}

func errAliasTaken(a aliasName, id string) error {
	return keys.Refuse(keys.InvalidState, "an alias with the name %s already exists: it names key %s", a.name, id)
}

// make gives a key an id and material and stores it with its aliases.
func (s *Store) make(ctx context.Context, doc keyDoc, aliases ...aliasName) (Key, error) {
	if err := s.establish(ctx); err != nil {
		return Key{}, err
	}
	doc.Created = s.clock.Now().UnixMilli()
	if err := s.fill(&doc); err != nil {
		return Key{}, err
	}
	for _, a := range aliases {
		doc.Aliases = append(doc.Aliases, a.name)
	}
	k := newKeyState(doc, 0)
	for range changeAttemptsMax {
		var named []aliasChange
		for _, a := range aliases {
			st := s.knownAlias(a)
			if st.key != "" {
				return Key{}, errAliasTaken(a, st.key)
			}
			named = append(named, aliasChange{aliasDoc{a.account, a.region, a.name, doc.ID}, st.rev})
		}
		err := s.store(ctx, k, named...)
		if err == nil {
			return s.known(doc.ID).show(), nil
		}
		if !again(err) {
			return Key{}, fmt.Errorf("keys: store a key: %w", err)
		}
		if err := s.refresh(ctx); err != nil {
			return Key{}, fmt.Errorf("keys: %w", err)
		}
		if stored := s.known(doc.ID); stored != nil { // an append of unknown outcome had succeeded
			return stored.show(), nil
		}
	}
	return Key{}, fmt.Errorf("keys: store a key: %w", storage.ErrConflict)
}

// fill makes a key's id and material.
func (s *Store) fill(doc *keyDoc) error {
	s.randMu.Lock()
	defer s.randMu.Unlock()
	var id [idBytes]byte
	fresh := make([]byte, idBytes+keys.DataKeyBytes)
	for _, b := range [][]byte{id[:], fresh} {
		if _, err := io.ReadFull(s.random, b); err != nil {
			return fmt.Errorf("read randomness: %w", err)
		}
	}
	id[6], id[8] = id[6]&0x0f|0x40, id[8]&0x3f|0x80 // a random UUID
	doc.ID = uuidOf(id)
	material, secret := fresh[:idBytes], fresh[idBytes:]
	sealed, err := seal(s.random, nil, s.root, forMaterial, secret, materialAbout(keyARN(doc.Partition, doc.Region, doc.Account, doc.ID), material))
	doc.Materials = []materialDoc{{material, sealed}}
	return err
}

// makeServiceKey makes the key that a service owns in an account and Region, and returns its id.
func (s *Store) makeServiceKey(ctx context.Context, partition string, a aliasName, service string) (string, error) {
	k, err := s.make(ctx, keyDoc{Partition: partition, Account: a.account, Region: a.region, Service: service,
		Description: "Default key that protects my " + service + " data when no other key is defined"}, a)
	if id := s.knownAlias(a).key; err != nil && id != "" {
		return id, nil // someone else was faster
	}
	return k.ID, err
}

// Describe returns the key that a name stands for in an account and a Region: an id, an ARN, an alias or an alias's ARN.
func (s *Store) Describe(ctx context.Context, c keys.Caller, name string) (Key, error) {
	k, err := s.named(ctx, c, name)
	if err != nil {
		return Key{}, err
	}
	return k.show(), nil
}

// named finds a key. An ARN says itself where the key is.
func (s *Store) named(ctx context.Context, c keys.Caller, name string) (*keyState, error) {
	if p := strings.Split(name, ":"); len(p) > 5 {
		c.Region, c.Account = p[3], p[4]
	}
	key, err := s.Resolve(ctx, c, name)
	if err != nil {
		return nil, err
	}
	k, err := s.find(ctx, key[strings.LastIndexByte(key, '/')+1:])
	if err == nil && k == nil {
		err = errNoKey(key)
	}
	return k, err
}

// errNoChange, returned by the function given to change, ends it without an error.
var errNoChange = errors.New("nothing to change")

// change replaces the description of a customer's key by what fn makes of it, as often as it takes until no other change
// comes between. fn may be called several times.
func (s *Store) change(ctx context.Context, c keys.Caller, name string, fn func(k *keyState) ([]aliasChange, error)) (Key, error) {
	for range changeAttemptsMax {
		cur, err := s.named(ctx, c, name)
		if err != nil {
			return Key{}, err
		}
		if cur.Service != "" {
			return Key{}, conflict(cur, "%s belongs to %s and cannot be changed", cur.arn, cur.Service)
		}
		next := *cur
		next.Aliases, next.Denials, next.Grants = slices.Clone(cur.Aliases), slices.Clone(cur.Denials), slices.Clone(cur.Grants)
		aliases, err := fn(&next)
		if errors.Is(err, errNoChange) {
			return cur.show(), nil
		}
		if err != nil {
			return Key{}, err
		}
		err = s.store(ctx, &next, aliases...)
		if err == nil {
			return s.known(cur.ID).show(), nil
		}
		if !again(err) {
			return Key{}, fmt.Errorf("keys: store %s: %w", cur.arn, err)
		}
		if err := s.refresh(ctx); err != nil {
			return Key{}, fmt.Errorf("keys: %w", err)
		}
	}
	return Key{}, fmt.Errorf("keys: change %s: %w", name, storage.ErrConflict)
}

// AddAlias gives a key one more alias.
func (s *Store) AddAlias(ctx context.Context, c keys.Caller, name, alias string) (Key, error) {
	if err := checkAlias(alias); err != nil {
		return Key{}, err
	}
	return s.change(ctx, c, name, func(k *keyState) ([]aliasChange, error) {
		a := aliasName{k.Account, k.Region, alias}
		st := s.knownAlias(a)
		switch {
		case st.key == k.ID:
			return nil, errNoChange
		case st.key != "":
			return nil, errAliasTaken(a, st.key)
		case len(k.Aliases) >= AliasesMax:
			return nil, conflict(k, "%s has %d aliases, and cannot have more", k.arn, AliasesMax)
		}
		k.Aliases = append(k.Aliases, alias)
		return []aliasChange{{aliasDoc{k.Account, k.Region, alias, k.ID}, st.rev}}, nil
	})
}

// SetEnabled enables or disables a key. One that is pending deletion is refused.
func (s *Store) SetEnabled(ctx context.Context, c keys.Caller, name string, enabled bool) (Key, error) {
	return s.change(ctx, c, name, func(k *keyState) ([]aliasChange, error) {
		switch {
		case k.DeleteAt > 0:
			return nil, conflict(k, "%s is pending deletion.", k.arn)
		case k.Disabled == !enabled:
			return nil, errNoChange
		}
		k.Disabled = !enabled
		return nil, nil
	})
}

// ScheduleDeletion has a key deleted so many days from now, 7 to 30; 0 is 30. Until then it cannot be used.
func (s *Store) ScheduleDeletion(ctx context.Context, c keys.Caller, name string, days int) (Key, error) {
	if days == 0 {
		days = deletionDaysUsed
	}
	if days < DeletionDaysMin || days > DeletionDaysMax {
		return Key{}, invalid("days", "days %d: want %d to %d", days, DeletionDaysMin, DeletionDaysMax)
	}
	return s.change(ctx, c, name, func(k *keyState) ([]aliasChange, error) {
		if k.DeleteAt > 0 {
			return nil, conflict(k, "%s is pending deletion.", k.arn)
		}
		k.DeleteAt = s.clock.Now().Add(time.Duration(days) * 24 * time.Hour).UnixMilli()
		return nil, nil
	})
}

// CancelDeletion takes a scheduled deletion back. The key is disabled then, as key management leaves it.
func (s *Store) CancelDeletion(ctx context.Context, c keys.Caller, name string) (Key, error) {
	return s.change(ctx, c, name, func(k *keyState) ([]aliasChange, error) {
		if k.DeleteAt == 0 {
			return nil, conflict(k, "%s is not pending deletion.", k.arn)
		}
		k.DeleteAt, k.Disabled = 0, true
		return nil, nil
	})
}

// Deny denies uses of a key to a principal (see Statement; an account may also be named by its root user's ARN). No uses: all.
// What was allowed to another account is allowed no more.
func (s *Store) Deny(ctx context.Context, c keys.Caller, name string, st Statement) (Key, error) {
	st, err := checkStatement(st)
	if err != nil {
		return Key{}, err
	}
	return s.change(ctx, c, name, func(k *keyState) ([]aliasChange, error) {
		if k.foreign(st) {
			return nil, k.subtract(&k.Grants, st)
		}
		return nil, k.add(&k.Denials, st)
	})
}

// Allow takes denials of uses back, or lets another account use the key. No uses: all.
func (s *Store) Allow(ctx context.Context, c keys.Caller, name string, st Statement) (Key, error) {
	st, err := checkStatement(st)
	if err != nil {
		return Key{}, err
	}
	return s.change(ctx, c, name, func(k *keyState) ([]aliasChange, error) {
		if k.foreign(st) {
			return nil, k.add(&k.Grants, st)
		}
		return nil, k.subtract(&k.Denials, st)
	})
}

// foreign says whether a statement is about another account than the key's.
func (k *keyState) foreign(st Statement) bool {
	return accountForm.MatchString(st.Principal) && st.Principal != k.Account
}

// add adds what a statement says to a list of them.
func (k *keyState) add(list *[]Statement, st Statement) error {
	i := slices.IndexFunc(*list, func(o Statement) bool { return o.Principal == st.Principal })
	if i < 0 {
		if len(*list) >= StatementsMax {
			return conflict(k, "the policy of %s has statements for %d principals, and cannot have more", k.arn, StatementsMax)
		}
		*list = append(*list, st)
		return nil
	}
	uses := slices.Compact(slices.Sorted(slices.Values(slices.Concat((*list)[i].Uses, st.Uses))))
	if len(uses) == len((*list)[i].Uses) {
		return errNoChange
	}
	(*list)[i] = Statement{st.Principal, uses}
	return nil
}

// subtract takes what a statement says out of a list of them.
func (k *keyState) subtract(list *[]Statement, st Statement) error {
	i := slices.IndexFunc(*list, func(o Statement) bool { return o.Principal == st.Principal })
	if i < 0 {
		return errNoChange
	}
	left := slices.DeleteFunc(slices.Clone((*list)[i].Uses), func(u keys.Use) bool { return slices.Contains(st.Uses, u) })
	switch len(left) {
	case len((*list)[i].Uses):
		return errNoChange
	case 0:
		*list = slices.Delete(*list, i, i+1)
	default:
		(*list)[i] = Statement{st.Principal, left}
	}
	return nil
}

// checkStatement refuses what would be about nothing or nobody.
func checkStatement(d Statement) (Statement, error) {
	if m := rootForm.FindStringSubmatch(d.Principal); m != nil {
		d.Principal = m[1]
	}
	if d.Principal != "*" && !accountForm.MatchString(d.Principal) && !serviceForm.MatchString(d.Principal) {
		return d, invalid("principal", "principal %q: want an account of 12 digits, a service such as connect.amazonaws.com, or *", d.Principal)
	}
	if len(d.Uses) == 0 {
		d.Uses = []keys.Use{keys.Decrypt, keys.GenerateDataKey}
	}
	for _, u := range d.Uses {
		if u != keys.Decrypt && u != keys.GenerateDataKey {
			return d, invalid("uses", "use %q: want %s or %s", u, keys.GenerateDataKey, keys.Decrypt)
		}
	}
	d.Uses = slices.Compact(slices.Sorted(slices.Values(d.Uses)))
	return d, nil
}
