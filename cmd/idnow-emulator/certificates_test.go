// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"crypto/x509"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
)

// In the container image the system has no certificates: the binary's own are used.
func TestCertificatesOfItsOwn(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("elsewhere the system verifies certificates")
	}
	if os.Getenv("EMULATOR_TEST_ROOTS") != "" {
		if pool, err := x509.SystemCertPool(); err != nil || pool.Equal(x509.NewCertPool()) {
			t.Errorf("there are no certificates (%v)", err)
		}
		return
	}
	none := filepath.Join(t.TempDir(), "none")
	again := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^"+t.Name()+"$")
	again.Env = []string{"EMULATOR_TEST_ROOTS=1", "SSL_CERT_FILE=" + none, "SSL_CERT_DIR=" + none}
	if output, err := again.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, output)
	}
}
