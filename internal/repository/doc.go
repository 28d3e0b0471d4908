// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

// Package repository has tests alone: they hold the files at the root of the
// repository against the code that they refer to, so that what a contributor or a
// user reads there is true.
package repository
