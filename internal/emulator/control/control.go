// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

// Package control is the control interface: JSON over HTTP by which a test in any
// language looks at the emulator and steers it. README.md documents it.
package control

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/idnow/terraform-provider-idnow/internal/emulator/catalog"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/fault"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/flow"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/record"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/session"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/webhook"
)

// Prefix is where the control interface lives.
const Prefix = "/_emulator/"

// ErrNoSession means that no session has the requested ID.
var ErrNoSession = errors.New("there is no session with this ID")

// Emulator is what is controlled; its methods are documented there.
type Emulator interface {
	Requests() []record.Request
	TokensIssued() int
	RevokeTokens()

	Sessions() []session.Session
	SetStatus(id string, status session.Status, outcome session.Outcome) error
	Delete(id string) error
	DeleteDataBlocks(id string) error

	Faults() []fault.Fault
	AddFault(f fault.Fault) error
	ClearFaults()

	Flows() []*flow.Document
	FlowProblems() []catalog.Problem
	SetDocument(raw []byte) error
	RemoveDocument(environment, flowID string)

	Webhooks() []webhook.Hook
	PutWebhook(hook webhook.Hook) error
	ClearWebhooks()
	Deliveries(sessionID string) []webhook.Delivery
	Redeliver(id string) error
	RotateKey() error
	RetireKeys()

	Now() time.Time
	Advance(d time.Duration)
	Reset()
}

type handler struct{ Emulator }

// Handler serves the control interface. Pages of other origins can't use it
// through a browser.
func Handler(emulator Emulator) http.Handler {
	c := handler{emulator}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /_emulator/requests", c.requests)
	mux.HandleFunc("GET /_emulator/sessions", c.sessions)
	mux.HandleFunc("POST /_emulator/sessions/{id}", c.setStatus)
	mux.HandleFunc("DELETE /_emulator/sessions/{id}", c.byID(c.Delete))
	mux.HandleFunc("DELETE /_emulator/sessions/{id}/datablocks", c.byID(c.DeleteDataBlocks))
	mux.HandleFunc("GET /_emulator/faults", c.faults)
	mux.HandleFunc("POST /_emulator/faults", c.addFault)
	mux.HandleFunc("DELETE /_emulator/faults", c.do(c.ClearFaults))
	mux.HandleFunc("DELETE /_emulator/tokens", c.do(c.RevokeTokens))
	mux.HandleFunc("POST /_emulator/clock", c.clock)
	mux.HandleFunc("GET /_emulator/flows", c.flows)
	mux.HandleFunc("PUT /_emulator/flows", c.setDocument)
	mux.HandleFunc("DELETE /_emulator/flows/{environment}/{flowId}", c.removeDocument)
	mux.HandleFunc("GET /_emulator/webhooks", c.webhooks)
	mux.HandleFunc("PUT /_emulator/webhooks", c.putWebhook)
	mux.HandleFunc("DELETE /_emulator/webhooks", c.do(c.ClearWebhooks))
	mux.HandleFunc("GET /_emulator/deliveries", c.deliveries)
	mux.HandleFunc("POST /_emulator/deliveries/{id}/redeliver", c.byID(c.Redeliver))
	mux.HandleFunc("POST /_emulator/keys", c.rotateKey)
	mux.HandleFunc("DELETE /_emulator/keys", c.do(c.RetireKeys))
	mux.HandleFunc("POST /_emulator/reset", c.do(c.Reset))
	return http.NewCrossOriginProtection().Handler(mux)
}

// maxBody bounds the body of a control request, in bytes: a flow document is
// the largest.
const maxBody = 8 << 20

func read(w http.ResponseWriter, r *http.Request, into any) bool {
	decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		refuse(w, http.StatusBadRequest, err)
		return false
	}
	return true
}

func refuse(w http.ResponseWriter, status int, err error) {
	writeJSON(w, status, map[string]any{"statusCode": status, "message": err.Error(), "error": http.StatusText(status)})
}

// done responds with the result of an operation.
func done(w http.ResponseWriter, err error) {
	switch {
	case errors.Is(err, ErrNoSession), errors.Is(err, webhook.ErrNoDelivery):
		refuse(w, http.StatusNotFound, err)
	case err != nil:
		refuse(w, http.StatusBadRequest, err)
	default:
		w.WriteHeader(http.StatusNoContent)
	}
}

func (c handler) do(do func()) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		do()
		done(w, nil)
	}
}

func (c handler) byID(do func(id string) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { done(w, do(r.PathValue("id"))) }
}

func (c handler) requests(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, map[string]any{"requests": c.Requests(), "tokensIssued": c.TokensIssued()})
}

func (c handler) sessions(w http.ResponseWriter, _ *http.Request) {
	sessions := c.Sessions()
	if sessions == nil {
		sessions = []session.Session{}
	}
	writeJSON(w, http.StatusOK, map[string]any{"sessions": sessions})
}

func (c handler) setStatus(w http.ResponseWriter, r *http.Request) {
	var asked struct {
		Status  session.Status  `json:"status"`
		Outcome session.Outcome `json:"outcome"`
	}
	if !read(w, r, &asked) {
		return
	}
	if !slices.Contains(session.Statuses, asked.Status) || (asked.Outcome != "" && !slices.Contains(session.Outcomes, asked.Outcome)) {
		done(w, errors.New("status and outcome must be as the API spells them"))
		return
	}
	done(w, c.SetStatus(r.PathValue("id"), asked.Status, asked.Outcome))
}

func (c handler) faults(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, map[string]any{"faults": c.Faults()})
}

func (c handler) addFault(w http.ResponseWriter, r *http.Request) {
	var asked fault.Fault
	if read(w, r, &asked) {
		done(w, c.AddFault(asked))
	}
}

func (c handler) webhooks(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, map[string]any{"webhooks": append([]webhook.Hook{}, c.Webhooks()...)})
}

func (c handler) putWebhook(w http.ResponseWriter, r *http.Request) {
	var asked webhook.Hook
	if read(w, r, &asked) {
		done(w, c.PutWebhook(asked))
	}
}

func (c handler) deliveries(w http.ResponseWriter, r *http.Request) {
	writeJSON(w, http.StatusOK, map[string]any{"deliveries": c.Deliveries(r.URL.Query().Get("sessionId"))})
}

func (c handler) rotateKey(w http.ResponseWriter, _ *http.Request) { done(w, c.RotateKey()) }

func (c handler) clock(w http.ResponseWriter, r *http.Request) {
	var asked struct {
		Advance fault.Duration `json:"advance"`
	}
	if !read(w, r, &asked) {
		return
	}
	if asked.Advance < 0 {
		done(w, errors.New("the clock goes forward only"))
		return
	}
	c.Advance(time.Duration(asked.Advance))
	writeJSON(w, http.StatusOK, map[string]any{"now": c.Now().Format("2006-01-02T15:04:05.000Z")})
}

func (c handler) flows(w http.ResponseWriter, _ *http.Request) {
	list := []map[string]any{}
	for _, doc := range c.Flows() {
		list = append(list, map[string]any{
			"flowId": doc.FlowID, "environment": doc.Environment, "name": doc.Title, "version": doc.Version, "mediaTypes": doc.MediaTypes(),
		})
	}
	writeJSON(w, http.StatusOK, map[string]any{"flows": list, "problems": c.FlowProblems()})
}

func (c handler) setDocument(w http.ResponseWriter, r *http.Request) {
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err == nil {
		err = c.SetDocument(raw)
	}
	done(w, err)
}

func (c handler) removeDocument(w http.ResponseWriter, r *http.Request) {
	c.RemoveDocument(r.PathValue("environment"), r.PathValue("flowId"))
	done(w, nil)
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	raw, err := json.Marshal(body)
	if err != nil {
		http.Error(w, "the response can't be written as JSON", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(raw)))
	w.WriteHeader(status)
	_, _ = w.Write(raw)
}
