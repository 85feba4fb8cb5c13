#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# with-display.sh COMMAND...: a private X server and a private session bus for one command. YIHU_SCREEN names another
# size than 1920x1080.
exec xvfb-run -a -s "-screen 0 ${YIHU_SCREEN:-1920x1080}x24 -dpi 96 +extension GLX +render -noreset" \
  dbus-run-session -- "$@"
