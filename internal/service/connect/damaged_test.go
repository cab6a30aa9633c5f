package connect

import (
	"errors"
	"net/http"
	"testing"

	awsconnect "github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/storage"
	"github.com/hookswitch/hookswitch/internal/switchboard"
)

// An instance whose journal cannot be read is there: who asks for it gets a failure, not the news that it never was, or
// tools would make it again. It can be deleted.
func TestADamagedInstanceIsNotMissing(t *testing.T) {
	w := newWorld(t)
	n := w.tenant(t, "damaged", types.DirectoryTypeSaml)
	id := center.InstanceID(*n.id)
	for name, cfg := range map[string]storage.Config{switchboard.JournalName(id): {}, switchboard.SnapshotsName(id): {Latest: true}} {
		log, err := w.engine.Open(t.Context(), name, cfg)
		if err != nil {
			t.Fatal(err)
		}
		for _, key := range []string{"step", "a", "b"} { // a step, and both checkpoints
			if _, err := log.Append(t.Context(), storage.Entry{Key: key, Data: []byte("damage")}); err != nil {
				t.Fatal(err)
			}
		}
	}
	w.restart()
	once := func(o *awsconnect.Options) { o.RetryMaxAttempts = 1 }
	status := func(err error) int {
		var answer *smithyhttp.ResponseError
		if !errors.As(err, &answer) {
			t.Fatalf("got %v, want an answer of the service", err)
		}
		return answer.HTTPStatusCode()
	}
	_, err := w.client.DescribeInstance(t.Context(), &awsconnect.DescribeInstanceInput{InstanceId: n.id}, once)
	if got := status(err); got != http.StatusInternalServerError {
		t.Errorf("DescribeInstance answers %d: %v", got, err)
	}
	if _, err := w.client.DeleteInstance(t.Context(), &awsconnect.DeleteInstanceInput{InstanceId: n.id}, once); err != nil {
		t.Fatalf("DeleteInstance: %v", err)
	}
	_, err = w.client.DescribeInstance(t.Context(), &awsconnect.DescribeInstanceInput{InstanceId: n.id}, once)
	if got := status(err); got != http.StatusNotFound {
		t.Errorf("after its deletion DescribeInstance answers %d: %v", got, err)
	}
}
