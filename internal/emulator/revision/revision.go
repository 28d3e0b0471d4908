// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

// Package revision decides the shape of every response. Several revisions of the API's
// documentation are in circulation, and what is uncertain was never seen; each
// point in which they differ is a setting here. Whoever calls the API can so be
// tested against each shape that it may receive.
package revision

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"slices"
	"strings"
)

// Revision is one revision of the API. The tags list the values of each setting, the
// default first; README.md describes them.
type Revision struct {
	FlowList         string `json:"flowList"         values:"paged whole array totals"`
	SessionList      string `json:"sessionList"      values:"paged whole array totals none"`
	PageLimit        string `json:"pageLimit"        values:"100 2"`
	FlowVersion      string `json:"flowVersion"      values:"number string decimal absent"`
	CreatedSession   string `json:"createdSession"   values:"context flat"`
	ExpiresAt        string `json:"expiresAt"        values:"context top absent"`
	SDKToken         string `json:"sdkToken"         values:"absent context top"`
	StatusAfterwards string `json:"statusAfterwards" values:"CREATED RUNNING RUNNING_ON_READ"`
	Metadata         string `json:"metadata"         values:"free strings closed"`
	SubjectID        string `json:"subjectId"        values:"top metadata"`
	Status           string `json:"status"           values:"upper lower"`
	Outcome          string `json:"outcome"          values:"lower upper"`
	LastStep         string `json:"lastStep"         values:"description name"`
	Results          string `json:"results"          values:"object list"`
	Missing          string `json:"missing"          values:"null absent"`
	Time             string `json:"time"             values:"milliseconds offset space local"`
	DataBlocks       string `json:"dataBlocks"       values:"dataBlocks datablocks array paged"`
	DataBlockID      string `json:"dataBlockId"      values:"datablockId dataBlockId"`
	DataBlockType    string `json:"dataBlockType"    values:"camel pascal"`
	DataBlockStep    string `json:"dataBlockStep"    values:"createdBy lastStep createdByStep"`
	DataBlockContent string `json:"dataBlockContent" values:"content inline"`
	Errors           string `json:"errors"           values:"nest problem text html"`
	Webhook          string `json:"webhook"          values:"body header"`
}

// Default is the revision that the emulator implements unless configured otherwise: what most
// revisions agree on, with metadata as free as its users need it.
func Default() Revision {
	var r Revision
	for field, values := range settings(&r) {
		field.SetString(values[0])
	}
	return r
}

// Oldest has each setting as the oldest revision documents it.
func Oldest() Revision {
	r := Default()
	r.FlowList, r.SessionList, r.FlowVersion = "whole", "none", "string"
	r.ExpiresAt, r.Metadata, r.SubjectID = "absent", "strings", "metadata"
	r.Outcome, r.LastStep, r.Results, r.Missing = "upper", "name", "list", "absent"
	r.DataBlocks, r.DataBlockType, r.DataBlockStep, r.DataBlockContent = "datablocks", "pascal", "lastStep", "inline"
	r.Errors, r.Webhook = "text", "header"
	return r
}

// Newest has each setting as the newest revision documents it.
func Newest() Revision {
	r := Default()
	r.StatusAfterwards, r.Metadata = "RUNNING_ON_READ", "closed"
	r.ExpiresAt, r.SDKToken = "top", "top"
	r.DataBlocks, r.Errors = "paged", "problem"
	return r
}

// Settings lists the values of each setting, the default first.
func Settings() map[string][]string {
	all := map[string][]string{}
	kind := reflect.TypeFor[Revision]()
	for i := range kind.NumField() {
		all[kind.Field(i).Tag.Get("json")] = strings.Fields(kind.Field(i).Tag.Get("values"))
	}
	return all
}

// settings runs over the fields of r, each with its values.
func settings(r *Revision) func(yield func(reflect.Value, []string) bool) {
	return func(yield func(reflect.Value, []string) bool) {
		value := reflect.ValueOf(r).Elem()
		for i := range value.NumField() {
			if !yield(value.Field(i), strings.Fields(value.Type().Field(i).Tag.Get("values"))) {
				return
			}
		}
	}
}

// maxFile bounds a file of settings, in bytes.
const maxFile = 64 << 10

// Named returns the revision of a name, "oldest" or "newest", or the one that a
// file describes. An empty name is the default.
func Named(name string) (Revision, error) {
	switch name {
	case "":
		return Default(), nil
	case "oldest":
		return Oldest(), nil
	case "newest":
		return Newest(), nil
	}
	file, err := os.Open(name) //nolint:gosec // the file that the user names
	if err != nil {
		return Revision{}, fmt.Errorf("the revision is oldest, newest or a file of settings: %w", err)
	}
	defer func() { _ = file.Close() }() // only read
	raw, err := io.ReadAll(io.LimitReader(file, maxFile+1))
	if err == nil && len(raw) > maxFile {
		err = errors.New("it is larger than 64 KiB")
	}
	if err != nil {
		return Revision{}, fmt.Errorf("reading the revision %s: %w", name, err)
	}
	r, err := Parse(raw)
	if err != nil {
		return Revision{}, fmt.Errorf("revision %s: %w", name, err)
	}
	return r, nil
}

// Parse reads settings as a JSON object of strings. What it leaves out has its
// default.
func Parse(raw []byte) (Revision, error) {
	r := Default()
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&r); err != nil {
		return Revision{}, fmt.Errorf("it must be a JSON object of settings, each a string: %w", err)
	}
	kind := reflect.TypeFor[Revision]()
	value := reflect.ValueOf(r)
	for i := range kind.NumField() {
		name, values := kind.Field(i).Tag.Get("json"), strings.Fields(kind.Field(i).Tag.Get("values"))
		if set := value.Field(i).String(); !slices.Contains(values, set) {
			return Revision{}, fmt.Errorf("%s is %q, and must be one of %s", name, set, strings.Join(values, ", "))
		}
	}
	return r, nil
}
