#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Twenty power cuts of the real server under load (tests/power, of which ./dev test makes fewer).

data.power  acknowledged commands that were lost with synchronous=FULL; control: three cuts with NORMAL, which must lose some"""
import importlib
import pathlib
import random
import sys
import tempfile

import lone_server
from measure import bar, failed, finish

sys.path.insert(0, str(lone_server.TOP / 'tests' / 'power'))
power = importlib.import_module('test-power')

CUTS = 20
CONTROLS = 3


def main():
    with tempfile.TemporaryDirectory(prefix='yihu-power-') as top:
        full, normal = power.cut(pathlib.Path(top), random.Random(), CUTS, CONTROLS)
    lost = sum(count for _, count in normal)
    bar('data.power', sum(count for _, count in full), 0, '', f'{sum(count for count, _ in full)} acknowledged in {CUTS} cuts; with NORMAL '
        f'{lost} of {sum(count for count, _ in normal)} lost in {CONTROLS}')
    if lost == 0:
        failed.append('data.power: the control lost nothing, so the cut cuts nothing')
    finish()


if __name__ == '__main__':
    main()
