package connect

import (
	"context"
	"slices"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

// listContactReferences lists a contact's references of some types. A contact has few: there is one page.
func (s *Service) listContactReferences(ctx context.Context, in *connectapi.ListContactReferencesInput) (*connectapi.ListContactReferencesOutput, error) {
	c, err := s.find(ctx, in.InstanceId)
	if err != nil {
		return nil, err
	}
	contact, err := s.contact(ctx, c, in.ContactId)
	if err != nil {
		return nil, err
	}
	if value(in.NextToken) != "" {
		return nil, invalidParameter("Invalid NextToken")
	}
	out := &connectapi.ListContactReferencesOutput{ReferenceSummaryList: []connectapi.ReferenceSummary{}}
	for _, r := range contact.References {
		if slices.Contains(in.ReferenceTypes, r.Type) {
			out.ReferenceSummaryList = append(out.ReferenceSummaryList, referenceOut(r))
		}
	}
	return out, nil
}

func referenceOut(r center.Reference) (out connectapi.ReferenceSummary) {
	switch r.Type {
	case connectapi.ReferenceTypeUrl:
		out.Url = &connectapi.UrlReference{Name: &r.Name, Value: &r.Value}
	case connectapi.ReferenceTypeNumber:
		out.Number = &connectapi.NumberReference{Name: &r.Name, Value: &r.Value}
	case connectapi.ReferenceTypeString:
		out.String = &connectapi.StringReference{Name: &r.Name, Value: &r.Value}
	case connectapi.ReferenceTypeDate:
		out.Date = &connectapi.DateReference{Name: &r.Name, Value: &r.Value}
	case connectapi.ReferenceTypeEmail:
		out.Email = &connectapi.EmailReference{Name: &r.Name, Value: &r.Value}
	}
	return out
}
