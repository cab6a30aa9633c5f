package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// newUser is what CreateUser is told.
type newUser struct {
	username, firstName, lastName, password string
	profile, security                       string // names
	profileID                               string // in place of profile
	autoAccept                              bool
	acwLimit                                int // seconds
}

// object is a JSON object to be sent.
type object = map[string]any

// summary is an entry of a list of resources.
type summary struct {
	ID, Name string
}

// listPagesMax bounds a list, which has up to 100 entries a page.
const listPagesMax = 1000

// list returns the resources of an instance, all pages; member is the list's name in the answer.
func (a *amazon) list(ctx context.Context, path, member string) ([]summary, error) {
	var all []summary
	next := ""
	for range listPagesMax {
		q := ""
		if next != "" {
			q = "?nextToken=" + url.QueryEscape(next)
		}
		var page map[string]any
		if err := a.connect(ctx, http.MethodGet, path+q, nil, &page); err != nil {
			return nil, err
		}
		entries, _ := page[member].([]any)
		for _, e := range entries {
			m, _ := e.(map[string]any)
			id, _ := m["Id"].(string)
			name, _ := m["Name"].(string)
			all = append(all, summary{id, name})
		}
		if next, _ = page["NextToken"].(string); next == "" {
			return all, nil
		}
	}
	return nil, fmt.Errorf("the list of %s has more than %d pages", path, listPagesMax)
}

// named finds a resource by its name.
func (a *amazon) named(ctx context.Context, what, path, member, name string) (string, error) {
	all, err := a.list(ctx, path, member)
	if err != nil {
		return "", err
	}
	var names []string
	for _, s := range all {
		if strings.EqualFold(s.Name, name) {
			return s.ID, nil
		}
		names = append(names, s.Name)
	}
	return "", fmt.Errorf("no %s %q: there are %s", what, name, strings.Join(names, ", "))
}

func (a *amazon) createUser(ctx context.Context, instance string, n newUser) (string, error) {
	profile := n.profileID
	if profile == "" {
		var err error
		if profile, err = a.named(ctx, "routing profile", "/routing-profiles-summary/"+instance, "RoutingProfileSummaryList", n.profile); err != nil {
			return "", err
		}
	}
	security, err := a.named(ctx, "security profile", "/security-profiles-summary/"+instance, "SecurityProfileSummaryList", n.security)
	if err != nil {
		return "", err
	}
	if n.firstName == "" {
		n.firstName = n.username
	}
	in := object{
		"Username": n.username, "RoutingProfileId": profile, "SecurityProfileIds": []string{security},
		"IdentityInfo": object{"FirstName": n.firstName, "LastName": n.lastName},
		"PhoneConfig":  object{"PhoneType": "SOFT_PHONE", "AutoAccept": n.autoAccept, "AfterContactWorkTimeLimit": n.acwLimit},
	}
	if n.password == "" {
		var about struct {
			Instance struct{ IdentityManagementType string }
		}
		if err := a.connect(ctx, http.MethodGet, "/instance/"+instance, nil, &about); err != nil {
			return "", err
		}
		if about.Instance.IdentityManagementType == "CONNECT_MANAGED" {
			n.password = "Aa1-" + rand.Text()
		}
	}
	if n.password != "" {
		in["Password"] = n.password
	}
	var out struct{ UserID string }
	err = a.connect(ctx, http.MethodPut, "/users/"+instance, in, &out)
	return out.UserID, err
}

// claimNumber claims a phone number for an instance and has calls to it run a flow.
func (a *amazon) claimNumber(ctx context.Context, i instance, flow string) (string, error) {
	var free struct {
		AvailableNumbersList []struct{ PhoneNumber string }
	}
	if err := a.connect(ctx, http.MethodPost, "/phone-number/search-available", object{
		"TargetArn": i.ARN, "PhoneNumberCountryCode": "US", "PhoneNumberType": "DID", "MaxResults": 1,
	}, &free); err != nil {
		return "", fmt.Errorf("search a phone number: %w", err)
	}
	if len(free.AvailableNumbersList) == 0 {
		return "", errors.New("no phone number is left to be claimed")
	}
	number := free.AvailableNumbersList[0].PhoneNumber
	var claimed struct{ PhoneNumberID string }
	if err := a.connect(ctx, http.MethodPost, "/phone-number/claim", object{"TargetArn": i.ARN, "PhoneNumber": number}, &claimed); err != nil {
		return "", fmt.Errorf("claim a phone number: %w", err)
	}
	if err := a.connect(ctx, http.MethodPut, "/phone-number/"+claimed.PhoneNumberID+"/contact-flow", object{"InstanceId": i.ID, "ContactFlowId": flow}, nil); err != nil {
		return "", fmt.Errorf("give a phone number its flow: %w", err)
	}
	return number, nil
}

// sampleFlow is the name of the flow that puts callers into BasicQueue; every instance has it.
const sampleFlow = "Sample inbound flow (first contact experience)"

// flowTo writes a flow that says a word and transfers to a queue.
func flowTo(queue, greeting string) object {
	failed := func(next string, kinds ...string) []object {
		var all []object
		for _, k := range kinds {
			all = append(all, object{"NextAction": next, "ErrorType": k})
		}
		return all
	}
	return object{"Version": "2019-10-30", "StartAction": "greet", "Metadata": object{}, "Actions": []object{
		{"Identifier": "greet", "Type": "MessageParticipant", "Parameters": object{"Text": greeting},
			"Transitions": object{"NextAction": "queue", "Errors": failed("queue", "NoMatchingError")}},
		{"Identifier": "queue", "Type": "UpdateContactTargetQueue", "Parameters": object{"QueueId": queue},
			"Transitions": object{"NextAction": "transfer", "Errors": failed("goodbye", "NoMatchingError")}},
		{"Identifier": "transfer", "Type": "TransferContactToQueue", "Parameters": object{},
			"Transitions": object{"NextAction": "goodbye", "Errors": failed("goodbye", "QueueAtCapacity", "NoMatchingError")}},
		{"Identifier": "goodbye", "Type": "DisconnectParticipant", "Parameters": object{}, "Transitions": object{}},
	}}
}
