// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/idnow/terraform-provider-idnow/internal/emulator/flow"
)

type listedFlow struct {
	ID          string      `json:"id"`
	Name        string      `json:"name"`
	Description string      `json:"description"`
	Version     json.Number `json:"version"`
	Environment string      `json:"environment"`
}

// listFlows is GET /api/v1/flows/{environment}.
func (e *Emulator) listFlows(x *exchange) {
	docs, ok := e.flows.in(x.environment)
	if !ok {
		x.fail(http.StatusNotFound, "the environment does not exist")
		return
	}
	asked, message := readPaging(x.r)
	if message != "" {
		x.fail(http.StatusBadRequest, message)
		return
	}
	listed := make([]listedFlow, 0, len(docs))
	for _, doc := range docs {
		listed = append(listed, listedFlow{doc.FlowID, doc.Title, doc.Description, doc.Version, doc.Environment})
	}
	x.answer(http.StatusOK, cut(listed, asked))
}

// flowDocument is GET /api/v1/flows/{environment}/{flowId}: the document byte
// for byte.
func (e *Emulator) flowDocument(x *exchange) {
	doc := e.publishedFlow(x)
	if doc == nil {
		return
	}
	x.w.Header().Set("Content-Type", "application/json; charset=utf-8")
	x.w.Header().Set("Content-Length", strconv.Itoa(len(doc.Raw)))
	_, _ = x.w.Write(doc.Raw)
}

// publishedFlow finds the flow that the path names. Where there is none it
// answers so and returns nil.
func (e *Emulator) publishedFlow(x *exchange) *flow.Document {
	if _, ok := e.flows.in(x.environment); !ok {
		x.fail(http.StatusNotFound, "the environment does not exist")
		return nil
	}
	doc := e.flows.find(x.environment, x.flowID)
	if doc == nil {
		x.fail(http.StatusNotFound, "the flow is not published to this environment")
	}
	return doc
}
