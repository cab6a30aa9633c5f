package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

func (s *Service) disassociateLambdaFunction(ctx context.Context, in *connectapi.DisassociateLambdaFunctionInput) (*connectapi.DisassociateLambdaFunctionOutput, error) {
	return &connectapi.DisassociateLambdaFunctionOutput{}, s.done(ctx, in.InstanceId, center.DisassociateFunction{ARN: value(in.FunctionArn)})
}
