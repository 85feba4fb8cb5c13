#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Broken SIP against the real yihu-voice: test-broken-sip.py YIHU-VOICE.

Both telephones here are bare sockets that say exactly what a test wants: torn, oversized and lying messages, answers without a
session description, noise instead of speech. After each the switchboard must put a good call through, from INVITE to BYE.
It runs without a server, on the secret of an earlier log-in."""
import base64
import hashlib
import itertools
import os
import random
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time

SECRET = bytes(range(32))
PATIENCE_S = 20
numbers = itertools.count(1)


class Broken(Exception):
    pass


class Switchboard:
    def __init__(self, program):
        self.directory = tempfile.mkdtemp(prefix='yihu-sip-')
        with open(f'{self.directory}/sip-secret', 'w', encoding='ascii') as file:
            file.write(base64.b64encode(SECRET).decode())
        self.errors = open(f'{self.directory}/errors', 'w+', encoding='utf-8', errors='replace')
        self.process = subprocess.Popen(
            [program, '--server', 'http://127.0.0.1:9', '--login', 'voice', '--sip', '127.0.0.1:0', '--data-dir', self.directory,
             '--area-code', '0417'], env=dict(os.environ, YIHU_PASSWORD='x'), stdout=subprocess.PIPE, stderr=self.errors, text=True)
        line = self.process.stdout.readline()
        self.port = int(re.search(r'sip:127\.0\.0\.1:(\d+)', line).group(1))

    def check(self):
        if self.process.poll() is not None:
            self.errors.seek(0)
            raise Broken(f'the switchboard ended with {self.process.returncode}: {self.errors.read()[-2000:]}')

    def stop(self):
        self.process.terminate()
        status = self.process.wait(PATIENCE_S)
        self.process.stdout.close()
        self.errors.close()
        shutil.rmtree(self.directory)
        if status != 0:
            raise Broken(f'the switchboard ended with {status}')


class Message:
    def __init__(self, text):
        head, _, self.body = text.partition('\r\n\r\n')
        self.first, *lines = head.split('\r\n')
        self.headers = {}
        for line in lines:
            name, _, value = line.partition(':')
            self.headers.setdefault(name.strip().lower(), []).append(value.strip())

    def get(self, name):
        return self.headers.get(name, [''])[0]

    @property
    def status(self):
        return int(self.first.split()[1]) if self.first.startswith('SIP/') else 0

    @property
    def method(self):
        return self.first.split()[0] if not self.first.startswith('SIP/') else ''


class Phone:
    """A socket and what came to it."""

    def __init__(self, board, user):
        self.board = board
        self.user = user
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(('127.0.0.1', 0))
        self.rtp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.rtp.bind(('127.0.0.1', 0))
        self.address = f'127.0.0.1:{self.socket.getsockname()[1]}'

    def close(self):
        self.socket.close()
        self.rtp.close()

    def send(self, text):
        data = text if isinstance(text, bytes) else text.encode('utf-8', 'surrogateescape')
        self.socket.sendto(data, ('127.0.0.1', self.board.port))

    def wait(self, what, wanted, seconds=PATIENCE_S):
        """The next message for which wanted() holds; retransmissions of others are passed over."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.board.check()
            self.socket.settimeout(0.2)
            try:
                data = self.socket.recv(65535)
            except socket.timeout:
                continue
            message = Message(data.decode('utf-8', 'replace'))
            if message.method == 'OPTIONS':
                self.answer(message, '200 OK')
            elif wanted(message):
                return message
        raise Broken(f'{self.user}: {what} never came')

    def wait_for_quiet(self):
        """Until all that was sent has been read: what does not fit into the switchboard's socket is lost, and nothing here says it again."""
        for _ in range(PATIENCE_S):
            call_id = f'quiet-{next(numbers)}'
            self.send(self.request('OPTIONS', call_id, 1))
            try:
                self.wait('quiet', lambda m, c=call_id: m.status >= 200 and m.get('call-id') == c, 1)
                return
            except Broken:
                self.board.check()
        raise Broken('the switchboard does not answer any more')

    def wait_status(self, call_id, *statuses):
        return self.wait(f'{statuses} of {call_id}',
                         lambda m: m.status in statuses and m.get('call-id') == call_id)

    def describe(self):
        return ('v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n'
                f'm=audio {self.rtp.getsockname()[1]} RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\n')

    def request(self, method, call_id, sequence, body='', kind='application/sdp', to_tag='', branch=None, length=None, extra=''):
        to = f';tag={to_tag}' if to_tag else ''
        branch = branch or f'z9hG4bK{next(numbers)}'
        typed = f'Content-Type: {kind}\r\n' if body else ''
        return (f'{method} sip:12349@127.0.0.1:{self.board.port} SIP/2.0\r\nVia: SIP/2.0/UDP {self.address};branch={branch}\r\n'
                f'Max-Forwards: 70\r\nFrom: <sip:{self.user}@127.0.0.1>;tag=f{self.user}\r\nTo: <sip:12349@127.0.0.1>{to}\r\n'
                f'Call-ID: {call_id}\r\nCSeq: {sequence} {method}\r\nContact: <sip:{self.user}@{self.address}>\r\n{extra}{typed}'
                f'Content-Length: {len(body.encode()) if length is None else length}\r\n\r\n{body}')

    def answer(self, request, status, body='', extra=''):
        vias = ''.join(f'Via: {via}\r\n' for via in request.headers['via'])
        to = request.get('to')
        if ';tag=' not in to:
            to += ';tag=seat'
        typed = 'Content-Type: application/sdp\r\n' if body else ''
        self.send(f'SIP/2.0 {status}\r\n{vias}From: {request.get("from")}\r\nTo: {to}\r\nCall-ID: {request.get("call-id")}\r\n'
                  f'CSeq: {request.get("cseq")}\r\nContact: <sip:{self.user}@{self.address}>\r\n{extra}{typed}'
                  f'Content-Length: {len(body)}\r\n\r\n{body}')


class Seat(Phone):
    def __init__(self, board, seat):
        super().__init__(board, f'{seat}.{int(time.time()) + 3600}')
        digest = hashlib.blake2b(self.user.encode(), digest_size=16, key=SECRET).digest()
        self.password = base64.urlsafe_b64encode(digest).decode().rstrip('=')
        self.authorized('REGISTER', extra='Expires: 60\r\n')

    def authorized(self, method, body='', extra=''):
        call_id = f'{method}-{next(numbers)}'
        kind = 'application/yihu-seat'
        uri = f'sip:12349@127.0.0.1:{self.board.port}'
        text = self.request(method, call_id, 1, body, kind, extra=extra).replace('To: <sip:12349@', f'To: <sip:{self.user}@')
        self.send(text)
        reply = self.wait_status(call_id, 200, 202, 401)
        if reply.status != 401:
            return
        realm = re.search(r'realm="([^"]*)"', reply.get('www-authenticate')).group(1)
        nonce = re.search(r'nonce="([^"]*)"', reply.get('www-authenticate')).group(1)

        def md5(words):
            return hashlib.md5(words.encode()).hexdigest()

        ha1, ha2 = md5(f'{self.user}:{realm}:{self.password}'), md5(f'{method}:{uri}')
        proof = md5(f'{ha1}:{nonce}:00000001:c:auth:{ha2}') if 'qop' in reply.get('www-authenticate') else md5(f'{ha1}:{nonce}:{ha2}')
        qop = ', qop=auth, nc=00000001, cnonce="c"' if 'qop' in reply.get('www-authenticate') else ''
        authorization = (f'Authorization: Digest username="{self.user}", realm="{realm}", nonce="{nonce}", uri="{uri}", '
                         f'response="{proof}"{qop}\r\n')
        text = self.request(method, call_id, 2, body, kind, extra=extra + authorization)
        self.send(text.replace('To: <sip:12349@', f'To: <sip:{self.user}@'))
        self.wait_status(call_id, 200, 202)

    def say_ready(self):
        self.authorized('MESSAGE', 'ready')

    def wait_ring(self, caller=''):
        ring = self.wait('INVITE', lambda m: m.method == 'INVITE' and caller in m.get('from'))
        self.answer(ring, '180 Ringing')
        return ring


def call(caller, extra=''):
    """Dials; gives back the Call-ID and the INVITE's branch."""
    call_id, branch = f'call-{next(numbers)}', f'z9hG4bKc{next(numbers)}'
    caller.send(caller.request('INVITE', call_id, 1, caller.describe(), branch=branch, extra=extra))
    return call_id, branch


def acknowledge(caller, call_id, answer):
    tag = re.search(r'tag=([^;]+)', answer.get('to')).group(1)
    caller.send(caller.request('ACK', call_id, 1, to_tag=tag))
    return tag


def talk(caller, seat):
    """A good call up to the point where both are connected."""
    seat.say_ready()
    call_id, _ = call(caller)
    ring = seat.wait_ring(caller.user)
    if 'x-yihu-call' not in ring.headers:
        raise Broken('the seat was rung without the number of its call')
    seat.answer(ring, '200 OK', seat.describe())
    seat.wait('ACK', lambda m: m.method == 'ACK' and m.get('call-id') == ring.get('call-id'))
    answer = caller.wait_status(call_id, 200)
    if 'm=audio' not in answer.body:
        raise Broken('the caller was answered without a session description')
    return call_id, acknowledge(caller, call_id, answer), ring, answer


def good_call(caller, seat):
    caller.wait_for_quiet()
    call_id, tag, ring, _ = talk(caller, seat)
    caller.send(caller.request('BYE', call_id, 2, to_tag=tag))
    caller.wait_status(call_id, 200)
    bye = seat.wait('BYE', lambda m: m.method == 'BYE' and m.get('call-id') == ring.get('call-id'))
    seat.answer(bye, '200 OK')


# --- what may come ---

def broken_headers(caller, seat):
    good = caller.request('INVITE', 'x@y', 1, caller.describe())
    refused = {
        'no CSeq': re.sub(r'CSeq:.*\r\n', '', good),
        'a CSeq of another method': good.replace('1 INVITE', '1 BYE'),
        'no From': re.sub(r'From:.*\r\n', '', good),
        'no Call-ID': re.sub(r'Call-ID:.*\r\n', '', good),
        'another version': good.replace('SIP/2.0\r\n', 'SIP/9.0\r\n', 1),
        'another scheme': good.replace('INVITE sip:', 'INVITE gopher:', 1),
        'an unknown method': good.replace('INVITE', 'FOO'),
        'no session description': caller.request('INVITE', 'n@y', 1),
        'a description of nothing': caller.request('INVITE', 'm@y', 1, 'v=0\r\n'),
        'a description of video': caller.request('INVITE', 'v@y', 1, caller.describe().replace('m=audio', 'm=video')),
    }
    silent = [good.replace('Via:', 'Vier:'), good.replace('\r\n', '\n').replace('\n\n', '\n'), good.replace(':', ''),
              good.replace('From: <', 'From: <<<').replace('Contact: <', 'Contact: "\x00<'), '\r\n' * 500, 'SIP/2.0 200 OK\r\n\r\n',
              caller.request('BYE', 'nobody', 1, to_tag='nobody'), caller.request('ACK', 'nobody', 1), caller.request('CANCEL', 'n', 1)]
    for name, text in refused.items():
        call_id, branch = f'b{next(numbers)}', f'z9hG4bKb{next(numbers)}'
        caller.send(re.sub(r'branch=\S+', f'branch={branch}', re.sub(r'Call-ID: .*', f'Call-ID: {call_id}', text)))
        reply = caller.wait(f'an answer to {name}', lambda m, b=branch: b in m.get('via') and m.status > 100)
        print(f'# {name}: {reply.first}')
        if not 400 <= reply.status < 600:
            raise Broken(f'{name}: {reply.first}')
    for text in silent:
        caller.send(text)
    good_call(caller, seat)


def torn_messages(caller, seat):
    text = caller.request('INVITE', f'torn-{next(numbers)}', 1, caller.describe())
    for cut in range(1, len(text), 37):
        caller.send(text[:cut])
        caller.send(text[cut:])
    good_call(caller, seat)


def wrong_lengths(caller, seat):
    for length in (999999999, 70000, '-1', '0x10', '4294967297', '', 'many'):
        caller.send(caller.request('INVITE', f'long-{next(numbers)}', 1, caller.describe(), length=length))
    # Shorter than what came: what is cut off is no description of sound any more.
    call_id = f'short-{next(numbers)}'
    caller.send(caller.request('INVITE', call_id, 1, caller.describe(), length=20))
    caller.wait_status(call_id, 400, 488)
    good_call(caller, seat)


def huge_headers(caller, seat):
    many = ''.join(f'X-Stuff-{n}: {n}\r\n' for n in range(1500))
    for extra in (f'X-Long: {"a" * 50000}\r\n', many, f'Subject: {"长" * 10000}\r\n', 'Route: <sip:127.0.0.1;lr>\r\n' * 800):
        caller.send(caller.request('OPTIONS', f'huge-{next(numbers)}', 1, extra=extra))
        caller.send(caller.request('INVITE', f'huge-{next(numbers)}', 1, extra=extra))
    good_call(caller, seat)


def answer_without_description(caller, seat):
    """A seat's phone says yes, but not where to: it is let go, and the caller keeps ringing until somebody really answers."""
    seat.say_ready()
    call_id, _ = call(caller)
    ring = seat.wait_ring(caller.user)
    seat.answer(ring, '200 OK')
    seat.wait('ACK', lambda m: m.method == 'ACK' and m.get('call-id') == ring.get('call-id'))
    bye = seat.wait('BYE', lambda m: m.method == 'BYE' and m.get('call-id') == ring.get('call-id'))
    seat.answer(bye, '200 OK')
    seat.authorized('REGISTER', extra='Expires: 60\r\n')
    seat.say_ready()
    again = seat.wait('a second INVITE', lambda m: m.method == 'INVITE' and m.get('call-id') != ring.get('call-id'))
    if again.get('x-yihu-call') != ring.get('x-yihu-call'):
        raise Broken('another call rang instead')
    seat.answer(again, '200 OK', seat.describe())
    answer = caller.wait_status(call_id, 200)
    tag = acknowledge(caller, call_id, answer)
    caller.send(caller.request('BYE', call_id, 2, to_tag=tag))
    bye = seat.wait('BYE', lambda m: m.method == 'BYE' and m.get('call-id') == again.get('call-id'))
    seat.answer(bye, '200 OK')
    good_call(caller, seat)


def hung_up_while_ringing(caller, seat):
    seat.say_ready()
    call_id, branch = call(caller)
    ring = seat.wait_ring(caller.user)
    caller.wait_status(call_id, 180)
    caller.send(caller.request('CANCEL', call_id, 1, branch=branch))
    caller.wait_status(call_id, 487)
    cancel = seat.wait('CANCEL', lambda m: m.method == 'CANCEL' and m.get('call-id') == ring.get('call-id'))
    seat.answer(cancel, '200 OK')
    seat.answer(ring, '487 Request Terminated')
    good_call(caller, seat)


def said_twice(caller, seat):
    """The network repeats a datagram: it is one call."""
    seat.say_ready()
    text = caller.request('INVITE', f'twice-{next(numbers)}', 1, caller.describe(), branch=f'z9hG4bKt{next(numbers)}')
    for _ in range(5):
        caller.send(text)
    ring = seat.wait_ring(caller.user)
    seat.answer(ring, '200 OK', seat.describe())
    call_id = Message(text).get('call-id')
    tag = acknowledge(caller, call_id, caller.wait_status(call_id, 200))
    caller.send(caller.request('BYE', call_id, 2, to_tag=tag))
    bye = seat.wait('BYE', lambda m: m.method == 'BYE')
    seat.answer(bye, '200 OK')
    good_call(caller, seat)


def noise_instead_of_speech(caller, seat):
    """Nothing that is RTP ever comes, on a connected call: it stays a call that can be ended."""
    call_id, tag, ring, answer = talk(caller, seat)
    port = int(re.search(r'm=audio (\d+)', answer.body).group(1))
    noise = random.Random(11)
    for size in (0, 1, 11, 12, 13, 172, 1500, 60000):
        caller.rtp.sendto(noise.randbytes(size), ('127.0.0.1', port))
    caller.send(caller.request('BYE', call_id, 2, to_tag=tag))
    caller.wait_status(call_id, 200)
    bye = seat.wait('BYE', lambda m: m.method == 'BYE' and m.get('call-id') == ring.get('call-id'))
    seat.answer(bye, '200 OK')
    good_call(caller, seat)


def random_damage(caller, seat):
    seed = random.randrange(1 << 32)
    print(f'# seed {seed}')
    dice = random.Random(seed)
    for number in range(400):
        method = dice.choice(['REGISTER', 'MESSAGE', 'OPTIONS', 'BYE', 'ACK', 'CANCEL', 'INFO'])
        data = bytearray(caller.request(method, f'r{number}', 1, caller.describe()).encode())
        for _ in range(dice.randrange(1, 12)):
            at = dice.randrange(len(data))
            damage = dice.randrange(3)
            if damage == 0:
                data[at] = dice.randrange(256)
            elif damage == 1:
                del data[at:at + dice.randrange(1, 40)]
            else:
                data[at:at] = data[:dice.randrange(1, 60)]
        caller.send(bytes(data))
    good_call(caller, seat)


TESTS = [broken_headers, torn_messages, wrong_lengths, huge_headers, answer_without_description, hung_up_while_ringing, said_twice,
         noise_instead_of_speech, random_damage]


def main():
    board = Switchboard(sys.argv[1])
    print(f'1..{len(TESTS) + 1}')
    failed = 0
    for number, test in enumerate(TESTS, 1):
        caller, seat = Phone(board, f'1384217{number:04}'), Seat(board, f'{number:02}')
        try:
            test(caller, seat)
            word = 'ok'
        except Broken as why:
            print(f'# {why}')
            word = 'not ok'
            failed += 1
        print(f'{word} {number} /voice/broken-sip/{test.__name__.replace("_", "-")}', flush=True)
        caller.close()
        seat.close()
        if board.process.poll() is not None:
            break
    try:
        board.stop()
        print(f'ok {len(TESTS) + 1} /voice/broken-sip/ends-well')
    except Broken as why:
        print(f'# {why}\nnot ok {len(TESTS) + 1} /voice/broken-sip/ends-well')
        failed += 1
    return 1 if failed else 0


sys.exit(main())
