#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A new console's way to a city of 1,160,000 elders with their kin: the packed file from the real server's shelf over loopback to the
opened city.db (bench/data-snapshot.c, the functions that the console's book calls, in its order). The city is made and imported the first
time, which takes minutes, and kept in _cache/bench; the median of three runs counts, controls in turns with them.

data.snapshot.wall    from asking to the opened copy / `zstd -d` of the same packed file to the same disk
data.snapshot.cpu     the console's CPU for it / the CPU of taking the same rows one by one: decoded from a binary stream, inserted in one
                      transaction, the same indexes made (without sealing, checks, triggers and the index of addresses)
data.snapshot.memory  the most resident memory of the process, file pages and all, above what it has after the log-in
"""
import hashlib
import json
import shutil
import statistics
import subprocess
import sys
import time
import urllib.request

import world
from measure import bar, cpu_seconds, finish, say

ELDERS = 1160000
SEED = 7
LOGIN = 'op03'
ROUNDS = 3
PLACE = world.TOP / '_cache' / 'bench'
HELPER = world.TOP / '_build' / 'bench' / 'data-snapshot'
SCHEMA = (world.TOP / 'src' / 'wire' / 'protocol.h').read_text(encoding='utf-8').split('YIHU_SNAPSHOT_SCHEMA ')[1].split()[0]


def ask(yihu, path, token=None, body=None, **headers):
    if token:
        headers |= {'Authorization': 'Bearer ' + token, 'X-Yihu-Device': 'bench'}
    data = json.dumps(body).encode() if body else None
    with urllib.request.urlopen(urllib.request.Request(yihu.url + path, data, headers), timeout=60) as answer:
        return answer.status, dict(answer.headers), answer.read()


def wait_for_file(yihu):
    """Has the server make its file, or look at the one that stands; returns its headers."""
    _, _, text = ask(yihu, '/v1/login', body={'login': LOGIN, 'password': yihu.password, 'device': 'bench', 'protocol': 1})
    token = json.loads(text)['token']
    cpu = cpu_seconds(yihu.server.pid)
    begin = time.monotonic()
    stages = {}
    while True:
        status, headers, text = ask(yihu, f'/v1/snapshot?schema={SCHEMA}', token, **{'Range': 'bytes=0-0'})
        if status != 202:
            break
        stages[json.loads(text)['building']] = time.monotonic() - begin
        time.sleep(0.05)
    say(f'the server had its file after {time.monotonic() - begin:.1f} s, {cpu_seconds(yihu.server.pid) - cpu:.1f} s of CPU; last seen at: '
        + ', '.join(f'{name} {at:.1f} s' for name, at in stages.items()))
    return headers


def find_file(yihu, wanted):
    for path in (yihu.directory / 'server' / 'snapshots').glob('*.zst'):
        with open(path, 'rb') as file:
            if hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=32)).hexdigest() == wanted:
                return path
    raise world.Failed('the file served does not stand on the shelf')


def fetch(yihu, directory):
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    out = subprocess.run([str(HELPER), 'fetch', yihu.url, str(directory), LOGIN], capture_output=True, text=True, check=False,
                         env=yihu.environment)
    if out.returncode != 0:
        raise world.Failed(f'data-snapshot: {out.stderr.strip()}')
    return [int(word) for word in out.stdout.split()]


def unpack(packed, plain):
    plain.unlink(missing_ok=True)
    begin = time.monotonic()
    subprocess.run(['zstd', '-d', '-q', '-f', str(packed), '-o', str(plain)], check=True)
    return (time.monotonic() - begin) * 1e6


def take_rows(city, scratch):
    """(rows, CPU us, wall us) of the row-by-row way to the same city."""
    stream, copy = scratch / 'rows', scratch / 'rows.db'
    subprocess.run([str(HELPER), 'rows', str(city), str(stream)], check=True)
    out = subprocess.run([str(HELPER), 'insert', str(stream), str(copy)], check=True, capture_output=True, text=True)
    stream.unlink()
    copy.unlink()
    return [int(word) for word in out.stdout.split()]


def measure(yihu):
    scratch = PLACE / 'snapshot'
    headers = wait_for_file(yihu)
    packed = find_file(yihu, headers['X-Yihu-Blake2b'])
    size, plain = packed.stat().st_size / 1e6, int(headers['X-Yihu-Plain-Bytes']) / 1e6
    say(f'{ELDERS:,} elders: {plain:.0f} MB, packed {size:.0f} MB')
    fetches, unpackings = [], []
    for _ in range(ROUNDS):
        fetches.append(fetch(yihu, scratch / 'console'))
        unpackings.append(unpack(packed, scratch / 'control.db'))
        (scratch / 'control.db').unlink()
        subprocess.run(['sync'], check=True)  # what one run leaves to be written is not the next one's burden
    if any(row[5] != ELDERS for row in fetches):
        raise world.Failed(f'the copy has {fetches[0][5]} elders')
    wall, cpu, way, check, install = (statistics.median(row[i] for row in fetches) / 1e6 for i in range(5))
    control = statistics.median(unpackings) / 1e6
    bar('data.snapshot.wall', wall / control, 2, '', f'asking to opened {wall:.3g} s (fetch {way:.3g}, check {check:.3g}, install '
        f'{install:.2g}), zstd -d {control:.3g} s, medians of {ROUNDS}; {plain:.0f} MB, packed {size:.0f} MB')
    rows, rows_cpu, rows_wall = take_rows(scratch / 'console' / 'city.db', scratch)
    bar('data.snapshot.cpu', cpu * 1e6 / rows_cpu, 0.25, '', f'console {cpu:.3g} s of CPU, row by row {rows_cpu / 1e6:.3g} s '
        f'({rows_wall / 1e6:.3g} s in all, {rows:,} rows with keys)')
    extra = max(row[7] - row[6] for row in fetches) / 1024
    anon = max(row[9] - row[8] for row in fetches) / 1024
    bar('data.snapshot.memory', extra, 64, 'MB', f'idle {fetches[0][6] / 1024:.3g} MB; without pages of files {anon:.3g} MB more')
    shutil.rmtree(scratch)


def main():
    yihu = world.World(PLACE / f'server-{ELDERS}', PLACE / 'logs', say)
    try:
        yihu.make_city(ELDERS, SEED)
        measure(yihu)
    except world.Failed as failure:
        print(f'bar data.snapshot nothing measured FAIL ({failure})', flush=True)
        sys.exit(1)
    finally:
        yihu.stop_all()
    finish()


if __name__ == '__main__':
    main()
