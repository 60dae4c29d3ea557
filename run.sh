#!/usr/bin/env bash
# ./run.sh                 the practice with demonstration data, its PostgreSQL and the simulated archive; Ctrl-C stops them
# ./run.sh --no-demo       the same without demonstration data and simulator: set up a practice with ./care setup
# ./run.sh --conformance   an empty practice on a throw-away folder, every FHIR R4 type open; prints base URL and bearer token
# ./run.sh --check         drives the main job on a throw-away folder and free ports; exit 0 when it works
# Further arguments go to the program (./care help). Exit 2: something is missing, and the message says what to type.
set -euo pipefail
cd "$(dirname "$0")"
. ./tools/prerequisites.sh

mode=demo
case "${1:-}" in
  --check|--conformance|--no-demo) mode=${1#--}; shift ;;
esac

need_dotnet
need_postgres
need_browser_libraries
install_missing
build_program

case "$mode" in
  demo)
    exec dotnet "$program" run --demo --simulator "$simulator" --data "${CARERECORDS_DATA:-$PWD/.data}" \
      --Simulator:WebPort="${SIMULATOR_WEB_PORT:-5081}" --Simulator:MtlsPort="${SIMULATOR_MTLS_PORT:-5443}" "$@" ;;
  no-demo)
    exec dotnet "$program" run --data "${CARERECORDS_DATA:-$PWD/.data}" "$@" ;;
  check)
    exec dotnet "$program" check --simulator "$simulator" "$@" ;;
  conformance)
    exec dotnet "$program" conformance "$@" ;;
esac
