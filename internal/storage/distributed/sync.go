package distributed

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
)

// ErrUnsafe says that a server acknowledges records before they are on its disk, or does not tell whether it does.
// With the default setting of nats-server a power failure loses whole streams, even replicated ones.
var ErrUnsafe = errors.New("the storage server may lose acknowledged records")

const syncAdvice = "set `jetstream { sync_interval: always }` in the configuration of every server"

// jsz is what of a server's JetStream status matters here.
type jsz struct {
	Disabled bool `json:"disabled"`
	Config   struct {
		SyncAlways bool `json:"sync_always"`
	} `json:"config"`
}

func (z jsz) check(server string) error {
	if !z.Disabled && !z.Config.SyncAlways { // one without JetStream stores nothing of ours
		return fmt.Errorf("%w: %s syncs only now and then; %s", ErrUnsafe, server, syncAdvice)
	}
	return nil
}

// checkSync returns ErrUnsafe unless all servers say that they sync every write.
func checkSync(ctx context.Context, cfg Config) error {
	ctx, cancel := context.WithTimeout(ctx, cfg.RequestTimeout)
	defer cancel()
	switch {
	case len(cfg.MonitorURLs) > 0:
		for _, url := range cfg.MonitorURLs {
			if err := askMonitor(ctx, url); err != nil {
				return err
			}
		}
		return nil
	case cfg.SystemURL != "":
		return askSystem(ctx, cfg)
	}
	return fmt.Errorf("%w: it was not said where to ask; give its monitoring port or a user of the system account, and %s", ErrUnsafe, syncAdvice)
}

// askMonitor asks one server by HTTP.
func askMonitor(ctx context.Context, url string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(url, "/")+"/jsz?config=1", nil)
	if err != nil {
		return fmt.Errorf("storage: monitoring address: %w", err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("%w: its monitoring port does not answer: %w", ErrUnsafe, err)
	}
	defer resp.Body.Close()
	var z jsz
	if err := json.NewDecoder(io.LimitReader(resp.Body, 1<<20)).Decode(&z); err != nil || resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%w: its monitoring port answers %s, %w", ErrUnsafe, resp.Status, err)
	}
	return z.check(req.URL.Host)
}

// systemPatience is how long a further server of a cluster may take to answer after the one before it.
const systemPatience = 500 * time.Millisecond

// askSystem asks all servers of the cluster over NATS.
func askSystem(ctx context.Context, cfg Config) error {
	nc, err := connect(cfg.SystemURL, cfg, func() {})
	if err != nil {
		return err
	}
	defer nc.Close()
	inbox := nc.NewInbox()
	answers, err := nc.SubscribeSync(inbox)
	if err == nil {
		err = nc.PublishRequest("$SYS.REQ.SERVER.PING.JSZ", inbox, []byte(`{"config":true}`))
	}
	if err != nil {
		return fmt.Errorf("storage: ask the system account: %w", err)
	}
	servers := 0
	for wait := cfg.RequestTimeout; ; wait = systemPatience {
		msg, err := answers.NextMsg(wait)
		if errors.Is(err, nats.ErrTimeout) || errors.Is(err, nats.ErrNoResponders) {
			break
		}
		if err != nil {
			return fmt.Errorf("storage: ask the system account: %w", err)
		}
		var answer struct {
			Server struct {
				Name string `json:"name"`
			} `json:"server"`
			Data jsz `json:"data"`
		}
		if err := json.Unmarshal(msg.Data, &answer); err != nil {
			return fmt.Errorf("%w: its answer cannot be read: %w", ErrUnsafe, err)
		}
		if err := answer.Data.check("server " + answer.Server.Name); err != nil {
			return err
		}
		servers++
	}
	if servers == 0 {
		return fmt.Errorf("%w: no server answers the system account; is it one of that account's users?", ErrUnsafe)
	}
	return nil
}
