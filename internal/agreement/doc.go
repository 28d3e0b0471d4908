// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

// Package agreement holds the provider's side and the emulator's side of a
// request against each other. It has tests only, because neither side may
// import the other: what the provider writes wrong, the emulator must not read
// right.
//
// Random flow documents and random bodies are made, and two things are held:
//
//   - What package payload writes, the emulator's decoder reads back as the
//     same meaning.
//   - What package validate finds right or wrong, the emulator takes or refuses.
//
// And what the client sends and the emulator returns is held against the document of
// the platform's API, in the folder api.
//
// Where the two differ for a reason, the difference is named, and a test shows
// it. Whatever else differs is a mistake of one of them.
package agreement
