// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package value_test

import (
	"encoding/json"
	"math"
	"math/big"
	"strings"
	"testing"

	"github.com/idnow/terraform-provider-idnow/internal/value"
)

// parse reads a number as Terraform does: 512 bits, to the nearest even.
func parse(t testing.TB, text string) *big.Float {
	t.Helper()
	f, _, err := big.ParseFloat(text, 10, 512, big.ToNearestEven)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestNewNumber(t *testing.T) {
	largest := new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 512), big.NewInt(1))
	tests := map[string]struct {
		float *big.Float
		want  string
	}{
		"zero":                        {new(big.Float), "0"},
		"negative zero":               {big.NewFloat(math.Copysign(0, -1)), "0"},
		"one":                         {parse(t, "1"), "1"},
		"one with a decimal":          {parse(t, "1.0"), "1"},
		"one with an exponent":        {parse(t, "10e-1"), "1"},
		"negative":                    {parse(t, "-12.50"), "-12.5"},
		"past 2^53":                   {parse(t, "9007199254740993"), "9007199254740993"},
		"a tenth":                     {parse(t, "0.1"), "0.1"},
		"a tenth of a float64":        {big.NewFloat(0.1), "0.1"},
		"trailing zeros of an int":    {parse(t, "1e+15"), "1000000000000000"},
		"2^63 of a float64":           {big.NewFloat(1 << 63), "9223372036854775808"},
		"2^-30 of a float64":          {big.NewFloat(1.0 / (1 << 30)), "0.0000000009313225746154785"},
		"infinite":                    {big.NewFloat(math.Inf(1)), "+Inf"},
		"30 digits":                   {parse(t, "123456789012345678901234567890"), "123456789012345678901234567890"},
		"30 decimals":                 {parse(t, "0.123456789012345678901234567891"), "0.123456789012345678901234567891"},
		"the largest exact integer":   {new(big.Float).SetInt(largest), largest.String()},
		"the smallest exact integer":  {new(big.Float).SetInt(new(big.Int).Neg(largest)), "-" + largest.String()},
		"larger than is written out":  {parse(t, "1e300"), "1e+300"},
		"smaller than is written out": {parse(t, "1e-300"), "1e-300"},
		"a googol":                    {parse(t, "1e100"), "1" + strings.Repeat("0", 100)},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := string(value.NewNumber(test.float)); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

func TestRat(t *testing.T) {
	tests := map[string]struct {
		number value.Number
		want   string // "" for no number
	}{
		"an integer":              {"9007199254740993", "9007199254740993/1"},
		"a decimal":               {"-0.1", "-1/10"},
		"an exponent":             {"25e-1", "5/2"},
		"zero with an exponent":   {"0e999999999", "0/1"},
		"empty":                   {"", ""},
		"text":                    {"abc", ""},
		"infinite":                {"+Inf", ""},
		"not a number":            {"NaN", ""},
		"a fraction":              {"1/3", ""},
		"hexadecimal":             {"0x10", ""},
		"a separator":             {"1_000", ""},
		"a large exponent":        {"1e99999", ""},
		"a small exponent":        {"1e-99999", ""},
		"an exponent past range":  {"1e999999999999", ""},
		"an exponent past a word": {"1e-99999999999999999999", ""},
		"a very long text":        {value.Number("1." + strings.Repeat("0", 5000)), ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, ok := test.number.Rat()
			if ok != (test.want != "") || ok && got.String() != test.want {
				t.Errorf("got %v, %t; want %q", got, ok, test.want)
			}
		})
	}
}

// A power of two has a neighbour at half the distance on one side.
func TestNewNumberPowersOfTwo(t *testing.T) {
	for _, precision := range []uint{53, 512} {
		for exp := -600; exp <= 600; exp++ {
			power := new(big.Float).SetMantExp(new(big.Float).SetPrec(precision).SetInt64(-1), exp)
			text := value.NewNumber(power)
			if back, _, err := big.ParseFloat(string(text), 10, precision, big.ToNearestEven); err != nil || back.Cmp(power) != 0 {
				t.Errorf("2^%d with %d bits became %s (%v)", exp, precision, text, err)
			}
		}
	}
}

// FuzzNumber holds that a number's text is a JSON number, leads back to the
// number, and is the same for every way to write it.
func FuzzNumber(f *testing.F) {
	for _, seed := range []string{"0", "-0.0", "1.0", "9007199254740993", "0.1", "1e300", "-1e-300", "1e154", "1e155", "1p-300", "1p511", "1p513", "3.402823669209384634633746074317682114e-155"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		float, _, err := big.ParseFloat(text, 10, 512, big.ToNearestEven)
		if len(text) > 1000 || err != nil || float.IsInf() {
			return
		}
		if exp := float.MantExp(nil); exp > 1<<16 || exp < -1<<16 {
			return // right, but slow to write
		}
		number := value.NewNumber(float)
		var asJSON json.Number
		if err := json.Unmarshal([]byte(number), &asJSON); err != nil {
			t.Fatalf("%s is not JSON: %v", number, err)
		}
		back := parse(t, string(number))
		if back.Cmp(float) != 0 {
			t.Errorf("%s became %s", text, number)
		}
		if again := value.NewNumber(back); again != number {
			t.Errorf("%s and %s are one number", number, again)
		}
		if rat, ok := number.Rat(); ok && new(big.Float).SetPrec(512).SetRat(rat).Cmp(float) != 0 {
			t.Errorf("%s is not %s", rat, number)
		}
	})
}
