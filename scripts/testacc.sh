#!/bin/sh
# Runs what anyone with an account can run, the live suite and the probe, against
# emulators of several revisions of the API, as CI does.
set -eu
cd "$(dirname "$0")/.."

work=$(mktemp -d)
trap 'kill $pid 2>/dev/null || true; rm -rf "$work"' EXIT
pid=

go build -o "$work/emulator" ./cmd/idnow-emulator
go build -o "$work/probe" ./cmd/idnow-probe
printf '{"basicIdentity":{"givenName":"Max","familyName":"Schmidt"}}' >"$work/input.json"
# A service that differs in every point that may differ.
printf '%s' '{"flowList":"array","sessionList":"totals","pageLimit":"2","flowVersion":"decimal","createdSession":"flat",
	"expiresAt":"top","sdkToken":"top","statusAfterwards":"RUNNING_ON_READ","metadata":"closed","subjectId":"metadata",
	"status":"lower","outcome":"upper","lastStep":"name","results":"list","missing":"absent","time":"offset",
	"dataBlocks":"paged","dataBlockId":"dataBlockId","dataBlockType":"pascal","dataBlockStep":"createdByStep",
	"dataBlockContent":"inline","errors":"html"}' >"$work/different.json"

export IDNOW_API_KEY=anything IDNOW_ENVIRONMENT=staging
export IDNOW_TEST_FLOW_ID=40cbb7b3-7468-4b5d-8bb5-ff8e82510c70 IDNOW_TEST_INPUT="$work/input.json"
for revision in newest oldest "$work/different.json"; do
	echo "--- revision $(basename "$revision")"
	"$work/emulator" -flows examples/flows -revision "$revision" -log off -ready-file "$work/ready" >"$work/log" 2>&1 &
	pid=$!
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		[ -s "$work/ready" ] && break
		sleep 0.25
	done
	IDNOW_API_URL=$(grep -o 'http://[0-9.:]*' "$work/log" | head -n 1)
	export IDNOW_API_URL
	"${MAKE:-make}" --no-print-directory testacc
	"$work/probe" -flow "$IDNOW_TEST_FLOW_ID" -create -input "$IDNOW_TEST_INPUT" | tail -n 1
	kill "$pid"
	wait "$pid" 2>/dev/null || true
	rm -f "$work/ready"
done
