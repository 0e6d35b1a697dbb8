#!/bin/sh
# The `postern` command of an installed Postern: the app's own program, run as Node.
here=$(dirname "$(readlink -f "$0")")
ELECTRON_RUN_AS_NODE=1 exec "$here/../postern-app" "$here/../resources/app.asar/dist/postern.cjs" "$@"
