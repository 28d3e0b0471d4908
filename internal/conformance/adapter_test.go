// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package conformance

import (
	"context"
	"encoding/json"
	"errors"
	"strings"

	"github.com/idnow/terraform-provider-idnow/internal/emulator/flow"
	"github.com/idnow/terraform-provider-idnow/internal/flowschema"
	"github.com/idnow/terraform-provider-idnow/internal/validate"
	"github.com/idnow/terraform-provider-idnow/internal/value"
)

// reader is one side that reads a flow's document and validates by it.
type reader struct {
	name string
	read func(document []byte) (flowDocument, error)

	// omitsNull is set where null means that nothing is configured, so that no
	// value with a null in it can be tried.
	omitsNull bool
}

// flowDocument is a document as one side has read it.
type flowDocument struct {
	// problems lists what is wrong with the flow's input.
	problems func(input map[string]any) ([]string, error)

	// schema is the exported JSON Schema of the input, nil where a side has none.
	schema []byte
}

// firstProblem is what is wrong first, nil for nothing.
func (d flowDocument) firstProblem(input any) error {
	found, err := d.problems(input.(map[string]any))
	if err == nil && len(found) > 0 {
		err = errors.New(found[0])
	}
	return err
}

var readers = []reader{
	{name: "provider", read: readAsProvider, omitsNull: true},
	{name: "emulator", read: readAsEmulator},
}

// readAsProvider is the only use of the provider's packages here.
func readAsProvider(raw []byte) (flowDocument, error) {
	document, err := flowschema.Parse(context.Background(), raw)
	if err != nil {
		return flowDocument{}, err
	}
	problems := func(input map[string]any) ([]string, error) {
		var found []string
		result := validate.Input(context.Background(), document, value.FromJSON(input, nil))
		for _, problem := range result.Problems {
			found = append(found, problem.String())
		}
		if result.Incomplete {
			return nil, errors.New("not validated: too complex")
		}
		return found, nil
	}
	return flowDocument{problems, document.InputSchema()}, nil
}

func readAsEmulator(raw []byte) (flowDocument, error) {
	document, err := flow.Parse(raw)
	if err != nil {
		return flowDocument{}, err
	}
	problems := func(input map[string]any) ([]string, error) {
		body, err := json.Marshal(map[string]any{"input": input, "metadata": map[string]any{"subjectId": "s"}})
		if err != nil {
			return nil, err
		}
		_, err = document.Decode("application/json", strings.NewReader(string(body)))
		var rejected *flow.RejectionError
		switch {
		case err == nil:
			return nil, nil
		case errors.As(err, &rejected):
			return rejected.Messages, nil
		}
		return nil, err
	}
	return flowDocument{problems: problems}, nil
}
