#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Twenty consoles send 2,000 commands as an outbox does: in order, the same key until there is an answer. A fifth of the answers are lost on
the way, some requests arrive half, and the server is killed five times in the middle. At the end there are exactly 2,000 effects, each
console has the answer to each of its commands, and the feed has neither gap nor double.

TAP; the seed is printed and may be given by YIHU_SEED."""
import http.client
import json
import os
import pathlib
import random
import signal
import socket
import sqlite3
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent.parent / 'tools'))
import lone_server  # noqa: E402

CONSOLES = 20
COMMANDS = 100  # of each
KILLS = 5
LOST_ANSWERS = 0.2
HALF_REQUESTS = 0.05


def make_key(dice):
    """A UUID of version 7 by form; its time does not matter here."""
    text = f'{dice.getrandbits(128):032x}'
    return f'{text[:8]}-{text[8:12]}-7{text[13:16]}-8{text[17:20]}-{text[20:]}'


class Count:
    """Of all consoles; whoever changes it holds the lock."""

    def __init__(self):
        self.lock = threading.Condition()
        self.answered = 0
        self.sent = 0
        self.lost = 0
        self.outages = 0


class Console(threading.Thread):
    def __init__(self, server, count, seed):
        super().__init__(daemon=True)
        self.server = server
        self.count = count
        self.dice = random.Random(seed)
        self.seqs = {}

    def request(self, key):
        note = {'id': key, 'elder': lone_server.ELDER, 'text': 'asked for lunch'}
        body = json.dumps({'key': key, 'name': 'note.add', 'object': key, 'at_us': time.time_ns() // 1000, 'args': {'note': note}})
        return (f'POST /v1/command HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {self.server.token}\r\n'
                f'X-Yihu-Device: test\r\n'
                f'Content-Length: {len(body)}\r\n\r\n{body}').encode()

    def send(self, key):
        """Returns: the reply, or None when it did not come, for whatever reason."""
        fate = self.dice.random()
        data = self.request(key)
        with self.count.lock:
            self.count.sent += 1
            self.count.lost += fate < LOST_ANSWERS
        try:
            with socket.create_connection(('127.0.0.1', self.server.port), timeout=30) as line:
                if LOST_ANSWERS <= fate < LOST_ANSWERS + HALF_REQUESTS:
                    line.sendall(data[:self.dice.randrange(len(data))])
                    return None
                line.sendall(data)
                if fate < LOST_ANSWERS:
                    if self.dice.random() < 0.5:
                        line.recv(1)  # it is there, and the line breaks
                    return None
                answer = http.client.HTTPResponse(line)
                answer.begin()
                reply = json.loads(answer.read())
                assert answer.status in (200, 429, 503), f'{answer.status} {reply}'
                return reply if answer.status == 200 else None
        except (OSError, http.client.HTTPException, ValueError):
            with self.count.lock:
                self.count.outages += 1
            return None

    def run(self):
        for _ in range(COMMANDS):
            key = make_key(self.dice)
            reply = None
            while reply is None:
                reply = self.send(key)
                if reply is None:
                    time.sleep(self.dice.random() * 0.02)  # as an outbox waits before it tries again
            self.seqs[key] = reply['seq']
            with self.count.lock:
                self.count.answered += 1
                self.count.lock.notify_all()


def check(directory, consoles):
    with sqlite3.connect(directory / 'yihu.db') as store:
        seqs = [row[0] for row in store.execute('SELECT seq FROM feed ORDER BY seq')]
        events = {row[0] for row in store.execute("SELECT seq FROM feed WHERE kind = 'note'")}
        notes = [row[0] for row in store.execute('SELECT id FROM note')]
        keys = [row[0] for row in store.execute('SELECT key FROM idem')]
    store.close()
    answers = {key: seq for console in consoles for key, seq in console.seqs.items()}
    assert len(notes) == CONSOLES * COMMANDS, f'{len(notes)} effects'
    assert len(events) == CONSOLES * COMMANDS, f'{len(events)} events'
    assert sorted(notes) == sorted(keys) == sorted(answers), 'an answer without its effect, or the other way round'
    assert seqs == list(range(1, len(seqs) + 1)), 'the feed has a gap'
    assert set(answers.values()) == events, 'an answer names the wrong number'


def main():
    seed = int(os.environ.get('YIHU_SEED', random.randrange(1 << 32)))
    dice = random.Random(seed)
    print(f'1..1\n# seed {seed}', flush=True)
    with tempfile.TemporaryDirectory(prefix='yihu-drill-') as top:
        server = lone_server.LoneServer(pathlib.Path(top) / 'server').set_up()
        count = Count()
        consoles = [Console(server, count, dice.randrange(1 << 32)) for _ in range(CONSOLES)]
        for console in consoles:
            console.start()
        for kill in range(KILLS):
            with count.lock:
                wanted = CONSOLES * COMMANDS * (kill + 1) // (KILLS + 1)
                assert count.lock.wait_for(lambda wanted=wanted: count.answered >= wanted, 60), 'the consoles stand still'
            server.end(signal.SIGKILL)
            server.start()
        for console in consoles:
            console.join(60)
            assert not console.is_alive(), 'a console waits for ever'
        server.end()
        check(server.directory, consoles)
    print(f'ok 1 {CONSOLES * COMMANDS} commands took effect once # {count.sent} sent, {count.lost} answers lost, '
          f'{count.outages} outages, {KILLS} kills')


if __name__ == '__main__':
    main()
