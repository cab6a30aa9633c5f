package node

import (
	"context"
	"fmt"

	"github.com/hookswitch/hookswitch/internal/clock"
	"github.com/hookswitch/hookswitch/internal/storage"
	"github.com/hookswitch/hookswitch/internal/storage/distributed"
	"github.com/hookswitch/hookswitch/internal/storage/embedded"
	"github.com/hookswitch/hookswitch/internal/storage/memory"
)

// engine is the storage that a node runs on, and how it is doing.
type engine struct {
	storage.Engine
	name    string
	healthy func() error
	failed  <-chan struct{} // closed when it can take no more writes; nil: never
	owned   bool            // the node closes it
}

func openEngine(ctx context.Context, cfg Config, clk clock.Clock) (engine, error) {
	fine := func() error { return nil }
	switch {
	case cfg.Engine != nil:
		return engine{Engine: cfg.Engine, name: "given", healthy: fine}, nil
	case cfg.Memory:
		return engine{Engine: memory.New(memory.Config{Clock: clk}), name: "memory", healthy: fine, owned: true}, nil
	case cfg.EngineURL != "":
		server, err := distributed.ParseURL(cfg.EngineURL)
		if err != nil {
			return engine{}, err
		}
		server.Logger = cfg.Logger
		e, err := distributed.Open(ctx, server)
		if err != nil {
			return engine{}, fmt.Errorf("storage at %s: %w", hideUser(server.URL), err)
		}
		return engine{Engine: e, name: "jetstream", healthy: e.Healthy, owned: true}, nil
	}
	dir := or(cfg.Data, DefaultData)
	e, err := embedded.Open(embedded.Config{Dir: dir, Clock: clk, Logger: cfg.Logger})
	if err != nil {
		return engine{}, fmt.Errorf("data directory %s: %w", dir, err)
	}
	return engine{Engine: e, name: "embedded", healthy: e.Healthy, failed: e.Failed(), owned: true}, nil
}
