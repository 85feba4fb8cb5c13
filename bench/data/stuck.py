#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What bad clients cost the server: consoles that never read, a body of 200 MB (announced, and in chunks without a length), 300
connections that never finish their headers while others are served."""
import http.client
import json
import select
import socket
import time

import live_load
import lone_server
from measure import bar, finish, percentile, resident_kb, say

STUCK = 20
SECONDS = 12
RATE = 120
HALF_OPEN = 300
BODY = 200 * 1024 * 1024


def load(server, tokens, cursor):
    """Events of 2 KB at two good consoles; the server's growth in KB meanwhile."""
    before = resident_kb(server.process.pid)
    result = live_load.run(server.port, tokens, cursor, server.epoch, consoles=2, rate=RATE, seconds=SECONDS, calls_every=0, note_bytes=1900)
    assert result['delivered'] == result['expected'], result
    return resident_kb(server.process.pid) - before


def open_stuck(server, cursor):
    """A console that says hello and then reads nothing."""
    console = socket.socket()
    console.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    console.connect(('127.0.0.1', server.port))
    hello = json.dumps({'hello': {'cursor': cursor, 'epoch': server.epoch, 'protocol': 1}}).encode()
    console.sendall((f'GET /v1/live HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n'
                     f'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nAuthorization: Bearer {server.token}\r\n'
                     f'X-Yihu-Device: {lone_server.DEVICE}\r\n\r\n').encode()
                    + bytes([0x81, 0x80 | len(hello), 0, 0, 0, 0]) + hello)
    return console


def measure_stuck(server):
    tokens = live_load.write_tokens(server, 1)
    say(f'{RATE * SECONDS} events of 2 KB without, then with {STUCK} consoles that never read')
    load(server, tokens, server.newest())  # the ring of the newest events fills
    without = load(server, tokens, server.newest())
    cursor = server.newest()
    stuck = [open_stuck(server, cursor) for _ in range(STUCK)]
    with_them = load(server, tokens, cursor)
    for console in stuck:
        console.close()
    bar('data.stuck.console', max(0, with_them - without) / 1024 / STUCK, 2, 'MB',
        f'growth with {STUCK} stuck {with_them} KB, without {without} KB')


def reset_peak(pid):
    with open(f'/proc/{pid}/clear_refs', 'w', encoding='ascii') as file:
        file.write('5')
    return resident_kb(pid, peak=True)


def send_body(server, announced):
    """Returns the status, or why the connection ended."""
    sender = socket.create_connection(('127.0.0.1', server.port))
    length = f'Content-Length: {BODY}' if announced else 'Transfer-Encoding: chunked'
    piece = b'x' * 65536
    if not announced:
        piece = b'10000\r\n' + piece + b'\r\n'
    sender.sendall(f'POST /v1/command HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {server.token}\r\n'
                   f'X-Yihu-Device: {lone_server.DEVICE}\r\n{length}\r\n\r\n'.encode())
    try:
        for _ in range(BODY // 65536):
            sender.sendall(piece)
            if select.select([sender], [], [], 0)[0]:
                break
        return sender.recv(4096).split(b'\r\n')[0].decode() or 'cut'
    except ConnectionError:
        return 'cut'
    finally:
        sender.close()


def measure_bodies(server):
    growth, said = 0, []
    for announced in (True, False):
        before = reset_peak(server.process.pid)
        said.append(send_body(server, announced))
        server.must('GET', '/v1/health')
        growth = max(growth, resident_kb(server.process.pid, peak=True) - before)
    bar('data.stuck.body', growth / 1024, 8, 'MB', f'200 MB announced: {said[0]}; in chunks: {said[1]}')


def measure_half_open(server):
    say(f'{HALF_OPEN} connections that never finish their headers')
    ends = []
    begin = time.monotonic()
    for n in range(HALF_OPEN):
        end = socket.create_connection(('127.0.0.1', server.port))
        if n % 2 == 0:
            end.sendall(b'GET /v1/health HTTP/1.1\r\nHost: x\r\nX-Slow: ')
        ends.append(end)
    good = http.client.HTTPConnection('127.0.0.1', server.port)
    waits = []
    while ends and time.monotonic() - begin < 30:
        asked = time.monotonic()
        good.request('GET', '/v1/health')
        good.getresponse().read()
        waits.append(time.monotonic() - asked)
        poll = select.poll()
        for end in ends:
            poll.register(end, select.POLLIN)
        closed = {fd for fd, _ in poll.poll(20)}
        for end in ends:
            if end.fileno() in closed:
                end.close()
        ends = [end for end in ends if end.fileno() >= 0]
    took = time.monotonic() - begin
    bar('data.stuck.half_open', took, 15, 's', f'{len(ends)} of {HALF_OPEN} left; others served meanwhile: {len(waits)} answers, '
        f'p99 {percentile(waits, 0.99) * 1e3:.3g} ms')


def main():
    with lone_server.running() as server:
        measure_stuck(server)
        measure_bodies(server)
        measure_half_open(server)
    finish()


if __name__ == '__main__':
    main()
