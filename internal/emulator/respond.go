// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"encoding/json"
	"io"
	"net/http"
	"strconv"
)

// fail refuses a request, with its body read to the end first: a client that is
// still sending might see a broken connection instead of the response. The
// message is a sentence, or a list of problems.
func (x *exchange) fail(status int, message any) {
	_, _ = io.Copy(io.Discard, x.r.Body)
	contentType, body := x.revision.Error(status, message)
	x.w.Header().Set("Content-Type", contentType)
	x.w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	x.w.WriteHeader(status)
	_, _ = io.WriteString(x.w, body)
}

// respond sends body as JSON.
func (x *exchange) respond(status int, body any) { writeJSON(x.w, status, body) }

func writeJSON(w http.ResponseWriter, status int, body any) {
	raw, err := json.Marshal(body)
	if err != nil {
		http.Error(w, "the response can't be encoded as JSON", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(raw)))
	w.WriteHeader(status)
	_, _ = w.Write(raw)
}
