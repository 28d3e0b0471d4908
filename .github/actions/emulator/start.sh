#!/bin/sh
# Starts the emulator in the background of a GitHub Actions job, from a release whose
# provenance is verified, or from a binary. Later steps find it by the provider's
# IDNOW_* variables; it ends with the job.
set -eu

fail() { echo "::error::$*"; exit 1; }

repository=idnow/terraform-provider-idnow
folder=$(mktemp -d "$RUNNER_TEMP/idnow-emulator.XXXXXX")
binary=${EMULATOR_BINARY:-}
if [ -z "$binary" ]; then
	case $RUNNER_OS-$RUNNER_ARCH in
	Linux-X64) platform=linux_amd64 ;;
	Linux-ARM64) platform=linux_arm64 ;;
	macOS-X64) platform=darwin_amd64 ;;
	macOS-ARM64) platform=darwin_arm64 ;;
	*) fail "The emulator's action runs on Linux and macOS; on $RUNNER_OS, $RUNNER_ARCH start a binary of the release." ;;
	esac
	# No tag means the newest release.
	gh release download ${EMULATOR_VERSION:+"v$EMULATOR_VERSION"} --repo "$repository" --dir "$folder" --pattern "idnow-emulator_*_$platform.tar.gz"
	gh attestation verify "$folder"/idnow-emulator_*.tar.gz --repo "$repository"
	tar -xzf "$folder"/idnow-emulator_*.tar.gz -C "$folder" idnow-emulator
	binary=$folder/idnow-emulator
fi

set -- -flows "$EMULATOR_FLOWS" -addr "$EMULATOR_ADDRESS" -ready-file "$folder/url"
while IFS= read -r argument; do
	if [ -n "$argument" ]; then set -- "$@" "$argument"; fi
done <<EOT
${EMULATOR_ARGUMENTS:-}
EOT
nohup "$binary" "$@" >"$folder/log" 2>&1 </dev/null &
emulator=$!
tries=0
until [ -s "$folder/url" ]; do
	tries=$((tries + 1))
	if [ "$tries" -gt 100 ] || ! kill -0 "$emulator" 2>/dev/null; then
		cat "$folder/log"
		fail "The emulator did not start."
	fi
	sleep 0.1
done
url=$(cat "$folder/url")
printf 'url=%s\nlog=%s\npid=%s\n' "$url" "$folder/log" "$emulator" >>"$GITHUB_OUTPUT"
printf 'IDNOW_API_URL=%s\nIDNOW_AUTH_URL=%s\nIDNOW_API_KEY=emulator-key\n' "$url" "$url" >>"$GITHUB_ENV"
echo "The emulator listens on $url"
