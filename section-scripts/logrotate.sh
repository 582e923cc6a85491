#!/bin/sh
# The platform runs this every hour. logrotate does the work, one rotation at a time, with the shipped configuration:
# its paths are taken from where this script stands, its user is whoever owns the logs.
set -eu
umask 022
PATH=/usr/sbin:/usr/bin:/sbin:/bin
export PATH
case $0 in */*) here=${0%/*} ;; *) here=. ;; esac
root=$(CDPATH='' cd -- "$here/../.." && pwd -P)
root=${root%/}
logs=$root/var/log/sprx
state=$root/var/lib/sprx
control=$root/run/sprx/control.sock
conf=$root/etc/logrotate.d/sprx
case $root in
  *[!A-Za-z0-9/._\ +,:@%=~-]*)
    # It would mean something to logrotate, or to the shell that reopens the logs.
    echo 'logrotate.sh: the folder that the tree stands in has a name that logrotate cannot hold' >&2
    exit 1
    ;;
esac
[ -d "$root/var/log" ] || exit 0 # never started
exec 9<"$root/var/log"
flock -w 60 9 || {
  echo 'logrotate.sh: another rotation has not ended within a minute' >&2
  exit 1
}
if [ ! -d "$logs" ]; then
  [ -S "$control" ] && [ -d "$state" ] || exit 0 # never started
  # Removed under the proxy, which is no longer root and could not make it again.
  mkdir -p "$logs"
  chown "$(stat -c '%u:%g' "$state")" "$logs"
fi
if [ ! -d "$state" ]; then
  mkdir -p "$state"
  chown "$(stat -c '%u:%g' "$logs")" "$state"
fi
# In the image the shipped configuration is right as it is, and no room is needed for another one.
if [ "$root$(stat -c ' %U %G' "$logs")" != ' sprx sprx' ]; then
  made=
  trap 'rm -f "$made"' EXIT
  trap 'exit 1' HUP INT TERM
  made=$(mktemp /tmp/sprx-logrotate.XXXXXX)
  sed -e "s|su sprx sprx|su $(stat -c '%u %g' "$logs")|" \
    -e "s|/var/log/sprx|$root&|g; s|/usr/bin/sprx|$root&|; s|/run/sprx|$root&|" "$conf" >"$made"
  conf=$made
fi
logrotate --force --state "$state/logrotate.state" "$conf" >/dev/null
# Once more, so that a log somebody took away comes back within the hour although there was nothing to rotate.
"$root/usr/bin/sprx" ctl --control "$control" --if-running reopen-logs
