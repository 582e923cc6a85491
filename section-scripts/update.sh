#!/bin/sh
# The platform runs this when the configuration may have changed, and perhaps before the proxy is up.
# A failure fails the deployment with stderr as the reason; the proxy then keeps the rules it has.
set -u
case $0 in */*) here=${0%/*} ;; *) here=. ;; esac
root=$(CDPATH='' cd -- "$here/../.." && pwd -P) || exit 2
root=${root%/}
"$root/usr/bin/sprx" check --contract "$root/opt/proxy_config" || exit
exec "$root/usr/bin/sprx" ctl --control "$root/run/sprx/control.sock" --if-running reload
