package admin

import (
	"fmt"
	"net/http"

	"github.com/hookswitch/hookswitch/internal/center"
)

func (h *Handler) listContacts(w http.ResponseWriter, r *http.Request) error {
	i, err := h.instance(r)
	if err != nil {
		return err
	}
	all := []contactShown{}
	for _, c := range i.Live.Contacts(nil) {
		all = append(all, showContact(c))
	}
	return writeJSON(w, map[string]any{"contacts": all})
}

func (h *Handler) getContact(w http.ResponseWriter, r *http.Request) error {
	i, err := h.instance(r)
	if err != nil {
		return err
	}
	c, ok, err := h.cfg.Contact(r.Context(), i, center.ContactID(r.PathValue("contact")))
	if err != nil {
		return err
	}
	if !ok {
		return notFound("no contact %q in this instance", r.PathValue("contact"))
	}
	return writeJSON(w, showContact(c))
}

func (h *Handler) hangUp(w http.ResponseWriter, r *http.Request) error {
	i, err := h.instance(r)
	if err != nil {
		return err
	}
	id := center.ContactID(r.PathValue("contact"))
	if _, err := i.Switchboard.Submit(r.Context(), center.HangUp{Contact: id}); err != nil {
		return err
	}
	return h.getContact(w, r)
}

// input is the customer pressing keys, or writing, while a flow asks.
func (h *Handler) input(w http.ResponseWriter, r *http.Request) error {
	i, err := h.instance(r)
	if err != nil {
		return err
	}
	var body struct {
		Keys string `json:"keys"`
		Text string `json:"text"`
	}
	if err := readJSON(r, &body); err != nil {
		return err
	}
	cmd := center.CustomerInput{Contact: center.ContactID(r.PathValue("contact")), Keys: body.Keys, Text: body.Text}
	if _, err := i.Switchboard.Submit(r.Context(), cmd); err != nil {
		return err
	}
	return h.getContact(w, r)
}

// call is a customer's call arriving over the simulated network.
func (h *Handler) call(w http.ResponseWriter, r *http.Request) error {
	i, err := h.instance(r)
	if err != nil {
		return err
	}
	var body struct {
		Customer   string            `json:"customer"`
		Dialled    string            `json:"dialled"`
		Attributes map[string]string `json:"attributes"`
	}
	if err := readJSON(r, &body); err != nil {
		return err
	}
	result, err := i.Switchboard.Submit(r.Context(), center.StartInboundCall{Customer: body.Customer, Dialled: body.Dialled, Attributes: body.Attributes})
	if err != nil {
		return err
	}
	for _, e := range result.Step.Events {
		if e, ok := e.(center.ContactInitiated); ok {
			return writeJSON(w, map[string]string{"contactId": string(e.Contact)})
		}
	}
	return fmt.Errorf("the step at %d started no contact", result.Step.Stamp.Place)
}
