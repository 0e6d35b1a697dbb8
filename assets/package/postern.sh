#!/bin/sh
# The `postern` command of an installed Postern: the app's own program, without a display. It shows no page, so there is
# nothing for Chromium to shut in or to draw; without its sandbox it runs as root and in containers, too.
here=$(dirname "$(readlink -f "$0")")
exec "$here/../postern-app" --no-sandbox --no-zygote --ozone-platform=headless --disable-gpu \
  --disable-software-rasterizer --in-process-gpu --log-level=3 --postern-command -- "$@"
