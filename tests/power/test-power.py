#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cuts the server's power in the middle of its work (power.c) and looks for what it had acknowledged. With synchronous=FULL nothing may
be missing; with NORMAL, which only this test can ask for, something must be, else the cut cuts nothing.

test-power.py [RUNS [CONTROLS]]: TAP; the seed is printed and may be given by YIHU_SEED. ./dev bench data.power makes twenty cuts."""
import pathlib
import shutil
import signal
import sqlite3
import sys

import cuts

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent.parent / 'tools'))
import lone_server  # noqa: E402

CONNECTIONS = 12


def acknowledge(server, dice, **environment):
    """Runs the server under load and cuts its power. Returns: the keys that were acknowledged."""
    library = lone_server.build_directory() / 'tests' / 'power' / 'libyihu-power.so'
    server.start(LD_PRELOAD=str(library), YIHU_POWER_DIR=str(server.directory), **environment)
    load = server.load(CONNECTIONS, 60)
    keys = []
    wanted = dice.randrange(200, 2500)  # with and without checkpoints of the journal in between
    while len(keys) < wanted:
        keys.append(load.stdout.readline().decode().strip())
        assert keys[-1], 'the load ended before the cut'
    status = server.end(signal.SIGUSR2)
    if status != 9:
        raise RuntimeError(f'the cut left status {status}')
    keys += load.stdout.read().decode().split()
    lone_server.rate(load)
    return keys


def find_kept(directory):
    """Opens what is left as SQLite would after a cut, checks it, and returns the keys that are there."""
    with sqlite3.connect(directory / 'yihu.db') as store:
        state = store.execute('PRAGMA quick_check').fetchone()[0]
        assert state == 'ok', state
        seqs = [row[0] for row in store.execute('SELECT seq FROM feed ORDER BY seq')]
        assert seqs == list(range(1, len(seqs) + 1)), 'the feed has a gap'
        assert store.execute('SELECT seq FROM tenant').fetchone()[0] == len(seqs)
        keys = {row[0] for row in store.execute('SELECT key FROM idem')}
        notes = {row[0] for row in store.execute('SELECT id FROM note')}
        assert keys == notes, 'a key without its effect, or the other way round'
    store.close()
    return keys


def run(model, directory, dice, **environment):
    server = model.copy_to(directory)
    acknowledged = acknowledge(server, dice, **environment)
    lost = set(acknowledged) - find_kept(directory)
    server.start()  # it goes on with what is there
    status = server.end()
    if status != 0:
        raise RuntimeError(f'the server that went on left status {status}')
    shutil.rmtree(directory)
    return len(acknowledged), len(lost)


def cut(top, dice, runs, controls):
    """Returns: [(acknowledged, lost)] of the cuts with FULL, and of those with NORMAL."""
    model = lone_server.LoneServer(top / 'model').set_up()
    model.end()
    full = [run(model, top / 'full', dice) for _ in range(runs)]
    normal = [run(model, top / 'normal', dice, YIHU_TEST_SYNCHRONOUS='NORMAL') for _ in range(controls)]
    return full, normal


if __name__ == '__main__':
    cuts.main('acknowledged', 8, 2, cut)
