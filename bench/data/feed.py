#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""200 consoles on live connections, 50 commands a second (one in ten a call): every event reaches every console once, how late, and what a
delivery costs the server. Lateness counts from the moment the command was sent, so it holds the commit as well. Control: a relay that
only syncs each command to a file and writes the same frames to the same program (bench/data-relay.c)."""
import os

import live_load
import lone_server
from measure import BENCH, bar, cpu_seconds, finish, say, start_pipe

CONSOLES = 200
RATE = 50
SECONDS = 20


def run_load(port, tokens, cursor, epoch, pid):
    os.sync()  # what was written before is not to be synced with the first commands
    cpu = []
    result = live_load.run(port, tokens, cursor, epoch, lambda: cpu.append(cpu_seconds(pid)), consoles=CONSOLES, rate=RATE, seconds=SECONDS)
    result['cpu_us'] = (cpu_seconds(pid) - cpu[0]) * 1e6 / max(1, result['delivered'])
    return result


def run_relay(tokens, directory):
    relay = start_pipe(BENCH / 'data-relay', directory / 'relay')
    port = relay.stdout.readline().strip()
    result = run_load(port, tokens, 0, 1, relay.pid)
    relay.stdin.close()
    relay.wait()
    return result


def main():
    with lone_server.running() as server:
        tokens = live_load.write_tokens(server, 20)
        cursor = server.newest()
        say(f'{CONSOLES} consoles, {RATE} events a second, {SECONDS} s; then the same at the relay')
        ours = run_load(server.port, tokens, cursor, server.epoch, server.process.pid)
        relay = run_relay(tokens, server.directory.parent)
    expected = ours['expected']
    bar('data.feed.lost', expected - ours['delivered'] + ours['doubled'] + ours['refused'], 0, '',
        f'{ours["delivered"]} of {expected} deliveries, {ours["doubled"]} twice; relay {relay["delivered"]}')
    bar('data.feed.doubled', ours['doubled'] + ours['missed'], 0, '', f'{ours["missed"]} gaps; relay {relay["doubled"]}')
    bar('data.feed.p99', ours['p99_us'] / 1000, 50, 'ms',
        f'relay {relay["p99_us"] / 1000:.3g} ms; ours p50 {ours["p50_us"] / 1000:.3g} ms')
    bar('data.feed.calls', ours['call_p99_us'] / 1000, 50, 'ms',
        f'calls are not batched: p50 {ours["call_p50_us"] / 1000:.3g} ms, others p50 {ours["p50_us"] / 1000:.3g} ms; '
        f'relay p99 {relay["call_p99_us"] / 1000:.3g} ms')
    bar('data.feed.cpu', ours['cpu_us'], 25, 'us', f'relay {relay["cpu_us"]:.3g} us a delivery; '
        f'{ours["delivered"] / max(1, ours["frames"]):.3g} events a frame')
    finish()


if __name__ == '__main__':
    main()
