// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

// Package functions holds the provider's functions: file, validate_input and
// input_schema. None of them needs the provider to be configured.
package functions

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/idnow/terraform-provider-idnow/internal/terminal"
	"github.com/idnow/terraform-provider-idnow/internal/value"
)

var _ function.Function = file{}

// NewFile returns the function file.
func NewFile() function.Function { return file{} }

type file struct{}

// fileReference is the object that refers to a file in input.
var fileReference = map[string]attr.Type{value.FileKey: types.StringType, value.SHA256Key: types.StringType}

func (file) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "file"
}

func (file) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{
		Summary: "Returns a reference to a file for the input of a session",
		MarkdownDescription: "Returns a reference to a file for use anywhere in the `input` of `idnow_session`: an object with the path (`$file`) and the " +
			"SHA-256 of the content (`$sha256`). Only path and hash are stored in plan and state; the content is read when the session is created. " +
			"To send another name or type than those of the path and the content, merge `\"$filename\"` or `\"$content_type\"` into it.",
		Parameters: []function.Parameter{
			function.StringParameter{
				Name:                "path",
				MarkdownDescription: "The path of a file, relative to the working directory. Use `path.module` for files of a module.",
			},
		},
		Return: function.ObjectReturn{AttributeTypes: fileReference},
	}
}

func (file) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var path string
	if resp.Error = req.Arguments.Get(ctx, &path); resp.Error != nil {
		return
	}
	sum, err := hashFile(path)
	if err != nil {
		resp.Error = function.NewArgumentFuncError(0, terminal.Sentence(err))
		return
	}
	resp.Error = resp.Result.Set(ctx, types.ObjectValueMust(fileReference, map[string]attr.Value{
		value.FileKey:   types.StringValue(path),
		value.SHA256Key: types.StringValue(sum),
	}))
}

// hashFile returns the SHA-256 of a regular file's content in hex.
func hashFile(path string) (string, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", fmt.Errorf("the file %s does not exist; a relative path is resolved from the working directory", terminal.Quote(path))
	case err != nil:
		return "", fmt.Errorf("the file %s can't be read: %w", terminal.Quote(path), errors.Unwrap(err))
	case info.IsDir():
		return "", fmt.Errorf("%s is a folder; it must be a file", terminal.Quote(path))
	case !info.Mode().IsRegular():
		// Opening a pipe would wait for a writer that may never come.
		return "", fmt.Errorf("%s is not a regular file", terminal.Quote(path))
	}
	f, err := os.Open(path) //nolint:gosec // the user names the file to read
	if err != nil {
		return "", fmt.Errorf("the file %s can't be read: %w", terminal.Quote(path), errors.Unwrap(err))
	}
	defer func() { _ = f.Close() }()

	hash := sha256.New()
	if _, err := io.Copy(hash, f); err != nil {
		return "", fmt.Errorf("the file %s can't be read in full", terminal.Quote(path))
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}
