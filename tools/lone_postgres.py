# SPDX-License-Identifier: GPL-3.0-or-later
"""A PostgreSQL of one's own for benches: data in a directory that is given, a Unix socket in it and no other door, run as an ordinary
user even by root, ended by its process id. Settings are the database's own defaults: it syncs each commit. Standard library only."""
import os
import pathlib
import pwd
import shutil
import signal
import subprocess
import urllib.parse

import lone_server


def who():
    """Arguments for subprocess: PostgreSQL does not run as root."""
    if os.geteuid() != 0:
        return {}
    try:
        user = pwd.getpwnam('postgres')
    except KeyError:
        user = pwd.getpwnam('nobody')
    return {'user': user.pw_uid, 'group': user.pw_gid, 'extra_groups': []}


class LonePostgres:
    def __init__(self, directory):
        """directory: made; everybody must be able to walk into what it stands in."""
        self.directory = pathlib.Path(directory)
        self.programs = pathlib.Path(subprocess.run(['pg_config', '--bindir'], capture_output=True, text=True, check=True).stdout.strip())
        self.directory.mkdir(parents=True, mode=0o755)
        person = who()
        if person:
            os.chown(self.directory, person['user'], person['group'])
        self.run('initdb', '--pgdata', self.directory / 'data', '--username=yihu', '--auth=trust', '--encoding=UTF8', '--locale=C',
                 '--no-instructions')
        with open(lone_server.build_directory() / 'lone-postgres.log', 'wb') as log:
            self.process = subprocess.Popen([self.programs / 'postgres', '-D', self.directory / 'data', '-k', self.directory,
                                             '-c', 'listen_addresses='], stdout=log, stderr=log, cwd='/', **who())
        lone_server.wait_until(lambda: subprocess.run([self.programs / 'pg_isready', '-q', '-h', self.directory], check=False).returncode == 0)

    def run(self, program, *arguments):
        subprocess.run([self.programs / program, *arguments], stdout=subprocess.DEVNULL, cwd='/', check=True, **who())

    def make_database(self, name):
        """Returns: its address."""
        self.run('createdb', '--host', self.directory, '--username=yihu', name)
        return f'postgresql://yihu@{urllib.parse.quote(str(self.directory), safe="")}/{name}'

    def end(self):
        self.process.send_signal(signal.SIGINT)
        self.process.wait(60)
        shutil.rmtree(self.directory)
