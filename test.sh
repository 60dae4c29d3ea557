#!/usr/bin/env bash
# ./test.sh [--fast] [--long]   builds everything and runs every suite; ends with `N passed, N failed, N skipped`, each skip with its reason.
# --fast leaves out the browser, --long adds the runs that do not fit a quarter of an hour. Exit 0: nothing failed.
set -uo pipefail
cd "$(dirname "$0")"
. ./tools/prerequisites.sh

fast=0
for argument in "$@"; do
  case "$argument" in
    --fast) fast=1 ;;
    --long) export CARERECORDS_LONG=1 ;;
    *) say "usage: ./test.sh [--fast] [--long]"; exit 64 ;;
  esac
done

need_dotnet
need_postgres
need_browser_libraries
[ "$fast" = 1 ] || need_chromium
install_missing

begun=$SECONDS
# Style and analyzers are the build's; white space is nobody's but the formatter's.
dotnet format whitespace . --folder --verify-no-changes --exclude artifacts || { say "Run: dotnet format whitespace . --folder"; exit 1; }
echo "format $((SECONDS - begun)) s"
begun_build=$SECONDS
dotnet build CareRecords.sln -v q -clp:ErrorsOnly -nologo || { say "The build failed."; exit 1; }
echo "build $((SECONDS - begun_build)) s"

# suite and its budget in seconds on two cores
suites="Fhir:120 KantaSimulator:60 CareRecords:150 KantaConnector:300 Booking:150"
[ "$fast" = 1 ] || suites="$suites EndToEnd:400"
out=artifacts/tests
rm -rf "$out"
mkdir -p "$out"

run_suite() {
  local name=${1%%:*} begun=$SECONDS
  dotnet "tests/$name.Tests/bin/Debug/net10.0/$name.Tests.dll" -noColor -noLogo >"$out/$name.log" 2>&1
  echo "$? $((SECONDS - begun))" >"$out/$name.exit"
}

# two at a time; the browser suite alone, since it measures what people wait for
for suite in $suites; do
  [ "${suite%%:*}" = EndToEnd ] && wait
  while [ "$(jobs -rp | wc -l)" -ge 2 ]; do wait -n; done
  run_suite "$suite" &
done
wait

passed=0 failed=0 skipped=0
for suite in $suites; do
  name=${suite%%:*} budget=${suite##*:}
  read -r code seconds <"$out/$name.exit"
  totals=$(grep -oE 'Total: [0-9]+, Errors: [0-9]+, Failed: [0-9]+, Skipped: [0-9]+' "$out/$name.log" | tail -1 | grep -oE '[0-9]+' | tr '\n' ' ')
  if [ -z "$totals" ]; then
    # The suite died, or holds no test: both are failures.
    echo "$name: no result (exit $code), $seconds s of $budget s"
    tail -20 "$out/$name.log"
    failed=$((failed + 1))
    continue
  fi
  read -r total errors bad left <<<"$totals"
  bad=$((bad + errors))
  [ "$code" != 0 ] && [ "$bad" = 0 ] && bad=1
  passed=$((passed + total - bad - left)) failed=$((failed + bad)) skipped=$((skipped + left))
  over=""; [ "$seconds" -gt "$budget" ] && over=" OVER BUDGET"
  echo "$name: $total tests, $bad failed, $left skipped, $seconds s of $budget s$over"
  [ "$bad" = 0 ] || grep -A25 '\[FAIL\]' "$out/$name.log"
done
# scenarios of reliability-security.md, each with the number of runs
grep -hE '^F[0-9]{2}: ' "$out"/*.log | sort | sed 's/^/  /' || true
grep -hA1 '\[SKIP\]' "$out"/*.log | grep -v '^--$' | sed 's/^ */  /' || true
echo "whole run $((SECONDS - begun)) s of 900 s"
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
