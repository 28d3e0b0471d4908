// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package probe

// Where the provider decides each question: the folder and the function to
// change when the service turns out to be different. A test finds each of them.
const (
	decodesPage       = "internal/client readPage"
	decidesPages      = "internal/client pagesLeft"
	decodesFlow       = "internal/client ListFlows"
	readsDocument     = "internal/flowschema describe"
	unfoldsNames      = "internal/flowschema splitName"
	validatesMetadata = "internal/flowschema body"
	sendsMetadata     = "internal/resources newRequest"
	decodesCreated    = "internal/client UnmarshalJSON"
	decodesSession    = "internal/client UnmarshalJSON"
	spellsStatus      = "internal/client NormalizeStatus"
	spellsOutcome     = "internal/client UnmarshalJSON"
	findsSubject      = "internal/client UnmarshalJSON"
	parsesTimes       = "internal/apiread ParseTime"
	decodesLastStep   = "internal/client UnmarshalJSON"
	listsSessions     = "internal/client EachSession"
	decodesBlocks     = "internal/client DataBlocks"
	decodesBlock      = "internal/client inlineContent"
	typesBlock        = "internal/client UnmarshalJSON"
	findsBlockStep    = "internal/client UnmarshalJSON"
	followsFile       = "internal/client openFile"
	classifiesErrors  = "internal/client statusError"
	readsRefusal      = "internal/servicetext messages"
	renewsToken       = "internal/client token"
	findsRequestID    = "internal/client statusError"
	readsRetryAfter   = "internal/client retryAfter"
	writesBrackets    = "internal/payload elementName"
)
