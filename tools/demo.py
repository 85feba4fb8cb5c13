#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""./dev run: server, switchboard, demo city and a console, logged in. Prints what happens. On a virtual display a pair of hands works the
desk by its keys and pictures go to _run/screens/. With --demo-seconds it ends by itself and says whether the story came true."""
import argparse
import re
import shutil
import signal
import sys
import threading
import time

import world

PACE = 200  # of the field staff: an order is finished within a minute
LOGINS = {'desk': 'op03', 'wall': 'sup01', 'review': 'rev210802'}

# What a demo has to show, in the console's own words; the last ones need hands at the desk.
STORY = [(r' desk connected', 'the console never reached the server', ('desk', 'wall', 'review'), False),
         (r' call .* ringing seat ', 'no call rang at the desk', ('desk',), False),
         (r' call .* talking seat ', 'no call was answered', ('desk',), True),
         (r' order .* placed', 'no order was placed', ('desk',), True),
         (r' order .* accepted', 'no provider accepted an order', ('desk',), True),
         (r' order .* finished', 'no order was finished', ('desk',), True),
         (r' call .* closed', 'no call was closed with an outcome', ('desk',), True)]


def say(text):
    print(f'dev: {text}', file=sys.stderr, flush=True)


def whole(lowest, highest):
    def check(text):
        if not text.isdigit() or not lowest <= int(text) <= highest:
            raise argparse.ArgumentTypeError(f"must be a number from {lowest} to {highest}, not '{text}'")
        return int(text)
    return check


def arguments():
    parser = argparse.ArgumentParser(prog='./dev run', add_help=False)
    parser.add_argument('--elders', type=whole(100, 1160000), default=100000)
    parser.add_argument('--seed', type=whole(0, 999999999), default=1)
    parser.add_argument('--calls-per-hour', type=whole(0, 3000), default=240)
    parser.add_argument('--demo-seconds', type=whole(10, 86400), default=0)
    parser.add_argument('--screen', choices=list(LOGINS), default='desk')
    parser.add_argument('--fresh', action='store_true')
    return parser.parse_args()


def follow(yihu, told, hands):
    """Prints the console's lines as they come; gives each to the hands."""
    with open(yihu.log('console'), encoding='utf-8', errors='replace') as log:
        while True:
            line = log.readline()
            if not line:
                time.sleep(0.05)
                continue
            if not re.match(r'\d\d:\d\d:\d\d ', line):
                continue  # a library's remark; it stays in the log
            print(line, end='', flush=True)
            told.append(line)
            if hands is not None:
                hands(line)


class Hands:
    """An operator's hands: they know the keys and hear what the console tells. One line at a time, never while a step runs."""

    STEPS = {' ringing seat 03': ((1.5, 'F2'),),
             ' talking seat 03': ((3, 'F9'), (2, 'ctrl+Return'), (4, 'F4')),
             ' wrapup seat 03': ((1.5, 'ctrl+1'), (1, 'ctrl+Return'))}

    def __init__(self, yihu):
        self.yihu = yihu

    def __call__(self, line):
        for words, steps in self.STEPS.items():
            if words in line:
                threading.Thread(target=self.work, args=(steps,), daemon=True).start()

    def work(self, steps):
        for seconds, key in steps:
            time.sleep(seconds)
            self.yihu.key(key)


def take_pictures(yihu, screen):
    place = world.TOP / '_run' / 'screens'
    place.mkdir(parents=True, exist_ok=True)
    number = 0
    while True:
        time.sleep(2)
        yihu.picture(place / f'{screen}-{number % 500:04}.png')
        number += 1


def judge(told, screen, with_hands):
    text = ''.join(told)
    return [why for pattern, why, screens, needs_hands in STORY
            if screen in screens and (with_hands or not needs_hands) and not re.search(pattern, text)]


def in_background(function, *args):
    threading.Thread(target=function, args=args, daemon=True).start()


def demo(options, yihu):
    if options.fresh:
        shutil.rmtree(yihu.directory, ignore_errors=True)
    yihu.make_city(options.elders, options.seed)
    yihu.start_voice()
    yihu.start_city(options.calls_per_hour, options.seed, PACE)
    yihu.use_chinese()
    virtual = not (yihu.environment.get('DISPLAY') or yihu.environment.get('WAYLAND_DISPLAY'))
    if virtual:
        yihu.use_virtual_display()
        say(f'no display here: a virtual one is at {yihu.environment["DISPLAY"]}, pictures go to _run/screens/')
    say(f'accounts of this demo city, password {yihu.password} (good for nothing else):')
    say('  op03 the desk · sup01 the wall · rev210802 the review · admin yihu-ctl')
    say(f'  another console: _build/src/console/yihu-console --server {yihu.url} --cache-dir DIR')
    say('Ctrl+C ends everything; logs are in _run/logs/')
    console = yihu.start_console(LOGINS[options.screen], *(['--wall'] if options.screen == 'wall' else []), '--narrate',
                                 '--demo-pace', PACE)
    told = []
    with_hands = virtual and options.screen == 'desk'
    in_background(follow, yihu, told, Hands(yihu) if with_hands else None)
    if virtual:
        in_background(take_pictures, yihu, options.screen)

    end = time.monotonic() + options.demo_seconds if options.demo_seconds else None
    while console.poll() is None and (end is None or time.monotonic() < end):
        time.sleep(0.2)
    if console.poll() is not None and (end is not None or console.returncode != 0):
        raise world.Failed(f'the console ended by itself: {world.last_line(yihu.log("console"))}')
    if end is None:
        return
    missing = judge(told, options.screen, with_hands)
    if missing:
        raise world.Failed('the story did not come true: ' + '; '.join(missing))
    say(f'the story came true in {options.demo_seconds} s')


def main():
    options = arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    yihu = world.World(world.TOP / '_run' / f'city-{options.elders}-{options.seed}', world.TOP / '_run' / 'logs', say)
    yihu.use_tls()
    try:
        demo(options, yihu)
    except world.Failed as failure:
        say(str(failure))
        return 1
    except KeyboardInterrupt:
        return 130
    finally:
        yihu.stop_all()
    return 0


if __name__ == '__main__':
    sys.exit(main())
