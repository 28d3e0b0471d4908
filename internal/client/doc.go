// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

// Package client is a client of the HTTP API of the IDnow Trust Platform.
//
// It does not depend on Terraform: calls take and return plain Go values, and a
// request body is a Body that the caller has encoded. One file contains one area of
// the API: flows.go, create.go, sessions.go, datablocks.go, files.go, and send.go for
// tools.
//
// Below them a request goes through a chain of round trippers, each in a file of its
// own, linked in client.go:
//
//   - authorize.go adds the token (token.go), and renews it once after a 401,
//   - retry.go retries attempts, a create by the rule in create_rule.go,
//   - rate_limit.go slows all calls down when the service refuses for rate,
//   - clock.go learns the service's clock,
//   - observe.go describes each attempt for a log,
//   - bound.go bounds an attempt in time and size, and reads the response,
//   - transport.go keeps the connections.
//
// json.go reads JSON whose members are all optional, list.go reads lists one entry at a
// time, and revisions.go contains what differs between the revisions of the API.
//
// # What an error means
//
// Reads are retried, so their errors are final: *Error for a status,
// *ConnectionError where no response came, *InvalidResponseError where it can't be read or is
// about something else, *AuthError where no token could be fetched.
//
// A create is not idempotent and the API has no idempotency key. Its error is
// therefore one of three: *OutcomeUnknownError, a session may exist;
// *IncompleteResponseError, a session exists but its ID is not known; any other,
// no session was created. createOutcome is the rule.
//
// No error text contains a secret or the service's text: URLs lose their query,
// and the body of an error response is a field of the error, which
// the caller shows only in part or not at all.
//
// net/http writes to the standard logger what follows a response. A program that
// uses this package discards that logger.
package client
