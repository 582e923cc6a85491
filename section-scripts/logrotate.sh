#!/bin/sh
# The platform runs this every hour. logrotate does the work, one rotation at a time, with the shipped configuration:
# its paths are taken from where this script stands, its user is whoever owns the logs.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd -P)
root=${root%/}
logs=$root/var/log/sprx
state=$root/var/lib/sprx
control=$root/run/sprx/control.sock
if [ ! -d "$logs" ]; then
  [ -S "$control" ] && [ -d "$state" ] || exit 0 # never started
  # Removed under the proxy, which is no longer root and could not make it again.
  mkdir -p "$logs"
  chown "$(stat -c '%u:%g' "$state")" "$logs"
fi
mkdir -p "$state"
conf=$(mktemp)
trap 'rm -f "$conf"' EXIT
sed -e "s|su sprx sprx|su $(stat -c '%u %g' "$logs")|" \
  -e "s|/var/log/sprx|$root&|g; s|/usr/bin/sprx|$root&|; s|/run/sprx|$root&|" "$root/etc/logrotate.d/sprx" >"$conf"
exec 9<"$logs"
flock -w 60 9 || {
  echo 'logrotate.sh: another rotation has not ended within a minute' >&2
  exit 1
}
logrotate --force --state "$state/logrotate.state" "$conf" >/dev/null
# Once more, so that a log somebody took away comes back within the hour although there was nothing to rotate.
"$root/usr/bin/sprx" ctl --control "$control" --if-running reopen-logs
