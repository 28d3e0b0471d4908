#!/bin/sh
# Makes the emulator's container image of what goreleaser has built into a folder.
# With a repository, pushes it there as the version and, unless that is a
# pre-release, as latest, with its bills of materials; without, leaves the OCI layout
# in the folder. Prints the digest last.
set -eu
cd "$(dirname "$0")/.."

dist=${1:?name the folder that goreleaser has built into}
repository=${2:-}
version=$(sed -n 's/.*"version":"\([^"]*\)".*/\1/p' "$dist/metadata.json")
digest=$(sh scripts/image.sh "$dist/image" "$version" "$dist"/emulator_linux_amd64_*/idnow-emulator "$dist"/emulator_linux_arm64_*/idnow-emulator)
if [ -z "$repository" ]; then
	echo "$digest"
	exit 0
fi
set -- "$repository:$version"
case $version in *-*) ;; *) set -- "$@" "$repository:latest" ;; esac
"$IMAGE" push -layout "$dist/image" \
	-sbom "linux/amd64=$dist/idnow-emulator_${version}_linux_amd64.cdx.json" \
	-sbom "linux/arm64=$dist/idnow-emulator_${version}_linux_arm64.cdx.json" "$@"
