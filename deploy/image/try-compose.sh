#!/bin/sh
# Builds the image, starts compose.yaml, and follows one event from the Collector to a figure. Needs Docker; removes what it made.
set -eu
cd "$(dirname "$0")/../.."

secret() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }
POSTGRES_PASSWORD="$(secret)" RECEIVER_DATABASE_PASSWORD="$(secret)" REDIS_PASSWORD="$(secret)" GRAFANA_PASSWORD="$(secret)"
SPANLEDGER_INGEST_TOKEN="$(secret)" SPANLEDGER_READ_TOKEN="$(secret)" COMPOSE_PROJECT_NAME=spanledger-try
export POSTGRES_PASSWORD RECEIVER_DATABASE_PASSWORD REDIS_PASSWORD GRAFANA_PASSWORD
export SPANLEDGER_INGEST_TOKEN SPANLEDGER_READ_TOKEN COMPOSE_PROJECT_NAME

finish() {
  status=$?
  [ "$status" -eq 0 ] || docker compose logs --tail=60
  docker compose down --volumes --timeout 40
  exit "$status"
}
trap finish EXIT

docker compose up --build --detach --wait receiver collector
# Nothing can be written, and the receiver does not run as root.
docker compose exec receiver sh -c '[ "$(id -u)" = 1000 ] && ! touch /tmp/written /app/written 2>/dev/null'

now="$(date +%s)000000000"
curl --fail --silent --show-error http://127.0.0.1:4318/v1/traces --header 'content-type: application/json' --data '{"resourceSpans":[{
  "resource":{"attributes":[{"key":"service.name","value":{"stringValue":"try-compose"}}]},
  "scopeSpans":[{"spans":[{"traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"b7ad6b7169203331","name":"session.start",
  "startTimeUnixNano":"'"$now"'","endTimeUnixNano":"'"$now"'","events":[{"name":"session.start","timeUnixNano":"'"$now"'",
  "attributes":[{"key":"session_id","value":{"stringValue":"s-1"}}]}]}]}]}]}'

attempt=0
until curl --fail --silent --header "authorization: Bearer $SPANLEDGER_READ_TOKEN" \
  http://127.0.0.1:4319/api/analytics/summary | grep -q '"total_sessions":1\b'; do
  attempt=$((attempt + 1))
  [ "$attempt" -lt 30 ] || { echo "the event was not counted within 30 s" >&2; exit 1; }
  sleep 1
done
# Pictures and PDF need native packages, which an image can lack.
curl --fail --silent --header "authorization: Bearer $SPANLEDGER_READ_TOKEN" http://127.0.0.1:4319/report.pdf | head -c 4 | grep -q '%PDF'
docker compose exec receiver node /app/node_modules/@spanledger/collector-receiver/bin/spanledger.js verify
