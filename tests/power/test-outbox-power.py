#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cuts a desk's power (power.c) while its outbox keeps commands (outbox-load.c) and looks for those it had reported as kept. None may be
missing, and each must still open and have its overlay; with synchronous=NORMAL, which only the load can ask for, some must be.

test-outbox-power.py [RUNS [CONTROLS]]: TAP; the seed is printed and may be given by YIHU_SEED."""
import os
import pathlib
import shutil
import signal
import subprocess

import cuts

POWER = pathlib.Path(os.environ['YIHU_BUILD_DIR']) / 'tests' / 'power'


def run(directory, dice, **environment):
    """Returns: (reported as kept, lost)."""
    directory.mkdir()  # power.c looks for it at its start
    desk = subprocess.Popen([POWER / 'outbox-load', directory], stdout=subprocess.PIPE,
                            env=dict(os.environ, LD_PRELOAD=str(POWER / 'libyihu-power.so'), YIHU_POWER_DIR=str(directory), **environment))
    kept = []
    for _ in range(dice.randrange(1, 800)):  # with and without checkpoints in between
        kept.append(desk.stdout.readline().decode().strip())
        assert kept[-1], 'the desk ended before the cut'
    desk.send_signal(signal.SIGUSR2)
    kept += desk.stdout.read().decode().split()
    assert desk.wait() == 9, f'the cut left status {desk.returncode}'
    left = subprocess.run([POWER / 'outbox-load', directory, '-'], stdout=subprocess.PIPE, check=True).stdout.decode().split()
    assert not (directory / 'desk.db.damaged').exists(), 'the file was damaged'
    assert len(left) == len(set(left)), 'a command twice'
    shutil.rmtree(directory)
    return len(kept), len(set(kept) - set(left))


def cut(top, dice, runs, controls):
    directory = top / 'desk'
    full = [run(directory, dice) for _ in range(runs)]
    return full, [run(directory, dice, YIHU_TEST_SYNCHRONOUS='NORMAL') for _ in range(controls)]


if __name__ == '__main__':
    cuts.main('kept', 10, 3, cut)
