#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# ./dev bench [GROUP|GROUP.NAME…]: runs the bars asked for (all without an argument); non-zero exit if one fails.
set -uo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
groups=(desk data)
status=0
# A bar may be called like a module of Python (data.http), so the folder of the script is not searched.
export PYTHONPATH=tools:bench PYTHONDONTWRITEBYTECODE=1 PYTHONSAFEPATH=1
[ $# -gt 0 ] || set -- "${groups[@]}"
for wanted in "$@"; do
  group=${wanted%%.*}
  if [ -d "bench/$group" ]; then # a script a bar; bars of one run share a script: GROUP.NAME.MORE is in NAME.py
    name=${wanted#"$group"}
    name=${name#.}
    name=${name%%.*}
    scripts=(bench/"$group"/${name:-*}.py)
  else
    scripts=("bench/$group.py")
  fi
  for script in "${scripts[@]}"; do
    if [ ! -f "$script" ]; then
      echo "bench: there is no '$wanted'; groups: ${groups[*]}" >&2
      exit 64
    fi
    python3 "$script" "$wanted" || status=1
  done
done
exit $status
