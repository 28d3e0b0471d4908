#!/bin/sh
# The main use case, end to end: build, start the emulator, then
# init, plan, apply, plan again and destroy with a real CLI, with the provider
# installed as `make install` does. Works in a folder of its own and leaves
# nothing behind.
set -eu
cd "$(dirname "$0")/.."

cli=${CLI:?set CLI to a terraform or tofu binary}
work=$(mktemp -d)
emulator=
cleanup() {
	status=$?
	trap - EXIT INT TERM
	if [ -n "$emulator" ]; then
		kill "$emulator" 2>/dev/null || true
		wait "$emulator" 2>/dev/null || true
	fi
	rm -rf "$work"
	exit "$status"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

step() { printf '\n==> %s\n' "$*"; }

step "Building provider and emulator"
sh scripts/install.sh "$work" >"$work/variables"
go build -trimpath -o "$work/idnow-emulator" ./cmd/idnow-emulator

step "Starting the emulator"
"$work/idnow-emulator" -flows examples/flows -ready-file "$work/url" >"$work/emulator.log" 2>&1 &
emulator=$!
tries=0
until [ -s "$work/url" ]; do
	tries=$((tries + 1))
	if [ "$tries" -gt 100 ] || ! kill -0 "$emulator" 2>/dev/null; then
		cat "$work/emulator.log" >&2
		exit 1
	fi
	sleep 0.1
done
url=$(cat "$work/url")
echo "The emulator listens on $url"

# What a user would set, and nothing that this shell happens to have.
for name in $(env | sed -n 's/^\(IDNOW_[A-Z_]*\)=.*/\1/p; s/^\(TF_[A-Za-z_]*\)=.*/\1/p'); do unset "$name"; done
export IDNOW_API_URL="$url" IDNOW_AUTH_URL="$url" IDNOW_CLIENT_ID=emulator-client IDNOW_CLIENT_SECRET=emulator-secret
export TF_IN_AUTOMATION=1 CHECKPOINT_DISABLE=1
. "$work/variables" # TF_CLI_CONFIG_FILE
cp -R examples/demo "$work/demo"
cd "$work/demo"

step "$(basename "$cli") init"
"$cli" init -input=false -no-color
step "$(basename "$cli") plan"
"$cli" plan -input=false -no-color -out=plan.out
step "$(basename "$cli") apply"
"$cli" apply -input=false -no-color plan.out
step "What a user gets"
for output in session_id session_status flow_title player_url; do
	printf '%-15s %s\n' "$output" "$("$cli" output -raw "$output")"
done
step "A second plan is empty"
"$cli" plan -input=false -no-color -detailed-exitcode
step "$(basename "$cli") destroy"
"$cli" destroy -input=false -no-color -auto-approve
