package dynamodb

import (
	"context"
	"errors"
	"maps"
	"strings"

	"github.com/hookswitch/hookswitch/internal/api/dynamodbapi"
	"github.com/hookswitch/hookswitch/internal/arn"
	"github.com/hookswitch/hookswitch/internal/service/dynamodb/item"
)

// tagsMax is how many tags a table may have; tagsOnPage how many an answer lists.
const (
	tagsMax    = 50
	tagsOnPage = 10
)

// addTags returns tags with more added, if that is allowed.
func addTags(tags map[string]string, more []dynamodbapi.Tag) (map[string]string, error) {
	all := maps.Clone(tags)
	if all == nil {
		all = map[string]string{}
	}
	seen := map[string]bool{}
	for _, t := range more {
		if strings.HasPrefix(strings.ToLower(*t.Key), "aws:") {
			return nil, item.Invalid("One or more parameter values were invalid: Tag keys that begin with aws: are reserved: %s", *t.Key)
		}
		if seen[*t.Key] {
			return nil, item.Invalid("One or more parameter values were invalid: Duplicate tag key: %s", *t.Key)
		}
		seen[*t.Key] = true
		all[*t.Key] = *t.Value
	}
	if len(all) > tagsMax {
		return nil, limitExceeded("Subscriber limit exceeded: The number of tags exceeds the limit of 50 tags per resource")
	}
	return all, nil
}

// tagged returns the table that an ARN names.
func (s *Service) tagged(ctx context.Context, resource *string) (*table, error) {
	a, err := arn.Parse(*resource)
	if err != nil || a.Service != "dynamodb" || !strings.HasPrefix(a.Resource, "table/") {
		return nil, item.Invalid("Invalid TableArn: Invalid ResourceArn provided as input %s", *resource)
	}
	if name := strings.TrimPrefix(a.Resource, "table/"); checkTableName("TableName", name) != nil {
		return nil, item.Invalid("Invalid TableArn: Invalid ResourceArn provided as input %s", *resource)
	}
	t, err := s.named(ctx, resource)
	var missing *dynamodbapi.ResourceNotFoundException
	if errors.As(err, &missing) {
		missing.Message = "Requested resource not found: ResourcArn: " + *resource + " not found" // sic
	}
	return t, err
}

// retag changes the tags of a table.
func (s *Service) retag(ctx context.Context, resource *string, fn func(map[string]string) (map[string]string, error)) error {
	t, err := s.tagged(ctx, resource)
	if err != nil {
		return err
	}
	t.gate.Lock()
	defer t.gate.Unlock()
	return s.change(ctx, t, func(d *tableDoc) error {
		if d.Gone {
			return errNoTableNamed(d.Name)
		}
		d.Tags, err = fn(d.Tags)
		return err
	})
}
