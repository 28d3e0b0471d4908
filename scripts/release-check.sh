#!/bin/sh
# Rehearses a release of the commit that is checked out, without publishing: all
# platforms are built, packed, described, summed and signed; then a second clone
# at another place has to produce the same bytes, the platform of this machine
# compiled anew, and a CLI has to install the result. Works in a folder of its
# own and leaves nothing behind.
set -eu
cd "$(dirname "$0")/.."

cli=${CLI:?set CLI to a terraform or tofu binary}
tools=${TOOLS:?set TOOLS to the folder of goreleaser and cyclonedx-gomod}
export IMAGE="${IMAGE:?set IMAGE to the image tool}"
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

# Prints the output of a command only if it fails.
quietly() { "$@" >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }; }

# A clone as the release workflow has it. What is not committed is not in it.
clone() {
	git clone -q "$root" "$1"
	git -C "$1" remote set-url origin https://github.com/idnow/terraform-provider-idnow.git
}

# Lists what an archive contains.
list() {
	case $1 in
	*.zip) unzip -Z1 "$1" ;;
	*) tar -tzf "$1" ;;
	esac | LC_ALL=C sort
}

# Whether an archive contains a binary, the licence and the notice, and nothing else.
holds() {
	suffix=
	case $1 in *_windows_*) suffix=.exe ;; esac
	printf '%s\n' LICENSE NOTICE "$2$suffix" | LC_ALL=C sort >"$work/expected"
	list "$1" | diff "$work/expected" -
}

# The archives for people without Go, and their bills of materials.
tools() { ls -- idnow-*.tar.gz idnow-*.zip idnow-*.cdx.json; }

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
(cd "$work/first/dist" && ls -l -- *.zip *.tar.gz *.json *SHA256SUMS*)

step "The checksums hold, and so does the signature over them"
version=$(sed -n 's/.*"version":"\([^"]*\)".*/\1/p' "$work/first/dist/metadata.json")
project=terraform-provider-idnow
name=${project}_$version
cd "$work/first/dist"
cp ../terraform-registry-manifest.json "${name}_manifest.json"
sha256sum -c "${name}_SHA256SUMS"
# Neither more nor less than what is published: a sum of the signature itself,
# for one, would be added after the signing and break it.
ls -- "$project"_*.zip "$project"_*.cdx.json "${name}_manifest.json" | LC_ALL=C sort >"$work/published"
sed 's/^[^ ]*  //' "${name}_SHA256SUMS" | LC_ALL=C sort | diff "$work/published" -
if [ -z "$skip" ]; then gpg --batch --quiet --verify "${name}_SHA256SUMS.sig" "${name}_SHA256SUMS"; fi
# What the registry does not read has its signatures by itself, and sums here alone.
tools | xargs sha256sum >"$work/tools"
if [ -z "$skip" ]; then
	for archive in idnow-*.tar.gz idnow-*.zip; do gpg --batch --quiet --verify "$archive.sig" "$archive"; done
fi

step "Each archive contains what is expected of it"
if command -v unzip >/dev/null 2>&1; then
	for zip in "$project"_*.zip; do holds "$zip" "${project}_v$version"; done
	for archive in idnow-*.tar.gz idnow-*.zip; do holds "$archive" "${archive%%_*}"; done
	unzip -p "${name}_linux_amd64.zip" NOTICE | grep -q '^github.com/hashicorp/terraform-plugin-framework v'
	echo "a binary, the licence and the notice in each"
else
	echo "unzip is missing: nobody looks into them"
fi
for tool in idnow-emulator idnow-module; do
	set -- "$tool"_*.cdx.json
	test $# = "$(find . -maxdepth 1 -name "${project}_*.zip" | wc -l)"
done
grep -q '"protocol_versions": \["6.0"\]' "${name}_manifest.json"
echo "the manifest lists protocol 6.0"

step "Another clone, built later, produces the same bytes"
mkdir "$work/elsewhere"
clone "$work/elsewhere/second"
cd "$work/elsewhere/second"
quietly goreleaser release --snapshot --clean --skip=sign
cmp "$work/first/dist/${name}_SHA256SUMS" "dist/${name}_SHA256SUMS"
(cd dist && sha256sum --quiet -c "$work/tools")
image=$(sh "$work/first/scripts/release-image.sh" "$work/first/dist")
test "$image" = "$(sh scripts/release-image.sh dist)"
echo "the image is $image in both"
(export GOCACHE="$work/cache" && quietly goreleaser build --snapshot --clean --single-target)
platform=$(go env GOOS)_$(go env GOARCH)
for binary in dist/*"_$platform"*/*; do
	cmp "$work/first/$binary" "$binary"
	case $binary in
	*/idnow-*) "$binary" -version | grep -q "^$(basename "$binary") $version$" ;;
	esac
done
echo "equal, by the checksums of every file, and $platform compiled without a cache"

step "$(basename "$cli") takes the zips of all platforms, and shows the version"
for registry in registry.terraform.io registry.opentofu.org; do
	mkdir -p "$work/mirror/$registry/idnow/idnow"
	cp "$work/first/dist/$project"_*.zip "$work/mirror/$registry/idnow/idnow/"
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
for zip in "$work/first/dist/$project"_*.zip; do
	platform=${zip##*"${version}_"}
	printf -- '-platform=%s\n' "${platform%.zip}"
done | xargs "$cli" providers lock -no-color -fs-mirror="$work/mirror"
"$cli" init -input=false -no-color -lockfile=readonly
"$cli" validate -no-color
"$cli" version | grep "idnow v$version"
