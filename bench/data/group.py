#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What group commit is worth: 64 connections, each with one command under way, through the real server over HTTP.

data.group       acknowledged commands a second, control: the same with --max-batch 1, so that each has its own commit
data.group.slow  the same with a disk whose syncs take 1 ms longer (bench/slow-sync.c); control likewise
Runs alternate; medians."""
import pathlib
import statistics
import tempfile

import lone_server
from measure import bar, finish, say

CONNECTIONS = 64
SECONDS = 2
PAIRS = 3


def measure(model, directory, options, **environment):
    server = model.copy_to(directory)
    server.options = options
    server.start(**environment)
    rate = lone_server.rate(server.load(CONNECTIONS, SECONDS))
    server.end()
    return rate


def compare(name, limit, model, top, **environment):
    grouped, single = [], []
    for _ in range(PAIRS):
        grouped.append(measure(model, top / 'grouped', [], **environment))
        single.append(measure(model, top / 'single', ['--max-batch=1'], **environment))
    ours, control = statistics.median(grouped), statistics.median(single)
    bar(name, ours / control, limit, '', f'{control:.0f} commands/s with a commit each, {ours:.0f} grouped', least=True)


def main():
    slow = lone_server.build_directory() / 'bench' / 'libslow-sync.so'
    with tempfile.TemporaryDirectory(prefix='yihu-bench-') as top:
        top = pathlib.Path(top)
        model = lone_server.LoneServer(top / 'model').set_up()
        model.end()
        say('the disk as it is')
        compare('data.group', 2, model, top)
        say('syncs take 1 ms longer')
        compare('data.group.slow', 8, model, top, LD_PRELOAD=str(slow), YIHU_SYNC_DELAY_US='1000')
    finish()


if __name__ == '__main__':
    main()
