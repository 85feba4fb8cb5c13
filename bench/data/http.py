#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an answer costs the server in CPU: /v1/health over kept connections, in turns with the control, a server of node's 'http' that makes the
same answer anew for each request, with the same headers, and with libsoup alone, which sends it without making it (bench/data-soup.c)."""
import json
import statistics
import subprocess
import sys

import lone_server
from measure import BENCH, bar, cpu_seconds, finish, start_pipe

CONNECTIONS = 16
SLICE_MS = 300  # short turns: what else the machine does meets both of a pair
ROUNDS = 31
NODE = '''
const state = JSON.parse(process.argv[1]);
const server = require('http').createServer((request, answer) => {
  state.time_us = Date.now() * 1000;
  const body = JSON.stringify(state);
  answer.writeHead(200, {'Server': 'yihu', 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body)});
  answer.end(body);
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
'''


def measure(port, pid):
    """CPU of the server in microseconds an answer, and answers a second."""
    before = cpu_seconds(pid)
    out = subprocess.run([str(BENCH / 'data-requests'), str(port), '/v1/health', str(CONNECTIONS), str(SLICE_MS)], capture_output=True,
                         text=True, check=True)
    answers, others = (int(word) for word in out.stdout.split())
    if others > 0 or answers == 0:
        sys.exit(f'{answers} answers, {others} of another status')
    return (cpu_seconds(pid) - before) * 1e6 / answers, answers / SLICE_MS * 1000


def main():
    with lone_server.running() as server:
        body = json.dumps(server.must('GET', '/v1/health'), separators=(',', ':'), ensure_ascii=False)
        controls = [start_pipe('node', '-e', NODE, body), start_pipe(BENCH / 'data-soup', body)]
        places = [(server.port, server.process.pid)] + [(control.stdout.readline().strip(), control.pid) for control in controls]
        rounds = [[measure(*place) for place in places] for _ in range(ROUNDS)]
        for control in controls:
            control.terminate()
            control.wait()
    (ours, rate), (node, node_rate), (soup, soup_rate) = (
        [statistics.median(row[place][i] for row in rounds) for i in range(2)] for place in range(3))
    bar('data.http', statistics.median(row[0][0] / row[1][0] for row in rounds), 2, '', f'ours {ours:.3g} us an answer ({rate:.0f}/s), '
        f'node {node:.3g} us ({node_rate:.0f}/s), libsoup alone {soup:.3g} us ({soup_rate:.0f}/s); medians of {ROUNDS} rounds')
    finish()


if __name__ == '__main__':
    main()
