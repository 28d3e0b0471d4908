// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"time"
)

// Party is whose host a call failed at.
type Party string

// The hosts that a client calls.
const (
	API          Party = "" // the zero value of Error
	TokenService Party = "token service"
	FileStorage  Party = "file storage"
)

// Error is a call that failed. A status without a Reason is no success; one with a Reason
// is that of a response that can't be used. Without a status no complete response came.
type Error struct {
	Party      Party
	Method     string
	Path       string // without host and query
	Host       string
	StatusCode int    // 0: no complete response
	Reason     string // what went wrong, in words of this package
	Sent       bool   // the service may have processed the request

	// RequestID and Body are as the service wrote them, the body up to 64 KiB of
	// it. They may quote anything that was sent to the service, so neither is part
	// of the error's text. Code is one of RFC 6749, section 5.2, or empty.
	RequestID string
	Body      []byte
	Code      string

	cause error
	final bool // the next attempt would meet the same
}

// Error implements the error interface.
func (e *Error) Error() string {
	status := fmt.Sprintf("%s %s: the %s responded with %s", e.Method, e.Path, cmp.Or(e.Party, "service"), StatusLine(e.StatusCode))
	switch {
	case e.StatusCode == 0:
		return fmt.Sprintf("%s %s at %s: %s", e.Method, e.Path, e.Host, e.Reason)
	case e.Reason != "":
		return status + ", but " + e.Reason
	case e.Code != "":
		return status + " (" + e.Code + ")"
	}
	return status
}

// Unwrap returns the cause where it is the caller's own context. Other causes
// are in Reason only, because their texts quote addresses and responses.
func (e *Error) Unwrap() error {
	if errors.Is(e.cause, context.Canceled) || e.cause == context.DeadlineExceeded { //nolint:errorlint // a dialer's timeout claims to be it
		return e.cause
	}
	return nil
}

// CreateError is a create after which a session may exist. Err is the cause.
type CreateError struct {
	Err error

	// Confirmed: the service responded with 201, so a session exists. Its ID is not
	// known.
	Confirmed bool
}

// Error implements the error interface.
func (e *CreateError) Error() string {
	if e.Confirmed {
		return e.Err.Error() + ". A session exists whose ID is unknown"
	}
	return e.Err.Error() + ". It is unknown whether a session was created"
}

// Unwrap returns Err.
func (e *CreateError) Unwrap() error { return e.Err }

// IsNotFound reports whether err is a response 404 of the API.
func IsNotFound(err error) bool { return hasStatus(err, http.StatusNotFound) }

// IsForbidden reports whether err is a response 403 of the API.
func IsForbidden(err error) bool { return hasStatus(err, http.StatusForbidden) }

func hasStatus(err error, status int) bool {
	var e *Error
	return errors.As(err, &e) && e.Party == API && e.StatusCode == status
}

// reasonOf is the reason of an error of the chain. That of a request's body is not
// quoted: it can name a file of the person.
func reasonOf(err error) string {
	if e := (*Error)(nil); errors.As(err, &e) {
		return e.Reason
	}
	return "the request body can't be read"
}

// StatusLine is a status with its text, if it has one.
func StatusLine(status int) string {
	return strings.TrimSpace(fmt.Sprintf("%d %s", status, http.StatusText(status)))
}

// newError is the error of a response that can't be used.
func newError(req *http.Request, status int, reason string) *Error {
	about := callOf(req)
	return &Error{Party: about.party, Method: req.Method, Path: about.path, Host: req.URL.Host, StatusCode: status, Reason: reason, Sent: true}
}

// statusError is the error of a response that is no success.
func statusError(req *http.Request, resp *http.Response) *Error {
	e := newError(req, resp.StatusCode, "")
	e.Body, _ = io.ReadAll(resp.Body) // as much of it as there is
	e.RequestID = cmp.Or(resp.Header.Get("X-Request-Id"), resp.Header.Get("X-Correlation-Id"), resp.Header.Get("X-Amzn-Trace-Id"))
	return e
}

// connectionError is the error of an attempt without a complete response.
func connectionError(req *http.Request, cause error, sent bool) *Error {
	e := newError(req, 0, reason(cause))
	if e.Reason == unknownReason && !sent {
		e.Reason = "no connection could be made; check the address and the proxy settings"
	}
	e.Sent, e.cause, e.final = sent, cause, certificateError(cause) != ""
	return e
}

// timeoutError is the end of an attempt that took longer than this, the request timeout.
type timeoutError time.Duration

func (e timeoutError) Error() string {
	return fmt.Sprint("no complete response within the request timeout of ", time.Duration(e))
}

const unknownReason = "the connection failed, or the response is not HTTP"

// reason describes err in words of our own. The texts of net/http are not used:
// they quote URLs with queries, proxy passwords and bytes of the response.
func reason(err error) string {
	var timeout timeoutError
	var dns *net.DNSError
	var network net.Error
	switch {
	case errors.As(err, &timeout):
		return timeout.Error()
	case errors.Is(err, context.Canceled):
		return "the call was cancelled"
	case err == context.DeadlineExceeded: //nolint:errorlint // as in Unwrap
		return "the timeout of the call is exceeded"
	case errors.As(err, &dns):
		return fmt.Sprintf("the host name %s can't be resolved", dns.Name)
	case errors.Is(err, syscall.ECONNREFUSED):
		return "the connection was refused"
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return "the connection was reset"
	case certificateError(err) != "":
		return certificateError(err)
	case isUnprocessed(err):
		return "the service did not process the request"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed):
		// net/http itself closes a connection on which the service hung up; a
		// request that is still being written then meets ErrClosed.
		return "the connection was closed before the response was complete"
	case errors.As(err, &network) && network.Timeout():
		return "the connection timed out"
	}
	return unknownReason
}

// certificateError describes a failure that the next attempt will meet again; it is
// empty for any other.
func certificateError(err error) string {
	var verification *tls.CertificateVerificationError
	if !errors.As(err, &verification) {
		return ""
	}
	return "the certificate of the service is not trusted: " + verification.Err.Error()
}
