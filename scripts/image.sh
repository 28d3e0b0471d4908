#!/bin/sh
# Makes the emulator's container image of the commit that is checked out, as an OCI
# layout in a folder, from the binaries of both platforms, and prints its digest.
set -eu
cd "$(dirname "$0")/.."

out=${1:?name the folder that gets the OCI layout}
version=${2:?name the version}
amd64=${3:?name the binary for linux/amd64}
arm64=${4:?name the binary for linux/arm64}

"${IMAGE:?set IMAGE to the image tool}" build -out "$out" -version "$version" \
	-commit "$(git rev-parse HEAD)" -created "$(git log -1 --format=%cI)" \
	"linux/amd64=$amd64" "linux/arm64=$arm64"
