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
	"net/url"
	"syscall"
	"time"
)

// Error is a response of the API with a status that is no success. A create
// that ends in a plain *Error has created nothing.
type Error struct {
	StatusCode int
	Method     string
	Path       string        // without host and query
	RetryAfter time.Duration // zero if the service names none

	// RequestID and Body are as the service wrote them, the body up to 64 KiB of
	// it. They may quote anything that was sent to the service, so neither is part
	// of the error's text.
	RequestID string
	Body      []byte
}

// Error implements the error interface.
func (e *Error) Error() string {
	return fmt.Sprintf("%s %s: the service responded with %s", e.Method, e.Path, statusLine(e.StatusCode))
}

// IsNotFound reports whether err is a response 404.
func IsNotFound(err error) bool { return hasStatus(err, http.StatusNotFound) }

// IsForbidden reports whether err is a response 403.
func IsForbidden(err error) bool { return hasStatus(err, http.StatusForbidden) }

// IsUnauthorized reports whether err is a response 401 of the API. That the
// token endpoint refused the credentials is an *AuthError.
func IsUnauthorized(err error) bool { return hasStatus(err, http.StatusUnauthorized) }

func hasStatus(err error, status int) bool {
	var e *Error
	return errors.As(err, &e) && e.StatusCode == status
}

// ConnectionError is a call without a complete response.
type ConnectionError struct {
	Method string
	Path   string // without host and query
	Host   string
	Sent   bool   // false: the service can't have processed anything
	Reason string // what went wrong, in words
	err    error
	final  bool // the next attempt would meet the same
}

// Error implements the error interface.
func (e *ConnectionError) Error() string {
	return fmt.Sprintf("%s %s at %s: %s", e.Method, e.Path, e.Host, e.Reason)
}

// Unwrap returns the cause where it is the caller's own context. Other causes
// are in Reason only, because their texts quote addresses and responses.
func (e *ConnectionError) Unwrap() error {
	if errors.Is(e.err, context.Canceled) || errors.Is(e.err, context.DeadlineExceeded) {
		return e.err
	}
	return nil
}

// InvalidResponseError is a response that can't be read, or is about something else.
type InvalidResponseError struct {
	StatusCode int
	Method     string
	Path       string
	Reason     string
}

// Error implements the error interface.
func (e *InvalidResponseError) Error() string {
	return fmt.Sprintf("%s %s: the service responded with %s, but %s", e.Method, e.Path, statusLine(e.StatusCode), e.Reason)
}

// StorageError is a download that failed where the content of files is: at a
// host that is not the API's. Err is the cause.
type StorageError struct{ Err error }

// Error implements the error interface.
func (e *StorageError) Error() string { return e.Err.Error() }

// Unwrap returns Err.
func (e *StorageError) Unwrap() error { return e.Err }

// OutcomeUnknownError is a create that the service may have carried out. Err
// is the cause.
type OutcomeUnknownError struct{ Err error }

// Error implements the error interface.
func (e *OutcomeUnknownError) Error() string {
	return e.Err.Error() + ". It is unknown whether a session was created"
}

// Unwrap returns Err.
func (e *OutcomeUnknownError) Unwrap() error { return e.Err }

// IncompleteResponseError is a create that the service has confirmed with 201
// without the session's ID: the session exists.
type IncompleteResponseError struct {
	Method string
	Path   string
	Reason string
}

// Error implements the error interface.
func (e *IncompleteResponseError) Error() string {
	return fmt.Sprintf("%s %s: the service responded with 201 Created, but %s. A session exists whose ID is unknown", e.Method, e.Path, e.Reason)
}

// AuthError is a token that could not be had from the token endpoint.
type AuthError struct {
	StatusCode int    // 0 if there is no response
	Code       string // OAuth 2.0 error code, one of RFC 6749, section 5.2, or empty
	Body       []byte // of the response, as Error.Body
	Err        error  // why there is no response, or nil
}

// Error implements the error interface.
func (e *AuthError) Error() string {
	if e.Err != nil {
		return "no access token could be fetched: " + e.Err.Error()
	}
	switch {
	case e.StatusCode/100 == 2:
		return "the response of the token service contains no access token"
	case e.Code != "":
		return fmt.Sprintf("the token service responded with %s (%s)", statusLine(e.StatusCode), e.Code)
	}
	return "the token service responded with " + statusLine(e.StatusCode)
}

// Unwrap returns Err.
func (e *AuthError) Unwrap() error { return e.Err }

func statusLine(status int) string {
	if text := http.StatusText(status); text != "" {
		return fmt.Sprintf("%d %s", status, text)
	}
	return fmt.Sprint(status)
}

// statusError makes the *Error of a response that is no success.
func statusError(req *http.Request, resp *http.Response) *Error {
	body, _ := io.ReadAll(resp.Body) // as much of it as there is
	e := &Error{
		StatusCode: resp.StatusCode,
		Method:     req.Method,
		Path:       callOf(req.Context()).path,
		Body:       body,
		RequestID:  requestID(resp.Header),
	}
	e.RetryAfter, _ = retryAfter(resp)
	return e
}

// requestID returns the ID by which the service's support finds the request.
func requestID(header http.Header) string {
	return cmp.Or(header.Get("X-Request-Id"), header.Get("X-Correlation-Id"), header.Get("X-Amzn-Trace-Id"))
}

func invalidResponse(req *http.Request, status int, why string) *InvalidResponseError {
	return &InvalidResponseError{StatusCode: status, Method: req.Method, Path: callOf(req.Context()).path, Reason: why}
}

func connectionError(req *http.Request, err error, sent bool) *ConnectionError {
	why := reason(err)
	if why == unknownReason && !sent {
		why = "no connection could be made; check the address and the proxy settings"
	}
	return &ConnectionError{
		Method: req.Method, Path: callOf(req.Context()).path, Host: req.URL.Host,
		Sent: sent, Reason: why, err: err, final: isCertificateError(err),
	}
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Host
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
	case errors.Is(err, errTooLarge):
		return "the response is too large"
	case errors.Is(err, context.Canceled):
		return "the call was cancelled"
	case errors.Is(err, context.DeadlineExceeded):
		return "the timeout of the call is exceeded"
	case errors.As(err, &dns):
		return fmt.Sprintf("the host name %s can't be resolved", dns.Name)
	case errors.Is(err, syscall.ECONNREFUSED):
		return "the connection was refused"
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return "the connection was reset"
	case isCertificateError(err):
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

// isCertificateError reports a failure that the next attempt will meet again.
func isCertificateError(err error) bool { return certificateError(err) != "" }

func certificateError(err error) string {
	var verification *tls.CertificateVerificationError
	if !errors.As(err, &verification) {
		return ""
	}
	return "the certificate of the service is not trusted: " + verification.Err.Error()
}
