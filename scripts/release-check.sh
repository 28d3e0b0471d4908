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

# Whether a zip holds a binary and the licence, and nothing else.
holds() {
	suffix=
	case $1 in *_windows_*) suffix=.exe ;; esac
	printf '%s\n' LICENSE "${project}_v$version$suffix" >"$work/expected"
	unzip -Z1 "$1" | LC_ALL=C sort | diff "$work/expected" -
}

step "The configuration is valid"
clone "$work/first"
(cd "$work/first" && goreleaser check)

skip=
if command -v gpg >/dev/null 2>&1; then
	mkdir -m 700 "$GNUPGHOME"
	# RSA: the registry takes no key on an elliptic curve.
	quietly gpg --batch --passphrase '' --quick-generate-key 'Rehearsal <rehearsal@example.com>' rsa3072 sign never
	GPG_FINGERPRINT=$(gpg --list-keys --with-colons 2>/dev/null | awk -F: '/^fpr/ {print $10; exit}')
	export GPG_FINGERPRINT
else
	echo "gpg is missing: nothing is signed"
	skip=--skip=sign
fi

step "All platforms are built and packed"
(cd "$work/first" && goreleaser release --snapshot --clean $skip)
(cd "$work/first/dist" && ls -l -- *.zip *.json *SHA256SUMS*)

step "The checksums hold, and so does the signature over them"
version=$(sed -n 's/.*"version":"\([^"]*\)".*/\1/p' "$work/first/dist/metadata.json")
project=terraform-provider-idnow
name=${project}_$version
cd "$work/first/dist"
cp ../terraform-registry-manifest.json "${name}_manifest.json"
sha256sum -c "${name}_SHA256SUMS"
# Neither more nor less than what is published: a sum of the signature itself,
# for one, would be added after the signing and break it.
ls -- *.zip *.cdx.json "${name}_manifest.json" | LC_ALL=C sort >"$work/published"
sed 's/^[^ ]*  //' "${name}_SHA256SUMS" | LC_ALL=C sort | diff "$work/published" -
if [ -z "$skip" ]; then gpg --batch --quiet --verify "${name}_SHA256SUMS.sig" "${name}_SHA256SUMS"; fi

step "Each zip holds what the registry expects"
if command -v unzip >/dev/null 2>&1; then
	for zip in *.zip; do holds "$zip"; done
	echo "a binary and the licence in each"
else
	echo "unzip is missing: nobody looks into them"
fi
grep -q '"protocol_versions": \["6.0"\]' "${name}_manifest.json"
echo "the manifest says protocol 6.0"

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

step "$(basename "$cli") takes the zips of all platforms, and shows the version"
for registry in registry.terraform.io registry.opentofu.org; do
	mkdir -p "$work/mirror/$registry/idnow/idnow"
	cp "$work/first/dist/"*.zip "$work/mirror/$registry/idnow/idnow/"
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
for zip in "$work/first/dist/"*.zip; do
	platform=${zip##*"${version}_"}
	printf -- '-platform=%s\n' "${platform%.zip}"
done | xargs "$cli" providers lock -no-color -fs-mirror="$work/mirror"
"$cli" init -input=false -no-color -lockfile=readonly
"$cli" validate -no-color
"$cli" version | grep "idnow v$version"
