// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

// Package client speaks the HTTP API of the IDnow Trust Platform.
//
// It knows nothing of Terraform: calls take and give plain Go values, and a
// request body is a Body that somebody else encoded. One file holds one area of
// the API (flows, sessions, datablocks, files); below them
//
//   - call.go makes one API call out of as many attempts as it needs,
//   - attempt.go sends one attempt and reads its answer within its bounds,
//   - retry.go says what may be repeated and after how long,
//   - pace.go slows the whole client down when the service refuses for rate,
//   - clock.go knows the service's clock,
//   - auth.go holds the token that all calls share,
//   - answer.go reads JSON that may lack anything, and revisions.go holds
//     what differs between the published revisions of the API.
//
// # What an error tells
//
// Reads are repeated, so their errors are final: *Error for a status,
// *ConnectionError where no answer came, *AnswerError where it can't be read,
// *AuthError where no token could be had.
//
// A create is not idempotent and the API has no idempotency key. Its error is
// therefore one of three: *OutcomeUnknownError, a session may exist;
// *IncompleteAnswerError, a session exists but its ID is not known; any other,
// no session was created.
//
// No error text holds a secret or what the service wrote: URLs lose their query,
// and the body of a response that is no success is a field of the error, which
// the caller shows only in part or not at all.
package client
