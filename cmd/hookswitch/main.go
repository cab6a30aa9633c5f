// Command hookswitch is the event plane of a contact center in one binary: it serves (serve), shows itself (demo,
// simulate), lets people act in it (call, agent) and see inside (tail, stream, doctor).
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // hours of operation name time zones; a small image has none
)

// version is set at link time.
var version = "dev"

// Exit statuses, documented in the help of the root command.
const (
	exitOK       = 0
	exitFailed   = 1 // the command ran and did not succeed
	exitUsage    = 2 // the command line was not understood
	exitNoServer = 3 // nothing answers at the endpoint
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], streams{os.Stdin, os.Stdout, os.Stderr})
	stop()
	os.Exit(code)
}

// run executes one command line and returns its exit status.
func run(ctx context.Context, args []string, io streams) int {
	root := newRoot(io)
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	var exit *exitError
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &exit):
		if exit.err != nil {
			fmt.Fprintf(io.err, "hookswitch: %v\n", exit.err)
		}
		return exit.code
	case errors.Is(err, context.Canceled) && ctx.Err() != nil:
		return exitOK // told to stop
	}
	fmt.Fprintf(io.err, "hookswitch: %v\n", err)
	return exitFailed
}

// An exitError ends the program with a status of its own; err may be nil when all was said already.
type exitError struct {
	code int
	err  error
}

func (e *exitError) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit status %d", e.code)
	}
	return e.err.Error()
}

func (e *exitError) Unwrap() error { return e.err }

func usage(format string, args ...any) error {
	return &exitError{exitUsage, fmt.Errorf(format, args...)}
}
