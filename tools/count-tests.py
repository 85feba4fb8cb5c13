#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads meson's testlog.json and prints what failed and the closing line "N passed, N failed"."""
import json
import sys

passed = failed = skipped = 0
with open(sys.argv[1], encoding='utf-8') as log:
    for line in log:
        result = json.loads(line)
        if result['result'] in ('OK', 'EXPECTEDFAIL'):
            passed += 1
        elif result['result'] == 'SKIP':
            skipped += 1
        else:
            failed += 1
            print(f"failed: {result['name']} ({result['result']})")
print(f'{passed} passed, {failed} failed' + (f', {skipped} skipped' if skipped else ''))
sys.exit(1 if failed or not passed else 0)
