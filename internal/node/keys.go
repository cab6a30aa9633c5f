package node

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/hookswitch/hookswitch/internal/arn"
	"github.com/hookswitch/hookswitch/internal/keys"
	"github.com/hookswitch/hookswitch/internal/keys/local"
)

// RootKeyBytes is the length of a root key.
const RootKeyBytes = local.RootBytes

// rootKeyFile holds the root key in the data directory, unless another one was given.
const rootKeyFile = "root.key"

// openKeys opens the keys that data is encrypted under, with the root key that wraps them.
func (n *Node) openKeys(ctx context.Context) (*local.Store, error) {
	root, from, err := n.rootKey(ctx)
	if err != nil {
		return nil, fmt.Errorf("root key: %w", err)
	}
	store, err := local.Open(ctx, local.Config{Storage: n.engine, Clock: n.clock, Logger: n.log.With("component", "keys"), Random: n.cfg.Random, Root: root})
	switch {
	case errors.Is(err, local.ErrNoRoot):
		return nil, fmt.Errorf("root key: %w: give the one they were made with, in base64, with HOOKSWITCH_ROOT_KEY or --root-key", err)
	case errors.Is(err, local.ErrWrongRoot):
		return nil, fmt.Errorf("root key: %w: the one from %s is another. Give the right one with HOOKSWITCH_ROOT_KEY or --root-key, or put %s back as it was: "+
			"without it the keys, and all that is encrypted under them, cannot be read", err, from, rootKeyFile)
	case err != nil:
		return nil, err
	}
	return store, nil
}

// rootKey returns the root key and where it comes from. There is none where nothing of this machine keeps the data, unless
// one is given: no key can be made then.
func (n *Node) rootKey(ctx context.Context) (root []byte, from string, err error) {
	switch {
	case n.cfg.RootKey != "":
		root, err = parseRootKey(n.cfg.RootKey)
		return root, "--root-key", err
	case n.cfg.Engine != nil, n.cfg.EngineURL != "":
		return nil, "", nil
	case n.cfg.Memory:
		root, err = n.newRootKey()
		return root, "memory", err
	}
	name := filepath.Join(or(n.cfg.Data, DefaultData), rootKeyFile)
	text, err := os.ReadFile(name)
	if err == nil {
		if root, err = parseRootKey(string(text)); err != nil {
			err = fmt.Errorf("%s: %w; put the file back as it was, or give the key with HOOKSWITCH_ROOT_KEY or --root-key", name, err)
		}
		return root, name, err
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, name, err
	}
	rooted, err := local.Rooted(ctx, n.engine)
	if err != nil {
		return nil, name, err
	}
	if rooted {
		return nil, name, fmt.Errorf("%s is missing, and there are keys that were made with it: put it back, or give its text with HOOKSWITCH_ROOT_KEY or --root-key; "+
			"without it the keys, and all that is encrypted under them, cannot be read", name)
	}
	if root, err = n.newRootKey(); err != nil {
		return nil, name, err
	}
	return root, name, writeWhole(name, []byte(base64.StdEncoding.EncodeToString(root)+"\n"), 0o600)
}

func (n *Node) newRootKey() ([]byte, error) {
	root := make([]byte, RootKeyBytes)
	_, err := io.ReadFull(n.cfg.Random, root)
	return root, err
}

// parseRootKey reads a root key. Its refusals do not repeat the text.
func parseRootKey(text string) ([]byte, error) {
	root, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text))
	if err != nil {
		return nil, fmt.Errorf("it is not base64: want %d random bytes, as \"head -c %d /dev/urandom | base64\" makes them", RootKeyBytes, RootKeyBytes)
	}
	if len(root) != RootKeyBytes {
		return nil, fmt.Errorf("it has %d bytes, want %d in base64, as \"head -c %d /dev/urandom | base64\" makes them", len(root), RootKeyBytes, RootKeyBytes)
	}
	return root, nil
}

// checkTarget returns nil when a target is there, though its key may be refused for now: documents wait, and the doctor says why.
func (n *Node) checkTarget(ctx context.Context, to arn.ARN) error {
	err := n.exchange.Check(ctx, to)
	var refused *keys.Error
	if errors.As(err, &refused) {
		return nil
	}
	return err
}
