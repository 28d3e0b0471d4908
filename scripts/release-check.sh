#!/bin/sh
# Rehearses a release of the commit that is checked out, without publishing: all
# platforms are built, packed, described, summed and signed; then a second clone
# at another place has to give the same bytes, the platform of this machine
# compiled anew, and a CLI has to install the result. Works in a folder of its
# own and leaves nothing behind.
set -eu
cd "$(dirname "$0")/.."

cli=${CLI:?set CLI to a terraform or tofu binary}
tools=${TOOLS:?set TOOLS to the folder of goreleaser and cyclonedx-gomod}
root=$PWD
work=$(mktemp -d)
export PATH="$tools:$PATH"
export GNUPGHOME="$work/gnupg"
cleanup() {
	status=$?
	trap - EXIT INT TERM
	if [ -d "$GNUPGHOME" ]; then gpgconf --kill all 2>/dev/null || true; fi
	rm -rf "$work"
	exit "$status"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

step() { printf '\n==> %s\n' "$*"; }

# Shows what a command says only where it fails.
quietly() { "$@" >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }; }

# A clone as the release workflow has it. What is not committed is not in it.
clone() {
	git clone -q "$root" "$1"
	git -C "$1" remote set-url origin https://github.com/idnow/terraform-provider-idnow.git
}

step "The configuration is valid"
goreleaser check

skip=
if command -v gpg >/dev/null 2>&1; then
	mkdir -m 700 "$GNUPGHOME"
	gpg --batch --quiet --passphrase '' --quick-generate-key 'Rehearsal <rehearsal@example.com>' ed25519 sign never 2>/dev/null
	GPG_FINGERPRINT=$(gpg --list-keys --with-colons | awk -F: '/^fpr/ {print $10; exit}')
	export GPG_FINGERPRINT
else
	echo "gpg is missing: nothing is signed"
	skip=--skip=sign
fi

step "All platforms are built and packed"
clone "$work/first"
(cd "$work/first" && goreleaser release --snapshot --clean $skip)
(cd "$work/first/dist" && ls -l -- *.zip *.json *SHA256SUMS*)

step "The checksums hold, and so does the signature over them"
version=$(sed -n 's/.*"version":"\([^"]*\)".*/\1/p' "$work/first/dist/metadata.json")
name=terraform-provider-idnow_$version
cd "$work/first/dist"
cp ../terraform-registry-manifest.json "${name}_manifest.json"
sha256sum -c "${name}_SHA256SUMS"
for file in *.zip *.cdx.json "${name}_manifest.json"; do
	grep -q "  $file\$" "${name}_SHA256SUMS" || { echo "$file has no checksum" >&2; exit 1; }
done
if [ -z "$skip" ]; then gpg --batch --quiet --verify "${name}_SHA256SUMS.sig" "${name}_SHA256SUMS"; fi

step "Another clone, built later, gives the same bytes"
mkdir "$work/elsewhere"
clone "$work/elsewhere/second"
cd "$work/elsewhere/second"
quietly goreleaser release --snapshot --clean --skip=sign
cmp "$work/first/dist/${name}_SHA256SUMS" "dist/${name}_SHA256SUMS"
(export GOCACHE="$work/cache" && quietly goreleaser build --snapshot --clean --single-target)
platform=$(go env GOOS)_$(go env GOARCH)
for binary in dist/*"_$platform"*/terraform-provider-idnow*; do
	cmp "$work/first/$binary" "$binary"
done
echo "equal, by the checksums of every file, and $platform compiled without a cache"

step "$(basename "$cli") installs it and shows its version"
for registry in registry.terraform.io registry.opentofu.org; do
	mkdir -p "$work/mirror/$registry/idnow/idnow"
	cp "$work/first/dist/${name}_$platform.zip" "$work/mirror/$registry/idnow/idnow/"
done
mkdir "$work/use"
cd "$work/use"
cat >cli.tfrc <<EOT
provider_installation {
  filesystem_mirror {
    path = "$work/mirror"
  }
}
EOT
cat >main.tf <<EOT
terraform {
  required_providers {
    idnow = {
      source  = "idnow/idnow"
      version = "$version"
    }
  }
}
EOT
export TF_CLI_CONFIG_FILE="$work/use/cli.tfrc" CHECKPOINT_DISABLE=1 TF_IN_AUTOMATION=1
"$cli" init -input=false -no-color
"$cli" validate -no-color
"$cli" version | grep "idnow v$version"
