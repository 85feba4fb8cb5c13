#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# merge-po.sh [--check]
# The Chinese of each part of the program lives in its own po/parts/AREA.po, so that several people can translate at
# once. This brings them together: it writes po/POTFILES (every file with a translatable string), and po/zh_CN.po (the
# parts, cut to the strings that the sources really have). It ends with 1 and a list where a string has no Chinese, and
# names where two parts translate one string differently. With --check nothing is written.
set -eu
cd "$(dirname "$0")/.."
export LC_ALL=C.UTF-8
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# What can be translated.
{
  grep -rlE --include='*.c' --include='*.h' '(^|[^A-Za-z0-9_])(_|N_|C_|NC_|ngettext) ?\("' src || true
  grep -rl --include='*.ui' 'translatable="' ui src || true
  ls data/*.desktop.in data/*.metainfo.xml.in
} 2>/dev/null | sort -u >"$work/POTFILES"

# The switches of meson's preset "glib".
xgettext --files-from="$work/POTFILES" --from-code=UTF-8 --add-comments --sort-by-file \
  --keyword=_ --keyword=N_ --keyword=C_:1c,2 --keyword=NC_:1c,2 --keyword=g_dcgettext:2 \
  --keyword=g_dngettext:2,3 --keyword=g_dpgettext2:2c,3 \
  --flag=N_:1:pass-c-format --flag=C_:2:pass-c-format --flag=NC_:2:pass-c-format \
  --flag=g_dngettext:2:pass-c-format --flag=g_strdup_printf:1:c-format \
  --flag=g_string_printf:2:c-format --flag=g_string_append_printf:2:c-format \
  --flag=g_error_new:3:c-format --flag=g_set_error:4:c-format \
  --package-name=yihu --output="$work/yihu.pot"

for part in po/parts/*.po; do
  msgfmt --check-format --check-domain -o /dev/null "$part"
done
msgcat --use-first --no-wrap po/parts/*.po -o "$work/parts.po"
msgcat --no-wrap po/parts/*.po | grep -B12 '^"#-#-#-#-#' | grep -E '^(msgid|"#-#)' | grep -v '^msgid ""' >"$work/differ" || true
if [ -s "$work/differ" ]; then
  echo "translated in more than one way (the first part wins):" >&2
  cat "$work/differ" >&2
fi

# No places and no date: the file then changes only where a text does.
msgmerge --quiet --no-fuzzy-matching --no-location --no-wrap --sort-output "$work/parts.po" "$work/yihu.pot" \
  -o "$work/merged.po"
msgattrib --no-obsolete --no-wrap --sort-output "$work/merged.po" |
  grep -vE '^"(POT-Creation-Date|PO-Revision-Date): ' >"$work/zh_CN.po"

bad=0
msgattrib --untranslated --no-obsolete --no-wrap "$work/zh_CN.po" | grep '^msgid ' | grep -v '^msgid ""$' >"$work/missing" || true
msgattrib --untranslated --no-obsolete "$work/zh_CN.po" | grep -q '^msgstr' && bad=1
if [ $bad = 1 ]; then
  echo "no Chinese for $(wc -l <"$work/missing") texts:" >&2
  cat "$work/missing" >&2
fi

if [ "${1:-}" = --check ]; then
  cmp -s "$work/POTFILES" po/POTFILES && cmp -s "$work/zh_CN.po" po/zh_CN.po ||
    { echo "po/POTFILES or po/zh_CN.po is older than the sources: run tools/merge-po.sh" >&2; bad=1; }
else
  cp "$work/POTFILES" po/POTFILES
  cp "$work/zh_CN.po" po/zh_CN.po
  msgfmt --statistics -o /dev/null po/zh_CN.po
fi
exit $bad
