# SPDX-License-Identifier: GPL-3.0-or-later
"""Consoles on live connections (bench/data-consoles.c), for the bars of the feed and of its limits."""
import json
import sys

import lone_server
from measure import BENCH, start_pipe


def write_tokens(server, n_logins):
    """The file that the program reads: the token of a switchboard, then those of @n_logins log-ins of a desk."""
    server.add_account('voice', 'switchboard', 0)
    server.add_account('desk', 'operator', lone_server.CITY, '02')
    path = server.directory.parent / 'tokens'
    tokens = [server.login('voice')] + [server.login('desk') for _ in range(n_logins)]
    path.write_text('\n'.join(tokens) + '\n', encoding='ascii')
    return path


def run(port, tokens, cursor, epoch, before=None, **options):
    """What the program found out; @before is called when all consoles are welcome, before the first event."""
    words = [word for name, value in options.items() for word in ('--' + name.replace('_', '-'), value)]
    load = start_pipe(BENCH / 'data-consoles', '--port', port, '--tokens', tokens, '--device', lone_server.DEVICE,
                      '--elder', lone_server.ELDER, '--cursor', cursor, '--epoch', epoch, *words)
    if load.stdout.readline().strip() != 'ready':
        sys.exit('data-consoles did not start')
    if before is not None:
        before()
    load.stdin.write('go\n')
    load.stdin.flush()
    line = load.stdout.readline()
    load.wait()
    if not line:
        sys.exit(f'data-consoles ended early ({load.returncode})')
    return json.loads(line)
