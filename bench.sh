#!/usr/bin/env bash
# ./bench.sh [NAME…] [--quick]   prints NAME value unit | limit value unit | ratio; exits 1 when a limit is missed.
set -euo pipefail
cd "$(dirname "$0")"
out=artifacts/bench
# As in production: compiled ahead of time where start-up counts.
dotnet publish tests/Benchmarks/Benchmarks.csproj -c Release -r "linux-$(uname -m | sed 's/x86_64/x64/;s/aarch64/arm64/')" --self-contained false -p:PublishReadyToRun=true -o "$out" -v q -clp:ErrorsOnly >&2
exec "$out/Benchmarks" "$@"
