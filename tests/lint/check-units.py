#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""check-units.py ROOT: systemd finds nothing to say about our unit files, and every option in them is one that the
program knows. Programs are replaced by /bin/true, since verify wants them installed. Ends with 77 (skipped) without
systemd-analyze.
"""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

SKIPPED = 77
SOURCES = {'yihu-server': 'src/server/http/main.c', 'yihu-voice': 'src/voice/main.c', 'yihu-ctl': 'src/ctl/main.c'}


def unknown_options(root, text):
    """Options on an ExecStart= line that do not stand in the program's table."""
    for program, options in re.findall(r'^ExecStart=@bindir@/(\S+)(.*)$', text, re.M):
        source = (root / SOURCES[program]).read_text()
        for option in re.findall(r'--([a-z-]+)', options):
            if f'"{option}"' not in source:
                yield f'{program} knows no --{option}'


def main():
    root = pathlib.Path(sys.argv[1])
    problems = []
    if shutil.which('systemd-analyze') is None:
        return SKIPPED
    with tempfile.TemporaryDirectory() as name:
        units = []
        for path in sorted((root / 'data/systemd').glob('*.service.in')) + sorted((root / 'data/systemd').glob('*.timer')):
            text = path.read_text()
            problems += unknown_options(root, text)
            unit = pathlib.Path(name) / path.name.removesuffix('.in')
            text = re.sub(r'@bindir@/\S+', '/bin/true', text).replace('@docdir@', '/usr/share/doc/yihu')
            problems += [f'{path.name}: {word} is not replaced' for word in re.findall(r'@\w+@', text)]
            unit.write_text(text)
            units.append(str(unit))
        run = subprocess.run(['systemd-analyze', 'verify', '--man=no', '--recursive-errors=no', *units],
                             capture_output=True, text=True)
        # What the machine itself lacks is not ours.
        said = [line for line in run.stderr.splitlines() if 'yihu' in line]
        problems += said or ([run.stderr] if run.returncode and 'yihu' in run.stderr else [])
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


sys.exit(main())
