#!/bin/sh
# Builds the emulator's container image, and runs it as a container engine would, as
# far as a machine without one goes: from its unpacked and read-only file system, not
# as root, in a network of its own, reached by another host name. There Terraform
# creates a session, and a back end verifies the webhooks. Works in a folder of its
# own and leaves nothing behind.
set -eu
cd "$(dirname "$0")/.."

cli=${CLI:?set CLI to a terraform or tofu binary}
export IMAGE="${IMAGE:?set IMAGE to the image tool}"
root=$PWD
work=$(mktemp -d)
inside=idnow-$$-emulator # the namespace of the container
outside=idnow-$$-client  # and that of who uses it
emulator=
cleanup() {
	status=$?
	trap - EXIT INT TERM
	if [ -n "$emulator" ]; then
		if [ "$status" != 0 ]; then cat "$work/emulator.log" >&2; fi
		kill "$emulator" 2>/dev/null || true
		wait "$emulator" 2>/dev/null || true
		ip netns del "$inside" 2>/dev/null || true
		ip netns del "$outside" 2>/dev/null || true
	fi
	rm -rf "$work"
	exit "$status"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

step() { printf '\n==> %s\n' "$*"; }

step "The image is built, twice, and is the same"
for processor in amd64 arm64; do
	CGO_ENABLED=0 GOOS=linux GOARCH=$processor go build -trimpath -ldflags "-s -w -X main.version=check" -o "$work/$processor" ./cmd/idnow-emulator
done
digest=$(sh scripts/image.sh "$work/layout" check "$work/amd64" "$work/arm64")
again=$(sh scripts/image.sh "$work/again" check "$work/amd64" "$work/arm64")
echo "$digest"
test "$digest" = "$again"
diff -r "$work/layout" "$work/again"

step "It is unpacked, and runs"
platform=linux/$(go env GOARCH)
"$IMAGE" unpack -layout "$work/layout" -platform "$platform" -out "$work/root"
if [ "$(go env GOOS)" != linux ]; then
	echo "this is not Linux: the image is not run"
	exit 0
fi
test "$("$work/root/idnow-emulator" -version)" = "idnow-emulator check"
echo "idnow-emulator -version, from the image"

skip() { echo "$*: the image is not run in a network of its own"; exit 0; }
[ "$(id -u)" = 0 ] || skip "not root"
for tool in ip unshare chroot node; do
	command -v "$tool" >/dev/null 2>&1 || skip "$tool is missing"
done
ip netns add "$inside" 2>/dev/null || skip "no network namespace can be made"
emulator=none

step "It starts in a network of its own"
ip netns add "$outside"
ip link add veth-in netns "$inside" type veth peer name veth-out netns "$outside"
ip -n "$inside" addr add 10.231.77.2/30 dev veth-in
ip -n "$outside" addr add 10.231.77.1/30 dev veth-out
for namespace in "$inside" "$outside"; do ip -n "$namespace" link set lo up; done
ip -n "$inside" link set veth-in up
ip -n "$outside" link set veth-out up
cp examples/flows/*.json "$work/root/flows/"
chmod 755 "$work"

# As the image's config says: user, command; and read-only but for /state. The
# mounts are of this process alone.
cat >"$work/start" <<EOT
mount --bind "$work/root" "$work/root"
mount -o remount,bind,ro "$work/root"
mount -t tmpfs -o uid=65532,gid=65532,mode=700 state "$work/root/state"
exec chroot --userspec=65532:65532 "$work/root" /idnow-emulator \
	-flows /flows -addr 0.0.0.0:8080 -public-url http://emulator:8080 -state /state/sessions.db
EOT
env -i ip netns exec "$inside" sh -eu "$work/start" >"$work/emulator.log" 2>&1 &
emulator=$!
tries=0
until ip netns exec "$inside" "$work/root/idnow-emulator" -healthcheck http://127.0.0.1:8080 2>/dev/null; do
	tries=$((tries + 1))
	if [ "$tries" -gt 100 ] || ! kill -0 "$emulator" 2>/dev/null; then
		cat "$work/emulator.log" >&2
		exit 1
	fi
	sleep 0.1
done
grep "^Uid:.65532" "/proc/$emulator/status"
if (: >"/proc/$emulator/root/flows/x") 2>/dev/null; then
	echo "the file system is not read-only" >&2
	exit 1
fi
echo "read-only, healthy"

# Runs a command as who uses the emulator, to whom it is http://emulator:8080.
use() { ip netns exec "$outside" sh -eu -c 'mount --bind "$0" /etc/hosts; exec "$@"' "$work/hosts" "$@"; }
printf '127.0.0.1 localhost\n10.231.77.2 emulator rebound.example\n' >"$work/hosts"

step "Under its own name it is reached, and under no other"
use node -e '
const status = async (host) => (await fetch(`http://${host}:8080/api/v1/flows/staging`, { headers: { authorization: "Bearer x" } })).status;
const found = [await status("emulator"), await status("rebound.example")];
console.log(found.join(" "));
if (found[0] !== 200 || found[1] < 400) process.exit(1);
'

step "$(basename "$cli") creates a session"
sh scripts/install.sh "$work/install" >"$work/variables"
for name in $(env | sed -n 's/^\(IDNOW_[A-Z_]*\)=.*/\1/p; s/^\(TF_[A-Za-z_]*\)=.*/\1/p'); do unset "$name"; done
export IDNOW_API_URL=http://emulator:8080 IDNOW_API_KEY=anything IDNOW_ALLOW_INSECURE_HTTP=true
export TF_IN_AUTOMATION=1 CHECKPOINT_DISABLE=1
. "$work/variables" # TF_CLI_CONFIG_FILE
cp -R examples/emulator "$work/emulator"
cd "$work/emulator"
use "$cli" init -input=false -no-color >"$work/log" || { cat "$work/log"; exit 1; }
use "$cli" apply -input=false -no-color -auto-approve
use "$cli" output -raw player_url | grep -q '^http://emulator:8080/player?token='
use "$cli" plan -input=false -no-color -detailed-exitcode >"$work/log" || { cat "$work/log"; exit 1; }
echo "and a second plan is empty"

step "A back end verifies the webhooks"
cd "$root/examples/webhooks"
EMULATOR_URL=http://emulator:8080 RECEIVER_HOST=10.231.77.1 use node --test --test-reporter=tap
