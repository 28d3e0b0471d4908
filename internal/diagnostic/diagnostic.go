// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

// Package diagnostic explains errors of API calls to the person at the terminal: what
// happened, and what to do.
package diagnostic

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/idnow/terraform-provider-idnow/internal/client"
	"github.com/idnow/terraform-provider-idnow/internal/contract"
	"github.com/idnow/terraform-provider-idnow/internal/servicetext"
	"github.com/idnow/terraform-provider-idnow/internal/terminal"
)

// Diagnostic explains a failed call. Its texts are printable, whatever the service
// wrote.
type Diagnostic struct {
	Summary  string
	Happened string // what went wrong, without what to do about it
	Advice   string // what to do, if the call did nothing; may be empty
}

// Detail is the diagnostic's text below the summary.
func (d Diagnostic) Detail() string { return strings.TrimSpace(d.Happened + "\n\n" + d.Advice) }

// Call describes the failed call.
type Call struct {
	Doing   string              // what was attempted, as in "read the session"
	Policy  servicetext.Policy  // what may be shown of the response
	Request servicetext.Request // of a create; the zero value for a read
}

// Explain explains the error of a call. The parts are separate for a caller with more
// specific advice: "try again" after a create that may have succeeded would create two
// sessions.
func (c Call) Explain(err error) Diagnostic {
	var failed *client.Error
	switch {
	case errors.Is(err, context.Canceled):
		return Diagnostic{Summary: "Interrupted", Happened: fmt.Sprintf("The attempt to %s was interrupted%s.", c.Doing, because(err))}
	case errors.Is(err, context.DeadlineExceeded):
		return Diagnostic{
			Summary:  "Timeout exceeded",
			Happened: fmt.Sprintf("The attempt to %s took longer than its timeout%s.", c.Doing, because(err)),
			Advice:   "Raise the value in timeouts, or try again when the service responds faster.",
		}
	case !errors.As(err, &failed):
		return Diagnostic{Summary: "Request not sent", Happened: fmt.Sprintf("The attempt to %s failed: %s", c.Doing, sentence(err))}
	case failed.Party == client.FileStorage:
		return c.storage(failed)
	case failed.Party == client.TokenService:
		return c.authentication(failed)
	case failed.StatusCode == 0:
		return Diagnostic{
			Summary:  "Service not reachable",
			Happened: fmt.Sprintf("The attempt to %s failed at %s.", c.Doing, hostAndReason(failed)),
			Advice: "Check the provider's api_url, platform and region, the network, and the proxy variables. " +
				"If the service is slow, raise request_timeout.",
		}
	case failed.Reason != "":
		return Diagnostic{
			Summary:  "Invalid response",
			Happened: fmt.Sprintf("The attempt to %s failed: %s", c.Doing, sentence(failed)),
			Advice:   "Check that api_url is the address of the API itself, without a path.",
		}
	}
	return c.refusal(failed)
}

// authentication explains a failed token request.
func (c Call) authentication(failed *client.Error) Diagnostic {
	const address = "Check the provider's auth_url (IDNOW_AUTH_URL), or platform and region if it is not set, the network, and the proxy variables."
	responded := "The token service responded with " + client.StatusLine(failed.StatusCode)
	switch {
	case failed.StatusCode == 0:
		return Diagnostic{
			Summary:  "Token service not reachable",
			Happened: fmt.Sprintf("The attempt to get an access token failed at %s.", hostAndReason(failed)),
			Advice:   address,
		}
	case failed.Reason != "":
		return Diagnostic{Summary: "Invalid token response", Happened: responded + ", but " + reason(failed) + ".", Advice: address}
	case failed.Code != "":
		responded += " (" + failed.Code + ")"
	}
	happened := paragraphs(responded+".", c.Policy.Describe(failed.Body, servicetext.Request{}))
	if failed.StatusCode >= http.StatusInternalServerError {
		return Diagnostic{Summary: "Token service failed", Happened: happened, Advice: "The failure is on the service's side. Try again later."}
	}
	d := Diagnostic{Summary: "Authentication failed", Happened: happened}
	switch {
	case failed.StatusCode == http.StatusTooManyRequests:
		d.Summary, d.Advice = "Too many token requests", "The token service limits the rate of requests. Wait a few minutes, then run terraform again."
	case failed.Code == "unauthorized_client", failed.Code == "invalid_scope", failed.StatusCode == http.StatusForbidden:
		d.Advice = "The API client is not permitted to use client credentials. Check its permissions in the dashboard."
	case failed.StatusCode == http.StatusNotFound, failed.StatusCode/100 == 3:
		d.Advice = "There is no token service at that address. " + address
	default:
		d.Advice = "Check the provider's client_id and client_secret (IDNOW_CLIENT_ID and IDNOW_CLIENT_SECRET), " +
			"and that they belong to the configured platform."
	}
	return d
}

// storage explains a download that failed at the storage of files, a host that no
// setting names.
func (c Call) storage(failed *client.Error) Diagnostic {
	d := Diagnostic{Summary: "File not available", Advice: "Run terraform again. If it fails again, contact the service's support."}
	switch {
	case failed.StatusCode == 0:
		d.Happened = fmt.Sprintf("The attempt to %s failed at %s, which stores the service's files: %s.", c.Doing, terminal.Text(failed.Host), reason(failed))
		d.Advice = "Check the network and the proxy variables, then run terraform again."
	case failed.Reason != "":
		d.Happened = fmt.Sprintf("The attempt to %s failed: %s.", c.Doing, reason(failed))
		d.Advice = "Another attempt would fail the same way. Contact the service's support."
	default:
		d.Happened = fmt.Sprintf("The attempt to %s failed: the storage of the service's files responded with %s.", c.Doing, client.StatusLine(failed.StatusCode))
	}
	return d
}

// refusal explains an error response of the API.
func (c Call) refusal(failed *client.Error) Diagnostic {
	d := Diagnostic{Happened: fmt.Sprintf("The service responded with %s to the attempt to %s.", client.StatusLine(failed.StatusCode), c.Doing)}
	d.Summary, d.Advice = status(failed.StatusCode)
	if failed.Method == http.MethodGet && aboutBody[d.Summary] {
		d.Advice = "The request contains nothing but the IDs. Check them and the environment. If they are right, contact the service's support."
	}
	id := ""
	if shown := c.Policy.RequestID(failed.RequestID, c.Request); shown != "" {
		id = "Request ID: " + shown
	}
	d.Happened = paragraphs(d.Happened, c.Policy.Describe(failed.Body, c.Request), id)
	return d
}

// aboutBody are the summaries whose advice is about a request's body, which a
// read does not have.
var aboutBody = map[string]bool{summaryRefused: true, summaryTooSlow: true, summaryTooLarge: true}

const (
	summaryRefused  = "Request refused"
	summaryTooSlow  = "Request timed out"
	summaryTooLarge = "Request too large"
)

// IsConfiguration reports whether every further call would fail the same way
// until the provider's settings are changed.
func IsConfiguration(err error) bool {
	var failed *client.Error
	return errors.As(err, &failed) && (failed.Party == client.TokenService || failed.StatusCode == http.StatusUnauthorized)
}

// status explains a status of the API and what to do.
func status(code int) (summary, advice string) {
	switch {
	case code == http.StatusBadRequest, code == http.StatusConflict, code == http.StatusUnsupportedMediaType, code == http.StatusUnprocessableEntity:
		return summaryRefused, "Fix the fields that the response mentions, then run terraform apply again. A redirect_url must be on the API client's allowlist."
	case code == http.StatusRequestTimeout:
		return summaryTooSlow, "The service did not receive the whole request in time. Run terraform apply again. " +
			"If it fails again, check the network and the proxy, and send smaller files."
	case code == http.StatusUnauthorized:
		return "Not authenticated", "The service does not accept the credentials. Check api_key (IDNOW_API_KEY), or client_id and client_secret " +
			"(IDNOW_CLIENT_ID, IDNOW_CLIENT_SECRET), and that they belong to the configured platform and environment."
	case code == http.StatusForbidden:
		return "Not permitted", "The API client lacks a permission or belongs to another environment. " +
			"The provider requires " + contract.PermissionRead + ", " + contract.PermissionWrite + " and " + contract.PermissionExecute + "."
	case code == http.StatusNotFound:
		return "Not found", "Check the ID and the environment: an API client can access its own environment only. If api_url is set, check that it has no path."
	case code == http.StatusRequestEntityTooLarge:
		return summaryTooLarge, "The service does not accept a request of this size. Send smaller files."
	case code == http.StatusTooManyRequests:
		return "Too many requests", "The service still rate-limits requests after all retries. Lower -parallelism, or raise max_retries."
	case code >= 300 && code < 400:
		return "Unexpected redirect", "The provider follows no redirect, because its requests carry credentials. " +
			"Check that api_url is the address of the API itself, with the right scheme and without a path."
	case code >= 500:
		return "Service failed", "The failure is on the service's side. Try again later. If it continues, contact the service's support with the request ID."
	}
	return "Unexpected response", "Check that api_url is the address of the API itself."
}

// because is the last error of a call that was canceled.
func because(err error) string {
	var failed *client.Error
	if !errors.As(err, &failed) {
		return ""
	}
	return " (" + hostAndReason(failed) + ")"
}

func hostAndReason(failed *client.Error) string {
	return terminal.Text(failed.Host) + ": " + reason(failed)
}

func reason(failed *client.Error) string {
	return terminal.Sentence(errors.New(failed.Reason))
}

// sentence formats an error as one sentence.
func sentence(err error) string {
	text := strings.TrimSuffix(terminal.Sentence(err), ".") + "."
	return strings.ToUpper(text[:1]) + text[1:]
}

func paragraphs(texts ...string) string {
	var written []string
	for _, text := range texts {
		if text != "" {
			written = append(written, text)
		}
	}
	return strings.Join(written, "\n\n")
}
