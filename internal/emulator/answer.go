// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"time"
)

// failure is the body of an error, in the shape of the platform's.
type failure struct {
	StatusCode int    `json:"statusCode"`
	Message    any    `json:"message"` // a string, or a list of strings
	Error      string `json:"error"`
}

func (x *exchange) fail(status int, message string) { x.failWith(status, message) }

// failWith refuses a request, with its body read to the end first: a client
// that is still sending might see a broken connection instead of the answer.
func (x *exchange) failWith(status int, message any) {
	_, _ = io.Copy(io.Discard, x.r.Body)
	x.answer(status, failure{StatusCode: status, Message: message, Error: http.StatusText(status)})
}

// answer sends body as JSON.
func (x *exchange) answer(status int, body any) { writeJSON(x.w, status, body) }

func writeJSON(w http.ResponseWriter, status int, body any) {
	raw, err := json.Marshal(body)
	if err != nil {
		http.Error(w, "the answer can't be written as JSON", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(raw)))
	w.WriteHeader(status)
	_, _ = w.Write(raw)
}

// timestamp is how the API writes a moment: RFC 3339 in UTC, to the
// millisecond. The zero time is null.
type timestamp time.Time

// MarshalJSON implements json.Marshaler.
func (t timestamp) MarshalJSON() ([]byte, error) {
	if time.Time(t).IsZero() {
		return []byte("null"), nil
	}
	return json.Marshal(time.Time(t).UTC().Format("2006-01-02T15:04:05.000Z"))
}

// optional is a string that is null when empty.
type optional string

// MarshalJSON implements json.Marshaler.
func (o optional) MarshalJSON() ([]byte, error) {
	if o == "" {
		return []byte("null"), nil
	}
	return json.Marshal(string(o))
}

// paging is what a list's query asks for.
type paging struct{ page, size int }

// pageInfo goes with every page of a list.
type pageInfo struct {
	Size          int `json:"size"`
	Number        int `json:"number"`
	TotalElements int `json:"totalElements"`
	TotalPages    int `json:"totalPages"`
}

type page struct {
	Content any      `json:"content"`
	Page    pageInfo `json:"page"`
}

const (
	defaultPageSize = 20
	maxPageSize     = 100
)

// readPaging reads page (from 1) and size (at most 100). The message says what
// is wrong with them.
func readPaging(r *http.Request) (asked paging, message string) {
	asked = paging{page: 1, size: defaultPageSize}
	for name, target := range map[string]*int{"page": &asked.page, "size": &asked.size} {
		if text := r.URL.Query().Get(name); text != "" {
			value, err := strconv.Atoi(text)
			if err != nil || value < 1 || value > 1_000_000 {
				return asked, name + " must be a positive number"
			}
			*target = value
		}
	}
	if asked.size > maxPageSize {
		return asked, "size must not be greater than 100"
	}
	return asked, ""
}

// cut takes the page asked for out of all.
func cut[T any](all []T, asked paging) page {
	from := min((asked.page-1)*asked.size, len(all))
	to := min(from+asked.size, len(all))
	content := append([]T{}, all[from:to]...)
	return page{content, pageInfo{
		Size: asked.size, Number: asked.page, TotalElements: len(all),
		TotalPages: (len(all) + asked.size - 1) / asked.size,
	}}
}
