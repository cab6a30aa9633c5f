package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

// associateLambdaFunction lets the instance's flows invoke a function. Doing it again changes nothing, with whatever token.
func (s *Service) associateLambdaFunction(ctx context.Context, in *connectapi.AssociateLambdaFunctionInput) (*connectapi.AssociateLambdaFunctionOutput, error) {
	return &connectapi.AssociateLambdaFunctionOutput{}, s.done(ctx, in.InstanceId, center.AssociateFunction{ARN: value(in.FunctionArn)})
}
