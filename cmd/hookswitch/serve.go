package main

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/hookswitch/hookswitch/internal/node"
)

// serveFlags are the settings of a node on the command line.
type serveFlags struct {
	cfg         node.Config
	recordDelay time.Duration
	credentials []string
	clockStart  string
	logLevel    string
	logFormat   string
}

func (s *serveFlags) register(f *pflag.FlagSet) {
	f.StringVar(&s.cfg.Listen, "listen", node.DefaultListen, "host:port to listen on; HTTP/1.1 and plain-text HTTP/2")
	f.StringVar(&s.cfg.TLS, "tls", "", "host:port of a TLS listener beside it, with a certificate made on the first start")
	f.Lookup("tls").NoOptDefVal = node.DefaultTLS
	f.StringVar(&s.cfg.Data, "data", node.DefaultData, "directory that keeps everything")
	f.BoolVar(&s.cfg.Memory, "memory", false, "keep nothing: everything lives in memory")
	f.StringVar(&s.cfg.RootKey, "root-key", "", "32 bytes in base64 that wrap all keys; better in HOOKSWITCH_ROOT_KEY (default root.key in the data directory, made on the first start)")
	f.StringVar(&s.cfg.EngineURL, "engine", "", "nats://host:port of a JetStream server that keeps the data instead of --data; parameters: ?replicas=3&monitor=http://host:8222&system=nats://…&unsafe-sync=true")
	f.StringVar(&s.cfg.Profile, "profile", node.Faithful, "faithful: delays as AWS has them; fast: contact records are published at once")
	f.DurationVar(&s.recordDelay, "record-delay", 0, "from a contact's completion to its contact record (default 65s, with --profile fast 0s)")
	f.StringVar(&s.cfg.Limits, "limits", node.LimitsOff, "aws: shards and calls are limited to AWS's rates; off: no rate is limited")
	f.StringVar(&s.cfg.Auth, "auth", "open", "open: any access key is taken; verify: signatures must match one of --credentials")
	f.StringArrayVar(&s.credentials, "credentials", nil, "access key for --auth verify, as KEYID=SECRET; may be repeated")
	f.StringVar(&s.cfg.Account, "account", "000000000000", "account of callers whose access key id is not 12 digits")
	f.StringVar(&s.cfg.Region, "region", "us-east-1", "Region of callers who sign for none")
	f.StringArrayVar(&s.cfg.CORSOrigins, "cors-origin", nil, "origin whose pages may call the APIs in a browser, besides this machine's own; * for all; may be repeated")
	f.BoolVar(&s.cfg.AdminRemote, "admin-remote", false, "let other machines use the operator API (/_hookswitch/) too")
	f.StringVar(&s.cfg.Clock, "clock", node.RealClock, "real, or virtual: stands still until POST /_hookswitch/clock moves it")
	f.StringVar(&s.clockStart, "clock-start", "", "where a virtual clock begins, such as 2026-01-01T00:00:00Z (default now)")
	f.StringVar(&s.logLevel, "log-level", "info", "debug, info, warn or error")
	f.StringVar(&s.logFormat, "log-format", "text", "text or json")
}

// config turns the flags into the settings of a node.
func (s *serveFlags) config(sh *shared, f *pflag.FlagSet) (node.Config, error) {
	cfg := s.cfg
	cfg.Version = version
	if f.Changed("record-delay") {
		cfg.RecordDelay = &s.recordDelay
	}
	for _, c := range s.credentials {
		id, secret, ok := strings.Cut(c, "=")
		if !ok || id == "" || secret == "" {
			return cfg, usage("--credentials: want KEYID=SECRET")
		}
		if cfg.Credentials == nil {
			cfg.Credentials = map[string]string{}
		}
		cfg.Credentials[id] = secret
	}
	if s.clockStart != "" {
		at, err := time.Parse(time.RFC3339Nano, s.clockStart)
		if err != nil {
			return cfg, usage("--clock-start: %v", err)
		}
		cfg.ClockStart = at
	}
	var level slog.Level
	if err := level.UnmarshalText([]byte(s.logLevel)); err != nil {
		return cfg, usage("--log-level %q: want debug, info, warn or error", s.logLevel)
	}
	options := &slog.HandlerOptions{Level: level}
	switch s.logFormat {
	case "text":
		cfg.Logger = slog.New(slog.NewTextHandler(sh.err, options))
	case "json":
		cfg.Logger = slog.New(slog.NewJSONHandler(sh.err, options))
	default:
		return cfg, usage("--log-format %q: want text or json", s.logFormat)
	}
	if err := cfg.Validate(); err != nil {
		return cfg, &exitError{exitUsage, err}
	}
	return cfg, nil
}

func newServe(sh *shared) *cobra.Command {
	var flags serveFlags
	c := &cobra.Command{
		Use:   "serve",
		Short: "Serve the APIs until told to stop",
		Long: `Serve Amazon Connect, Kinesis Data Streams, DynamoDB and STS on one port, together with the operator API under /_hookswitch/.

"Ready." is printed on standard output once everything answers; logs go to standard error. SIGINT or SIGTERM finishes the
requests in work and stops. Every acknowledged write survives kill -9 and power failure, unless --memory is given.`,
		Example: `  hookswitch serve
  hookswitch serve --memory --profile fast                  # for tests: nothing kept, no delays
  hookswitch serve --clock virtual --memory                 # time moves when told to
  hookswitch serve --listen 0.0.0.0:4566 --auth verify --credentials AKIDEXAMPLE=secret
  hookswitch serve --engine "nats://127.0.0.1:4222?monitor=http://127.0.0.1:8222"`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := flags.config(sh, cmd.Flags())
			if err != nil {
				return err
			}
			return serve(cmd.Context(), sh, cfg, nil)
		},
	}
	flags.register(c.Flags())
	return c
}

// serve runs a node until ctx ends. Started, when given, is called once everything answers instead of printing that.
func serve(ctx context.Context, sh *shared, cfg node.Config, started func(*node.Node)) error {
	limiting, stop := context.WithCancel(ctx)
	defer stop()
	go limitMemory(limiting)
	n, err := node.Open(ctx, cfg)
	if err != nil {
		return err
	}
	err = n.Run(ctx, func() {
		cfg.Logger.Info("serving", "address", n.Addr(), "tls", n.TLSAddr(), "version", cfg.Version)
		if started != nil {
			started(n)
			return
		}
		if !loopback(n.Addr()) && cfg.Auth != "verify" {
			cfg.Logger.Warn("the port is open to other machines and any access key is taken: consider --auth verify")
		}
		fmt.Fprintln(sh.out, "Ready.")
	})
	if closeErr := n.Close(context.WithoutCancel(ctx)); err == nil {
		err = closeErr
	}
	return err
}
