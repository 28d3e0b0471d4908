// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

// Creates a session with a generated client, and prints its ID.
package main

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"os"
	"time"

	"github.com/oapi-codegen/runtime/types"

	"example.com/flow"
)

func main() {
	client, err := flow.NewClientWithResponses(os.Getenv("IDNOW_API_URL"), flow.WithRequestEditorFn(authorize))
	if err != nil {
		log.Fatal(err)
	}

	var body flow.CreateSessionJSONRequestBody
	person := &body.Input.BasicIdentity
	person.GivenName, person.FamilyName = "Max", "Schmidt"
	person.BirthDate = &types.Date{Time: time.Date(1985, time.August, 22, 0, 0, 0, 0, time.UTC)}
	locale := flow.De
	body.Metadata.SubjectId, body.Metadata.Locale = "customer-123", &locale
	body.Metadata.Set("campaign", "spring")

	created, err := client.CreateSessionWithResponse(context.Background(), body)
	if err != nil {
		log.Fatal(err)
	}
	if created.JSON201 == nil {
		log.Fatalf("%s: %s", created.Status(), created.Body)
	}
	fmt.Println(created.JSON201.SessionContext.SessionId)
}

func authorize(_ context.Context, request *http.Request) error {
	request.Header.Set("Authorization", "Bearer "+os.Getenv("IDNOW_API_KEY"))
	return nil
}
