package main

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

// streamCommand is what the sub-commands of stream share.
type streamCommand struct {
	*shared
	region string
}

func newStream(sh *shared) *cobra.Command {
	s := &streamCommand{shared: sh}
	c := &cobra.Command{
		Use:   "stream",
		Short: "Look into Kinesis streams, put records into them, follow and reshard them",
		Long: `Look into the streams of a server, put records into them, follow and reshard them. All of it goes through the Kinesis API, so
that --endpoint can name any Kinesis endpoint. A stream is named by its name or its ARN.

Requests are signed with AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, or with "test" where they are not set, for
--region, else the Region of the ARN, AWS_REGION, AWS_DEFAULT_REGION or us-east-1.`,
		Example: `  hookswitch stream list
  hookswitch stream describe records
  hookswitch stream put records --key alice --data '{"hello":"world"}'
  hookswitch stream peek records                   # the newest records, without taking anything from anyone
  hookswitch stream tail agent-events --since 10m
  hookswitch stream reshard agent-events --shards 4`,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	c.SuggestionsMinimumDistance = 2
	c.AddCommand(s.list(), s.describe(), s.put(), s.peek(), s.tail(), s.reshard())
	return c
}

// flags adds what all of them have; a command that takes a stream completes its name.
func (s *streamCommand) flags(c *cobra.Command) *cobra.Command {
	c.Flags().StringVar(&s.region, "region", "", "the Region to sign for (default that of the ARN, AWS_REGION, AWS_DEFAULT_REGION or us-east-1)")
	names := s.live(func(ctx context.Context, c *client) (names []string) {
		found, _ := s.to(c, "").streams(ctx)
		for _, f := range found {
			names = append(names, f.Name)
		}
		return names
	})
	takesName := c.Args != nil && c.Args(c, nil) != nil
	c.ValidArgsFunction = func(cmd *cobra.Command, args []string, part string) ([]string, cobra.ShellCompDirective) {
		if len(args) > 0 || !takesName {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return names(cmd, args, part)
	}
	return c
}

// A kinesisStream is a stream at an endpoint.
type kinesisStream struct {
	*amazon
	name string // or ARN
}

// open returns the stream that a command line names; nothing is asked yet.
func (s *streamCommand) open(name string) (*kinesisStream, error) {
	c, err := s.client()
	if err != nil {
		return nil, err
	}
	return s.to(c, name), nil
}

func (s *streamCommand) to(c *client, name string) *kinesisStream {
	region := s.region
	if parts := strings.Split(name, ":"); region == "" && len(parts) > 3 && parts[0] == "arn" {
		region = parts[3]
	}
	a := &amazon{c: c, keyID: "test", secret: "test", region: firstOf(region, os.Getenv("AWS_REGION"), os.Getenv("AWS_DEFAULT_REGION"), "us-east-1")}
	if id, secret := os.Getenv("AWS_ACCESS_KEY_ID"), os.Getenv("AWS_SECRET_ACCESS_KEY"); id != "" && secret != "" {
		a.keyID, a.secret, a.token = id, secret, os.Getenv("AWS_SESSION_TOKEN")
	}
	return &kinesisStream{a, name}
}

func firstOf(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}

// ask calls an operation about the stream.
func (k *kinesisStream) ask(ctx context.Context, operation string, in object, out any) error {
	if strings.HasPrefix(k.name, "arn:") {
		in["StreamARN"] = k.name
	} else {
		in["StreamName"] = k.name
	}
	return k.do(ctx, operation, in, out)
}

// Bounds of asking again while the server says that it is asked too often.
const (
	throttledRetriesMax = 8 // in a row; about half a minute
	throttledPauseLeast = 200 * time.Millisecond
	throttledPauseMost  = 8 * time.Second
)

// do calls an operation, again and more slowly when it is throttled.
func (k *kinesisStream) do(ctx context.Context, operation string, in object, out any) error {
	pause := throttledPauseLeast
	for n := 0; ; n++ {
		err := k.kinesis(ctx, operation, in, out)
		if n >= throttledRetriesMax || !throttled(err) {
			return k.explain(operation, err)
		}
		if err := k.c.sleep(ctx, pause); err != nil {
			return err
		}
		pause = min(2*pause, throttledPauseMost)
	}
}

// throttled reports whether the same request may succeed a little later. LimitExceededException also says that a limit
// is reached for good, which its message tells apart.
func throttled(err error) bool {
	var e *amazonError
	if !errors.As(err, &e) {
		return false
	}
	switch e.Code {
	case "ProvisionedThroughputExceededException", "ThrottlingException", "KMSThrottlingException":
		return true
	case "LimitExceededException":
		return strings.HasPrefix(e.Message, "Rate exceeded")
	}
	return false
}

// explain adds what to do about an error where that is known.
func (k *kinesisStream) explain(operation string, err error) error {
	switch {
	case isCode(err, "UnknownOperationException"):
		return fmt.Errorf("the server at %s does not have %s: %w", k.c.endpoint, operation, err)
	case isCode(err, "UnrecognizedClientException"), isCode(err, "InvalidSignatureException"), isCode(err, "MissingAuthenticationTokenException"):
		return fmt.Errorf("the server verifies signatures: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY: %w", err)
	case isCode(err, "ResourceNotFoundException") && operation != "GetRecords":
		return fmt.Errorf("%w (what there is: hookswitch stream list)", err)
	}
	return err
}

// A listedStream is an entry of stream list.
type listedStream struct {
	Name    string     `json:"name"`
	ARN     string     `json:"arn,omitempty"`
	Status  string     `json:"status,omitempty"`
	Mode    string     `json:"mode,omitempty"`
	Created *time.Time `json:"created,omitempty"`
}

// streams lists the streams of the account and Region, by name.
func (k *kinesisStream) streams(ctx context.Context) ([]listedStream, error) {
	var all []listedStream
	in := object{}
	for range listPagesMax {
		var page struct {
			StreamNames     []string
			StreamSummaries []struct {
				StreamName, StreamARN, StreamStatus string
				StreamModeDetails                   struct{ StreamMode string }
				StreamCreationTimestamp             *seconds
			}
			HasMoreStreams bool
		}
		if err := k.do(ctx, "ListStreams", in, &page); err != nil {
			return nil, err
		}
		if len(page.StreamSummaries) == 0 { // an endpoint older than summaries
			for _, name := range page.StreamNames {
				all = append(all, listedStream{Name: name})
			}
		}
		for _, st := range page.StreamSummaries {
			all = append(all, listedStream{st.StreamName, st.StreamARN, st.StreamStatus, st.StreamModeDetails.StreamMode, st.StreamCreationTimestamp.time()})
		}
		if !page.HasMoreStreams || len(page.StreamNames) == 0 {
			return all, nil
		}
		in["ExclusiveStartStreamName"] = page.StreamNames[len(page.StreamNames)-1]
	}
	return nil, fmt.Errorf("the list of streams has more than %d pages", listPagesMax)
}

// seconds is a time as Kinesis writes it in JSON.
type seconds float64

func (s *seconds) time() *time.Time {
	if s == nil {
		return nil
	}
	return new(time.UnixMilli(int64(float64(*s)*1000 + 0.5)).UTC())
}

func (s *streamCommand) list() *cobra.Command {
	return s.flags(&cobra.Command{
		Use:     "list",
		Short:   "List streams",
		Long:    "List the streams of the account and Region, sorted by name.",
		Example: "  hookswitch stream list\n  hookswitch stream list --json | jq -r .name",
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			k, err := s.open("")
			if err != nil {
				return err
			}
			all, err := k.streams(cmd.Context())
			if err != nil {
				return err
			}
			if s.json {
				for _, st := range all {
					if err := s.writeJSON(st); err != nil {
						return err
					}
				}
				return nil
			}
			if len(all) == 0 {
				_, err := fmt.Fprintf(s.err, "there is no stream in %s yet: aws kinesis create-stream --stream-name records --shard-count 1\n", k.region)
				return err
			}
			var rows [][]string
			for _, st := range all {
				rows = append(rows, []string{st.Name, dash(st.Status), dash(st.Mode), dash(moment(st.Created))})
			}
			return s.writeTable([]string{"name", "status", "mode", "created"}, rows)
		},
	})
}

func dash(text string) string { return firstOf(text, "-") }

func moment(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// streamSummary is what DescribeStreamSummary says.
type streamSummary struct {
	Name           string     `json:"name"`
	ARN            string     `json:"arn"`
	Status         string     `json:"status"`
	Mode           string     `json:"mode,omitempty"`
	Created        *time.Time `json:"created,omitempty"`
	RetentionHours int        `json:"retentionHours"`
	OpenShards     int        `json:"openShards"`
	Consumers      int        `json:"consumers"`
	Encryption     string     `json:"encryption,omitempty"`
	KeyID          string     `json:"keyId,omitempty"`
	MaxRecordKiB   int        `json:"maxRecordKiB,omitempty"`
}

func (k *kinesisStream) summary(ctx context.Context) (streamSummary, error) {
	var out struct {
		StreamDescriptionSummary struct {
			StreamName, StreamARN, StreamStatus, EncryptionType, KeyID string
			StreamModeDetails                                          struct{ StreamMode string }
			StreamCreationTimestamp                                    *seconds
			RetentionPeriodHours, OpenShardCount, ConsumerCount        int
			MaxRecordSizeInKiB                                         int
		}
	}
	err := k.ask(ctx, "DescribeStreamSummary", object{}, &out)
	d := out.StreamDescriptionSummary
	return streamSummary{
		Name: d.StreamName, ARN: d.StreamARN, Status: d.StreamStatus, Mode: d.StreamModeDetails.StreamMode, Created: d.StreamCreationTimestamp.time(),
		RetentionHours: d.RetentionPeriodHours, OpenShards: d.OpenShardCount, Consumers: d.ConsumerCount, Encryption: d.EncryptionType, KeyID: d.KeyID, MaxRecordKiB: d.MaxRecordSizeInKiB,
	}, err
}

// A streamShard is a shard of a stream.
type streamShard struct {
	ID      string   `json:"id"`
	Open    bool     `json:"open"`
	From    string   `json:"startingHashKey"`
	To      string   `json:"endingHashKey"`
	Parents []string `json:"parents,omitempty"`
	First   string   `json:"startingSequenceNumber,omitempty"`
	Last    string   `json:"endingSequenceNumber,omitempty"`
	Records *int     `json:"records,omitempty"` // when they were counted
}

// share returns how much of all hash keys the shard takes, such as 25%.
func (sh streamShard) share() string {
	from, ok1 := new(big.Int).SetString(sh.From, 10)
	to, ok2 := new(big.Int).SetString(sh.To, 10)
	if !ok1 || !ok2 {
		return "?"
	}
	width := new(big.Float).SetInt(to.Sub(to, from))
	part, _ := width.Quo(width, new(big.Float).SetInt(new(big.Int).Lsh(big.NewInt(1), 128))).Float64()
	return fmt.Sprintf("%.3g%%", part*100)
}

// shards lists the shards that have not expired, in the order of their IDs.
func (k *kinesisStream) shards(ctx context.Context) ([]streamShard, error) {
	var all []streamShard
	token := ""
	for range listPagesMax {
		var page struct {
			Shards []struct {
				ShardID, ParentShardID, AdjacentParentShardID string
				HashKeyRange                                  struct{ StartingHashKey, EndingHashKey string }
				SequenceNumberRange                           struct{ StartingSequenceNumber, EndingSequenceNumber string }
			}
			NextToken string
		}
		var err error
		if token == "" {
			err = k.ask(ctx, "ListShards", object{}, &page)
		} else {
			err = k.do(ctx, "ListShards", object{"NextToken": token}, &page)
		}
		if err != nil {
			return nil, err
		}
		for _, s := range page.Shards {
			one := streamShard{ID: s.ShardID, Open: s.SequenceNumberRange.EndingSequenceNumber == "", From: s.HashKeyRange.StartingHashKey, To: s.HashKeyRange.EndingHashKey,
				First: s.SequenceNumberRange.StartingSequenceNumber, Last: s.SequenceNumberRange.EndingSequenceNumber}
			for _, p := range []string{s.ParentShardID, s.AdjacentParentShardID} {
				if p != "" {
					one.Parents = append(one.Parents, p)
				}
			}
			all = append(all, one)
		}
		if token = page.NextToken; token == "" {
			return all, nil
		}
	}
	return nil, fmt.Errorf("the list of shards has more than %d pages", listPagesMax)
}

func (s *streamCommand) describe() *cobra.Command {
	var count bool
	c := s.flags(&cobra.Command{
		Use:   "describe NAME",
		Short: "Show a stream and its shards",
		Long: `Show a stream's settings and its shards: the hash keys of each, which part of all that is, its parents, and whether it is still
written to. The Kinesis API has no counts: --count reads each shard through, which takes its time and its share of read throughput.`,
		Example: "  hookswitch stream describe agent-events\n  hookswitch stream describe agent-events --count\n  hookswitch stream describe agent-events --json | jq '.shards[] | select(.open)'",
		Args:    arguments("NAME"),
		RunE: func(cmd *cobra.Command, args []string) error {
			k, err := s.open(args[0])
			if err != nil {
				return err
			}
			ctx := cmd.Context()
			about, err := k.summary(ctx)
			if err != nil {
				return err
			}
			shards := []streamShard{}
			if about.Status != "CREATING" && about.Status != "DELETING" {
				if shards, err = k.shards(ctx); err != nil {
					return err
				}
			}
			if count {
				if err := s.countRecords(ctx, k, shards); err != nil {
					return err
				}
			}
			if s.json {
				return s.writeJSON(struct {
					Stream streamSummary `json:"stream"`
					Shards []streamShard `json:"shards"`
				}{about, shards})
			}
			return s.writeDescription(about, shards, count)
		},
	})
	c.Flags().BoolVar(&count, "count", false, "count the records of each shard by reading them")
	return c
}

// countRecords reads every shard through.
func (s *streamCommand) countRecords(ctx context.Context, k *kinesisStream, shards []streamShard) error {
	defer s.progress("")
	for i := range shards {
		n := 0
		err := k.readShard(ctx, shards[i].ID, startOldest, func(page []record) bool {
			n += len(page)
			s.progress(fmt.Sprintf("shard %d of %d: %d records", i+1, len(shards), n))
			return true
		})
		if err != nil {
			return err
		}
		shards[i].Records = &n
	}
	return nil
}

// progress shows on a terminal how far something has come; "" takes it away again.
func (s *streamCommand) progress(text string) {
	if !s.terminal() || s.json {
		return
	}
	fmt.Fprint(s.err, "\r\x1b[K"+s.paint(paintDim, text))
}

func (s *streamCommand) writeDescription(about streamSummary, shards []streamShard, count bool) error {
	fmt.Fprintf(s.out, "%s  %s  %s\n%s\n", about.Name, about.Status, about.Mode, about.ARN)
	fmt.Fprintf(s.out, "created %s, keeps records for %d h, open shards: %d, consumers: %d, encryption: %s\n\n", dash(moment(about.Created)), about.RetentionHours, about.OpenShards, about.Consumers,
		strings.TrimSpace(dash(about.Encryption)+" "+about.KeyID))
	header := []string{"shard", "state", "from hash key", "to hash key", "share", "parents"}
	if count {
		header = append(header, "records")
	}
	var rows [][]string
	for _, sh := range shards {
		state := "open"
		if !sh.Open {
			state = "closed"
		}
		row := []string{sh.ID, state, sh.From, sh.To, sh.share(), dash(strings.Join(sh.Parents, ", "))}
		if count {
			row = append(row, fmt.Sprint(*sh.Records))
		}
		rows = append(rows, row)
	}
	return s.writeTable(header, rows)
}
