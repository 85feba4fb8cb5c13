#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What it costs to have every acknowledged command on disk: 64 connections over HTTP, grouped.

data.full  commands a second with synchronous=FULL over those with NORMAL, which a power cut takes away again (YIHU_TEST_SYNCHRONOUS);
           median of five pairs, in turns"""
import pathlib
import statistics
import tempfile

import lone_server
from measure import bar, finish

CONNECTIONS = 64
SECONDS = 2
PAIRS = 5


def measure(model, directory, **environment):
    server = model.copy_to(directory).start(**environment)
    rate = lone_server.rate(server.load(CONNECTIONS, SECONDS))
    server.end()
    return rate


def main():
    with tempfile.TemporaryDirectory(prefix='yihu-bench-') as top:
        top = pathlib.Path(top)
        model = lone_server.LoneServer(top / 'model').set_up()
        model.end()
        pairs = []
        for number in range(PAIRS):
            # Whoever comes first in a pair changes, so that a drift of the machine favours neither.
            rates = {}
            for name in ('FULL', 'NORMAL') if number % 2 == 0 else ('NORMAL', 'FULL'):
                rates[name] = measure(model, top / name, **({} if name == 'FULL' else {'YIHU_TEST_SYNCHRONOUS': name}))
            pairs.append((rates['FULL'], rates['NORMAL']))
        ratio = statistics.median(full / normal for full, normal in pairs)
        bar('data.full', ratio, 0.7, '', f'{statistics.median(normal for _, normal in pairs):.0f} commands/s with NORMAL, '
            f'{statistics.median(full for full, _ in pairs):.0f} with FULL', least=True)
    finish()


if __name__ == '__main__':
    main()
