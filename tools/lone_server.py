# SPDX-License-Identifier: GPL-3.0-or-later
"""A server alone, with a register of one elder, for tests and benches: started, told things over HTTP, killed and started again on the
same port. Standard library only."""
import contextlib
import http.client
import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time

TOP = pathlib.Path(__file__).resolve().parent.parent
PASSWORD = 'a good password'
DEVICE = 'test'  # a token is good for the computer it was given to
ELDER = 'e1'
CITY = 210800000000
DISTRICT = 210802000000


def build_directory():
    return pathlib.Path(os.environ.get('YIHU_BUILD_DIR', TOP / '_build'))


class Refused(Exception):
    """The server said no; the text is its answer."""


class LoneServer:
    """directory: its data; store: an address of PostgreSQL instead of the file in there; options: further ones of the program."""

    def __init__(self, directory, store=None, options=()):
        self.directory = pathlib.Path(directory)
        self.options = ([f'--store={store}'] if store else []) + list(options)
        self.port = 0
        self.process = None
        self.token = None
        self.epoch = None

    def program(self, *arguments):
        return [str(build_directory() / 'src' / 'server' / 'yihu-server'), '--data-dir', str(self.directory), *self.options, *arguments]

    def start(self, **environment):
        """Starts it, on the port of the first time, and waits until it listens. Its messages go to server.log beside its data."""
        arguments = ['--listen', f'127.0.0.1:{self.port}', '--requests-per-second=-1', '--second-factor=off']  # one address is many consoles here
        with open(self.directory.parent / f'{self.directory.name}.log', 'ab') as log:
            self.process = subprocess.Popen(self.program(*arguments), stdout=subprocess.PIPE, stderr=log,
                                            env=os.environ | environment)
        line = self.process.stdout.readline().decode()
        if 'listening on' not in line:
            raise Refused((self.directory.parent / f'{self.directory.name}.log').read_text(encoding='utf-8').strip())
        self.port = int(line.rsplit(':', 1)[1])
        return self

    def end(self, how=signal.SIGTERM):
        """Returns its exit status."""
        if self.process is None:
            return 0
        if self.process.poll() is None:
            self.process.send_signal(how)
        status = self.process.wait(60)
        self.process.stdout.close()
        self.process = None
        return status

    @staticmethod
    def headers(token):
        return {'Authorization': f'Bearer {token}', 'X-Yihu-Device': DEVICE} if token else {}

    def ask(self, method, path, body=None, token=None):
        """One request on a connection of its own. Returns: (status, JSON or None)"""
        connection = http.client.HTTPConnection('127.0.0.1', self.port, timeout=30)
        text = body if body is None or isinstance(body, str) else json.dumps(body)
        try:
            connection.request(method, path, text.encode() if text else None, self.headers(token))
            answer = connection.getresponse()
            data = answer.read()
            return answer.status, json.loads(data) if data else None
        finally:
            connection.close()

    def must(self, *arguments, **named):
        status, answer = self.ask(*arguments, **named)
        if status != 200:
            raise Refused(f'{arguments[:2]}: {status} {answer}')
        return answer

    def login(self, login):
        answer = self.must('POST', '/v1/login', {'login': login, 'password': PASSWORD, 'device': DEVICE, 'protocol': 1})
        self.epoch = answer['epoch']
        return answer['token']

    def add_account(self, login, role, division, seat=None):
        account = {'id': login, 'login': login, 'name': login, 'role': role, 'division': division}
        if seat is not None:
            account['seat'] = seat
        self.must('POST', '/v1/accounts', {'account': account, 'password': PASSWORD}, token=self.login('admin'))

    def newest(self):
        """The newest number of the feed."""
        since = 0
        while True:
            page = self.must('GET', f'/v1/changes?since={since}&epoch={self.epoch}&limit=5000', token=self.token)
            since = page['to']
            if not page['more']:
                return since

    def set_up(self):
        """Makes the store with one elder and one operator, who is logged in; leaves the server running."""
        self.directory.mkdir(parents=True, exist_ok=True)
        subprocess.run(self.program('--init-admin', 'admin'), env=os.environ | {'YIHU_PASSWORD': PASSWORD}, check=True,
                       stdout=subprocess.DEVNULL)
        self.start()
        admin = self.login('admin')
        self.must('POST', '/v1/import/division?mode=all', f'id,name,level\n{CITY},City,2\n{DISTRICT},West,3\n'
                  '210802001000,Weststreet,4\n210802001001,Westside,5\n', token=admin)
        self.must('POST', '/v1/import/elder?mode=all', 'id,division,name,sex,birth,phone\n'
                  f'{ELDER},210802001001,王秀英,female,19400101,13800000001\n', token=admin)
        self.add_account('operator', 'operator', CITY, '01')
        self.token = self.login('operator')
        return self

    def copy_to(self, directory):
        """A stopped server's data as another server's. Sessions stay valid."""
        shutil.rmtree(directory, ignore_errors=True)
        shutil.copytree(self.directory, directory)
        copy = LoneServer(directory, options=self.options)
        copy.token = self.token
        return copy

    def load(self, connections, seconds):
        """A running command-load; its standard output has the keys that were acknowledged."""
        return subprocess.Popen([str(build_directory() / 'tests' / 'power' / 'command-load'), str(self.port), self.token, ELDER,
                                 str(connections), str(seconds)], stdout=subprocess.PIPE, stderr=subprocess.PIPE)


@contextlib.contextmanager
def running():
    """with running() as server: one that is set up, and goes away with its data."""
    with tempfile.TemporaryDirectory(prefix='yihu-') as top:
        server = LoneServer(pathlib.Path(top) / 'server').set_up()
        try:
            yield server
        finally:
            server.end()


def rate(load):
    """Waits for a load and returns acknowledged commands a second."""
    _, said = load.communicate()
    count, seconds = said.split()
    return int(count) / float(seconds)


def wait_until(is_done, seconds=60):
    """For what has no event to wait for in another program; fails after a deadline that only a broken one meets."""
    deadline = time.monotonic() + seconds
    while not is_done():
        if time.monotonic() > deadline:
            raise TimeoutError(f'not within {seconds} s')
        time.sleep(0.005)
