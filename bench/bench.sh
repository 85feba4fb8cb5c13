#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# ./dev bench [GROUP|GROUP.NAME…]: runs the bars asked for (all without an argument); non-zero exit if one fails.
set -uo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
groups=(desk)
status=0
[ $# -gt 0 ] || set -- "${groups[@]}"
for wanted in "$@"; do
  group=${wanted%%.*}
  if [ ! -f "bench/$group.py" ]; then
    echo "bench: there is no group '$group'; groups: ${groups[*]}" >&2
    exit 64
  fi
  PYTHONPATH=tools PYTHONDONTWRITEBYTECODE=1 python3 "bench/$group.py" "$wanted" || status=1
done
exit $status
