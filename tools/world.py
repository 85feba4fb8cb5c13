# SPDX-License-Identifier: GPL-3.0-or-later
"""The real programs of Yihu on loopback, for ./dev run and ./dev bench: a demo city that is made once and kept, free ports, a virtual
display where there is none, logs, and an orderly end by pid. Standard library only."""
import os
import pathlib
import secrets
import shutil
import signal
import socket
import subprocess
import time

TOP = pathlib.Path(__file__).resolve().parent.parent
BUILD = TOP / '_build' / 'src'
SILENCE = 'audiotestsrc is-live=true samplesperbuffer=160 wave=silence'


class Failed(Exception):
    """Something did not start or ended; the text is one clear line for a person."""


def free_port(kind=socket.SOCK_STREAM):
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


def last_line(path):
    try:
        lines = path.read_text(encoding='utf-8', errors='replace').strip().splitlines()
    except FileNotFoundError:
        lines = []
    return lines[-1] if lines else 'it said nothing'


class World:
    """directory: what is kept (city, store, caches); logs: one file a program, begun anew."""

    def __init__(self, directory, logs, say=print):
        self.directory = pathlib.Path(directory)
        self.logs = pathlib.Path(logs)
        self.say = say
        self.processes = []
        self.environment = dict(os.environ)
        self.server_port = free_port()
        self.sip_port = free_port(socket.SOCK_DGRAM)
        self.url = f'http://127.0.0.1:{self.server_port}'
        self.trust = []  # what a client is told of the server's certificate
        os.umask(0o077)
        self.logs.mkdir(parents=True, exist_ok=True)
        for old in self.logs.glob('*.log'):
            old.unlink()

    def log(self, name):
        return self.logs / f'{name}.log'

    def program(self, name):
        return str(BUILD / name.removeprefix('yihu-') / name)

    def start(self, name, *command, stdin=subprocess.DEVNULL, **environment):
        with open(self.log(name), 'wb') as log:
            process = subprocess.Popen([str(part) for part in command], stdin=stdin, stdout=log,
                                       stderr=subprocess.STDOUT, env=self.environment | environment)
        process.yihu_name = name
        self.processes.append(process)
        return process

    def wait_for_line(self, process, text, seconds):
        name = process.yihu_name
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if text in self.log(name).read_text(encoding='utf-8', errors='replace'):
                return
            if process.poll() is not None:
                raise Failed(f'{name} ended at once: {last_line(self.log(name))} (see {self.log(name)})')
            time.sleep(0.05)
        raise Failed(f'{name} did not start within {seconds} s (see {self.log(name)})')

    def run(self, name, *command):
        process = self.start(name, *command)
        process.wait()
        self.processes.remove(process)
        if process.returncode != 0:
            raise Failed(f'{name} failed: {last_line(self.log(name))} (see {self.log(name)})')

    def stop(self, process):
        if process in self.processes:
            self.processes.remove(process)
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def stop_all(self):
        for process in reversed(list(self.processes)):
            self.stop(process)

    def use_tls(self):
        """https with an authority of its own, as in a real centre; before make_city()."""
        self.url = f'https://127.0.0.1:{self.server_port}'
        self.trust = ['--ca', self.directory / 'tls' / 'ca.pem']

    def make_certificates(self):
        if self.trust and not (self.directory / 'tls').exists():
            self.run('tls', self.program('yihu-ctl'), 'tls', 'init', self.directory / 'tls', '--host', '127.0.0.1')

    # The city -------------------------------------------------------------------------------------------------------------------

    def make_city(self, elders, seed):
        """Made and imported once; one that was interrupted half-way is made again. Starts the server."""
        if not (self.directory / 'ready').exists():
            shutil.rmtree(self.directory, ignore_errors=True)
            self.directory.mkdir(parents=True)
            (self.directory / 'password').write_text(secrets.token_urlsafe(9), encoding='ascii')
            (self.directory / 'rtsp-port').write_text(str(free_port()), encoding='ascii')
        self.password = (self.directory / 'password').read_text(encoding='ascii')
        self.rtsp_port = (self.directory / 'rtsp-port').read_text(encoding='ascii')
        self.environment |= {'YIHU_PASSWORD': self.password, 'YIHU_CITY_PASSWORD': self.password}
        self.make_certificates()
        if (self.directory / 'ready').exists():
            self.start_server()
            return
        city = self.directory / 'city'
        self.say(f'making a city of {elders} elders (seed {seed})')
        self.run('make', self.program('yihu-city'), 'make', '--elders', elders, '--seed', seed,
                 '--rtsp-port', self.rtsp_port, '--out', city)
        self.run('init', self.program('yihu-server'), '--data-dir', self.directory / 'server', '--init-admin', 'admin')
        self.start_server()
        self.say('importing it, the same way as a real centre (yihu-ctl import-dir)')
        ctl = [self.program('yihu-ctl'), '--server', self.url, *self.trust, '--login', 'admin']
        self.run('import', *ctl, '--quiet', 'import-dir', city)
        self.run('import-map', *ctl, 'import-map', city / 'basemap.db')
        (self.directory / 'ready').touch()

    def start_server(self):
        tls = self.directory / 'tls'
        options = ['--tls-cert', tls / 'server.pem', '--tls-key', tls / 'server.key'] if self.trust else []
        self.server = self.start('server', self.program('yihu-server'), '--data-dir', self.directory / 'server', *options,
                                 '--listen', f'127.0.0.1:{self.server_port}',
                                 '--sip-registrar', f'sip:127.0.0.1:{self.sip_port}',
                                 '--second-factor=off')
        self.wait_for_line(self.server, 'listening on', 60)

    def start_voice(self, **environment):
        self.voice = self.start('voice', self.program('yihu-voice'), '--server', self.url, *self.trust, '--login', 'voice',
                                '--sip', f'127.0.0.1:{self.sip_port}', '--data-dir', self.directory / 'voice',
                                '--area-code', '0417', **environment)
        self.wait_for_line(self.voice, 'sip listening on', 30)

    def start_city(self, calls_per_hour, seed, pace, stdin=subprocess.DEVNULL):
        self.city = self.start('city', self.program('yihu-city'), 'live', '--server', self.url, *self.trust,
                               '--sip', f'sip:127.0.0.1:{self.sip_port}', '--city', self.directory / 'city',
                               '--seed', seed, '--calls-per-hour', calls_per_hour, '--pace', pace,
                               '--rtsp-port', self.rtsp_port, stdin=stdin)
        self.wait_for_line(self.city, '\nready\n', 120)
        return self.city

    def start_console(self, login, *options, **environment):
        self.console = self.start('console', 'dbus-run-session', '--', self.program('yihu-console'), '--server', self.url,
                                  *self.trust, '--cache-dir', self.directory / f'console-{login}', '--login', login, *options,
                                  **environment)
        return self.console

    # The screen -----------------------------------------------------------------------------------------------------------------

    def use_chinese(self):
        """The locale itself is made by ./dev (use_chinese in tools/dev-build.sh)."""
        self.environment |= {'LC_ALL': 'zh_CN.UTF-8', 'LANGUAGE': 'zh_CN', 'TZ': 'Asia/Shanghai',
                             'YIHU_LOCALEDIR': str(TOP / '_build' / 'po'),
                             'GSETTINGS_SCHEMA_DIR': str(TOP / '_build' / 'data')}

    def use_virtual_display(self, size='1920x1080'):
        read, write = os.pipe()
        with open(self.log('xvfb'), 'wb') as log:
            process = subprocess.Popen(['Xvfb', '-displayfd', str(write), '-screen', '0', f'{size}x24', '-dpi', '96',
                                        '-nolisten', 'tcp', '+extension', 'GLX', '+render', '-noreset'],
                                       stdin=subprocess.DEVNULL, stdout=log, stderr=log, pass_fds=[write])
        process.yihu_name = 'xvfb'
        self.processes.append(process)
        os.close(write)
        # It comes in two writes, digits and newline; closing after the first would end Xvfb.
        with os.fdopen(read, encoding='ascii') as answer:
            number = answer.readline().strip()
        if not number:
            raise Failed(f'no virtual display: {last_line(self.log("xvfb"))}')
        self.environment |= {'DISPLAY': f':{number}', 'GDK_BACKEND': 'x11', 'GSK_RENDERER': 'cairo',
                             'ADW_DISABLE_PORTAL': '1',
                             'GSETTINGS_BACKEND': 'memory', 'YIHU_AUDIO_SRC': SILENCE,
                             'YIHU_AUDIO_SINK': 'fakesink sync=true', 'YIHU_RING_SINK': 'fakesink sync=true'}
        self.environment.pop('WAYLAND_DISPLAY', None)

    def key(self, name):
        subprocess.run(['xdotool', 'key', '--clearmodifiers', name], env=self.environment, check=False,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def picture(self, path):
        part = path.with_name(f'.{path.name}')
        done = subprocess.run(['import', '-window', 'root', str(part)], env=self.environment, check=False,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if done.returncode == 0:
            part.rename(path)
