// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package revision

import (
	"encoding/json"
	"html"
	"net/http"
	"strings"
)

// Error is the body of a refusal, and its media type. A message is one sentence,
// or a list of problems.
func (r Revision) Error(status int, message any) (contentType, body string) {
	switch r.Errors {
	case "text":
		return "text/plain; charset=utf-8", sentence(message)
	case "html":
		title := html.EscapeString(http.StatusText(status))
		return "text/html; charset=utf-8", "<!doctype html><title>" + title + "</title><h1>" + title + "</h1><p>" + html.EscapeString(sentence(message)) + "</p>"
	case "problem":
		return "application/problem+json", encode(object{
			"type": "about:blank", "status": status, "title": http.StatusText(status), "detail": sentence(message),
		})
	}
	return "application/json; charset=utf-8", encode(object{"statusCode": status, "message": message, "error": http.StatusText(status)})
}

func sentence(message any) string {
	switch message := message.(type) {
	case string:
		return message
	case []string:
		return strings.Join(message, "; ")
	}
	return ""
}

func encode(value any) string {
	raw, err := json.Marshal(value)
	if err != nil {
		return ""
	}
	return string(raw)
}
