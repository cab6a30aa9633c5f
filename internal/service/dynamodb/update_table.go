package dynamodb

import (
	"context"
	"slices"
	"time"

	"github.com/hookswitch/hookswitch/internal/api/dynamodbapi"
	"github.com/hookswitch/hookswitch/internal/service/dynamodb/item"
)

// updateTable changes a table. A new index is filled before the answer; it is shown as CREATING there, as the service does, and
// as ACTIVE from then on.
func (s *Service) updateTable(ctx context.Context, in *dynamodbapi.UpdateTableInput) (*dynamodbapi.UpdateTableOutput, error) {
	if err := refuseUnsupportedUpdate(in); err != nil {
		return nil, err
	}
	if err := checkThroughput(in.ProvisionedThroughput); err != nil {
		return nil, err
	}
	changed, err := indexesOf(in.GlobalSecondaryIndexUpdates)
	if err != nil {
		return nil, err
	}
	t, err := s.named(ctx, in.TableName)
	if err != nil {
		return nil, err
	}
	if err := s.updateLocked(ctx, t, in); err != nil {
		return nil, err
	}
	if err := s.load(ctx, t); err != nil {
		return nil, err
	}
	doc, _ := t.description()
	out := doc.describe(t.sizes())
	out.TableStatus = ptr("UPDATING")
	for i, x := range out.GlobalSecondaryIndexes {
		if status := changed[*x.IndexName]; status != "" {
			out.GlobalSecondaryIndexes[i].IndexStatus = &status
			if status == "CREATING" {
				out.GlobalSecondaryIndexes[i].Backfilling = ptr(false)
			}
		}
	}
	return &dynamodbapi.UpdateTableOutput{TableDescription: out}, nil
}

// updateLocked stores the change while nobody writes.
func (s *Service) updateLocked(ctx context.Context, t *table, in *dynamodbapi.UpdateTableInput) error {
	t.gate.Lock()
	defer t.gate.Unlock()
	if doc, _ := t.description(); doc.Gone {
		return errNoTableNamed(doc.Name)
	}
	now := s.clock.Now()
	if err := s.change(ctx, t, func(d *tableDoc) error { return d.update(in, now) }); err != nil {
		return err
	}
	if len(in.GlobalSecondaryIndexUpdates) > 0 {
		t.forget() // the ids of all indexes are gathered anew
	}
	return nil
}

func refuseUnsupportedUpdate(in *dynamodbapi.UpdateTableInput) error {
	for _, member := range []struct {
		name string
		set  bool
	}{
		{"StreamSpecification", streams(in.StreamSpecification)},
		{"SSESpecification", ownKey(in.SSESpecification)},
		{"ReplicaUpdates", in.ReplicaUpdates != nil},
		{"MultiRegionConsistency", in.MultiRegionConsistency != nil},
		{"GlobalTableWitnessUpdates", in.GlobalTableWitnessUpdates != nil},
		{"GlobalTableSettingsReplicationMode", in.GlobalTableSettingsReplicationMode != nil},
		{"OnDemandThroughput", in.OnDemandThroughput != nil},
		{"WarmThroughput", in.WarmThroughput != nil},
	} {
		if member.set {
			return notSupported(member.name)
		}
	}
	if in.ProvisionedThroughput == nil && in.BillingMode == nil && len(in.GlobalSecondaryIndexUpdates) == 0 && in.SSESpecification == nil &&
		in.StreamSpecification == nil && in.DeletionProtectionEnabled == nil && in.TableClass == nil {
		return item.Invalid("At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates or SSESpecification or ReplicaUpdates is required")
	}
	return nil
}

// update changes the description as asked, or refuses.
func (d *tableDoc) update(in *dynamodbapi.UpdateTableInput, now time.Time) error {
	if in.DeletionProtectionEnabled != nil {
		d.Protected = *in.DeletionProtectionEnabled
	}
	if in.TableClass != nil {
		d.Class = *in.TableClass
	}
	for _, a := range in.AttributeDefinitions {
		defined := attribute{*a.AttributeName, item.Kind(*a.AttributeType)}
		i := slices.IndexFunc(d.Attributes, func(b attribute) bool { return b.Name == defined.Name })
		switch {
		case i < 0:
			d.Attributes = append(d.Attributes, defined)
		case d.Attributes[i] != defined:
			return item.Invalid("One or more parameter values were invalid: Attribute %s is defined as %s already", defined.Name, d.Attributes[i].Kind)
		}
	}
	if err := d.bill(in, now); err != nil {
		return err
	}
	if err := d.updateIndexes(in.GlobalSecondaryIndexUpdates, now); err != nil {
		return err
	}
	if in.AttributeDefinitions != nil {
		return d.checkUsed()
	}
	return nil
}

// bill changes the billing mode and what is provisioned.
func (d *tableDoc) bill(in *dynamodbapi.UpdateTableInput, now time.Time) error {
	toProvisioned := d.OnDemand && value(in.BillingMode) == "PROVISIONED"
	if in.BillingMode != nil {
		if *in.BillingMode == "PROVISIONED" && in.ProvisionedThroughput == nil {
			return item.Invalid("One or more parameter values were invalid: ProvisionedThroughput must be specified when BillingMode is PROVISIONED")
		}
		if onDemand := *in.BillingMode == "PAY_PER_REQUEST"; onDemand && !d.OnDemand {
			d.OnDemand, d.OnDemandSince, d.Throughput = true, now, throughput{}
			for i := range d.Indexes {
				d.Indexes[i].Throughput = throughput{}
			}
		} else if !onDemand {
			d.OnDemand = false
		}
	}
	if in.ProvisionedThroughput == nil {
		return nil
	}
	next, err := throughputOf(d.OnDemand, in.ProvisionedThroughput)
	if err != nil {
		return err
	}
	if toProvisioned {
		for i := range d.Indexes { // what is not said of an index below
			d.Indexes[i].Throughput = next
		}
	} else if next.Read == d.Throughput.Read && next.Write == d.Throughput.Write && in.BillingMode == nil && len(in.GlobalSecondaryIndexUpdates) == 0 {
		return item.Invalid("The provisioned throughput for the table will not change. The requested value equals the current value. Current ReadCapacityUnits provisioned for the table: %d. Requested ReadCapacityUnits: %d. Current WriteCapacityUnits provisioned for the table: %d. Requested WriteCapacityUnits: %d. Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits.",
			d.Throughput.Read, next.Read, d.Throughput.Write, next.Write)
	}
	d.Throughput = d.Throughput.become(next, now)
	return nil
}

// become returns the new throughput with the times of change.
func (p throughput) become(next throughput, now time.Time) throughput {
	next.Increased, next.Decreased = p.Increased, p.Decreased
	if next.Read > p.Read || next.Write > p.Write {
		next.Increased = now
	}
	if next.Read < p.Read || next.Write < p.Write {
		next.Decreased = now
	}
	return next
}

// indexesOf lists the indexes that updates change, each with the status that the answer shows of it, or refuses what can be refused
// without the table.
func indexesOf(updates []dynamodbapi.GlobalSecondaryIndexUpdate) (map[string]string, error) {
	changed := map[string]string{}
	for _, u := range updates {
		name, status := "", "UPDATING"
		var provisioned *dynamodbapi.ProvisionedThroughput
		switch {
		case u.Create != nil:
			name, status, provisioned = *u.Create.IndexName, "CREATING", u.Create.ProvisionedThroughput
		case u.Update != nil:
			name, provisioned = *u.Update.IndexName, u.Update.ProvisionedThroughput
		case u.Delete != nil:
			name = *u.Delete.IndexName
		default:
			return nil, item.Invalid("One or more parameter values were invalid: One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, GlobalSecondaryIndexUpdate.Delete must not be null")
		}
		if changed[name] != "" {
			return nil, item.Invalid("One or more parameter values were invalid: Only one global secondary index update per index is allowed simultaneously. Index: %s", name)
		}
		if err := checkThroughput(provisioned); err != nil {
			return nil, err
		}
		changed[name] = status
	}
	return changed, nil
}

// updateIndexes adds, changes and removes indexes.
func (d *tableDoc) updateIndexes(updates []dynamodbapi.GlobalSecondaryIndexUpdate, now time.Time) error {
	creates, deletes := 0, 0
	for _, u := range updates {
		if u.Create != nil {
			creates++
		}
		if u.Delete != nil {
			deletes++
		}
	}
	if creates > 1 || deletes > 1 {
		return limitExceeded("Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table")
	}
	for _, u := range updates {
		if err := d.updateIndex(u, now); err != nil {
			return err
		}
	}
	if len(d.Indexes) > indexesMax {
		return item.Invalid("One or more parameter values were invalid: GlobalSecondaryIndex count exceeds the per-table limit of 20")
	}
	return nil
}

func (d *tableDoc) updateIndex(u dynamodbapi.GlobalSecondaryIndexUpdate, now time.Time) error {
	if c := u.Create; c != nil {
		if _, exists := d.index(*c.IndexName); exists {
			return item.Invalid("One or more parameter values were invalid: Index with name %s already exists", *c.IndexName)
		}
		return d.addIndex(dynamodbapi.GlobalSecondaryIndex{IndexName: c.IndexName, KeySchema: c.KeySchema, Projection: c.Projection,
			ProvisionedThroughput: c.ProvisionedThroughput, OnDemandThroughput: c.OnDemandThroughput, WarmThroughput: c.WarmThroughput})
	}
	name := ""
	if u.Delete != nil {
		name = *u.Delete.IndexName
	} else {
		name = *u.Update.IndexName
	}
	i := slices.IndexFunc(d.Indexes, func(x indexDoc) bool { return x.Name == name })
	if i < 0 {
		return errNoIndexNamed(d.Name, name)
	}
	if u.Delete != nil {
		d.Indexes = slices.Delete(d.Indexes, i, i+1)
		used := func(a attribute) bool {
			return d.Keys.has(a.Name) || slices.ContainsFunc(d.Indexes, func(x indexDoc) bool { return x.Keys.has(a.Name) })
		}
		d.Attributes = slices.DeleteFunc(d.Attributes, func(a attribute) bool { return !used(a) })
		return nil
	}
	if u.Update.OnDemandThroughput != nil || u.Update.WarmThroughput != nil {
		return notSupported("GlobalSecondaryIndexUpdates.Update.WarmThroughput or OnDemandThroughput")
	}
	next, err := throughputOf(d.OnDemand, u.Update.ProvisionedThroughput)
	if err != nil {
		return err
	}
	d.Indexes[i].Throughput = d.Indexes[i].Throughput.become(next, now)
	return nil
}
