#!/bin/sh
# The platform runs this every hour. logrotate does the work, one rotation at a time, with the shipped configuration:
# its paths are taken from where this script stands, its user is whoever owns the logs.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd -P)
root=${root%/}
logs=$root/var/log/sprx
state=$root/var/lib/sprx
[ -d "$logs" ] || exit 0
mkdir -p "$state"
conf=$(mktemp)
trap 'rm -f "$conf"' EXIT
sed -e "s|su sprx sprx|su $(stat -c '%u %g' "$logs")|" \
  -e "s|/var/log/sprx|$root&|g; s|/usr/bin/sprx|$root&|; s|/run/sprx|$root&|" "$root/etc/logrotate.d/sprx" >"$conf"
flock -w 60 "$logs" logrotate --force --state "$state/logrotate.state" "$conf" >/dev/null
# Once more, so that a log somebody took away comes back within the hour although there was nothing to rotate.
"$root/usr/bin/sprx" ctl --control "$root/run/sprx/control.sock" --if-running reopen-logs
