#!/bin/sh
# The `postern` command of an installed Postern: the app's own program, run as Node. Link it into a folder on the PATH.
file=$0
while [ -L "$file" ]; do
  link=$(readlink "$file")
  case $link in
    /*) file=$link ;;
    *) file=$(dirname "$file")/$link ;;
  esac
done
contents=$(cd "$(dirname "$file")/../.." && pwd)
ELECTRON_RUN_AS_NODE=1 exec "$contents/MacOS/Postern" "$contents/Resources/app.asar/dist/postern.cjs" "$@"
