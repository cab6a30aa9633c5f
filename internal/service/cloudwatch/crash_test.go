package cloudwatch

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	client "github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"github.com/hookswitch/hookswitch/internal/clock"
	"github.com/hookswitch/hookswitch/internal/edge"
	"github.com/hookswitch/hookswitch/internal/storage/embedded"
)

// serveEnv makes the test binary a server on a directory, for tests that kill it.
const serveEnv = "HOOKSWITCH_TEST_CLOUDWATCH_SERVE"

func TestMain(m *testing.M) {
	if dir := os.Getenv(serveEnv); dir != "" {
		fmt.Fprintln(os.Stderr, "server ends:", serveUntilKilled(dir))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

func serveUntilKilled(dir string) error {
	engine, err := embedded.Open(embedded.Config{Dir: dir})
	if err != nil {
		return err
	}
	service, err := New(context.Background(), Config{Storage: engine})
	if err != nil {
		return err
	}
	front, err := edge.New(edge.Config{Operations: service.Operations()})
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println("http://" + l.Addr().String())
	return http.Serve(l, front)
}

// startChild starts the server in a process of its own, and returns its address and how to kill it.
func startChild(t *testing.T, dir string) (url string, kill func()) {
	t.Helper()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), serveEnv+"="+dir)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	kill = sync.OnceFunc(func() {
		child.Process.Kill() // SIGKILL: nothing of the process runs any more
		child.Wait()
	})
	t.Cleanup(kill)
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("the server did not start: %v", err)
	}
	return strings.TrimSpace(line), kill
}

// TestKilledWhilePutting kills the server with SIGKILL while clients put into the same metrics, and starts it again:
// every observation that was acknowledged counts once, and no other more than once.
func TestKilledWhilePutting(t *testing.T) {
	const kills, writers, acksBeforeKill = 3, 8, 200
	dir := t.TempDir()
	w := &world{t: t}
	begun := clock.System{}.Now().Truncate(time.Minute)
	var tried, acked [2]atomic.Int64 // by metric
	names := []string{"even", "odd"}
	for round := range kills + 1 {
		var kill func()
		w.url, kill = startChild(t, dir)
		w.Client = w.as(testAccount, "eu-west-3", nil)
		for i, name := range names {
			in := asked(name, begun, begun.Add(time.Hour), 3600, types.StatisticSampleCount)
			got := 0.0
			for _, d := range w.statistics(in) {
				got += *d.SampleCount
			}
			if int64(got) < acked[i].Load() || int64(got) > tried[i].Load() {
				t.Fatalf("round %d: %v of %s are there, %d were acknowledged, %d tried", round, got, name, acked[i].Load(), tried[i].Load())
			}
		}
		if round == kills {
			break
		}
		before := acked[0].Load()
		var all sync.WaitGroup
		for n := range writers {
			all.Go(func() {
				for {
					tried[n%2].Add(1)
					_, err := w.PutMetricData(t.Context(), &client.PutMetricDataInput{Namespace: aws.String("Test"),
						MetricData: []types.MetricDatum{{MetricName: &names[n%2], Value: aws.Float64(float64(n))}}})
					if err != nil {
						return // killed
					}
					if acked[n%2].Add(1) > before+acksBeforeKill && n%2 == 0 {
						kill()
					}
				}
			})
		}
		all.Wait()
	}
	t.Logf("%d and %d were acknowledged", acked[0].Load(), acked[1].Load())
}
