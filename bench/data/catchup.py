#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A console that was away pulls 100,000 events by /v1/changes on one kept connection. Control: the same rows read from the store's file by
SQLite alone (bench/data-rows.c), in turns with the pulls."""
import http.client
import statistics
import subprocess
import time

import lone_server
from measure import BENCH, bar, finish, say

EVENTS = 100000
PIECE = 25000
ROUNDS = 15


def fill(server):
    admin = server.login('admin')
    for first in range(0, EVENTS, PIECE):
        rows = ['id,division,name,sex,birth,phone,address\n']
        rows += [f'w{n},210802000000,王小{chr(0x4e00 + n % 5000)},female,19{n % 50:02d}0101,139{n:08d},人民路{n}号{n % 9}单元\n'
                 for n in range(first, first + PIECE)]
        server.must('POST', '/v1/import/elder?mode=all', ''.join(rows), token=admin)


def pull(server, since):
    """(events, bytes, seconds) until the feed is even; the bodies are read and not taken apart but for their last number."""
    connection = http.client.HTTPConnection('127.0.0.1', server.port)
    size = 0
    first = since
    begin = time.monotonic()
    more = True
    while more:
        connection.request('GET', f'/v1/changes?since={since}&epoch={server.epoch}&limit=5000', headers=server.headers(server.token))
        body = connection.getresponse().read()
        size += len(body)
        tail = body[body.rindex(b'],"to":') + 7:]
        since = int(tail[:tail.index(b',')])
        more = b'"more":true' in tail
    return since - first, size, time.monotonic() - begin


def read_rows(server, since):
    out = subprocess.run([str(BENCH / 'data-rows'), str(server.directory / 'yihu.db'), str(since)], capture_output=True, text=True,
                         check=True)
    n, took_us, size = (int(word) for word in out.stdout.split())
    return n, size, took_us / 1e6


def main():
    with lone_server.running() as server:
        since = server.newest()
        say(f'{EVENTS} events come into the feed')
        fill(server)
        pulls, reads = [], []
        for _ in range(ROUNDS):
            pulls.append(pull(server, since))
            reads.append(read_rows(server, since))
    seconds = statistics.median(row[2] for row in pulls)
    control = statistics.median(row[2] for row in reads)
    events = pulls[0][0]
    assert events == reads[0][0] >= EVENTS, (events, reads[0])
    bar('data.catchup.rate', events / seconds, 100000, 'events/s', f'{pulls[0][1] / 1e6:.3g} MB in {seconds:.3g} s; '
        f'SQLite alone {events / control:.3g} rows/s', least=True)
    bar('data.catchup.ratio', seconds / control, 2, '', f'pull {seconds * 1e3:.3g} ms, SQLite alone {control * 1e3:.3g} ms, '
        f'medians of {ROUNDS}')
    finish()


if __name__ == '__main__':
    main()
