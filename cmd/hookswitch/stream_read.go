package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/hookswitch/hookswitch/internal/clock"
)

// A record of a stream.
type record struct {
	shard, sequence, key string
	arrival              time.Time
	data                 []byte
}

// shardStart is where reading a shard begins; the zero shardStart is its oldest record.
type shardStart struct {
	latest bool      // behind the newest record
	at     time.Time // with the first record that arrived at this time or later
	after  string    // behind this sequence number; it wins
}

var startOldest = shardStart{}

// iterator returns a fresh iterator: nobody else's reading is touched by it.
func (k *kinesisStream) iterator(ctx context.Context, shard string, from shardStart) (string, error) {
	in := object{"ShardId": shard, "ShardIteratorType": "TRIM_HORIZON"}
	switch {
	case from.after != "":
		in["ShardIteratorType"], in["StartingSequenceNumber"] = "AFTER_SEQUENCE_NUMBER", from.after
	case from.latest:
		in["ShardIteratorType"] = "LATEST"
	case !from.at.IsZero():
		in["ShardIteratorType"], in["Timestamp"] = "AT_TIMESTAMP", json.Number(fmt.Sprintf("%d.%03d", from.at.Unix(), from.at.Nanosecond()/1e6))
	}
	var out struct{ ShardIterator string }
	err := k.ask(ctx, "GetShardIterator", in, &out)
	return out.ShardIterator, err
}

// A shardPage is one answer of GetRecords.
type shardPage struct {
	records []record
	next    string // iterator; "": the shard is closed and this was its end
	behind  int64  // milliseconds from the tip
}

func (k *kinesisStream) records(ctx context.Context, shard, iterator string, limit int) (shardPage, error) {
	var out struct {
		Records []struct {
			SequenceNumber, PartitionKey string
			ApproximateArrivalTimestamp  *seconds
			Data                         []byte
		}
		NextShardIterator  string
		MillisBehindLatest int64
	}
	if err := k.do(ctx, "GetRecords", object{"ShardIterator": iterator, "Limit": limit}, &out); err != nil {
		return shardPage{}, err
	}
	p := shardPage{next: out.NextShardIterator, behind: out.MillisBehindLatest}
	for _, r := range out.Records {
		one := record{shard: shard, sequence: r.SequenceNumber, key: r.PartitionKey, data: r.Data}
		if at := r.ApproximateArrivalTimestamp.time(); at != nil {
			one.arrival = *at
		}
		p.records = append(p.records, one)
	}
	return p, nil
}

// Bounds of reading.
const (
	readRecordsMax = 1000   // of one GetRecords: 1 MiB records of an older endpoint would be too many otherwise
	readPagesMax   = 200000 // GetRecords of one shard in one command
)

// readShard reads a shard to its tip as it is when that is reached, page by page, until take says that it is enough.
func (k *kinesisStream) readShard(ctx context.Context, shard string, from shardStart, take func([]record) bool) error {
	it, err := k.iterator(ctx, shard, from)
	if err != nil {
		return err
	}
	for range readPagesMax {
		p, err := k.records(ctx, shard, it, readRecordsMax)
		if err != nil {
			return err
		}
		if len(p.records) > 0 && !take(p.records) || p.next == "" || p.behind == 0 {
			return nil
		}
		it = p.next
	}
	return fmt.Errorf("%s has more than %d pages", shard, readPagesMax)
}

// now returns the server's time, which may be a virtual clock's, and whether it stands still. What is no hookswitch has the
// time that it is.
func (c *client) now(ctx context.Context) (now time.Time, stands bool) {
	var clk struct {
		Now  time.Time
		Mode string
		Rate float64
	}
	if c.get(ctx, "/clock", &clk) != nil || clk.Now.IsZero() {
		return clock.System{}.Now(), false
	}
	return clk.Now, clk.Mode == "virtual" && clk.Rate == 0
}

// moment reads a time as people give it: a time of day with its date, or how long ago.
func (c *client) moment(ctx context.Context, flag, text string) (time.Time, error) {
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return at, nil
	}
	ago, err := time.ParseDuration(text)
	if err != nil || ago < 0 {
		return time.Time{}, usage("--%s %q: want oldest, how long ago (10m), or a time (2026-01-31T09:00:00Z)", flag, text)
	}
	now, _ := c.now(ctx)
	return now.Add(-ago), nil
}

// peekMax bounds how many records a peek keeps.
const peekMax = 10000

// peekPlan says what to look at.
type peekPlan struct {
	count  int
	shard  string // "": all
	newest bool
	from   shardStart // of the oldest records
}

func (s *streamCommand) peek() *cobra.Command {
	var (
		p    peekPlan
		from string
	)
	c := s.flags(&cobra.Command{
		Use:   "peek NAME",
		Short: "Look at the newest or the oldest records of a stream",
		Long: `Look at the newest records of a stream (--from latest, or latest-20 for the newest 20), at its oldest ones (--from oldest) or at
those that arrived at a time or after it (--from 10m, --from 2026-01-31T09:00:00Z), across all shards, in the order of their
arrival. Nothing is consumed: iterators are fresh, and consumers keep no state in a stream.

JSON is shown indented, text as it is, anything else as base64. With --json: one object a line, with the record's data as "json",
"text" or "base64".`,
		Example: `  hookswitch stream peek records
  hookswitch stream peek agent-events --from latest-3
  hookswitch stream peek agent-events --from oldest --count 1 --shard shardId-000000000000
  hookswitch stream peek records --from 1h --json | jq .json.ContactId`,
		Args: arguments("NAME"),
		RunE: func(cmd *cobra.Command, args []string) error {
			k, err := s.open(args[0])
			if err != nil {
				return err
			}
			if err := p.parse(cmd.Context(), k.c, from, cmd.Flags().Changed("count")); err != nil {
				return err
			}
			found, err := s.look(cmd.Context(), k, p)
			if err != nil {
				return err
			}
			if len(found) == 0 && !s.json {
				fmt.Fprintf(s.err, "%s has no such records\n", k.name)
			}
			for _, r := range found {
				if err := s.writeRecord(r, true); err != nil {
					return err
				}
			}
			return nil
		},
	})
	f := c.Flags()
	f.IntVar(&p.count, "count", 10, "how many records")
	f.StringVar(&p.shard, "shard", "", "only of this shard")
	f.StringVar(&from, "from", "latest", "latest, latest-N, oldest, how long ago (10m), or a time (2026-01-31T09:00:00Z)")
	c.RegisterFlagCompletionFunc("from", cobra.FixedCompletions([]string{"latest", "oldest"}, cobra.ShellCompDirectiveNoFileComp))
	return c
}

func (p *peekPlan) parse(ctx context.Context, c *client, from string, counted bool) error {
	if n, ok := strings.CutPrefix(from, "latest-"); ok {
		count, err := strconv.Atoi(n)
		if err != nil || count < 1 {
			return usage("--from %q: want a number behind latest-", from)
		}
		if counted && count != p.count {
			return usage("--from %s and --count %d contradict each other", from, p.count)
		}
		p.count, from = count, "latest"
	}
	if p.count < 1 || p.count > peekMax {
		return usage("--count %d: want 1 to %d", p.count, peekMax)
	}
	switch from {
	case "latest":
		p.newest = true
	case "oldest":
	default:
		at, err := c.moment(ctx, "from", from)
		if err != nil {
			return err
		}
		p.from.at = at
	}
	return nil
}

// peekWindows are how far back the newest records are looked for, further each time they are not enough; after the last
// everything is read. Kinesis cannot be read backwards.
var peekWindows = []time.Duration{time.Minute, 15 * time.Minute, 3 * time.Hour}

// look reads what a plan asks for.
func (s *streamCommand) look(ctx context.Context, k *kinesisStream, p peekPlan) ([]record, error) {
	defer s.progress("")
	all, err := k.shards(ctx)
	if err != nil {
		return nil, err
	}
	if p.shard != "" {
		all = slices.DeleteFunc(all, func(sh streamShard) bool { return sh.ID != p.shard })
		if len(all) == 0 {
			return nil, fmt.Errorf("%s has no shard %q: hookswitch stream describe %s", k.name, p.shard, k.name)
		}
	}
	if !p.newest {
		found, err := s.lookFrom(ctx, k, all, p, p.from)
		return found[:min(p.count, len(found))], err
	}
	now, _ := k.c.now(ctx)
	for _, w := range peekWindows {
		found, err := s.lookFrom(ctx, k, all, p, shardStart{at: now.Add(-w)})
		if isCode(err, "InvalidArgumentException") {
			continue // the endpoint's clock is behind ours: that time has not come there
		}
		if err != nil {
			return nil, err
		}
		if len(found) >= p.count {
			return found[len(found)-p.count:], nil
		}
	}
	found, err := s.lookFrom(ctx, k, all, p, startOldest)
	return found[max(0, len(found)-p.count):], err
}

// lookFrom reads shards from a place and returns their records by arrival, at least the first or the last that are wanted.
func (s *streamCommand) lookFrom(ctx context.Context, k *kinesisStream, shards []streamShard, p peekPlan, from shardStart) ([]record, error) {
	var kept []record
	read := 0
	for _, sh := range shards {
		var own []record
		err := k.readShard(ctx, sh.ID, from, func(page []record) bool {
			own = append(own, page...)
			if p.newest {
				own = own[max(0, len(own)-p.count):]
			}
			read += len(page)
			s.progress(fmt.Sprintf("%d records read", read))
			return p.newest || len(own) < p.count
		})
		if err != nil {
			return nil, err
		}
		kept = append(kept, own...)
		byArrival(kept)
		if len(kept) > p.count {
			if p.newest {
				kept = slices.Clone(kept[len(kept)-p.count:])
			} else {
				kept = slices.Clone(kept[:p.count])
			}
		}
	}
	return kept, nil
}

// byArrival sorts records of several shards; those of one shard keep their order.
func byArrival(all []record) {
	slices.SortStableFunc(all, func(a, b record) int { return a.arrival.Compare(b.arrival) })
}

// shownRecord is a record as --json shows it.
type shownRecord struct {
	Shard    string          `json:"shardId"`
	Sequence string          `json:"sequenceNumber"`
	Key      string          `json:"partitionKey"`
	Arrival  *time.Time      `json:"arrival,omitempty"`
	JSON     json.RawMessage `json:"json,omitempty"`
	Text     *string         `json:"text,omitempty"`
	Base64   []byte          `json:"base64,omitempty"`
}

// isJSON reports whether data is a JSON object or list.
func isJSON(data []byte) bool {
	data = bytes.TrimSpace(data)
	return len(data) > 0 && (data[0] == '{' || data[0] == '[') && utf8.Valid(data) && json.Valid(data)
}

// writeRecordText writes a record: what is known of it and then its data, on one line or, tall, indented below.
func (s streams) writeRecordText(r record, tall bool) error {
	at := strings.Repeat(" ", len(timeOfDay))
	if !r.arrival.IsZero() {
		at = r.arrival.UTC().Format(timeOfDay)
	}
	shard := strings.TrimLeft(strings.TrimPrefix(r.shard, "shardId-"), "0")
	line := s.paint(paintDim, at+"  shard "+firstOf(shard, "0")) + "  " + s.paint(paintBold, plain(r.key)) + "  "
	if tall {
		if !r.arrival.IsZero() {
			at = r.arrival.UTC().Format("2006-01-02T" + timeOfDay + "Z")
		}
		line = s.paint(paintDim, at+"  "+r.shard+"  "+r.sequence) + "  " + s.paint(paintBold, plain(r.key)) + "\n"
	}
	_, err := fmt.Fprintln(s.out, line+shownData(r.data, tall))
	return err
}

// writeRecord writes a record as text, or with --json as an object.
func (s *streamCommand) writeRecord(r record, tall bool) error {
	if !s.json {
		return s.writeRecordText(r, tall)
	}
	shown := shownRecord{Shard: r.shard, Sequence: r.sequence, Key: r.key}
	if !r.arrival.IsZero() {
		shown.Arrival = &r.arrival
	}
	switch {
	case isJSON(r.data):
		shown.JSON = r.data
	case utf8.Valid(r.data):
		shown.Text = new(string(r.data))
	default:
		shown.Base64 = r.data
	}
	return s.writeJSON(shown)
}

// shownData puts a record's data into words for a screen: nothing of it can steer the terminal.
func shownData(data []byte, tall bool) string {
	switch {
	case len(data) == 0:
		return "(empty)"
	case isJSON(data):
		var b bytes.Buffer
		var err error
		if tall {
			err = json.Indent(&b, bytes.TrimSpace(data), "", "  ")
		} else {
			err = json.Compact(&b, data)
		}
		if err == nil {
			return harmless(b.String())
		}
	case utf8.Valid(data) && !tall:
		return plain(string(data))
	case utf8.Valid(data):
		return harmless(strings.TrimSuffix(string(data), "\n"))
	}
	return fmt.Sprintf("%s (base64 of %d bytes)", base64.StdEncoding.EncodeToString(data), len(data))
}

// plain returns text on one line.
func plain(text string) string {
	return strings.NewReplacer("\n", `\n`, "\t", `\t`).Replace(harmless(text))
}

// harmless writes control characters, lines and tabs excepted, as JSON writes them.
func harmless(text string) string {
	if !strings.ContainsFunc(text, unicode.IsControl) {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			fmt.Fprintf(&b, `\u%04x`, r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}
