// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package payload_test

import (
	"crypto/sha256"
	"errors"
	"io"
	"os"
	"testing"

	"github.com/idnow/terraform-provider-idnow/internal/contract"
	"github.com/idnow/terraform-provider-idnow/internal/value"
)

// BenchmarkFile sends a file of 300 MB. The floors are what reading it costs
// anyone, and what hashing it besides costs: compare bytes per second.
func BenchmarkFile(b *testing.B) {
	const size = 300_000_000
	file := sparse(b, size)
	floor := func(to io.Writer) func(*testing.B) {
		return func(b *testing.B) {
			b.SetBytes(size)
			b.ReportAllocs()
			for b.Loop() {
				in, err := os.Open(file.Path)
				if err != nil {
					b.Fatal(err)
				}
				_, err = io.CopyBuffer(struct{ io.Writer }{to}, struct{ io.Reader }{in}, make([]byte, 64<<10))
				if err = errors.Join(err, in.Close()); err != nil {
					b.Fatal(err)
				}
			}
		}
	}
	b.Run("floor copy", floor(io.Discard))
	b.Run("floor copy and hash", floor(sha256.New()))
	for name, mediaType := range map[string]string{"form": contract.Multipart, "json": contract.JSON} {
		p := build(b, object{"input": file}, mediaType, nil)
		b.Run("send "+name, func(b *testing.B) {
			b.SetBytes(size)
			b.ReportAllocs()
			for b.Loop() {
				drain(b, p)
			}
		})
	}
}

// BenchmarkSmall encodes and reads the body that most sessions have.
func BenchmarkSmall(b *testing.B) {
	body := object{
		"input": object{"basicIdentity": object{
			"givenName": value.String("Max"), "familyName": value.String("Schmidt"), "birthDate": value.String("1985-08-22"),
		}},
		"metadata":    object{"subjectId": value.String("customer-123"), "locale": value.String("en")},
		"redirectUrl": value.String("https://example.com/verification"),
		"state":       value.String("csrf-token"),
	}
	for name, mediaType := range map[string]string{"form": contract.Multipart, "json": contract.JSON} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				drain(b, build(b, body, mediaType, nil))
			}
		})
	}
}
