# Sourced by run.sh, test.sh and care: finds what they need, or installs it by the system's package manager as root or by sudo, saying so;
# otherwise prints the exact command and exits 2.

# Published, as in production: compiled ahead of time, so that the program starts in a fraction of the time.
program=$PWD/artifacts/app/Booking.dll
simulator=$PWD/artifacts/simulator/KantaSimulator.dll

say() { echo "$*" >&2; }

# lack WHAT COMMAND: notes that something is missing, and the shell command that brings it with root's rights; empty: only a person can.
missing=() commands=()
lack() {
  missing+=("$1")
  [ -z "$2" ] || commands+=("$2")
}

# After the need_… lines: installs all that they found missing at once, or says all of it and what to type, and ends with 2.
install_missing() {
  [ ${#missing[@]} -gt 0 ] || return 0
  local all command=""
  all=$(printf '%s; ' "${missing[@]}")
  if [ ${#commands[@]} -gt 0 ]; then
    command="export DEBIAN_FRONTEND=noninteractive; apt-get update -q || true; $(printf '%s && ' "${commands[@]}")true"
  fi
  if [ -n "$dotnet_missing" ]; then
    say "Missing: ${all%; }."
    say "$dotnet_missing"
    [ -z "$command" ] || say "The rest, as root: $command"
    exit 2
  elif [ "$(id -u)" = 0 ]; then
    say "Missing: ${all%; }. Installing: $command"
    sh -c "$command" >&2 || { say "That failed. Install it by hand: $command"; exit 2; }
  elif command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
    say "Missing: ${all%; }. Installing by sudo: $command"
    sudo sh -c "$command" >&2 || { say "That failed. Install it by hand, as root: $command"; exit 2; }
  else
    say "Missing: ${all%; }. Install it, as root: $command"
    exit 2
  fi
}

apt_install="apt-get install -y -q --no-install-recommends"

dotnet_missing=""
need_dotnet() {
  command -v dotnet >/dev/null && dotnet --list-sdks | grep -q '^10\.' && return
  dotnet_missing="The SDK: https://learn.microsoft.com/dotnet/core/install/linux-debian, or: apt-get install dotnet-sdk-10.0"
  lack "the .NET 10 SDK" ""
}

have_postgres() {
  { command -v initdb && command -v pg_ctl && command -v postgres; } >/dev/null 2>&1 && return
  for folder in /usr/lib/postgresql/*/bin; do [ -x "$folder/initdb" ] && [ -x "$folder/pg_ctl" ] && return; done
  return 1
}

# Debian would make and start a cluster of its own: its switch is set between the two packages.
need_postgres() {
  have_postgres && return
  lack "the PostgreSQL server" "$apt_install postgresql-common \
&& sed -i 's/^#*\\s*create_main_cluster.*/create_main_cluster = false/' /etc/postgresql-common/createcluster.conf \
&& $apt_install postgresql"
}

# The libraries come from npm at the first build only.
need_browser_libraries() {
  local stamp=src/Booking/wwwroot/lib/.package-lock.json
  [ -f "$stamp" ] && ! [ src/Booking/package-lock.json -nt "$stamp" ] && return
  command -v npm >/dev/null && return
  lack "Node with npm" "$apt_install nodejs npm"
}

need_chromium() {
  command -v chromium >/dev/null && return
  lack "Chromium, for the browser tests" "$apt_install chromium"
}

# publish PROJECT FOLDER: a release build for this machine's processor, compiled ahead of time.
publish() {
  local rid
  rid=linux-$(uname -m | sed 's/x86_64/x64/;s/aarch64/arm64/')
  dotnet publish "$1" -c Release -r "$rid" --self-contained false -p:PublishReadyToRun=true -o "$2" -v q -clp:ErrorsOnly -nologo >&2
}

# Builds the application and the simulator unless nothing has changed since.
build_program() {
  local stamp=artifacts/built
  if [ -f "$program" ] && [ -f "$simulator" ] && [ -f "$stamp" ] &&
    [ -z "$(find src fhir-profiles Directory.*.props global.json -newer "$stamp" -type f -not -path '*/bin/*' -not -path '*/obj/*' -not -path '*/node_modules/*' -print -quit)" ]; then
    return
  fi
  mkdir -p artifacts
  say "Building …"
  touch "$stamp.begun"
  publish src/Booking artifacts/app && publish src/KantaSimulator artifacts/simulator || { say "The build failed."; exit 2; }
  mv "$stamp.begun" "$stamp"
}
