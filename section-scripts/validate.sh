#!/bin/sh
# The platform runs this before a push is accepted. Valid: no output, exit 0. Otherwise the reason goes to stderr.
set -u
case $0 in */*) here=${0%/*} ;; *) here=. ;; esac
root=$(CDPATH='' cd -- "$here/../.." && pwd -P) || exit 2
root=${root%/}
exec "$root/usr/bin/sprx" check --contract "$root/opt/proxy_config"
