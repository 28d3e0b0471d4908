// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

// Package servicetext decides which parts of a service's messages are shown.
//
// An error response may quote anything that was sent to the service, or that it has
// stored: a name, a birth date, a document number, in any notation. Such text can't be
// recognized reliably, so none of it is copied into a message. The text of a response
// only selects: which fields of the flow's document and of the API's contract it names,
// and which of a fixed list of rules it is about. The printed text, including limits and
// allowed values, comes from the document and from this package. The rest is withheld,
// unless the provider's argument show_service_messages is true.
//
// A name or a phrase that the request also contains as a value is ignored: a person may
// have the name of a field. For a read the values are unknown, so no field is named, and
// a rule is named by this package's text only.
package servicetext
