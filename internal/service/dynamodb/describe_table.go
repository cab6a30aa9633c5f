package dynamodb

import (
	"context"
	"time"

	"github.com/hookswitch/hookswitch/internal/api/dynamodbapi"
	"github.com/hookswitch/hookswitch/internal/wire"
)

func (s *Service) describeTable(ctx context.Context, in *dynamodbapi.DescribeTableInput) (*dynamodbapi.DescribeTableOutput, error) {
	t, err := s.named(ctx, in.TableName)
	if err != nil {
		return nil, err
	}
	if err := s.load(ctx, t); err != nil {
		return nil, err
	}
	doc, _ := t.description()
	return &dynamodbapi.DescribeTableOutput{Table: doc.describe(t.sizes())}, nil
}

// named returns the table that an operation on tables means.
func (s *Service) named(ctx context.Context, name *string) (*table, error) {
	key, err := tableName(wire.CallerFrom(ctx), *name)
	if err != nil {
		return nil, err
	}
	t, err := s.find(ctx, key)
	if err == nil && t == nil {
		err = errNoTableNamed(key.name)
	}
	return t, err
}

// sizes is how much a table and its indexes hold.
type sizes struct {
	items, bytes int64
	indexes      map[string][2]int64 // entries and bytes
}

func (t *table) sizes() sizes {
	t.mu.RLock()
	defer t.mu.RUnlock()
	out := sizes{indexes: map[string][2]int64{}}
	if !t.loaded {
		return out
	}
	out.items, out.bytes = int64(t.primary.n), t.bytes
	for name, set := range t.indexes {
		out.indexes[name] = [2]int64{int64(set.n), t.indexSizes[name].bytes}
	}
	return out
}

// describe gives a table's description as answers carry it. Counts are of the moment; the service's are hours old.
func (d *tableDoc) describe(have sizes) *dynamodbapi.TableDescription {
	out := &dynamodbapi.TableDescription{
		TableName: &d.Name, TableStatus: ptr("ACTIVE"), TableArn: ptr(d.arn()), TableId: &d.ID, CreationDateTime: &d.Created,
		KeySchema: d.Keys.describe(), ProvisionedThroughput: d.Throughput.describe(),
		ItemCount: &have.items, TableSizeBytes: &have.bytes, DeletionProtectionEnabled: &d.Protected,
	}
	for _, a := range d.Attributes {
		out.AttributeDefinitions = append(out.AttributeDefinitions, dynamodbapi.AttributeDefinition{AttributeName: ptr(a.Name), AttributeType: ptr(string(a.Kind))})
	}
	if d.OnDemand {
		out.BillingModeSummary = &dynamodbapi.BillingModeSummary{BillingMode: ptr("PAY_PER_REQUEST"), LastUpdateToPayPerRequestDateTime: &d.OnDemandSince}
	}
	if d.Class != "" {
		out.TableClassSummary = &dynamodbapi.TableClassSummary{TableClass: &d.Class}
	}
	for _, x := range d.Indexes {
		n := have.indexes[x.Name]
		out.GlobalSecondaryIndexes = append(out.GlobalSecondaryIndexes, dynamodbapi.GlobalSecondaryIndexDescription{
			IndexName: ptr(x.Name), IndexStatus: ptr("ACTIVE"), IndexArn: ptr(d.arn() + "/index/" + x.Name), KeySchema: x.Keys.describe(),
			Projection: &dynamodbapi.Projection{ProjectionType: ptr(x.Projection), NonKeyAttributes: x.Include}, ProvisionedThroughput: x.Throughput.describe(),
			ItemCount: ptr(n[0]), IndexSizeBytes: ptr(n[1]),
		})
	}
	return out
}

func (k keySchema) describe() []dynamodbapi.KeySchemaElement {
	out := []dynamodbapi.KeySchemaElement{{AttributeName: ptr(k.Hash.Name), KeyType: ptr("HASH")}}
	if k.Range.Name != "" {
		out = append(out, dynamodbapi.KeySchemaElement{AttributeName: ptr(k.Range.Name), KeyType: ptr("RANGE")})
	}
	return out
}

func (p throughput) describe() *dynamodbapi.ProvisionedThroughputDescription {
	out := &dynamodbapi.ProvisionedThroughputDescription{ReadCapacityUnits: ptr(p.Read), WriteCapacityUnits: ptr(p.Write), NumberOfDecreasesToday: ptr(int64(0))}
	set := func(at time.Time) *time.Time {
		if at.IsZero() {
			return nil
		}
		return &at
	}
	out.LastIncreaseDateTime, out.LastDecreaseDateTime = set(p.Increased), set(p.Decreased)
	return out
}
