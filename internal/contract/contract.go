// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

// Package contract has the constants of the API that hold for every flow, whether or
// not a flow's document contains them (API: create a session).
package contract

// The members of a create-session body. The API knows no others, and a
// configuration can set no others.
const (
	Input       = "input"
	Metadata    = "metadata"
	RedirectURL = "redirectUrl"
	State       = "state"
)

// FlowID is a session's flow, as responses name it.
const FlowID = "flowId"

// Members are the members of a create-session body.
var Members = []string{Input, Metadata, RedirectURL, State}

// The keys of metadata that the API names. Further ones are free.
const (
	SubjectID = "subjectId"
	Locale    = "locale"
)

// Locales are the languages of the player.
var Locales = []string{"en", "de", "fr"}

// MaxState is the most characters that state may have.
const MaxState = 2048

// The permissions of an API client.
const (
	PermissionRead    = "api.read"
	PermissionWrite   = "api.write"
	PermissionExecute = "flows.execute"
)

// The media types of a create-session request.
const (
	JSON      = "application/json"
	Multipart = "multipart/form-data"
)
