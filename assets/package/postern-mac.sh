#!/bin/sh
# The `postern` command of an installed Postern: the app's own program, without a window. Link it into a folder on the PATH.
file=$0
while [ -L "$file" ]; do
  link=$(readlink "$file")
  case $link in
    /*) file=$link ;;
    *) file=$(dirname "$file")/$link ;;
  esac
done
contents=$(cd "$(dirname "$file")/../.." && pwd)
exec "$contents/MacOS/Postern" --disable-gpu --log-level=3 --postern-command -- "$@"
