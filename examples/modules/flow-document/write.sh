#!/bin/sh
# usage: write.sh FILE
# Writes the flow's document to FILE atomically. Set CLI=tofu for OpenTofu.
set -eu
cli=${CLI:-terraform}
file=${1:?usage: write.sh FILE}

"$cli" apply -input=false -auto-approve >/dev/null # it would show all of the document
"$cli" output -raw openapi_json >"$file.part"
mv "$file.part" "$file"
