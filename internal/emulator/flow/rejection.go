// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package flow

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// RejectionError is a request that the flow does not take.
type RejectionError struct {
	Status   int      // 400, 413 or 415
	Messages []string // what is wrong, each with its place; never a value
}

func (r *RejectionError) Error() string { return strings.Join(r.Messages, "; ") }

func reject(status int, format string, args ...any) *RejectionError {
	return &RejectionError{Status: status, Messages: []string{fmt.Sprintf(format, args...)}}
}

// problem is one thing wrong at one place of a body.
type problem struct {
	path   string // "input.documents[0].source"; empty for the body itself
	reason string // completes a sentence that begins with the path
}

func (p problem) String() string {
	if p.path == "" {
		return "the body " + p.reason
	}
	return p.path + " " + p.reason
}

// newRejection combines all problems into one error, nil if there are none.
func newRejection(problems []problem) *RejectionError {
	if len(problems) == 0 {
		return nil
	}
	messages := make([]string, 0, len(problems))
	for _, p := range problems {
		messages = append(messages, p.String())
	}
	slices.Sort(messages)
	return &RejectionError{Status: http.StatusBadRequest, Messages: slices.Compact(messages)}
}

// below extends a path by the key of an object.
func below(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// element extends a path by the index of a list.
func element(path string, i int) string { return path + "[" + strconv.Itoa(i) + "]" }
