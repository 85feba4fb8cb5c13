# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of power cuts share: how many cuts, with which seed, and what is said of them in TAP."""
import os
import pathlib
import random
import sys
import tempfile


def count(cuts, word):
    return f'{len(cuts)} cuts, {sum(n for n, _ in cuts)} {word}, {sum(lost for _, lost in cuts)} lost'


def main(word, runs, controls, cut):
    """@word: what a cut must not lose: 'acknowledged'. @runs, @controls: unless the command line says how many. @cut (directory, dice, runs,
    controls): [(how many, lost)] of the cuts with synchronous=FULL, and of those with NORMAL, of which some must lose something."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else runs
    controls = int(sys.argv[2]) if len(sys.argv) > 2 else controls
    seed = int(os.environ.get('YIHU_SEED', random.randrange(1 << 32)))
    print(f'1..2\n# seed {seed}', flush=True)
    with tempfile.TemporaryDirectory(prefix='yihu-power-') as top:
        full, normal = cut(pathlib.Path(top), random.Random(seed), runs, controls)
    good = sum(lost for _, lost in full) == 0
    seen = sum(lost for _, lost in normal) > 0
    print(f'{"ok" if good else "not ok"} 1 nothing {word} is lost # {count(full, word)}')
    print(f'{"ok" if seen else "not ok"} 2 the control loses something # {count(normal, word)}')
    sys.exit(0 if good and seen else 1)
