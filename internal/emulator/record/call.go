// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package record

// Call names one of the emulator's calls, in records and faults.
type Call string

// The calls.
const (
	CallToken      Call = "token"
	CallKeys       Call = "keys" // of the webhooks' signatures
	CallFlows      Call = "flows"
	CallDocument   Call = "document"
	CallCreate     Call = "create"
	CallSessions   Call = "sessions"
	CallRead       Call = "read"
	CallDataBlocks Call = "datablocks"
	CallFile       Call = "file"     // responds with the address of a download
	CallDownload   Call = "download" // the download itself
	CallPlayer     Call = "player"
	CallPage       Call = "page"    // the emulator's own pages; recorded, never a fault
	CallUnknown    Call = "unknown" // anything else; recorded, never a fault
)

// Calls are those into which a fault can be injected.
var Calls = []string{
	string(CallToken), string(CallKeys), string(CallFlows), string(CallDocument), string(CallCreate), string(CallSessions),
	string(CallRead), string(CallDataBlocks), string(CallFile), string(CallDownload), string(CallPlayer),
}

// givesAccess reports whether the call's body holds a secret or a token, or is the
// emulator's own.
func (c Call) givesAccess() bool { return c == CallToken || c == CallPlayer || c == CallPage }
