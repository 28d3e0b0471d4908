#!/bin/sh
set -eu
curl --fail-with-body "$IDNOW_API_URL/api/v1/flows/40cbb7b3-7468-4b5d-8bb5-ff8e82510c70/staging/sessions" \
	-X POST \
	-H "Authorization: Bearer $IDNOW_API_KEY" \
	-H "Content-Type: application/json" \
	-d @body.json
