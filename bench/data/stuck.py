#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What bad clients cost the server: consoles that never read, a body of 200 MB (announced, and in chunks without a length), 300
connections that never finish their headers while others are served."""
import http.client
import json
import select
import socket
import subprocess
import time

from measure import bar, finish, percentile, resident_kb, say
from small_city import BENCH, SmallCity, start_pipe

STUCK = 20
SECONDS = 12
RATE = 120
HALF_OPEN = 300
BODY = 200 * 1024 * 1024


def load(city, tokens, cursor):
    """Events of 2 KB at two good consoles; the server's growth in KB meanwhile."""
    before = city.resident_kb()
    run = start_pipe(BENCH / 'data-consoles', '--port', city.port, '--tokens', tokens, '--elder', 'e1', '--cursor', cursor, '--epoch',
                     city.epoch, '--consoles', 2, '--rate', RATE, '--seconds', SECONDS, '--calls-every', 0, '--note-bytes', 1900)
    assert run.stdout.readline().strip() == 'ready'
    run.stdin.write('go\n')
    run.stdin.flush()
    result = json.loads(run.stdout.readline())
    run.wait()
    assert result['delivered'] == result['expected'], result
    return city.resident_kb() - before


def open_stuck(city, token, cursor):
    """A console that says hello and then reads nothing."""
    console = socket.socket()
    console.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    console.connect(('127.0.0.1', city.port))
    hello = json.dumps({'hello': {'cursor': cursor, 'epoch': city.epoch, 'protocol': 1}}).encode()
    console.sendall((f'GET /v1/live HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n'
                     f'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nAuthorization: Bearer {token}\r\n\r\n').encode()
                    + bytes([0x81, 0x80 | len(hello), 0, 0, 0, 0]) + hello)
    return console


def measure_stuck(city):
    tokens = city.write_tokens(1)
    token = city.login('desk')
    say(f'{RATE * SECONDS} events of 2 KB without, then with {STUCK} consoles that never read')
    load(city, tokens, city.newest())  # the ring of the newest events fills
    without = load(city, tokens, city.newest())
    cursor = city.newest()
    stuck = [open_stuck(city, token, cursor) for _ in range(STUCK)]
    with_them = load(city, tokens, cursor)
    for console in stuck:
        console.close()
    bar('data.stuck.console', max(0, with_them - without) / 1024 / STUCK, 2, 'MB',
        f'growth with {STUCK} stuck {with_them} KB, without {without} KB')


def reset_peak(pid):
    with open(f'/proc/{pid}/clear_refs', 'w', encoding='ascii') as file:
        file.write('5')
    return resident_kb(pid, peak=True)


def send_body(city, token, announced):
    """Returns the status, or why the connection ended."""
    sender = socket.create_connection(('127.0.0.1', city.port))
    length = f'Content-Length: {BODY}' if announced else 'Transfer-Encoding: chunked'
    piece = b'x' * 65536
    if not announced:
        piece = b'10000\r\n' + piece + b'\r\n'
    sender.sendall(f'POST /v1/command HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n{length}\r\n\r\n'.encode())
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


def measure_bodies(city):
    token = city.login('desk')
    growth, said = 0, []
    for announced in (True, False):
        before = reset_peak(city.server.pid)
        said.append(send_body(city, token, announced))
        city.ask('GET', '/v1/health')
        growth = max(growth, resident_kb(city.server.pid, peak=True) - before)
    bar('data.stuck.body', growth / 1024, 8, 'MB', f'200 MB announced: {said[0]}; in chunks: {said[1]}')


def measure_half_open(city):
    say(f'{HALF_OPEN} connections that never finish their headers')
    ends = []
    begin = time.monotonic()
    for n in range(HALF_OPEN):
        end = socket.create_connection(('127.0.0.1', city.port))
        if n % 2 == 0:
            end.sendall(b'GET /v1/health HTTP/1.1\r\nHost: x\r\nX-Slow: ')
        ends.append(end)
    good = http.client.HTTPConnection('127.0.0.1', city.port)
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
    with SmallCity(say) as city:
        measure_stuck(city)
        measure_bodies(city)
        measure_half_open(city)
    finish()


if __name__ == '__main__':
    main()
