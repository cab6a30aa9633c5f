package dynamodb

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hookswitch/hookswitch/internal/api/dynamodbapi"
	"github.com/hookswitch/hookswitch/internal/service/dynamodb/item"
	"github.com/hookswitch/hookswitch/internal/wire"
)

// Bounds of a table, as the service has them.
const (
	indexesMax        = 20
	includedMax       = 100 // attributes that indexes include, of all together
	capacityUnitsMax  = 1_000_000_000_000
	keySchemaElements = 2
)

func (s *Service) createTable(ctx context.Context, in *dynamodbapi.CreateTableInput) (*dynamodbapi.CreateTableOutput, error) {
	key, err := tableName(wire.CallerFrom(ctx), *in.TableName)
	if err != nil {
		return nil, err
	}
	doc, err := describe(in)
	if err != nil {
		return nil, err
	}
	c := wire.CallerFrom(ctx)
	doc.Account, doc.Region, doc.Name, doc.Partition, doc.Created = key.account, key.region, key.name, c.Partition, s.clock.Now()
	if doc.Partition == "" {
		doc.Partition = "aws"
	}
	doc.OnDemandSince = doc.Created
	if doc.ID, err = s.newID(); err != nil {
		return nil, err
	}
	if t, err := s.find(ctx, key); err != nil {
		return nil, err
	} else if t != nil {
		return nil, &dynamodbapi.ResourceInUseException{Message: "Table already exists: " + key.name}
	}
	if have := len(s.tablesOf(c)); have >= s.limits.Tables {
		return nil, limitExceeded(fmt.Sprintf("Subscriber limit exceeded: There is a limit of %d tables per subscriber", s.limits.Tables))
	}
	rev := uint64(0)
	if rec, err := s.meta.Last(ctx, key.storageKey()); err == nil {
		rev = rec.Seq // of the table that was there before
	}
	last, err := s.store(ctx, doc, rev)
	if err != nil {
		return nil, err
	}
	rec, err := s.meta.Last(ctx, key.storageKey())
	if err == nil && rec.Seq == last {
		err = s.take(ctx, rec)
	}
	if err != nil {
		return nil, err
	}
	out := doc.describe(sizes{})
	out.TableStatus = ptr("CREATING") // as the service says; the table can be used at once
	if out.BillingModeSummary != nil {
		out.BillingModeSummary.LastUpdateToPayPerRequestDateTime = nil
	}
	for i := range out.GlobalSecondaryIndexes {
		out.GlobalSecondaryIndexes[i].IndexStatus = ptr("CREATING")
	}
	return &dynamodbapi.CreateTableOutput{TableDescription: out}, nil
}

// describe makes the description of a table as it is asked for, or refuses.
func describe(in *dynamodbapi.CreateTableInput) (*tableDoc, error) {
	if err := refuseUnsupported(in); err != nil {
		return nil, err
	}
	doc := &tableDoc{OnDemand: value(in.BillingMode) == "PAY_PER_REQUEST", Protected: value(in.DeletionProtectionEnabled), Class: value(in.TableClass)}
	for _, a := range in.AttributeDefinitions {
		if slices.ContainsFunc(doc.Attributes, func(b attribute) bool { return b.Name == *a.AttributeName }) {
			return nil, item.Invalid("One or more parameter values were invalid: Duplicate AttributeName in AttributeDefinitions: %s", *a.AttributeName)
		}
		doc.Attributes = append(doc.Attributes, attribute{*a.AttributeName, item.Kind(*a.AttributeType)})
	}
	var err error
	if doc.Throughput, err = throughputOf(doc.OnDemand, in.ProvisionedThroughput); err != nil {
		return nil, err
	}
	if len(in.KeySchema) > len(in.AttributeDefinitions) {
		return nil, item.Invalid("Invalid KeySchema: Some index key attribute have no definition")
	}
	if doc.Keys, err = schemaOf(in.KeySchema, doc.Attributes); err != nil {
		return nil, err
	}
	if in.GlobalSecondaryIndexes == nil && len(in.KeySchema) != len(in.AttributeDefinitions) {
		return nil, item.Invalid("One or more parameter values were invalid: Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions")
	}
	if in.GlobalSecondaryIndexes != nil && len(in.GlobalSecondaryIndexes) == 0 {
		return nil, item.Invalid("One or more parameter values were invalid: List of GlobalSecondaryIndexes is empty")
	}
	for _, x := range in.GlobalSecondaryIndexes {
		if err := doc.addIndex(x); err != nil {
			return nil, err
		}
	}
	if len(doc.Indexes) > indexesMax {
		return nil, item.Invalid("One or more parameter values were invalid: GlobalSecondaryIndex count exceeds the per-table limit of 20")
	}
	if err := doc.checkUsed(); err != nil {
		return nil, err
	}
	doc.Tags, err = addTags(nil, in.Tags)
	return doc, err
}

// refuseUnsupported refuses what a table could be asked to have that is not there.
func refuseUnsupported(in *dynamodbapi.CreateTableInput) error {
	for _, member := range []struct {
		name string
		set  bool
	}{
		{"LocalSecondaryIndexes", in.LocalSecondaryIndexes != nil},
		{"StreamSpecification", streams(in.StreamSpecification)},
		{"SSESpecification", ownKey(in.SSESpecification)},
		{"WarmThroughput", in.WarmThroughput != nil},
		{"ResourcePolicy", in.ResourcePolicy != nil},
		{"OnDemandThroughput", in.OnDemandThroughput != nil},
		{"GlobalTableSourceArn", in.GlobalTableSourceArn != nil},
		{"GlobalTableSettingsReplicationMode", in.GlobalTableSettingsReplicationMode != nil},
	} {
		if member.set {
			return notSupported(member.name)
		}
	}
	return nil
}

func streams(spec *dynamodbapi.StreamSpecification) bool {
	return spec != nil && (value(spec.StreamEnabled) || spec.StreamViewType != nil)
}

func ownKey(spec *dynamodbapi.SSESpecification) bool {
	return spec != nil && (value(spec.Enabled) || spec.SSEType != nil || spec.KMSMasterKeyId != nil)
}

// throughputOf checks what is provisioned. On demand nothing is.
func throughputOf(onDemand bool, in *dynamodbapi.ProvisionedThroughput) (throughput, error) {
	switch {
	case onDemand && in != nil:
		return throughput{}, item.Invalid("One or more parameter values were invalid: Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST")
	case onDemand:
		return throughput{}, nil
	case in == nil:
		return throughput{}, item.Invalid("One or more parameter values were invalid: ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED")
	}
	return throughput{Read: *in.ReadCapacityUnits, Write: *in.WriteCapacityUnits}, checkThroughput(in)
}

// checkThroughput refuses more than can be provisioned.
func checkThroughput(in *dynamodbapi.ProvisionedThroughput) error {
	switch {
	case in == nil:
	case *in.ReadCapacityUnits > capacityUnitsMax:
		return item.Invalid("Given value %d for ReadCapacityUnits is out of bounds", *in.ReadCapacityUnits)
	case *in.WriteCapacityUnits > capacityUnitsMax:
		return item.Invalid("Given value %d for WriteCapacityUnits is out of bounds", *in.WriteCapacityUnits)
	}
	return nil
}

// schemaOf checks a key schema against the attributes that are defined.
func schemaOf(in []dynamodbapi.KeySchemaElement, defined []attribute) (keys keySchema, err error) {
	if len(in) == 0 || len(in) > keySchemaElements {
		return keys, item.Invalid("1 validation error detected: Value at 'keySchema' failed to satisfy constraint: Member must have length between 1 and 2")
	}
	var names, known []string
	var found []attribute
	for _, a := range defined {
		known = append(known, a.Name)
	}
	for _, e := range in {
		names = append(names, *e.AttributeName)
		if i := slices.Index(known, *e.AttributeName); i >= 0 {
			found = append(found, defined[i])
		}
	}
	switch {
	case len(found) < len(in):
		return keys, item.Invalid("One or more parameter values were invalid: Some index key attributes are not defined in AttributeDefinitions. Keys: [%s], AttributeDefinitions: [%s]",
			strings.Join(names, ", "), strings.Join(known, ", "))
	case len(in) == 2 && names[0] == names[1]:
		return keys, item.Invalid("Both the Hash Key and the Range Key element in the KeySchema have the same name")
	case *in[0].KeyType != "HASH":
		return keys, item.Invalid("Invalid KeySchema: The first KeySchemaElement is not a HASH key type")
	case len(in) == 2 && *in[1].KeyType != "RANGE":
		return keys, item.Invalid("Invalid KeySchema: The second KeySchemaElement is not a RANGE key type")
	}
	keys.Hash = found[0]
	if len(found) == 2 {
		keys.Range = found[1]
	}
	return keys, nil
}

// addIndex checks an index and adds it to the description.
func (d *tableDoc) addIndex(in dynamodbapi.GlobalSecondaryIndex) (err error) {
	x := indexDoc{Name: *in.IndexName, Projection: value(in.Projection.ProjectionType), Include: in.Projection.NonKeyAttributes}
	if in.WarmThroughput != nil || in.OnDemandThroughput != nil {
		return notSupported("GlobalSecondaryIndexes.WarmThroughput or OnDemandThroughput")
	}
	if x.Keys, err = schemaOf(in.KeySchema, d.Attributes); err != nil {
		return err
	}
	switch {
	case x.Projection == "":
		return item.Invalid("One or more parameter values were invalid: Unknown ProjectionType: null")
	case x.Include != nil && x.Projection != "INCLUDE":
		return item.Invalid("One or more parameter values were invalid: ProjectionType is %s, but NonKeyAttributes is specified", x.Projection)
	case x.Include == nil && x.Projection == "INCLUDE":
		return item.Invalid("One or more parameter values were invalid: ProjectionType is INCLUDE, but NonKeyAttributes is not specified")
	case d.OnDemand && in.ProvisionedThroughput != nil:
		return item.Invalid("One or more parameter values were invalid: ProvisionedThroughput should not be specified for index: %s when BillingMode is PAY_PER_REQUEST", x.Name)
	case !d.OnDemand && in.ProvisionedThroughput == nil:
		return item.Invalid("One or more parameter values were invalid: ProvisionedThroughput must be specified for index: %s", x.Name)
	}
	if _, twice := d.index(x.Name); twice {
		return item.Invalid("One or more parameter values were invalid: Duplicate index name: %s", x.Name)
	}
	if x.Throughput, err = throughputOf(d.OnDemand, in.ProvisionedThroughput); err != nil {
		return err
	}
	d.Indexes = append(d.Indexes, x)
	included := 0
	for _, x := range d.Indexes {
		included += len(x.Include)
	}
	if included > includedMax {
		return item.Invalid("One or more parameter values were invalid: Number of NonKeyAttributes of all indexes exceeds the limit of %d", includedMax)
	}
	return nil
}

// checkUsed refuses defined attributes that are part of no key.
func (d *tableDoc) checkUsed() error {
	var keys, defined []string
	unused := false
	for _, a := range d.Attributes {
		used := d.Keys.has(a.Name) || slices.ContainsFunc(d.Indexes, func(x indexDoc) bool { return x.Keys.has(a.Name) })
		defined, unused = append(defined, a.Name), unused || !used
	}
	if !unused {
		return nil
	}
	for _, k := range append([]keySchema{d.Keys}, indexKeys(d.Indexes)...) {
		for _, a := range k.attributes() {
			if !slices.Contains(keys, a.Name) {
				keys = append(keys, a.Name)
			}
		}
	}
	return item.Invalid("One or more parameter values were invalid: Some AttributeDefinitions are not used. AttributeDefinitions: [%s], keys used: [%s]",
		strings.Join(defined, ", "), strings.Join(keys, ", "))
}

func indexKeys(indexes []indexDoc) (keys []keySchema) {
	for _, x := range indexes {
		keys = append(keys, x.Keys)
	}
	return keys
}

// value is what a member has, or the zero value.
func value[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}

func ptr[T any](v T) *T { return &v }
