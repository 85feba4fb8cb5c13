#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Search as you type in a copy of 1,160,000 elders with kin, terminals, open orders and calls (bench/bench-city.c), warm. Each key of each
way of typing is one sample, timed in the cache with the console's limit, ranking and unsealing. Who was typed in full must be found.

data.search.keys     p99 of the slowest of pinyin, initials, mixed typing, ends of telephone and of ID numbers
data.search.scan     that p99 / a LIKE '%...%' over the pinyin of the same file
data.search.hanzi    p99 of names in characters, compared on unsealed rows
data.search.address  p99 of parts of addresses, three characters and more, compared on unsealed rows
data.search.drawn    key press to drawn list, p99: the real console under Xvfb with cairo, from the entry's change to the frame after
                     which the answer stands (marks search.key, search.drawn); the X server's own part is not in it. Median of the
                     p99 of rounds of some 150 keys each, so that a moment in which the machine stood still spoils one round. Control:
                     the frames after the entry was emptied, which draw the same desk and card without a search and without rows;
                     and what the machine itself makes of one and the same piece of work after such pauses
"""
import random
import statistics
import subprocess
import sys
import time

import world
from measure import bar, finish, percentile, say

ELDERS = 1160000
LOGIN = 'op03'
PASSWORD = 'bench'
LARGE = world.TOP / '_cache' / 'bench' / 'large'
KEYS = ('pinyin', 'initials', 'mixed', 'phone', 'id')
PAUSE_S = (0.06, 0.14)  # between an answer and the next key: somebody who types very fast, out of step with the frames
ROUNDS = 5
BURSTS = 150
TYPED = ('wangxiuying', 'zhengsq', 'zhsq', 'liguiying', 'zhaoyulan', '4412', '870331', 'sunfengying', 'lsz', 'chenjianguo')


def warm(directory):
    """Reads the copy through once: what else this machine did may have pushed it out of memory."""
    for path in directory.glob('*.db'):
        with open(path, 'rb', buffering=0) as file:
            while file.read(1 << 20):
                pass


def run_cache():
    say(f'a copy of {ELDERS:,} elders is made the first time, which takes minutes')
    warm(LARGE / f'account-{LOGIN}')
    out = subprocess.run([str(world.TOP / '_build' / 'bench' / 'bench-search'), str(LARGE / f'account-{LOGIN}'), str(ELDERS), LOGIN, PASSWORD],
                         capture_output=True, text=True, check=False)
    if out.returncode != 0:
        raise world.Failed(f'bench-search: {out.stderr.strip()}')
    return {line.split()[0]: line.split()[1:] for line in out.stdout.splitlines()}


def describe(name, fields):
    keys, missed, p50, p99, _, cpu_p99 = fields
    return f'{name} {int(p99) / 1000:.3g} ms (p50 {int(p50) / 1000:.3g}, CPU of the thread alone p99 {int(cpu_p99) / 1000:.3g}; {keys} keys, {missed} not found)'


def bench_cache():
    ways = run_cache()
    scan_ms = int(ways['scan'][1]) / 1000
    keys_ms = max(int(ways[way][3]) for way in KEYS) / 1000
    bar('data.search.keys', keys_ms, 1, 'ms', '; '.join(describe(way, ways[way]) for way in KEYS))
    bar('data.search.scan', keys_ms / scan_ms, 0.05, '', f"LIKE '%...%' over the pinyin of the same file {scan_ms:.3g} ms, median of {ways['scan'][0]}")
    for way in ('hanzi', 'address'):
        bar(f'data.search.{way}', int(ways[way][3]) / 1000, 16, 'ms',
            f"{describe(way, ways[way])}; LIKE '%...%' scan {scan_ms:.3g} ms")


def read_marks(path):
    if not path.exists():
        return []
    return [(int(line.split(' ', 2)[0]), *line.split(' ', 2)[1:]) for line in path.read_text(encoding='utf-8').splitlines()]


def wait_for(path, name, count, seconds=60):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = sum(1 for mark in read_marks(path) if mark[1] == name)
        if found >= count:
            return
        time.sleep(0.01)
    raise world.Failed(f'no mark {name} within {seconds} s')


def read_drawn(marks):
    return [detail[0] for _, name, *detail in read_marks(marks) if name == 'search.drawn']


def type_all(yihu, marks, emptied):
    """Every name, key by key; returns the numbers of the searches that were drawn. Those of an emptied entry go to @emptied too."""
    begin = len(read_drawn(marks))
    drawn = []
    for text in TYPED * 2:
        for key in ('ctrl+a', 'BackSpace', *text):
            before = len(drawn)
            time.sleep(random.uniform(*PAUSE_S))
            yihu.key(key)
            deadline = time.monotonic() + 2
            while len(drawn) == before and key != 'ctrl+a' and time.monotonic() < deadline:
                time.sleep(0.05)  # seldom: looking takes a core from what is measured
                drawn = read_drawn(marks)[begin:]
            if key == 'BackSpace' and len(drawn) > before:
                emptied.add(drawn[-1])
    return drawn


def read_waits(marks):
    """Milliseconds from key to drawn list, by the number of the search."""
    pressed, waits = {}, {}
    for at_us, name, *detail in read_marks(marks):
        if name == 'search.key':
            pressed[detail[0]] = at_us
        elif name == 'search.drawn' and detail[0] in pressed:
            waits[detail[0]] = (at_us - pressed.pop(detail[0])) / 1000
    return waits


def read_noise():
    """p50 and p99 in milliseconds of one and the same piece of work, after pauses like those of the keys: what the machine itself adds to a
    frame in one of a hundred."""
    took = []
    for _ in range(BURSTS):
        time.sleep(random.uniform(*PAUSE_S))
        begin = time.monotonic()
        sum(n * n for n in range(60000))
        took.append((time.monotonic() - begin) * 1000)
    return percentile(took, 0.5), percentile(took, 0.99)


def bench_drawn():
    warm(LARGE / f'account-{LOGIN}')
    noise_p50, noise_p99 = read_noise()
    marks = LARGE / 'marks'
    marks.unlink(missing_ok=True)
    yihu = world.World(LARGE, LARGE / 'logs', say)
    emptied = set()
    try:
        yihu.use_chinese()
        yihu.use_virtual_display()
        yihu.start('console', 'dbus-run-session', '--', yihu.program('yihu-console'), '--server', 'http://127.0.0.1:1', '--cache-dir', LARGE,
                   '--login', LOGIN, YIHU_MARKS=str(marks), YIHU_PASSWORD=PASSWORD)
        wait_for(marks, 'desk.usable', 1, 120)
        time.sleep(2)
        yihu.key('F3')
        rounds = [type_all(yihu, marks, emptied) for _ in range(ROUNDS)]
        yihu.picture(LARGE / 'search.png')
    finally:
        yihu.stop_all()
    waits = read_waits(marks)
    rounds = [[waits[number] for number in drawn if number in waits and number not in emptied] for drawn in rounds]
    bare = [waits[number] for number in emptied if number in waits]
    if min(len(drawn) for drawn in rounds) < 40 or not bare:
        raise world.Failed(f'only {[len(drawn) for drawn in rounds]} answers were drawn')
    every = sum(rounds, [])
    bar('data.search.drawn', statistics.median(percentile(drawn, 0.99) for drawn in rounds), 16, 'ms',
        f'the frame alone p50 {percentile(bare, 0.5):.3g} ms, worst of {len(bare)} {max(bare):.3g} ms; all {len(every)} keys p50 '
        f'{percentile(every, 0.5):.3g} ms, p99 {percentile(every, 0.99):.3g} ms; software renderer, no X server part; '
        f'the machine: the same piece of work p50 {noise_p50:.3g} ms, p99 {noise_p99:.3g} ms')


def main():
    LARGE.mkdir(parents=True, exist_ok=True)
    wanted = sys.argv[1] if len(sys.argv) > 1 else 'data.search'
    try:
        if wanted != 'data.search.drawn':
            bench_cache()
        if wanted in ('data', 'data.search', 'data.search.drawn'):
            bench_drawn()
    except world.Failed as failure:
        print(f'bar {wanted} nothing measured FAIL ({failure})', flush=True)
        sys.exit(1)
    finish()


if __name__ == '__main__':
    main()
