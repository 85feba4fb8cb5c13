#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads every #include "…" under src/ and compares it with layers.txt: check-layers.py [ROOT | --self-test]

Refuses: a folder that includes what its line does not name, an include without its folder's name, a cycle between
folders, a cycle of more than three files inside a folder (x.c, x.h and x-private.h count as one), a table that
ARCHITECTURE.md does not quote.
"""
import pathlib
import re
import sys
import tempfile

INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.MULTILINE)
MAX_CYCLE = 3


def read_table(path):
    table = {}
    for line in path.read_text(encoding='utf-8').splitlines():
        line = line.split('#')[0].strip()
        if line:
            name, _, allowed = line.partition(':')
            table[name.strip()] = set(allowed.split())
    return table


def includes_of(src):
    """(including, included) as paths below src/."""
    for path in sorted(src.rglob('*.[ch]')):
        for target in INCLUDE.findall(path.read_text(encoding='utf-8')):
            yield path.relative_to(src).as_posix(), target


def cycles(edges):
    """Strongly connected sets of more than one node (Tarjan)."""
    index, low, stack, found = {}, {}, [], []

    def visit(node):
        index[node] = low[node] = len(index)
        stack.append(node)
        for target in sorted(edges.get(node, ())):
            if target not in index:
                visit(target)
                low[node] = min(low[node], low[target])
            elif target in stack:
                low[node] = min(low[node], index[target])
        if low[node] == index[node]:
            part = []
            while not part or part[-1] != node:
                part.append(stack.pop())
            if len(part) > 1:
                found.append(sorted(part))

    for node in sorted(edges):
        if node not in index:
            visit(node)
    return found


def stem(path):
    return re.sub(r'(-private)?\.[ch]$', '', path)


def check(root):
    src = root / 'src'
    table = read_table(root / 'tests/lint/layers.txt')
    problems, folders, files = [], {}, {}
    for source, target in includes_of(src):
        here = source.split('/')[0]
        there = target.split('/')[0]
        if here not in table:
            problems.append('%s: the folder has no line in layers.txt' % source)
        elif '/' not in target:
            if any(src.rglob(target)):  # what is generated has no folder
                problems.append('%s: "%s" is included without its folder' % (source, target))
        elif here == there:
            files.setdefault(stem(source), set()).add(stem(target))
        else:
            folders.setdefault(here, set()).add(there)
            allowed = table[here] | table.get(source, set())
            if there not in allowed and target not in allowed:
                problems.append('%s: %s/ may not include "%s"' % (source, here, target))
    for cycle in cycles(folders):
        problems.append('the folders %s include each other' % ', '.join(cycle))
    for cycle in cycles({source: targets - {source} for source, targets in files.items()}):
        if len(cycle) > MAX_CYCLE:
            problems.append('these files include each other in a circle: %s' % ', '.join(cycle))
    problems += check_quotation(root)
    return problems


def check_quotation(root):
    lines = (root / 'tests/lint/layers.txt').read_text(encoding='utf-8').splitlines()
    table = '\n'.join(line for line in lines if not line.startswith('#'))
    page = root / 'ARCHITECTURE.md'
    if page.exists() and table not in page.read_text(encoding='utf-8'):
        return ['ARCHITECTURE.md does not quote the table of tests/lint/layers.txt']
    return []


def self_test():
    """Each rule, broken once in a tree of its own, must be reported; the whole tree must pass."""
    good = {
        'tests/lint/layers.txt': '# rows\nlow:\nmid: low\nhigh: mid/public.h\nhigh/door.c: low\n',
        'ARCHITECTURE.md': '```\nlow:\nmid: low\nhigh: mid/public.h\nhigh/door.c: low\n```\n',
        'src/low/a.c': '#include "low/a.h"\n#include "made-later.h"\n#include <low/x.h>\n',
        'src/low/a.h': '',
        'src/mid/public.h': '#include "low/a.h"\n',
        'src/high/door.c': '#include "low/a.h"\n#include "mid/public.h"\n',
        'src/high/ring-a.h': '#include "high/ring-b.h"\n',
        'src/high/ring-b.h': '#include "high/ring-c.h"\n',
        'src/high/ring-c.c': '#include "high/ring-a.h"\n',
    }
    cases = {
        '': {},
        'may not include "low/a.h"': {'src/high/other.c': '#include "low/a.h"\n'},
        'may not include "mid/hidden.h"': {'src/high/other.c': '#include "mid/hidden.h"\n'},
        'without its folder': {'src/low/b.c': '#include "a.h"\n'},
        'no line': {'src/new/n.c': '#include "low/a.h"\n'},
        'include each other': {'tests/lint/layers.txt': 'low: mid\nmid: low\nhigh: mid low\n',
                               'ARCHITECTURE.md': 'low: mid\nmid: low\nhigh: mid low\n',
                               'src/low/a.h': '#include "mid/public.h"\n'},
        'in a circle': {'src/high/ring-c.c': '#include "high/ring-d.h"\n',
                        'src/high/ring-d.c': '#include "high/ring-a.h"\n'},
        'does not quote': {'ARCHITECTURE.md': 'low: mid\n'},
    }
    for expected, changes in cases.items():
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            for name, text in {**good, **changes}.items():
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).write_text(text, encoding='utf-8')
            problems = check(root)
        if len(problems) != bool(expected) or not all(expected in problem for problem in problems):
            sys.exit('self-test "%s" gave %s' % (expected, problems))


if sys.argv[1:] == ['--self-test']:
    self_test()
else:
    found = check(pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else '.'))
    print('\n'.join(found))
    sys.exit(1 if found else 0)
