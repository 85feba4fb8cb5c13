# SPDX-License-Identifier: GPL-3.0-or-later
"""A server with a register of a few elders and fresh tokens, for the bars of feed, limits and HTTP: its data lie in a directory that goes
away at the end. Standard library only."""
import json
import pathlib
import shutil
import subprocess
import tempfile
import urllib.request

import world
from measure import cpu_seconds, resident_kb

BENCH = world.TOP / '_build' / 'bench'
PASSWORD = 'bench bench bench'
CITY = 210800000000


def start_pipe(*command):
    """A program that is spoken to by its standard input and output."""
    return subprocess.Popen([str(part) for part in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


class SmallCity:
    """with SmallCity(say) as city: …"""

    def __init__(self, say, *options):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix='yihu-bench-'))
        self.world = world.World(self.directory / 'city', self.directory / 'logs', say)
        self.options = options

    def __enter__(self):
        self.world.environment |= {'YIHU_PASSWORD': PASSWORD}
        data = self.directory / 'server'
        program = self.world.program('yihu-server')
        self.world.run('init', program, '--data-dir', data, '--init-admin', 'admin')
        self.server = self.world.start('server', program, '--data-dir', data, '--listen', f'127.0.0.1:{self.world.server_port}', '--second-factor=off',
                                       *self.options)
        self.world.wait_for_line(self.server, 'listening on', 30)
        self.port = self.world.server_port
        self.admin = self.login('admin')
        self.fill()
        return self

    def __exit__(self, *_):
        self.world.stop_all()
        shutil.rmtree(self.directory, ignore_errors=True)

    def ask(self, method, path, body=None, token=None):
        """The answer as bytes; raises for a status of 400 and more."""
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        request = urllib.request.Request(self.world.url + path, data=data, method=method)
        if token is not None:
            request.add_header('Authorization', 'Bearer ' + token)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.read()

    def login(self, name):
        answer = json.loads(self.ask('POST', '/v1/login', {'login': name, 'password': PASSWORD, 'protocol': 1}))
        self.epoch = answer['epoch']
        return answer['token']

    def add_account(self, login, role, division=CITY, seat=None):
        account = {'id': login, 'login': login, 'name': login, 'role': role, 'division': division}
        if seat is not None:
            account['seat'] = seat
        self.ask('POST', '/v1/accounts', {'account': account, 'password': PASSWORD}, self.admin)

    def fill(self):
        for kind, text in (('division', f'id,name,level\n{CITY},City,2\n210802000000,West,3\n'),
                           ('elder', 'id,division,name,sex,birth,phone\ne1,210802000000,王秀英,female,19400101,13800000001\n')):
            self.ask('POST', f'/v1/import/{kind}?mode=all', text.encode(), self.admin)
        self.add_account('voice', 'switchboard', 0)
        self.add_account('desk', 'operator', seat='01')

    def write_tokens(self, n_logins):
        """For data-consoles: the switchboard's token, then those of @n_logins log-ins of a desk."""
        path = self.directory / 'tokens'
        tokens = [self.login('voice')] + [self.login('desk') for _ in range(n_logins)]
        path.write_text('\n'.join(tokens) + '\n', encoding='ascii')
        return path

    def newest(self):
        """The newest number of the feed."""
        token = self.login('desk')
        since = 0
        while True:
            page = json.loads(self.ask('GET', f'/v1/changes?since={since}&epoch={self.epoch}&limit=5000', token=token))
            since = page['to']
            if not page['more']:
                return since

    def cpu(self):
        return cpu_seconds(self.server.pid)

    def resident_kb(self):
        return resident_kb(self.server.pid)
