package node

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdkkinesis "github.com/aws/aws-sdk-go-v2/service/kinesis"
	kinesistypes "github.com/aws/aws-sdk-go-v2/service/kinesis/types"
	"github.com/google/go-cmp/cmp"

	"github.com/hookswitch/hookswitch/internal/storage/memory"
)

// encrypt starts encryption of the events' stream under a new key, and returns the key's id.
func encrypt(t *testing.T, n *Node, k *sdkkinesis.Client) string {
	t.Helper()
	var made struct{ ID, ARN string }
	operate(t, n, "POST", "/keys?account=111122223333", `{"alias":"alias/events"}`, 200, &made)
	if _, err := k.StartStreamEncryption(t.Context(), &sdkkinesis.StartStreamEncryptionInput{StreamName: aws.String("events"), EncryptionType: kinesistypes.EncryptionTypeKms, KeyId: &made.ARN}); err != nil {
		t.Fatal(err)
	}
	return made.ID
}

// Documents for a stream whose key is refused to the contact center wait, while the center goes on; the doctor says why and what
// to mend. When it is mended all of them come, in their order.
func TestDocumentsWaitForARefusedKey(t *testing.T) {
	n := run(t, Config{Memory: true, Clock: VirtualClock, ClockStart: clockStart})
	k := openCenter(t, n)
	key := encrypt(t, n, k)
	change := func(do, body string) {
		t.Helper()
		operate(t, n, "POST", "/keys/"+key+"/"+do+"?account=111122223333", body, 200, nil)
	}
	advance := func(d string) {
		t.Helper()
		operate(t, n, "POST", "/clock", fmt.Sprintf(`{"advance":%q}`, d), 200, nil)
	}
	diagnosis := func() (all string) {
		t.Helper()
		var found struct {
			Findings []struct{ Check, State, Detail, Next string }
		}
		operate(t, n, "GET", "/doctor", "", 200, &found)
		for _, f := range found.Findings {
			if strings.Contains(f.Check, "AGENT_EVENTS") {
				all += fmt.Sprintln(f.Check, f.State, f.Detail, f.Next)
			}
		}
		return all
	}
	change("deny", `{"principal":"connect.amazonaws.com","uses":["GenerateDataKey"]}`)
	operate(t, n, "POST", "/instances/demo/agents/alice/login", "", 200, nil)
	operate(t, n, "POST", "/instances/demo/agents/alice/status", `{"status":"Available"}`, 200, nil) // the center goes on
	advance("1m")
	if got := arrivals(t, k); len(got) != 0 {
		t.Errorf("with a denied key the stream has %v", got)
	}
	got := diagnosis()
	for _, want := range []string{"AGENT_EVENTS key fail", "User: connect.amazonaws.com is not authorized to perform: kms:GenerateDataKey", "documents wait for it", "hookswitch key allow arn:aws:kms:", "--principal 'connect.amazonaws.com' --use GenerateDataKey"} {
		if !strings.Contains(got, want) {
			t.Errorf("the doctor does not say %q:\n%s", want, got)
		}
	}
	change("disable", "")
	change("allow", `{"principal":"connect.amazonaws.com"}`)
	advance("1m")
	if got := diagnosis(); !strings.Contains(got, "is disabled") || !strings.Contains(got, "hookswitch key enable") {
		t.Errorf("with a disabled key the doctor says %s", got)
	}
	change("enable", "")
	advance("1m")
	want := []string{"17:00:01 LOGIN", "17:00:01 STATE_CHANGE", "17:02:01 HEART_BEAT"}
	var events []string
	for _, line := range arrivals(t, k) {
		event, _, _ := strings.Cut(line, ",")
		events = append(events, event)
	}
	if d := cmp.Diff(want, events); d != "" {
		t.Errorf("mended, the stream has: %s", d)
	}
	if got := diagnosis(); strings.Contains(got, "fail") {
		t.Errorf("mended, the doctor says %s", got)
	}
}

// What is put after the start of encryption stands nowhere on the disk in clear, and is there again after a restart.
func TestNothingInClearOnTheDisk(t *testing.T) {
	dir := t.TempDir()
	const marker = "a-text-that-stands-nowhere-else"
	put := func(k *sdkkinesis.Client, text string) {
		t.Helper()
		if _, err := k.PutRecord(t.Context(), &sdkkinesis.PutRecordInput{StreamName: aws.String("events"), PartitionKey: aws.String("k"), Data: []byte(text)}); err != nil {
			t.Fatal(err)
		}
	}
	onDisk := func(text string) (found []string) {
		t.Helper()
		err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			b, err := os.ReadFile(path)
			if errors.Is(err, os.ErrNotExist) {
				return nil // compacted away meanwhile
			}
			if bytes.Contains(b, []byte(text)) {
				found = append(found, path)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	var key string
	t.Run("put", func(t *testing.T) {
		n := run(t, Config{Data: dir})
		k := sdkkinesis.NewFromConfig(sdk(n))
		if _, err := k.CreateStream(t.Context(), &sdkkinesis.CreateStreamInput{StreamName: aws.String("events"), ShardCount: aws.Int32(1)}); err != nil {
			t.Fatal(err)
		}
		put(k, marker+"-before")
		key = encrypt(t, n, k)
		for range 100 {
			put(k, marker+"-after")
		}
		if len(onDisk(marker+"-before")) == 0 {
			t.Error("what was put before the start is not found: the search is wrong")
		}
		if found := onDisk(marker + "-after"); len(found) > 0 {
			t.Errorf("what was put after the start stands in %v", found)
		}
	})
	t.Run("restarted", func(t *testing.T) {
		n := run(t, Config{Data: dir})
		k := sdkkinesis.NewFromConfig(sdk(n))
		it, err := k.GetShardIterator(t.Context(), &sdkkinesis.GetShardIteratorInput{StreamName: aws.String("events"), ShardId: aws.String("0"), ShardIteratorType: kinesistypes.ShardIteratorTypeTrimHorizon})
		if err != nil {
			t.Fatal(err)
		}
		out, err := k.GetRecords(t.Context(), &sdkkinesis.GetRecordsInput{ShardIterator: it.ShardIterator})
		if err != nil || len(out.Records) != 101 {
			t.Fatalf("%d records, %v", len(out.Records), err)
		}
		for i, r := range out.Records {
			want, kind := marker+"-after", kinesistypes.EncryptionTypeKms
			if i == 0 {
				want, kind = marker+"-before", ""
			}
			if string(r.Data) != want || r.EncryptionType != kind {
				t.Errorf("record %d is %q, encryption %q", i, r.Data, r.EncryptionType)
			}
		}
	})
	if found := onDisk(marker + "-after"); len(found) > 0 {
		t.Errorf("closed, it stands in %v", found)
	}
	if info, err := os.Stat(filepath.Join(dir, rootKeyFile)); err != nil || info.Mode().Perm() != 0o600 || key == "" {
		t.Errorf("the root key's file: %v %v", info, err)
	}
}

// A root key that is given is taken instead of the file's; where nobody keeps one, keys can be neither made nor lost.
func TestRootKeyFromOutside(t *testing.T) {
	engine := memory.New(memory.Config{})
	defer engine.Close()
	right, wrong := base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{1}, RootKeyBytes)), base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{2}, RootKeyBytes))
	t.Run("none", func(t *testing.T) {
		var refused struct{ Code, Error string }
		operate(t, run(t, Config{Engine: engine}), "POST", "/keys", `{}`, 409, &refused)
		if refused.Code != "InvalidState" || !strings.Contains(refused.Error, "no root key") {
			t.Errorf("without a root key: %+v", refused)
		}
	})
	t.Run("given", func(t *testing.T) {
		operate(t, run(t, Config{Engine: engine, RootKey: right}), "POST", "/keys", `{}`, 200, nil)
	})
	for root, want := range map[string]string{"": "there are keys, but no root key to unwrap them with: give the one they were made with", wrong: "the one from --root-key is another"} {
		n, err := Open(t.Context(), Config{Engine: engine, RootKey: root, Listen: "127.0.0.1:0"})
		if err == nil || !strings.Contains(err.Error(), want) || root != "" && strings.Contains(err.Error(), root) {
			t.Errorf("with root key %q: %v", root, err)
		}
		if err == nil {
			n.Close(t.Context())
		}
	}
}

// The operator API refuses what it does not understand about keys.
func TestKeysOfTheOperatorAPI(t *testing.T) {
	n := run(t, Config{Memory: true})
	var made struct{ ID, Account, Region string }
	operate(t, n, "POST", "/keys", `{"alias":"alias/a"}`, 200, &made)
	if made.Account != "000000000000" || made.Region != "us-east-1" {
		t.Errorf("a key of nobody in particular: %+v", made)
	}
	for path, want := range map[string]struct {
		body   string
		status int
	}{
		"/keys":                                 {`{"alias":"alias/a"}`, 409},
		"/keys?region=A":                        {`{}`, 400},
		"/keys?account=12":                      {`{}`, 400},
		"/keys/" + made.ID + "/explode":         {``, 404},
		"/keys/" + made.ID + "/enable":          {`{"days":7}`, 400},
		"/keys/" + made.ID + "/deny":            {`{"principal":"*","uses":["Encrypt"]}`, 400},
		"/keys/alias%2Fb/disable":               {``, 404},
		"/keys/nonsense/disable":                {``, 404},
		"/keys/" + made.ID + "/cancel-deletion": {``, 409},
	} {
		operate(t, n, "POST", path, want.body, want.status, nil)
	}
	var list struct{ Keys []struct{ ID string } }
	operate(t, n, "GET", "/keys?region=eu-west-1", "", 200, &list)
	if len(list.Keys) != 0 {
		t.Errorf("another Region has %v", list)
	}
	operate(t, n, "GET", "/keys/alias%2Fa", "", 200, &made)
}
