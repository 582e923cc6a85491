#!/bin/sh
# The platform runs this for each proxy message: $1 its name, $2 its arguments.
# A failure fails the message with stderr as the reason.
set -u
case $0 in */*) here=${0%/*} ;; *) here=. ;; esac
root=$(CDPATH='' cd -- "$here/../.." && pwd -P) || exit 2
root=${root%/}
exec "$root/usr/bin/sprx" ctl --control "$root/run/sprx/control.sock" message -- "$@"
