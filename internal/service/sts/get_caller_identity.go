package sts

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/stsapi"
	"github.com/hookswitch/hookswitch/internal/arn"
	"github.com/hookswitch/hookswitch/internal/wire"
)

// getCallerIdentity tells who signed the request. Without IAM every access key is the root user of its account.
func (s *Service) getCallerIdentity(ctx context.Context, _ *stsapi.GetCallerIdentityInput) (*stsapi.GetCallerIdentityOutput, error) {
	c := wire.CallerFrom(ctx)
	name := arn.ARN{Partition: c.Partition, Service: "iam", Account: c.Account, Resource: "root"}
	if name.Partition == "" {
		name.Partition = "aws"
	}
	account, who := c.Account, name.String()
	return &stsapi.GetCallerIdentityOutput{UserId: &account, Account: &account, Arn: &who}, nil
}
