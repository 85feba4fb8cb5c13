#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an answer costs the server in CPU: /v1/health over kept connections, in turns with the control, a server of node's 'http' that gives
the same bytes with the same headers."""
import statistics
import subprocess
import sys

from measure import bar, cpu_seconds, finish, say
from small_city import BENCH, SmallCity, start_pipe

CONNECTIONS = 16
SECONDS = 3
ROUNDS = 3
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
    with SmallCity(say, '--requests-per-second', '-1') as city:
        node = start_pipe('node', '-e', NODE, city.ask('GET', '/v1/health').decode())
        port = node.stdout.readline().strip()
        ours, theirs = [], []
        for _ in range(ROUNDS):
            ours.append(measure(city.port, city.server.pid))
            theirs.append(measure(port, node.pid))
        node.terminate()
        node.wait()
    cpu = statistics.median(row[0] for row in ours)
    control = statistics.median(row[0] for row in theirs)
    bar('data.http', cpu / control, 2, '', f'ours {cpu:.3g} us an answer ({ours[-1][1]:.0f}/s), node {control:.3g} us '
        f'({theirs[-1][1]:.0f}/s)')
    finish()


if __name__ == '__main__':
    main()
