#!/bin/sh
# Writes the notices of the modules that the archives of a release contain.
set -eu
cd "$(dirname "$0")/.."

notice() {
	mkdir -p ".build/notices/$1"
	go run ./tools/notice "$2" >".build/notices/$1/NOTICE"
}
notice provider .
notice emulator ./cmd/idnow-emulator
notice module ./cmd/idnow-module
