package node

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/url"
	"regexp"
	"slices"
	"time"

	"github.com/hookswitch/hookswitch/internal/edge"
	"github.com/hookswitch/hookswitch/internal/storage"
	"github.com/hookswitch/hookswitch/internal/storage/distributed"
)

// Profiles say how closely time is followed.
const (
	Faithful = "faithful" // delays as AWS has them
	Fast     = "fast"     // no delay that only waits: contact records are published at once
)

// Whether rates are limited.
const (
	LimitsAWS = "aws" // as AWS limits them: of shards, and of calls
	LimitsOff = "off"
)

// Clocks a node can run on.
const (
	RealClock    = "real"
	VirtualClock = "virtual" // stands still until the operator API moves it
)

// Config is all that can be set of a node. The zero value serves on the default port with data in ./hookswitch-data.
type Config struct {
	Listen string // host and port; "": DefaultListen. Port 0 takes a free one
	TLS    string // host and port of a listener that speaks TLS; "": none

	Data      string // directory of the embedded engine; "": DefaultData
	Memory    bool   // keep nothing: everything is in memory
	RootKey   string // RootKeyBytes in base64, which everything else that is encrypted at rest hangs on; "": Data holds one
	EngineURL string // a JetStream server keeps the data instead of Data; see distributed.ParseURL for its parameters

	Profile     string         // Faithful or Fast; "": Faithful
	RecordDelay *time.Duration // from a contact's completion to its record; nil: as the profile has it

	Limits string // LimitsAWS or LimitsOff; "": off

	Auth        string            // edge.AuthOpen or edge.AuthVerify; "": open
	Credentials map[string]string // secret by access key id, for verify
	Account     string            // of callers whose key names none; "": 000000000000
	Region      string            // of callers who sign for none; "": us-east-1
	CORSOrigins []string          // whose pages may call in a browser besides this machine's own; "*": everybody's. Verify: everybody's
	AdminRemote bool              // the operator API answers other machines as well

	Clock      string    // RealClock or VirtualClock; "": real
	ClockStart time.Time // where a virtual clock begins; zero: now

	Version string
	Logger  *slog.Logger   // nil: none
	Random  io.Reader      // nil: the system's
	Engine  storage.Engine // where the data is, instead of Data, Memory and EngineURL; the node does not close it
}

// Defaults of Config.
const (
	DefaultListen = "127.0.0.1:4566"
	DefaultTLS    = "127.0.0.1:4567"
	DefaultData   = "hookswitch-data"
)

var accountForm = regexp.MustCompile(`^[0-9]{12}$`)

// Validate reports everything that is wrong with the settings, in the words of the command line's flags.
func (c Config) Validate() error {
	var errs []error
	wrong := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	for _, f := range [][2]string{{"--listen", c.Listen}, {"--tls", c.TLS}} {
		if _, _, err := net.SplitHostPort(f[1]); err != nil && f[1] != "" {
			wrong("%s %q: want host:port", f[0], f[1])
		}
	}
	if c.Memory && c.EngineURL != "" {
		wrong("--memory and --engine exclude each other")
	}
	if c.RootKey != "" {
		if _, err := parseRootKey(c.RootKey); err != nil {
			wrong("--root-key: %v", err)
		}
	}
	if c.EngineURL != "" {
		if _, err := distributed.ParseURL(c.EngineURL); err != nil {
			wrong("--engine: %v", err)
		}
		if c.Clock == VirtualClock {
			wrong("--clock %s does not go with --engine: a JetStream server stamps and expires records by its own clock", VirtualClock)
		}
	}
	if c.Profile != "" && c.Profile != Faithful && c.Profile != Fast {
		wrong("--profile %q: want %s or %s", c.Profile, Faithful, Fast)
	}
	if c.RecordDelay != nil && (*c.RecordDelay < 0 || *c.RecordDelay > 24*time.Hour) {
		wrong("--record-delay %v: want 0 to 24h", *c.RecordDelay)
	}
	if c.Limits != "" && c.Limits != LimitsAWS && c.Limits != LimitsOff {
		wrong("--limits %q: want %s or %s", c.Limits, LimitsAWS, LimitsOff)
	}
	switch edge.AuthMode(c.Auth) {
	case "", edge.AuthOpen:
		if len(c.Credentials) > 0 {
			wrong("--credentials needs --auth verify: with --auth open every key is taken")
		}
	case edge.AuthVerify:
		if len(c.Credentials) == 0 {
			wrong("--auth verify needs --credentials KEYID=SECRET")
		}
	default:
		wrong("--auth %q: want %s or %s", c.Auth, edge.AuthOpen, edge.AuthVerify)
	}
	for _, o := range c.CORSOrigins {
		if u, err := url.Parse(o); o != "*" && (err != nil || u.Scheme == "" || u.Host == "" || u.Path != "") {
			wrong("--cors-origin %q: want an origin such as https://app.example:8443, or *", o)
		}
	}
	if c.Account != "" && !accountForm.MatchString(c.Account) {
		wrong("--account %q: want 12 digits", c.Account)
	}
	if c.Clock != "" && c.Clock != RealClock && c.Clock != VirtualClock {
		wrong("--clock %q: want %s or %s", c.Clock, RealClock, VirtualClock)
	}
	if !c.ClockStart.IsZero() && c.Clock != VirtualClock {
		wrong("--clock-start needs --clock %s", VirtualClock)
	}
	return errors.Join(errs...)
}

// recordDelay returns the delay of contact records as the outbox takes it: negative means at once.
func (c Config) recordDelay() time.Duration {
	switch {
	case c.RecordDelay != nil && *c.RecordDelay == 0, c.RecordDelay == nil && c.Profile == Fast:
		return -1
	case c.RecordDelay != nil:
		return *c.RecordDelay
	}
	return 0
}

// origin returns who decides which pages may call: with verified signatures everybody's may, as on AWS.
func (c Config) origin() func(string) bool {
	if c.Auth == string(edge.AuthVerify) || slices.Contains(c.CORSOrigins, "*") {
		return nil
	}
	return func(o string) bool { return edge.LoopbackOrigin(o) || slices.Contains(c.CORSOrigins, o) }
}

func or[T comparable](v, otherwise T) T {
	var zero T
	if v == zero {
		return otherwise
	}
	return v
}
