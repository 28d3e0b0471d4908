// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"net/http"
	"strconv"

	"github.com/idnow/terraform-provider-idnow/internal/emulator/flow"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/revision"
)

// listFlows is GET /api/v1/flows/{environment}.
func (e *Emulator) listFlows(x *exchange) {
	docs, ok := e.flows.In(x.environment)
	if !ok {
		x.fail(http.StatusNotFound, "the environment does not exist")
		return
	}
	asked, err := revision.ReadPaging(x.r.URL.Query())
	if err != nil {
		x.fail(http.StatusBadRequest, err.Error())
		return
	}
	x.respond(http.StatusOK, x.revision.Flows(docs, asked))
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
// responds with an error and returns nil.
func (e *Emulator) publishedFlow(x *exchange) *flow.Document {
	if _, ok := e.flows.In(x.environment); !ok {
		x.fail(http.StatusNotFound, "the environment does not exist")
		return nil
	}
	doc := e.flows.Find(x.environment, x.flowID)
	if doc == nil {
		x.fail(http.StatusNotFound, "the flow is not published to this environment")
	}
	return doc
}
