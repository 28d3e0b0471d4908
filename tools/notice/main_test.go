// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"strings"
	"testing"
)

func TestNotice(t *testing.T) {
	var notice bytes.Buffer
	if err := run([]string{"github.com/idnow/terraform-provider-idnow/cmd/idnow-emulator"}, &notice); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"Go standard library go1.", "go.etcd.io/bbolt v1.", "The MIT License (MIT)",
		", NOTICE\n", // what the Apache licence wants passed on
		"golang.org/x/sys v0.", "Redistributions in binary form must reproduce",
	} {
		if !strings.Contains(notice.String(), want) {
			t.Errorf("the notice has no %q", want)
		}
	}
	for _, not := range []string{"terraform-plugin-framework", "chromedp", "terraform-provider-idnow"} {
		if strings.Contains(notice.String(), not) {
			t.Errorf("%s is not linked, and the notice has it", not)
		}
	}
}

func TestNoticeRefuses(t *testing.T) {
	for want, args := range map[string][]string{"usage": nil, "go list": {"./none"}} {
		if err := run(args, &bytes.Buffer{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", args, err)
		}
	}
}
