// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

// Package servicetext decides what of a service's own words is shown.
//
// An error response may quote whatever was sent to the service or it knows: a name, a
// birth date, a document number, in any notation. Text like that can't be
// recognized reliably, so none of it is copied into a message. The words of a
// response only select: which fields of the flow's document and of the API's
// contract it names, and which of a fixed list of rules it is about. All that is
// then printed, limits and allowed values included, comes from the document and
// from this package. The rest is withheld, unless the provider's argument
// show_service_messages asks for the words themselves.
//
// A name or a phrase that the request also contains as a value counts for
// nothing: a person may be called like a field. Of a read the values are unknown;
// there no field is named at all, and a rule is named in our words alone.
package servicetext
