#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The same commands on the second engine: 64 connections over HTTP, grouped, the writer reading and writing a batch in two round trips.

data.postgres  acknowledged commands a second in PostgreSQL (its defaults, each commit synced, same disk), control: SQLite.
Runs alternate; medians."""
import pathlib
import statistics
import tempfile

import lone_postgres
import lone_server
from measure import bar, finish

CONNECTIONS = 64
SECONDS = 2
PAIRS = 3


def main():
    with tempfile.TemporaryDirectory(prefix='yihu-bench-') as top:
        top = pathlib.Path(top)
        top.chmod(0o755)
        database = lone_postgres.LonePostgres(top / 'postgres')
        servers = {'sqlite': lone_server.LoneServer(top / 'sqlite').set_up(),
                   'postgres': lone_server.LoneServer(top / 'server', store=database.make_database('yihu')).set_up()}
        rates = {'sqlite': [], 'postgres': []}
        for _ in range(PAIRS):
            for name, server in servers.items():
                rates[name].append(lone_server.rate(server.load(CONNECTIONS, SECONDS)))
        for server in servers.values():
            server.end()
        database.end()
        ours, control = statistics.median(rates['postgres']), statistics.median(rates['sqlite'])
        bar('data.postgres', ours / control, 0.5, '', f'{control:.0f} commands/s in SQLite, {ours:.0f} in PostgreSQL', least=True)
    finish()


if __name__ == '__main__':
    main()
