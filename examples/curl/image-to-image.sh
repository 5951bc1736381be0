#!/usr/bin/env bash
# Image to image with cURL: image-to-image.sh <file or URL> "<instruction>" [output]
set -euo pipefail
image=${1:?usage: image-to-image.sh <file or URL> \"<instruction>\" [output]}
prompt=${2:?an instruction is needed}
prompt=${prompt//\"/\\\"}
server=${AFTERIMAGE_URL:-http://127.0.0.1:4500}
auth="Authorization: Bearer ${AFTERIMAGE_API_KEY:?export AFTERIMAGE_API_KEY first}"

# The first value of a field in an answer; enough for flat values, without another program.
field() { sed -n "s/.*\"$1\" *: *\"\([^\"]*\)\".*/\1/p" | head -n 1; }

# A file is uploaded first; its address then serves as input.
case $image in
  http://* | https://*) url=$image ;;
  *) url=$(curl -fsS "$server/assets" -H "$auth" -F "file=@$image" | field image_url) ;;
esac

job=$(curl -fsS -X POST "$server/generate/image/google/nano-banana-pro" \
  -H "$auth" -H 'Content-Type: application/json' \
  -d "{\"image_urls\": [\"$url\"], \"prompt\": \"$prompt\"}" | field job_id)
echo "Job $job"

while :; do
  answer=$(curl -fsS "$server/jobs/$job" -H "$auth")
  case $(printf '%s' "$answer" | field status) in
    completed) break ;;
    failed | cancelled) echo "$answer" >&2; exit 1 ;;
  esac
  sleep 2
done

# Result addresses are public: no Authorization is sent with them.
result=$(printf '%s' "$answer" | sed -n 's/.*"urls" *: *\[ *"\([^"]*\)".*/\1/p')
path=${result%%\?*}
output=${3:-result.${path##*.}}
curl -fsS "$result" -o "$output"
echo "Saved $output"
