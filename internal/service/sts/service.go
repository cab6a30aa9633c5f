// Package sts is what the AWS Security Token Service is asked here: who the caller is.
package sts

import (
	"github.com/hookswitch/hookswitch/internal/api/stsapi"
	"github.com/hookswitch/hookswitch/internal/wire"
)

// Service answers the API. The zero Service is ready.
type Service struct{}

// Operations is what the service supports.
func (s *Service) Operations() []wire.Operation {
	return []wire.Operation{stsapi.GetCallerIdentity(s.getCallerIdentity)}
}
