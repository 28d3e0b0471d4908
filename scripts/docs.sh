#!/bin/sh
# Generates docs/ and validates it, without network: the schema comes from the
# CLI with a freshly built provider, instead of from a CLI that the generator
# would download. It is always the pinned Terraform: others return no schemas of
# actions and lists.
set -eu
cd "$(dirname "$0")/.."

cli=${CLI:?set CLI to the pinned Terraform}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

go build -o "$work/terraform-provider-idnow" .
cat >"$work/cli.tfrc" <<EOF
provider_installation {
  dev_overrides {
    "registry.terraform.io/hashicorp/idnow" = "$work"
  }
  direct {}
}
EOF
# The namespace under which the generator looks a provider up.
cat >"$work/main.tf" <<EOF
terraform {
  required_providers {
    idnow = { source = "registry.terraform.io/hashicorp/idnow" }
  }
}
EOF
(cd "$work" && TF_CLI_CONFIG_FILE="$work/cli.tfrc" CHECKPOINT_DISABLE=1 "$cli" providers schema -json >schema.json)
"${TFPLUGINDOCS:?}" generate --provider-name idnow --rendered-provider-name IDnow --providers-schema "$work/schema.json"

# The validator prints every file that it checks: print that only if one fails.
if ! "$TFPLUGINDOCS" validate --provider-name idnow --providers-schema "$work/schema.json" >"$work/validate.log" 2>&1; then
	cat "$work/validate.log" >&2
	exit 1
fi
