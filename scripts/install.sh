#!/bin/sh
# Builds the provider into a filesystem mirror, and writes a CLI configuration
# by which `init` takes it from there, and every other provider from where it
# always comes. Prints the variable to set.
set -eu
cd "$(dirname "$0")/.."

dir=${1:?name the folder that gets mirror and configuration}
mkdir -p "$dir"
dir=$(cd "$dir" && pwd)
platform=$(go env GOOS)_$(go env GOARCH)
version=0.1.0 # Terraform takes 0.0.0 for no version at all
binary=terraform-provider-idnow_v$version

rm -rf "$dir/mirror"
go build -trimpath -ldflags "-X main.version=$version" -o "$dir/mirror/$binary" .
for registry in registry.terraform.io registry.opentofu.org; do
	mkdir -p "$dir/mirror/$registry/idnow/idnow/$version/$platform"
	ln "$dir/mirror/$binary" "$dir/mirror/$registry/idnow/idnow/$version/$platform/$binary"
done
rm "$dir/mirror/$binary"

cat >"$dir/cli.tfrc" <<EOT
provider_installation {
  filesystem_mirror {
    path    = "$dir/mirror"
    include = ["registry.terraform.io/idnow/idnow", "registry.opentofu.org/idnow/idnow"]
  }
  direct {
    exclude = ["registry.terraform.io/idnow/idnow", "registry.opentofu.org/idnow/idnow"]
  }
}
EOT
echo "export TF_CLI_CONFIG_FILE=\"$dir/cli.tfrc\""
