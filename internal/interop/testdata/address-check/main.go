// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

// Creates a session with a client generated from a document of references,
// allOf and oneOf, and prints its ID.
package main

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"os"
	"time"

	"github.com/google/uuid"
	"github.com/oapi-codegen/runtime/types"

	"example.com/flow"
)

func main() {
	client, err := flow.NewClientWithResponses(os.Getenv("IDNOW_API_URL"), flow.WithRequestEditorFn(authorize))
	if err != nil {
		log.Fatal(err)
	}

	var proof flow.Proof
	err = proof.FromRegistryExtract(flow.RegistryExtract{
		Kind:      flow.RegistryExtractKindRegistryExtract,
		Reference: uuid.MustParse("0b5e7a0e-4d4d-4a34-9b52-0f6f6f0c8f11"),
	})
	if err != nil {
		log.Fatal(err)
	}
	previous := []flow.Address{{Street: "Long Lane", City: "London", Country: "GB"}}

	created, err := client.CreateSessionWithResponse(context.Background(), flow.CreateSessionJSONRequestBody{
		Input: flow.Input{
			BasicIdentity: flow.BasicIdentity{
				GivenName: "Max", FamilyName: "Schmidt",
				BirthDate: types.Date{Time: time.Date(1985, time.August, 22, 0, 0, 0, 0, time.UTC)},
			},
			Address: flow.Address{Street: "Hauptstraße", City: "München", Country: "DE", Previous: &previous},
			Proof:   &proof,
		},
		Metadata: flow.Metadata{SubjectId: "customer-123"},
	})
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
