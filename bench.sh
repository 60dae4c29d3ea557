#!/usr/bin/env bash
# ./bench.sh [NAME…] [--quick]   prints NAME value unit | limit value unit | ratio; exits 1 when a limit is missed. --help says what each measures.
# Stores of 10,000, 100,000 and a million resources are built once and kept in artifacts/bench-data (or BENCH_DATA). Reads and searches run on the million,
# with --quick on 100,000; BENCH_STORE=1000000 gives a quick run the million.
set -euo pipefail
cd "$(dirname "$0")"
. ./tools/prerequisites.sh
need_dotnet
need_postgres
need_browser_libraries
install_missing
build_program
out=artifacts/bench
publish tests/Benchmarks "$out"
export BENCH_PROGRAM=${program%.dll}
exec "$out/Benchmarks" "$@"
