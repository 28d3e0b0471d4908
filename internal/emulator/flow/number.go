// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package flow

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// maxDigits and maxExponent bound the numbers that are computed with:
// 1e999999999 would fill the memory.
const (
	maxDigits   = 1_000
	maxExponent = 1_000
)

// exact is the value of a number, unless it is too large to compute with.
func exact(number json.Number) (*big.Rat, bool) {
	text := number.String()
	if _, exponent, found := strings.Cut(strings.ToLower(text), "e"); found {
		if n, err := strconv.Atoi(exponent); err != nil || n > maxExponent || n < -maxExponent {
			return nil, false
		}
	}
	if len(text) > maxDigits {
		return nil, false
	}
	return new(big.Rat).SetString(text)
}

// written is a number of the document as it was written: the loader keeps it
// as floating point, whose shortest form it is.
func written(number float64) *big.Rat {
	value, _ := new(big.Rat).SetString(strconv.FormatFloat(number, 'g', -1, 64))
	return value
}

func isInteger(number json.Number) bool {
	value, ok := exact(number)
	return !ok || value.IsInt()
}

func (c *checker) numberRules(number json.Number, schema *openapi3.Schema) []string {
	value, ok := exact(number)
	if !ok {
		c.undecided++
		return nil
	}
	var wrong []string
	for _, bound := range []struct {
		limit *float64
		open  bool // the limit itself is out of bounds
		sign  int  // 1 for a lower bound
		words string
	}{
		{schema.Min, schema.ExclusiveMin.IsTrue(), 1, "at least"},
		{schema.Max, schema.ExclusiveMax.IsTrue(), -1, "at most"},
		{schema.ExclusiveMin.Value, true, 1, "at least"},
		{schema.ExclusiveMax.Value, true, -1, "at most"},
	} {
		if bound.limit == nil {
			continue
		}
		limit := written(*bound.limit)
		order := value.Cmp(limit) * bound.sign
		switch {
		case order < 0 && !bound.open:
			wrong = append(wrong, "must be "+bound.words+" "+decimal(limit))
		case order <= 0 && bound.open:
			wrong = append(wrong, "must be "+bound.words+" "+decimal(limit)+", and not equal to it")
		}
	}
	if of := schema.MultipleOf; of != nil && *of != 0 && !new(big.Rat).Quo(value, written(*of)).IsInt() {
		wrong = append(wrong, "must be a multiple of "+decimal(written(*of)))
	}
	if value.IsInt() && !inRange(value.Num(), schema.Format) {
		wrong = append(wrong, "is outside the range of its format")
	}
	return wrong
}

func inRange(integer *big.Int, format string) bool {
	switch format {
	case "int64":
		return integer.IsInt64()
	case "int32":
		return integer.IsInt64() && integer.Int64() >= math.MinInt32 && integer.Int64() <= math.MaxInt32
	}
	return true
}

// canonical writes equal values as equal texts, numbers by their value.
func canonical(value any) string {
	switch value := value.(type) {
	case json.Number:
		if rational, ok := exact(value); ok {
			return decimal(rational)
		}
		return value.String()
	case float64:
		return decimal(written(value))
	case *File:
		return "file " + value.SHA256
	case []any:
		parts := make([]string, 0, len(value))
		for _, each := range value {
			parts = append(parts, canonical(each))
		}
		return "[" + strings.Join(parts, ",") + "]"
	case map[string]any:
		parts := make([]string, 0, len(value))
		for _, name := range slices.Sorted(maps.Keys(value)) {
			parts = append(parts, strconv.Quote(name)+":"+canonical(value[name]))
		}
		return "{" + strings.Join(parts, ",") + "}"
	}
	text, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprint(value)
	}
	return string(text)
}

// decimal writes a number as JSON does, where it has an end.
func decimal(number *big.Rat) string {
	if digits, ends := number.FloatPrec(); ends {
		return number.FloatString(digits)
	}
	return number.RatString()
}
