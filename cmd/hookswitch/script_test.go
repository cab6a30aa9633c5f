package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	connecttypes "github.com/aws/aws-sdk-go-v2/service/connect/types"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	kinesistypes "github.com/aws/aws-sdk-go-v2/service/kinesis/types"
	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"hookswitch": main})
}

// TestScripts runs testdata/script/*.txtar: the program as people use it, each in a process of its own, against servers on
// free ports. Commands of our own: start-server and stop-server, exits, new-instance, new-stream, split-shard, encrypt-stream, kinesis-records, raw-records, publish-flow, stand-in, advance.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:      "testdata/script",
		Deadline: time.Now().Add(3 * time.Minute), // a script that waits for what never comes
		Setup: func(env *testscript.Env) error {
			env.Setenv("NO_COLOR", "1")
			env.Values["servers"] = &servers{}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"start-server":    startServer,
			"stop-server":     stopServer,
			"exits":           exits,
			"new-instance":    newInstance,
			"kinesis-records": kinesisRecords,
			"raw-records":     rawRecords,
			"new-stream":      newKinesisStream,
			"split-shard":     splitShard,
			"encrypt-stream":  encryptStream,
			"publish-flow":    publishFlow,
			"stand-in":        standIn,
			"advance":         advance,
		},
	})
}

// servers are what a script has started.
type servers struct {
	running *exec.Cmd
	lines   *bufio.Reader
	errors  *strings.Builder
}

// startServer runs hookswitch serve with the flags given, waits until it says that it is ready, and points everything that
// follows at it. With a port of an earlier server, "again" as first argument, it takes its place.
func startServer(ts *testscript.TestScript, neg bool, args []string) {
	s := ts.Value("servers").(*servers)
	addr := ""
	if len(args) > 0 && args[0] == "again" {
		addr, args = strings.TrimPrefix(ts.Getenv("HOOKSWITCH_ENDPOINT"), "http://"), args[1:]
	} else {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		ts.Check(err)
		addr = l.Addr().String()
		ts.Check(l.Close())
	}
	cmd := exec.Command("hookswitch", append([]string{"serve", "--listen", addr}, args...)...)
	path, err := lookPath(ts, "hookswitch")
	ts.Check(err)
	cmd.Path, cmd.Err = path, nil
	cmd.Dir = ts.Getenv("WORK")
	cmd.Env = append(os.Environ(), "HOME="+ts.Getenv("WORK"), "TMPDIR="+ts.Getenv("TMPDIR"))
	s.errors = &strings.Builder{}
	cmd.Stderr = s.errors
	out, err := cmd.StdoutPipe()
	ts.Check(err)
	ts.Check(cmd.Start())
	s.running, s.lines = cmd, bufio.NewReader(out)
	ts.Defer(func() {
		if s.running == cmd {
			cmd.Process.Kill()
			cmd.Wait()
		}
	})
	if line, err := s.lines.ReadString('\n'); line != "Ready.\n" {
		cmd.Process.Kill()
		cmd.Wait()
		ts.Fatalf("serve said %q (%v) and not Ready.; on standard error:\n%s", line, err, s.errors)
	}
	ts.Setenv("HOOKSWITCH_ENDPOINT", "http://"+addr)
	ts.Setenv("ADDR", addr)
}

// lookPath finds a program in the script's PATH.
func lookPath(ts *testscript.TestScript, name string) (string, error) {
	for dir := range strings.SplitSeq(ts.Getenv("PATH"), string(os.PathListSeparator)) {
		p := dir + "/" + name
		if info, err := os.Stat(p); err == nil && !info.IsDir() {
			return p, nil
		}
	}
	return "", exec.ErrNotFound
}

// stopServer tells the server to stop, or with "-kill" kills it. It must have said nothing more than Ready.
func stopServer(ts *testscript.TestScript, neg bool, args []string) {
	s := ts.Value("servers").(*servers)
	if len(args) > 0 && args[0] == "-kill" {
		ts.Check(s.running.Process.Kill())
		s.running.Wait()
		s.running = nil
		return
	}
	ts.Check(s.running.Process.Signal(syscall.SIGTERM))
	rest, err := io.ReadAll(s.lines)
	ts.Check(err)
	if err := s.running.Wait(); err != nil {
		ts.Fatalf("serve ended with %v:\n%s", err, s.errors)
	}
	s.running = nil
	if len(rest) > 0 {
		ts.Fatalf("serve said more than Ready.: %q", rest)
	}
	ts.Check(os.WriteFile(ts.MkAbs("server.err"), []byte(s.errors.String()), 0o644))
}

// exits runs a command that must end with a status: exits 3 hookswitch tail.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: exits STATUS COMMAND...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit status %d, want %d", got, want)
	}
}

// newInstance creates an instance with the official SDK: new-instance demo; with streams named after it, new-instance demo
// records events.
func newInstance(ts *testscript.TestScript, neg bool, args []string) {
	ctx := context.Background()
	c, k := sdk(ts)
	made, err := c.CreateInstance(ctx, &connect.CreateInstanceInput{
		IdentityManagementType: connecttypes.DirectoryTypeConnectManaged, InstanceAlias: &args[0], InboundCallsEnabled: new(true), OutboundCallsEnabled: new(true),
	})
	ts.Check(err)
	ts.Setenv("INSTANCE", *made.Id)
	kinds := []connecttypes.InstanceStorageResourceType{connecttypes.InstanceStorageResourceTypeContactTraceRecords, connecttypes.InstanceStorageResourceTypeAgentEvents}
	for n, stream := range args[1:] {
		_, err := k.CreateStream(ctx, &kinesis.CreateStreamInput{StreamName: &stream, ShardCount: new(int32(1))})
		ts.Check(err)
		arn := "arn:aws:kinesis:us-east-1:000000000000:stream/" + stream
		_, err = c.AssociateInstanceStorageConfig(ctx, &connect.AssociateInstanceStorageConfigInput{
			InstanceId: made.Id, ResourceType: kinds[n], StorageConfig: &connecttypes.InstanceStorageConfig{
				StorageType: connecttypes.StorageTypeKinesisStream, KinesisStreamConfig: &connecttypes.KinesisStreamConfig{StreamArn: &arn},
			},
		})
		ts.Check(err)
	}
}

// kinesisRecords writes what a stream holds to a file, one record a line, read with the official SDK: kinesis-records
// STREAM FILE.
func kinesisRecords(ts *testscript.TestScript, neg bool, args []string) {
	ctx := context.Background()
	_, k := sdk(ts)
	var got *kinesis.GetRecordsOutput
	for range 20 { // on a clock that runs fast an iterator may be too old at once
		it, err := k.GetShardIterator(ctx, &kinesis.GetShardIteratorInput{
			StreamName: &args[0], ShardId: new("shardId-000000000000"), ShardIteratorType: kinesistypes.ShardIteratorTypeTrimHorizon,
		})
		ts.Check(err)
		got, err = k.GetRecords(ctx, &kinesis.GetRecordsInput{ShardIterator: it.ShardIterator})
		if old := (*kinesistypes.ExpiredIteratorException)(nil); errors.As(err, &old) {
			continue
		}
		ts.Check(err)
		break
	}
	if got == nil {
		ts.Fatalf("every iterator was too old at once")
	}
	var all strings.Builder
	for _, r := range got.Records {
		if !json.Valid(r.Data) {
			ts.Fatalf("a record that is no JSON: %q", r.Data)
		}
		fmt.Fprintf(&all, "%s\n", r.Data)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(all.String()), 0o644))
}

// newKinesisStream creates a stream: new-stream NAME SHARDS.
func newKinesisStream(ts *testscript.TestScript, neg bool, args []string) {
	_, k := sdk(ts)
	shards, err := strconv.ParseInt(args[1], 10, 32)
	ts.Check(err)
	_, err = k.CreateStream(context.Background(), &kinesis.CreateStreamInput{StreamName: &args[0], ShardCount: new(int32(shards))})
	ts.Check(err)
	ts.Check(kinesis.NewStreamExistsWaiter(k).Wait(context.Background(), &kinesis.DescribeStreamInput{StreamName: &args[0]}, time.Minute))
}

// splitShard splits a shard and waits for it: split-shard STREAM SHARD HASHKEY.
func splitShard(ts *testscript.TestScript, neg bool, args []string) {
	_, k := sdk(ts)
	_, err := k.SplitShard(context.Background(), &kinesis.SplitShardInput{StreamName: &args[0], ShardToSplit: &args[1], NewStartingHashKey: &args[2]})
	ts.Check(err)
	ts.Check(kinesis.NewStreamExistsWaiter(k).Wait(context.Background(), &kinesis.DescribeStreamInput{StreamName: &args[0]}, time.Minute))
}

// encryptStream starts encryption and waits for it: encrypt-stream STREAM KEY.
func encryptStream(ts *testscript.TestScript, neg bool, args []string) {
	_, k := sdk(ts)
	_, err := k.StartStreamEncryption(context.Background(), &kinesis.StartStreamEncryptionInput{StreamName: &args[0], EncryptionType: kinesistypes.EncryptionTypeKms, KeyId: &args[1]})
	ts.Check(err)
	ts.Check(kinesis.NewStreamExistsWaiter(k).Wait(context.Background(), &kinesis.DescribeStreamInput{StreamName: &args[0]}, time.Minute))
}

// rawRecords writes the data of a shard's records to a file, a line each, read with the official SDK: raw-records STREAM SHARD
// FILE.
func rawRecords(ts *testscript.TestScript, neg bool, args []string) {
	ctx := context.Background()
	_, k := sdk(ts)
	it, err := k.GetShardIterator(ctx, &kinesis.GetShardIteratorInput{StreamName: &args[0], ShardId: &args[1], ShardIteratorType: kinesistypes.ShardIteratorTypeTrimHorizon})
	ts.Check(err)
	got, err := k.GetRecords(ctx, &kinesis.GetRecordsInput{ShardIterator: it.ShardIterator})
	ts.Check(err)
	var all strings.Builder
	for _, r := range got.Records {
		fmt.Fprintf(&all, "%s\n", r.Data)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), []byte(all.String()), 0o644))
}

// advance moves the server's virtual clock on: advance 65s.
func advance(ts *testscript.TestScript, neg bool, args []string) {
	c, err := newClient(ts.Getenv("HOOKSWITCH_ENDPOINT"))
	ts.Check(err)
	ts.Check(c.post(context.Background(), "/clock", object{"advance": args[0]}, nil))
}

func sdk(ts *testscript.TestScript) (*connect.Client, *kinesis.Client) {
	cfg, err := config.LoadDefaultConfig(context.Background(), config.WithRegion("us-east-1"), config.WithBaseEndpoint(ts.Getenv("HOOKSWITCH_ENDPOINT")),
		config.WithCredentialsProvider(credentials.NewStaticCredentialsProvider("test", "test", "")))
	ts.Check(err)
	return connect.NewFromConfig(cfg), kinesis.NewFromConfig(cfg)
}

// publishFlow makes a file the content of a flow: publish-flow NAME FILE.
func publishFlow(ts *testscript.TestScript, neg bool, args []string) {
	c, _ := sdk(ts)
	instance := ts.Getenv("INSTANCE")
	all, err := c.ListContactFlows(context.Background(), &connect.ListContactFlowsInput{InstanceId: &instance})
	ts.Check(err)
	for _, f := range all.ContactFlowSummaryList {
		if *f.Name == args[0] {
			_, err := c.UpdateContactFlowContent(context.Background(), &connect.UpdateContactFlowContentInput{InstanceId: &instance, ContactFlowId: f.Id, Content: new(ts.ReadFile(args[1]))})
			ts.Check(err)
			return
		}
	}
	ts.Fatalf("no flow %q", args[0])
}

// standIn takes a port that is no hookswitch: ADDR, for the rest of the script.
func standIn(ts *testscript.TestScript, neg bool, args []string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	ts.Setenv("ADDR", l.Addr().String())
	ts.Defer(func() { l.Close() })
}
