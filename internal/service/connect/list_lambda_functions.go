package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center/directory"
)

// functionsOnPage is how many functions an answer holds at most, and when the request does not say (API model).
const functionsOnPage = 25

func (s *Service) listLambdaFunctions(ctx context.Context, in *connectapi.ListLambdaFunctionsInput) (*connectapi.ListLambdaFunctionsOutput, error) {
	out := &connectapi.ListLambdaFunctionsOutput{}
	return out, s.read(ctx, in.InstanceId, func(d *directory.Directory) (err error) {
		out.LambdaFunctions, out.NextToken, err = page("ListLambdaFunctions", d.Functions, self[string], in.NextToken, in.MaxResults, functionsOnPage, functionsOnPage)
		return err
	})
}
