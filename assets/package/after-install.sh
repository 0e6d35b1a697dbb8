#!/bin/sh
# After the package's files are in place. DPKG_ROOT is another root than /, where dpkg was told one.
set -e
# Chromium takes this where the kernel, or Ubuntu's AppArmor, denies user namespaces; it must be root's with its bit set.
chmod 4755 "$DPKG_ROOT/opt/Postern/chrome-sandbox"
