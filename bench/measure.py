# SPDX-License-Identifier: GPL-3.0-or-later
"""What all bars share: how a bar is printed, percentiles, the CPU and memory of a process. A script of a group with a folder
(bench/GROUP/NAME.py) measures the bars GROUP.NAME…, prints each with bar(), and ends with finish()."""
import pathlib
import subprocess
import sys

import lone_server

BENCH = lone_server.build_directory() / 'bench'
failed = []


def bar(name, value, limit, unit, control, least=False):
    """Prints one bar and its control; @least: the value must be at least the limit instead of at most."""
    good = value >= limit if least else value <= limit
    sign = '>=' if least else '<='
    unit = f' {unit}' if unit else ''
    print(f'bar {name} {value:.3g}{unit} {sign} {limit:g}{unit} {"PASS" if good else "FAIL"}')
    print(f'    control: {control}', flush=True)
    if not good:
        failed.append(name)
    return good


def finish():
    sys.exit(1 if failed else 0)


def start_pipe(*command):
    """A program that is spoken to by its standard input and output."""
    return subprocess.Popen([str(part) for part in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def say(text):
    print(f'bench: {text}', file=sys.stderr, flush=True)


def percentile(values, share):
    values = sorted(values)
    return values[min(len(values) - 1, int(len(values) * share))]


def cpu_seconds(pid):
    """User and system time of a living process so far."""
    fields = pathlib.Path(f'/proc/{pid}/stat').read_text(encoding='ascii').rsplit(')', 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / 100


def resident_kb(pid, peak=False):
    """Resident memory of a living process; @peak: the most it ever had."""
    wanted = 'VmHWM:' if peak else 'VmRSS:'
    for line in pathlib.Path(f'/proc/{pid}/status').read_text(encoding='ascii').splitlines():
        if line.startswith(wanted):
            return int(line.split()[1])
    raise ProcessLookupError(pid)
