package dynamodb_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	client "github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/hookswitch/hookswitch/internal/edge"
	"github.com/hookswitch/hookswitch/internal/service/dynamodb"
	"github.com/hookswitch/hookswitch/internal/storage/embedded"
)

// serve starts the whole way from HTTP to the embedded engine and returns its address.
func serve(t testing.TB) string {
	t.Helper()
	engine, err := embedded.Open(embedded.Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	service, err := dynamodb.New(context.Background(), dynamodb.Config{Storage: engine})
	if err != nil {
		t.Fatal(err)
	}
	front, err := edge.New(edge.Config{Operations: service.Operations()})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(front)
	t.Cleanup(func() {
		server.Close()
		if err := engine.Close(); err != nil {
			t.Error(err)
		}
	})
	return server.URL
}

func sdk(url string) *client.Client {
	return client.New(client.Options{Region: "eu-west-3", BaseEndpoint: &url, Retryer: aws.NopRetryer{},
		Credentials: credentials.NewStaticCredentialsProvider("123456789012", "secret", "")})
}

func must[T any](t *testing.T) func(T, error) T {
	return func(out T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
}

type attributes = map[string]types.AttributeValue

func s(text string) types.AttributeValue { return &types.AttributeValueMemberS{Value: text} }

func n(text string) types.AttributeValue { return &types.AttributeValueMemberN{Value: text} }

func createLeases(t *testing.T, c *client.Client) {
	t.Helper()
	must[*client.CreateTableOutput](t)(c.CreateTable(t.Context(), &client.CreateTableInput{TableName: aws.String("leases"), BillingMode: types.BillingModePayPerRequest,
		KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String("leaseKey"), KeyType: types.KeyTypeHash}},
		AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("leaseKey"), AttributeType: types.ScalarAttributeTypeS}},
		Tags:                 []types.Tag{{Key: aws.String("a"), Value: aws.String("b")}}}))
}

// TestGoSDK goes through every operation with the unmodified official client, which also compares the checksum of each answer.
func TestGoSDK(t *testing.T) {
	c, ctx := sdk(serve(t)), t.Context()
	name := aws.String("leases")
	createLeases(t, c)
	if err := client.NewTableExistsWaiter(c).Wait(ctx, &client.DescribeTableInput{TableName: name}, time.Minute); err != nil {
		t.Fatal(err)
	}
	full := attributes{"leaseKey": s("k"), "N": n("-1.50"), "B": &types.AttributeValueMemberB{Value: []byte{0, 255}}, "BOOL": &types.AttributeValueMemberBOOL{Value: true},
		"NULL": &types.AttributeValueMemberNULL{Value: true}, "SS": &types.AttributeValueMemberSS{Value: []string{"b", "a"}}, "NS": &types.AttributeValueMemberNS{Value: []string{"10", "9"}},
		"BS": &types.AttributeValueMemberBS{Value: [][]byte{{2}, {1}}}, "L": &types.AttributeValueMemberL{Value: []types.AttributeValue{s(""), n("0")}},
		"M": &types.AttributeValueMemberM{Value: attributes{"x": &types.AttributeValueMemberM{Value: attributes{}}}}, "empty": &types.AttributeValueMemberB{Value: []byte{}}}
	must[*client.PutItemOutput](t)(c.PutItem(ctx, &client.PutItemInput{TableName: name, Item: full}))
	got := must[*client.GetItemOutput](t)(c.GetItem(ctx, &client.GetItemInput{TableName: name, Key: attributes{"leaseKey": s("k")}, ConsistentRead: aws.Bool(true)})).Item
	if len(got) != len(full) || got["N"].(*types.AttributeValueMemberN).Value != "-1.5" || got["SS"].(*types.AttributeValueMemberSS).Value[0] != "a" ||
		got["NS"].(*types.AttributeValueMemberNS).Value[0] != "9" || len(got["empty"].(*types.AttributeValueMemberB).Value) != 0 {
		t.Errorf("item %v", got)
	}
	must[*client.UpdateItemOutput](t)(c.UpdateItem(ctx, &client.UpdateItemInput{TableName: name, Key: attributes{"leaseKey": s("k")}, UpdateExpression: aws.String("SET leaseOwner = :o"), ExpressionAttributeValues: attributes{":o": s("w1")}}))
	_, err := c.DeleteItem(ctx, &client.DeleteItemInput{TableName: name, Key: attributes{"leaseKey": s("k")}, ConditionExpression: aws.String("leaseOwner = :o"),
		ExpressionAttributeValues: attributes{":o": s("w2")}, ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld})
	var failed *types.ConditionalCheckFailedException
	if !errors.As(err, &failed) || failed.Item["leaseOwner"].(*types.AttributeValueMemberS).Value != "w1" {
		t.Errorf("a condition that does not hold: %v", err)
	}
	made := must[*client.UpdateTableOutput](t)(c.UpdateTable(ctx, &client.UpdateTableInput{TableName: name, AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("leaseOwner"), AttributeType: types.ScalarAttributeTypeS}},
		GlobalSecondaryIndexUpdates: []types.GlobalSecondaryIndexUpdate{{Create: &types.CreateGlobalSecondaryIndexAction{IndexName: aws.String("byOwner"), Projection: &types.Projection{ProjectionType: types.ProjectionTypeKeysOnly},
			KeySchema: []types.KeySchemaElement{{AttributeName: aws.String("leaseOwner"), KeyType: types.KeyTypeHash}, {AttributeName: aws.String("leaseKey"), KeyType: types.KeyTypeRange}}}}}}))
	if made.TableDescription.GlobalSecondaryIndexes[0].IndexStatus != types.IndexStatusCreating {
		t.Errorf("index %+v", made.TableDescription.GlobalSecondaryIndexes)
	}
	found := must[*client.QueryOutput](t)(c.Query(ctx, &client.QueryInput{TableName: name, IndexName: aws.String("byOwner"), KeyConditionExpression: aws.String("leaseOwner = :o"), ExpressionAttributeValues: attributes{":o": s("w1")}}))
	if found.Count != 1 || len(found.Items[0]) != 2 {
		t.Errorf("query %v", found.Items)
	}
	var writes []types.WriteRequest
	for i := range 25 {
		writes = append(writes, types.WriteRequest{PutRequest: &types.PutRequest{Item: attributes{"leaseKey": s(fmt.Sprint(i))}}})
	}
	must[*client.BatchWriteItemOutput](t)(c.BatchWriteItem(ctx, &client.BatchWriteItemInput{RequestItems: map[string][]types.WriteRequest{"leases": writes}}))
	batch := must[*client.BatchGetItemOutput](t)(c.BatchGetItem(ctx, &client.BatchGetItemInput{RequestItems: map[string]types.KeysAndAttributes{"leases": {Keys: []map[string]types.AttributeValue{{"leaseKey": s("3")}, {"leaseKey": s("99")}}}}}))
	if len(batch.Responses["leases"]) != 1 {
		t.Errorf("batch %v", batch.Responses)
	}
	seen := 0
	for pages := client.NewScanPaginator(c, &client.ScanInput{TableName: name, Limit: aws.Int32(7)}); pages.HasMorePages(); {
		seen += int(must[*client.ScanOutput](t)(pages.NextPage(ctx)).Count)
	}
	if seen != 26 {
		t.Errorf("a scan sees %d items", seen)
	}
	_, err = c.TransactWriteItems(ctx, &client.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{
		{Put: &types.Put{TableName: name, Item: attributes{"leaseKey": s("tx")}}}, {Delete: &types.Delete{TableName: name, Key: attributes{"leaseKey": s("3")}, ConditionExpression: aws.String("attribute_exists(x)")}}}})
	var cancelled *types.TransactionCanceledException
	if !errors.As(err, &cancelled) || *cancelled.CancellationReasons[1].Code != "ConditionalCheckFailed" {
		t.Errorf("a transaction that cannot be: %v", err)
	}
	must[*client.TransactWriteItemsOutput](t)(c.TransactWriteItems(ctx, &client.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{{Put: &types.Put{TableName: name, Item: attributes{"leaseKey": s("tx")}}}}}))
	if got := must[*client.TransactGetItemsOutput](t)(c.TransactGetItems(ctx, &client.TransactGetItemsInput{TransactItems: []types.TransactGetItem{{Get: &types.Get{TableName: name, Key: attributes{"leaseKey": s("tx")}}}}})); len(got.Responses[0].Item) != 1 {
		t.Errorf("transactional read %v", got.Responses)
	}
	aboutTables(t, c, name)
	must[*client.DeleteTableOutput](t)(c.DeleteTable(ctx, &client.DeleteTableInput{TableName: name}))
	if err := client.NewTableNotExistsWaiter(c).Wait(ctx, &client.DescribeTableInput{TableName: name}, time.Minute); err != nil {
		t.Error(err)
	}
	_, err = c.GetItem(ctx, &client.GetItemInput{TableName: name, Key: attributes{"leaseKey": s("k")}})
	var missing *types.ResourceNotFoundException
	if !errors.As(err, &missing) {
		t.Errorf("a read of a deleted table: %v", err)
	}
}

// aboutTables goes through the operations on a table that has the tag a.
func aboutTables(t *testing.T, c *client.Client, name *string) {
	ctx := t.Context()
	arn := must[*client.DescribeTableOutput](t)(c.DescribeTable(ctx, &client.DescribeTableInput{TableName: name})).Table.TableArn
	must[*client.TagResourceOutput](t)(c.TagResource(ctx, &client.TagResourceInput{ResourceArn: arn, Tags: []types.Tag{{Key: aws.String("c"), Value: aws.String("d")}}}))
	must[*client.UntagResourceOutput](t)(c.UntagResource(ctx, &client.UntagResourceInput{ResourceArn: arn, TagKeys: []string{"a", "none"}}))
	if tags := must[*client.ListTagsOfResourceOutput](t)(c.ListTagsOfResource(ctx, &client.ListTagsOfResourceInput{ResourceArn: arn})).Tags; len(tags) != 1 || *tags[0].Key != "c" {
		t.Errorf("tags %v", tags)
	}
	if names := must[*client.ListTablesOutput](t)(c.ListTables(ctx, nil)).TableNames; len(names) != 1 {
		t.Errorf("tables %v", names)
	}
	must[*client.UpdateTimeToLiveOutput](t)(c.UpdateTimeToLive(ctx, &client.UpdateTimeToLiveInput{TableName: name, TimeToLiveSpecification: &types.TimeToLiveSpecification{Enabled: aws.Bool(true), AttributeName: aws.String("ttl")}}))
	if d := must[*client.DescribeTimeToLiveOutput](t)(c.DescribeTimeToLive(ctx, &client.DescribeTimeToLiveInput{TableName: name})).TimeToLiveDescription; *d.AttributeName != "ttl" {
		t.Errorf("expiry %+v", d)
	}
	must[*client.UpdateContinuousBackupsOutput](t)(c.UpdateContinuousBackups(ctx, &client.UpdateContinuousBackupsInput{TableName: name, PointInTimeRecoverySpecification: &types.PointInTimeRecoverySpecification{PointInTimeRecoveryEnabled: aws.Bool(false)}}))
	if d := must[*client.DescribeContinuousBackupsOutput](t)(c.DescribeContinuousBackups(ctx, &client.DescribeContinuousBackupsInput{TableName: arn})).ContinuousBackupsDescription; d.PointInTimeRecoveryDescription.PointInTimeRecoveryStatus != types.PointInTimeRecoveryStatusDisabled {
		t.Errorf("backups %+v", d)
	}
	if l := must[*client.DescribeLimitsOutput](t)(c.DescribeLimits(ctx, nil)); *l.TableMaxReadCapacityUnits == 0 {
		t.Errorf("limits %+v", l)
	}
}

// serveEnv makes the test binary a server on a directory, for tests that kill it.
const serveEnv = "HOOKSWITCH_TEST_DYNAMODB_SERVE"

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
	service, err := dynamodb.New(context.Background(), dynamodb.Config{Storage: engine})
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

// startChild starts the server in a process of its own.
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

// TestKilledUnderLoad kills the server with SIGKILL while clients count up and move amounts between tables, starts it again,
// and does so several times: no count is lower than what was acknowledged or higher than what was asked, and the sum of
// amounts is what it was.
func TestKilledUnderLoad(t *testing.T) {
	const kills, writers, acksBeforeKill = 3, 6, 150
	dir, name, other := t.TempDir(), aws.String("leases"), aws.String("others")
	var mu sync.Mutex // guards acked and asked
	acked, asked := map[string]int{}, map[string]int{}
	for round := range kills {
		url, kill := startChild(t, dir)
		c := sdk(url)
		if round == 0 {
			createLeases(t, c)
			must[*client.CreateTableOutput](t)(c.CreateTable(t.Context(), &client.CreateTableInput{TableName: other, BillingMode: types.BillingModePayPerRequest,
				KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String("k"), KeyType: types.KeyTypeHash}},
				AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("k"), AttributeType: types.ScalarAttributeTypeS}}}))
		}
		total := 0
		var all sync.WaitGroup
		for i := range writers {
			all.Go(func() {
				for j := 0; ; j++ {
					key := fmt.Sprint(i)
					mu.Lock()
					asked[key]++
					mu.Unlock()
					add := func(amount string) (*string, attributes) { return aws.String("ADD n :n"), attributes{":n": n(amount)} }
					up, one := add("1")
					var err error
					if j%2 == 0 {
						_, err = c.UpdateItem(t.Context(), &client.UpdateItemInput{TableName: name, Key: attributes{"leaseKey": s(key)}, UpdateExpression: up, ExpressionAttributeValues: one})
					} else {
						down, minus := add("-1")
						_, err = c.TransactWriteItems(t.Context(), &client.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{
							{Update: &types.Update{TableName: name, Key: attributes{"leaseKey": s(key)}, UpdateExpression: up, ExpressionAttributeValues: one}},
							{Update: &types.Update{TableName: name, Key: attributes{"leaseKey": s("moved" + key)}, UpdateExpression: up, ExpressionAttributeValues: one}},
							{Update: &types.Update{TableName: other, Key: attributes{"k": s("moved" + key)}, UpdateExpression: down, ExpressionAttributeValues: minus}}}})
					}
					if err != nil {
						return // killed
					}
					mu.Lock()
					acked[key]++
					total++
					enough := total >= acksBeforeKill
					mu.Unlock()
					if enough {
						kill()
					}
				}
			})
		}
		all.Wait()
		if total < acksBeforeKill {
			t.Fatalf("round %d ended by itself after %d writes", round, total)
		}
	}
	url, _ := startChild(t, dir)
	c := sdk(url)
	counts := map[string]int{}
	for _, table := range []*string{name, other} {
		for _, it := range must[*client.ScanOutput](t)(c.Scan(t.Context(), &client.ScanInput{TableName: table})).Items {
			key, ok := it["leaseKey"].(*types.AttributeValueMemberS)
			if !ok {
				key = it["k"].(*types.AttributeValueMemberS)
			}
			var count int
			fmt.Sscan(it["n"].(*types.AttributeValueMemberN).Value, &count)
			counts[key.Value] += count
		}
	}
	for key, n := range acked {
		if counts[key] < n || counts[key] > asked[key] {
			t.Errorf("%s counts %d, %d were acknowledged and %d asked for", key, counts[key], n, asked[key])
		}
		if counts["moved"+key] != 0 {
			t.Errorf("amounts of %s sum up to %d", key, counts["moved"+key])
		}
	}
}
