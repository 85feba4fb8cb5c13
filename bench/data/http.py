#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an answer costs the server in CPU: /v1/health over kept connections, in turns with the control, a server of node's 'http' that gives
the same bytes with the same headers."""
import json
import statistics
import subprocess
import sys

import lone_server
from measure import BENCH, bar, cpu_seconds, finish, start_pipe

CONNECTIONS = 16
SECONDS = 1
ROUNDS = 9
NODE = '''
const body = process.argv[1];
const server = require('http').createServer((request, answer) => {
  answer.writeHead(200, {'Server': 'yihu', 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body)});
  answer.end(body);
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
'''


def measure(port, pid):
    """CPU of the server in microseconds an answer, and answers a second."""
    before = cpu_seconds(pid)
    out = subprocess.run([str(BENCH / 'data-requests'), str(port), '/v1/health', str(CONNECTIONS), str(SECONDS)], capture_output=True,
                         text=True, check=True)
    answers, others = (int(word) for word in out.stdout.split())
    if others > 0 or answers == 0:
        sys.exit(f'{answers} answers, {others} of another status')
    return (cpu_seconds(pid) - before) * 1e6 / answers, answers / SECONDS


def main():
    with lone_server.running() as server:
        body = json.dumps(server.must('GET', '/v1/health'), separators=(',', ':'), ensure_ascii=False)
        node = start_pipe('node', '-e', NODE, body)
        port = node.stdout.readline().strip()
        ours, theirs = [], []
        for _ in range(ROUNDS):
            ours.append(measure(server.port, server.process.pid))
            theirs.append(measure(port, node.pid))
        node.terminate()
        node.wait()
    cpu, rate = (statistics.median(row[i] for row in ours) for i in range(2))
    control, control_rate = (statistics.median(row[i] for row in theirs) for i in range(2))
    bar('data.http', statistics.median(our[0] / their[0] for our, their in zip(ours, theirs)), 2, '',
        f'ours {cpu:.3g} us an answer ({rate:.0f}/s), node {control:.3g} us ({control_rate:.0f}/s); medians of {ROUNDS} rounds')
    finish()


if __name__ == '__main__':
    main()
