#!/bin/sh
# The platform runs this before a push is accepted. Valid: no output, exit 0. Otherwise the reason goes to stderr.
set -u
root=$(cd "$(dirname "$0")/../.." && pwd -P) || exit 2
root=${root%/}
exec "$root/usr/bin/sprx" check --contract "$root/opt/proxy_config"
