#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every tracked file has to keep: check-files.py ROOT spdx | paths | calls | length | format | ui | po | flatpak

spdx: a licence line among the first lines of each source file; paths: no absolute path of a machine; calls: nothing that is known to lie; length: no file of
the programs is longer than 600 lines; format: clang-format has nothing to change; ui: the templates follow GTK's grammar; po: the Chinese is whole and its formats fit; flatpak: the
manifest says what a builder needs, and where every library of the build comes from.
"""
import pathlib
import re
import shutil
import subprocess
import sys

SOURCES = {'.c', '.h', '.py', '.sh', '.ui', '.css', '.build', '.yaml'}
MACHINE_PATH = re.compile(r'(?<![\w.$}~-])/(?:work|home|root)/\w')
SKIPPED = 77
LONGEST = 600
GRAMMAR = '/usr/share/gtk-4.0/gtk4builder.rng'


def tracked(root):
    if (root / '.git').exists():
        names = subprocess.run(['git', '-C', str(root), 'ls-files', '-z'], check=True, capture_output=True).stdout
        paths = [root / name.decode() for name in names.split(b'\0') if name]
    else:
        paths = [path for path in root.rglob('*') if not path.relative_to(root).parts[0].startswith(('_', '.'))]
    return sorted(path for path in paths if path.is_file())


def text_of(path):
    data = path.read_bytes()
    return '' if b'\0' in data else data.decode('utf-8', 'replace')


def is_source(path):
    return path.suffix in SOURCES or path.name == 'meson_options.txt' or text_of(path).startswith('#!')


def check_spdx(root):
    for path in tracked(root):
        if is_source(path) and not any('SPDX-License-Identifier:' in line for line in text_of(path).splitlines()[:5]):
            yield '%s: no SPDX line' % path.relative_to(root)


def check_paths(root):
    for path in tracked(root):
        for number, line in enumerate(text_of(path).splitlines(), 1):
            if MACHINE_PATH.search(line) and path != pathlib.Path(__file__).resolve():
                yield '%s:%d: absolute path of a machine' % (path.relative_to(root), number)


# Calls that are not made in src/, with what is made instead.
UNWANTED = {'g_ascii_string_to_signed': 'yihu_number_parse', 'g_ascii_string_to_unsigned': 'yihu_number_parse'}


def check_calls(root):
    for path in tracked(root):
        if path.suffix == '.c' and path.relative_to(root).parts[0] == 'src':
            for call in re.findall(r'\b(\w+) \(', text_of(path)):
                if call in UNWANTED:
                    yield f'{path.relative_to(root)}: {call}: use {UNWANTED[call]}'


def check_length(root):
    for path in tracked(root):
        lines = text_of(path).count('\n') if path.suffix in {'.c', '.h'} and path.is_relative_to(root / 'src') else 0
        if lines > LONGEST:
            yield '%s: %d lines; more than %d are two things' % (path.relative_to(root), lines, LONGEST)


def run(command):
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    return [] if result.returncode == 0 else [line for line in result.stderr.splitlines() if line.strip()]


def need(program):
    if shutil.which(program) is None:
        print(program + ' is not here')
        sys.exit(SKIPPED)


def check_format(root):
    need('clang-format')
    files = [str(path) for path in tracked(root) if path.suffix in {'.c', '.h'}]
    for start in range(0, len(files), 50):
        yield from (line for line in run(['clang-format', '--dry-run', '-Werror', *files[start:start + 50]]) if 'error:' in line)


def check_ui(root):
    need('xmllint')
    if not pathlib.Path(GRAMMAR).exists():
        sys.exit(SKIPPED)
    for path in tracked(root):
        if path.suffix == '.ui':
            yield from run(['xmllint', '--noout', '--relaxng', GRAMMAR, str(path)])


def check_po(root):
    need('msgfmt')
    path = root / 'po/zh_CN.po'
    if not path.exists():
        return
    yield from run(['msgfmt', '--check', '-o', '/dev/null', str(path)])
    for option in ('--untranslated', '--only-fuzzy'):
        left = subprocess.run(['msgattrib', option, '--no-obsolete', str(path)], capture_output=True, text=True, check=True)
        for line in left.stdout.splitlines():
            if line.startswith('msgid "') and line != 'msgid ""':
                yield 'po/zh_CN.po: %s: %s' % (option, line)


# What org.gnome.Platform brings; every other library of the build needs a module of the manifest.
RUNTIME = {'atspi-2', 'gio-2.0', 'gio-unix-2.0', 'glib-2.0', 'gnutls', 'gstreamer-1.0', 'gstreamer-app-1.0', 'gstreamer-audio-1.0', 'gstreamer-net-1.0',
           'gstreamer-rtsp-1.0', 'gstreamer-video-1.0', 'gtk4', 'libadwaita-1', 'libsecret-1', 'libsoup-3.0', 'libzstd', 'pangocairo', 'sqlite3', 'threads'}
MODULES = {'gstreamer-rtsp-server-1.0': 'gst-rtsp-server', 'shumate-1.0': 'libshumate', 'sofia-sip-ua-glib': 'sofia-sip'}


def check_source(name, source):
    if source.get('type') == 'dir':
        if source.get('path') != '..':
            yield f'{name}: its folder is not ours'
    elif source.get('type') != 'git' or not str(source.get('url')).startswith('https://'):
        yield f'{name}: a source is neither a folder nor git over https'
    elif len({'tag', 'branch', 'commit'} & set(source)) != 1:
        yield f'{name}: which version?'


def check_modules(modules):
    for module in modules:
        name = module.get('name')
        if module.get('buildsystem', 'autotools') not in {'autotools', 'cmake-ninja', 'meson', 'simple'}:
            yield f'{name}: no such way to build'
        if (module.get('buildsystem') == 'simple') != ('build-commands' in module):
            yield f'{name}: commands belong to the simple way to build'
        if not module.get('sources'):
            yield f'{name}: no source'
        for source in module.get('sources', []):
            yield from check_source(name, source)


def check_libraries(root, names):
    for path in tracked(root):
        if path.name != 'meson.build':
            continue
        for library in re.findall(r"dependency\('([^']+)'", text_of(path)):
            if library not in RUNTIME and MODULES.get(library, library) not in names:
                yield f'{path.relative_to(root)}: {library} is neither in the runtime nor a module'


def check_flatpak(root):
    import yaml  # only here: python3-yaml
    path = root / 'flatpak/cn.yihu.Console.yaml'
    try:
        manifest = yaml.safe_load(text_of(path))
    except yaml.YAMLError as error:
        yield f'{path.name}: {error}'
        return
    wanted = {'id': path.stem, 'runtime': 'org.gnome.Platform', 'sdk': 'org.gnome.Sdk', 'command': 'yihu-console'}
    yield from (f'{path.name}: {key} is {manifest.get(key)!r}' for key, value in wanted.items() if manifest.get(key) != value)
    if not isinstance(manifest.get('runtime-version'), str):
        yield f'{path.name}: runtime-version is no text'
    yield from (f'{path.name}: {argument} is no option' for argument in manifest['finish-args']
                if not re.fullmatch(r'--(share|socket|device|talk-name)=[A-Za-z0-9.-]+', argument))
    modules = manifest['modules']
    yield from check_modules(modules)
    yield from check_libraries(root, {module.get('name') for module in modules})
    others = set(re.findall(r"executable\('(yihu-\w+)'", ''.join(text_of(each) for each in root.glob('src/*/meson.build'))))
    if {f'/bin/{name}' for name in others - {manifest['command']}} - set(modules[-1].get('cleanup', [])):
        yield f'{path.name}: the console comes alone, but a program of the centre is left in'


CHECKS = {'spdx': check_spdx, 'paths': check_paths, 'calls': check_calls, 'length': check_length, 'format': check_format, 'ui': check_ui,
          'po': check_po, 'flatpak': check_flatpak}
found = list(CHECKS[sys.argv[2]](pathlib.Path(sys.argv[1]).resolve()))
print('\n'.join(found))
sys.exit(1 if found else 0)
