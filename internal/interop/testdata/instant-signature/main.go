// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

// Creates a session of a multipart flow with a generated client, and prints its
// ID. The generator makes types of the form's fields, and leaves writing the
// form to the caller.
package main

import (
	"bytes"
	"context"
	"fmt"
	"log"
	"mime/multipart"
	"net/http"
	"os"

	"example.com/flow"
)

func main() {
	client, err := flow.NewClientWithResponses(os.Getenv("IDNOW_API_URL"), flow.WithRequestEditorFn(authorize))
	if err != nil {
		log.Fatal(err)
	}

	locale := flow.De
	fields := flow.CreateSessionMultipartRequestBody{
		InputBasicIdentityGivenName:  "Max",
		InputBasicIdentityFamilyName: "Schmidt",
		MetadataSubjectId:            "customer-123",
		MetadataLocale:               &locale,
	}
	body, contentType, err := form(fields, "contract", []byte("%PDF-1.7\n\xe2\xe3\xcf\xd3"))
	if err != nil {
		log.Fatal(err)
	}

	created, err := client.CreateSessionWithBodyWithResponse(context.Background(), contentType, body)
	if err != nil {
		log.Fatal(err)
	}
	if created.JSON201 == nil || created.JSON201.SessionContext == nil {
		log.Fatalf("%s: %s", created.Status(), created.Body)
	}
	fmt.Println(*created.JSON201.SessionContext.SessionId)
}

// form writes the fields, and one document as the first element of its list.
func form(fields flow.CreateSessionMultipartRequestBody, templateID string, document []byte) (body *bytes.Buffer, contentType string, err error) {
	body = &bytes.Buffer{}
	writer := multipart.NewWriter(body)
	for name, text := range map[string]string{
		"input[basicIdentity][givenName]":                  fields.InputBasicIdentityGivenName,
		"input[basicIdentity][familyName]":                 fields.InputBasicIdentityFamilyName,
		"input[documentsToSign][documents][0][templateId]": templateID,
		"metadata[subjectId]":                              fields.MetadataSubjectId,
		"metadata[locale]":                                 string(*fields.MetadataLocale),
	} {
		if err := writer.WriteField(name, text); err != nil {
			return nil, "", err
		}
	}
	part, err := writer.CreateFormFile("input[documentsToSign][documents][0][source]", "contract.pdf")
	if err != nil {
		return nil, "", err
	}
	if _, err := part.Write(document); err != nil {
		return nil, "", err
	}
	return body, writer.FormDataContentType(), writer.Close()
}

func authorize(_ context.Context, request *http.Request) error {
	request.Header.Set("Authorization", "Bearer "+os.Getenv("IDNOW_API_KEY"))
	return nil
}
