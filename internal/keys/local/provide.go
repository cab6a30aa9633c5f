package local

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/hookswitch/hookswitch/internal/arn"
	"github.com/hookswitch/hookswitch/internal/keys"
)

// Version rises with every change of a key that exists.
func (s *Store) Version() uint64 { return s.version.Load() }

// Resolve implements keys.Provider. The key of the service that asks is made when it is first named.
func (s *Store) Resolve(ctx context.Context, c keys.Caller, name string) (string, error) {
	n, err := parseName(c, name)
	if err != nil {
		return "", err
	}
	if n.account != c.Account {
		return s.resolveForeign(ctx, c, n, name)
	}
	if n.alias == "" {
		k, err := s.find(ctx, n.id)
		if err != nil {
			return "", err
		}
		if k == nil || k.Account != n.account || k.Region != n.region {
			return "", errNoKey(keyARN(n.partition, n.region, n.account, n.id))
		}
		return k.arn, nil
	}
	a := aliasName{n.account, n.region, n.alias}
	id, err := s.findAlias(ctx, a)
	if err != nil {
		return "", err
	}
	if id == "" && c.Via != "" && n.alias == serviceAlias+c.Via {
		if id, err = s.makeServiceKey(ctx, n.partition, a, c.Via); err != nil {
			return "", err
		}
	}
	k, err := s.find(ctx, id)
	if err != nil {
		return "", err
	}
	if k == nil {
		text := arn.ARN{Partition: n.partition, Service: "kms", Region: n.region, Account: n.account, Resource: n.alias}.String()
		return "", &keys.Error{Kind: keys.NotFound, Key: text, Message: "Alias " + text + " is not found."}
	}
	return k.arn, nil
}

// resolveForeign resolves the ARN of another account's key, if that lets the caller's use it.
func (s *Store) resolveForeign(ctx context.Context, c keys.Caller, n keyName, name string) (string, error) {
	if n.id != "" {
		k, err := s.find(ctx, n.id)
		if err != nil {
			return "", err
		}
		if k != nil && k.arn == name && slices.ContainsFunc(k.Grants, func(st Statement) bool { return st.Principal == c.Account }) {
			return k.arn, nil
		}
	}
	text := fmt.Sprintf("User: %s is not authorized to perform: kms:DescribeKey on resource: %s because no resource-based policy allows the kms:DescribeKey action", c.Who(), name)
	return "", &keys.Error{Kind: keys.AccessDenied, Key: name, Who: c.Who(), Message: text}
}

// keyName is what a caller calls a key, taken apart.
type keyName struct{ partition, account, region, id, alias string }

// parseName takes apart what a caller calls a key. Another Region's keys do not exist in this one.
func parseName(c keys.Caller, name string) (keyName, error) {
	n := keyName{partition: c.PartitionName(), account: c.Account, region: c.Region}
	resource := name
	if strings.HasPrefix(name, "arn:") {
		a, err := arn.Parse(name)
		switch {
		case err != nil || a.Service != "kms":
			return n, keys.Refuse(keys.NotFound, "Invalid arn %s", name)
		case a.Region != c.Region:
			return n, keys.Refuse(keys.NotFound, "Invalid arn %s", a.Region)
		}
		n.partition, n.account = a.Partition, a.Account
		if id, ok := strings.CutPrefix(a.Resource, "key/"); ok {
			resource = id
		} else if resource = a.Resource; !strings.HasPrefix(resource, "alias/") {
			return n, keys.Refuse(keys.NotFound, "Invalid arn %s", name)
		}
	}
	switch {
	case uuidForm.MatchString(resource):
		n.id = resource
	case aliasForm.MatchString(resource):
		n.alias = resource
	default:
		return n, keys.Refuse(keys.NotFound, "Invalid keyId '%s'", name)
	}
	return n, nil
}

// Check implements keys.Provider.
func (s *Store) Check(ctx context.Context, c keys.Caller, key string, use keys.Use) error {
	_, err := s.check(ctx, c, key, use)
	return err
}

// check returns a key that a caller may use now.
func (s *Store) check(ctx context.Context, c keys.Caller, key string, use keys.Use) (*keyState, error) {
	_, id, _ := strings.Cut(key, ":key/")
	k, err := s.find(ctx, id)
	if err != nil {
		return nil, err
	}
	if k == nil || k.arn != key || k.Region != c.Region {
		return nil, errNoKey(key)
	}
	if err := k.allows(c, use); err != nil {
		return nil, err
	}
	return k, k.usable()
}

// Generate implements keys.Provider.
func (s *Store) Generate(ctx context.Context, c keys.Caller, key string, about keys.Context) (keys.DataKey, error) {
	k, err := s.check(ctx, c, key, keys.GenerateDataKey)
	if err != nil {
		return keys.DataKey{}, err
	}
	m := k.Materials[len(k.Materials)-1]
	material, err := s.material(k, m)
	if err != nil {
		return keys.DataKey{}, err
	}
	id, err := idOf(k.ID)
	if err != nil {
		return keys.DataKey{}, fmt.Errorf("key %s: %w", k.arn, err)
	}
	d := keys.DataKey{Key: k.arn, Plain: make([]byte, keys.DataKeyBytes), Wrapped: make([]byte, 0, blobBytes)}
	s.randMu.Lock()
	defer s.randMu.Unlock()
	if _, err := io.ReadFull(s.random, d.Plain); err != nil {
		return keys.DataKey{}, fmt.Errorf("read randomness: %w", err)
	}
	d.Wrapped = append(append(append(d.Wrapped, blobHeader[:]...), id[:]...), m.ID...)
	d.Wrapped, err = seal(s.random, d.Wrapped, material, forDataKeys, d.Plain, k.about(id, about))
	return d, err
}

// Unwrap implements keys.Provider.
func (s *Store) Unwrap(ctx context.Context, c keys.Caller, wrapped []byte, about keys.Context) (keys.DataKey, error) {
	b, err := parseBlob(wrapped)
	if err != nil {
		return keys.DataKey{}, err
	}
	k, err := s.find(ctx, uuidOf(b.key))
	if err != nil {
		return keys.DataKey{}, err
	}
	if k == nil {
		return keys.DataKey{}, errNoKey(keyARN(c.PartitionName(), c.Region, c.Account, uuidOf(b.key)))
	}
	if k, err = s.check(ctx, c, k.arn, keys.Decrypt); err != nil {
		return keys.DataKey{}, err
	}
	for _, m := range k.Materials {
		if [idBytes]byte(m.ID) != b.material {
			continue
		}
		material, err := s.material(k, m)
		if err != nil {
			return keys.DataKey{}, err
		}
		plain, err := unseal(b.sealed, material, forDataKeys, k.about(b.key, about))
		return keys.DataKey{Key: k.arn, Plain: plain, Wrapped: wrapped}, err
	}
	return keys.DataKey{}, errBlob
}

// material unwraps a key's secret.
func (s *Store) material(k *keyState, m materialDoc) ([]byte, error) {
	if len(m.ID) != idBytes {
		return nil, fmt.Errorf("key %s: its material has an id of %d bytes", k.arn, len(m.ID))
	}
	secret, err := unseal(m.Sealed, s.root, forMaterial, materialAbout(k.arn, m.ID))
	if err != nil {
		return nil, fmt.Errorf("key %s: its material cannot be unwrapped: %w", k.arn, err)
	}
	return secret, nil
}

// materialAbout is what sealed material is bound to.
func materialAbout(key string, id []byte) []byte { return append([]byte(key+"\x00"), id...) }
