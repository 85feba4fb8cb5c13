#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The bars of the desk. Each runs the real programs; a figure comes from the marks that the programs write (src/base/mark.h), from
/proc, or from a program of this folder; the control stands beside it.

desk.lookup  telephone number to elder in a cache of 1,160,000, p99; control: the bare SQLite look-up of the same keys
desk.start   console start to usable desk with a filled cache of 100,000, beyond the start of an empty libadwaita window, medians
desk.idle    CPU of the console with a quiet desk over 20 s, cairo renderer; control: the empty window's
desk.pop     INVITE at the switchboard to card drawn, p99, 100,000 elders, 2,500 calls an hour arriving
"""
import pathlib
import statistics
import subprocess
import sys
import time

import world
from measure import bar, cpu_seconds, percentile, say

CACHE = world.TOP / '_cache' / 'bench'
ELDERS = 100000


def marks(path):
    """(µs, name, detail) of each mark so far."""
    if not path.exists():
        return []
    rows = []
    for line in path.read_text(encoding='utf-8').splitlines():
        parts = line.split(' ', 2)
        rows.append((int(parts[0]), parts[1], parts[2] if len(parts) > 2 else ''))
    return rows


def wait_for_mark(path, name, seconds):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        for at_us, mark, _ in marks(path):
            if mark == name:
                return at_us
        time.sleep(0.01)
    raise world.Failed(f'no mark {name} within {seconds} s in {path}')


def pid_below(process, name):
    """The program that dbus-run-session started."""
    out = subprocess.run(['pgrep', '-P', str(process.pid), '-x', name], capture_output=True, text=True, check=False)
    return int(out.stdout.split()[0])


def idle_percent(pid):
    """CPU of a process over 20 s, after 10 s of rest, in percent of one core."""
    time.sleep(10)
    before = cpu_seconds(pid)
    time.sleep(20)
    return (cpu_seconds(pid) - before) / 20 * 100


def make_world():
    yihu = world.World(CACHE / f'city-{ELDERS}', CACHE / 'logs', say)
    yihu.make_city(ELDERS, 1)
    yihu.use_chinese()
    yihu.use_virtual_display()
    return yihu


def bench_lookup():
    say('making a city file of 1,160,000 elders (first time only)')
    out = subprocess.run([str(world.TOP / '_build' / 'bench' / 'bench-lookup'), str(world.TOP / '_cache' / 'bench' / 'large' / 'account-op03'), '1160000'],
                         capture_output=True, text=True, check=False)
    if out.returncode != 0:
        raise world.Failed(f'bench-lookup: {out.stderr.strip()}')
    p50, p99, control = (float(field) for field in out.stdout.split())
    return bar('desk.lookup', p99 / 1000, 1, 'ms', f'bare look-up p99 {control / 1000:.3g} ms; ours p50 {p50 / 1000:.3g} ms')


def start_until(yihu, path, mark, *command):
    path.unlink(missing_ok=True)
    begin = time.monotonic_ns() // 1000
    process = yihu.start('start', *command, YIHU_MARKS=str(path))
    at_us = wait_for_mark(path, mark, 120)
    yihu.stop(process)
    return (at_us - begin) / 1e6


def bench_start():
    yihu = make_world()
    path = CACHE / 'marks-start'
    console = ['dbus-run-session', '--', yihu.program('yihu-console'), '--server', yihu.url,
               '--cache-dir', CACHE / 'console-start', '--login', 'op03']
    empty = ['dbus-run-session', '--', world.TOP / '_build' / 'bench' / 'empty-window']
    try:
        start_until(yihu, path, 'desk.usable', *console)
        ours, bare = [], []
        for _ in range(5):
            bare.append(start_until(yihu, path, 'empty.drawn', *empty))
            ours.append(start_until(yihu, path, 'desk.usable', *console))
    finally:
        yihu.stop_all()
    beyond = statistics.median(ours) - statistics.median(bare)
    return bar('desk.start', beyond, 1.0, 's', f'empty window {statistics.median(bare):.3g} s, desk {statistics.median(ours):.3g} s, 5 runs each')


def bench_idle():
    yihu = make_world()
    path = CACHE / 'marks-idle'
    path.unlink(missing_ok=True)
    try:
        yihu.start_voice()
        yihu.start_console('op03', YIHU_MARKS=str(path))
        wait_for_mark(path, 'desk.usable', 120)
        ours = idle_percent(pid_below(yihu.console, 'yihu-console'))
        path.unlink()
        empty = yihu.start('idle-empty', 'dbus-run-session', '--', world.TOP / '_build' / 'bench' / 'empty-window', YIHU_MARKS=str(path))
        wait_for_mark(path, 'empty.drawn', 120)
        bare = idle_percent(pid_below(empty, 'empty-window'))
    finally:
        yihu.stop_all()
    return bar('desk.idle', ours, 2, '%', f'an empty window {bare:.3g} %; each over 20 s after 10 s of rest')


def pops(path):
    """Milliseconds from INVITE to drawn card of the calls whose card was drawn."""
    begun, drawn = {}, {}
    for at_us, name, call in marks(path):
        if name == 'voice.invite':
            begun.setdefault(call, at_us)
        elif name == 'desk.card':
            drawn.setdefault(call, at_us)
    return {call: (drawn[call] - begun[call]) / 1000 for call in drawn if call in begun}


def bench_pop():
    """The desk's own seat takes calls one after another while 2,500 an hour arrive. A call that had to wait in the queue for a seat is
    measured from its offer, since its card cannot come before the seat is free."""
    yihu = make_world()
    path = CACHE / 'marks-pop'
    path.unlink(missing_ok=True)
    seen = set()
    try:
        yihu.start_voice(YIHU_MARKS=str(path))
        yihu.start_console('op03', YIHU_MARKS=str(path))
        wait_for_mark(path, 'desk.usable', 120)
        yihu.start_city(2500, 1, 60)
        deadline = time.monotonic() + 240
        while time.monotonic() < deadline and len(seen) < 100:
            for call in set(pops(path)) - seen:
                seen.add(call)
                time.sleep(0.3)
                for key in ('F2', 'F4', 'ctrl+1', 'ctrl+Return'):
                    yihu.key(key)
                    time.sleep(0.15)
            time.sleep(0.02)
    finally:
        yihu.stop_all()
    rows = marks(path)
    offered = {call: at_us for at_us, name, call in reversed(rows) if name == 'voice.offer'}
    invited = {call: at_us for at_us, name, call in reversed(rows) if name == 'voice.invite'}
    drawn = {call: at_us for at_us, name, call in reversed(rows) if name == 'desk.card'}
    at_once = [call for call in drawn if call in invited and offered.get(call, 0) - invited[call] <= 20000]
    waits = [(drawn[call] - (invited[call] if call in at_once else offered.get(call, invited[call]))) / 1000
             for call in drawn if call in invited]
    if len(waits) < 20:
        raise world.Failed(f'only {len(waits)} cards were drawn')
    arrived = len(invited) / ((max(invited.values()) - min(invited.values())) / 3.6e9)
    return bar('desk.pop', percentile(waits, 0.99), 300, 'ms',
               f'{len(waits)} cards, p50 {percentile(waits, 0.5):.3g} ms, {len(at_once)} of them found the seat free and are '
               f'measured from the INVITE, the others from their offer; {arrived:.0f} calls an hour arrived')


BARS = {'lookup': bench_lookup, 'start': bench_start, 'idle': bench_idle, 'pop': bench_pop}


def main():
    wanted = sys.argv[1].split('.')[1:] or list(BARS)
    CACHE.mkdir(parents=True, exist_ok=True)
    good = True
    for name in wanted:
        if name not in BARS:
            say(f"there is no bar 'desk.{name}'; bars: {' '.join(BARS)}")
            return 64
        try:
            good = BARS[name]() and good
        except world.Failed as failure:
            print(f'bar desk.{name} nothing measured FAIL ({failure})', flush=True)
            good = False
    return 0 if good else 1


if __name__ == '__main__':
    sys.exit(main())
