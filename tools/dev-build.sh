# SPDX-License-Identifier: GPL-3.0-or-later
#
# Read by ./dev: installing packages, building, running the tests. Says what it does, one line a step; on failure one
# clear line names the step and where its log is.

say ()
{
  printf '%s\n' "$*" >&2
}

die ()
{
  say "dev: $*"
  exit 1
}

as_root ()
{
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif command -v sudo >/dev/null 2>&1; then
    sudo -n "$@" 2>/dev/null || sudo "$@"
  else
    die "root rights are needed to install packages: run as root or install sudo"
  fi
}

wanted_packages ()
{
  sed 's/#.*//' tools/packages.txt | tr -s ' \t' '\n\n' | grep -v '^$' || true
}

missing_packages ()
{
  local package
  dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' 2>/dev/null | sed -n 's/^ii *//p' | sort -u > "$1"
  for package in $(wanted_packages); do
    grep -qxF "$package" "$1" || printf '%s\n' "$package"
  done
}

install_packages ()
{
  local list missing log
  mkdir -p _cache
  log=$PWD/_cache/install.log
  list=$(mktemp)
  missing=$(missing_packages "$list")
  rm -f "$list"
  [ -n "$missing" ] || return 0
  say "dev: installing $(printf '%s\n' "$missing" | wc -l) packages (log: _cache/install.log)"
  local apt=(env DEBIAN_FRONTEND=noninteractive apt-get -y -q -o DPkg::Lock::Timeout=600 -o Acquire::Retries=3)
  as_root "${apt[@]}" update >"$log" 2>&1 || die "apt-get update failed: $(tail -n 1 "$log")"
  # shellcheck disable=SC2086
  as_root "${apt[@]}" install --no-install-recommends $missing 2>&1 </dev/null | tee -a "$log" \
    | awk '/^Setting up/ { n++; if (n % 40 == 0) printf "dev:   %d packages set up\n", n > "/dev/stderr" }' || true
  list=$(mktemp)
  missing=$(missing_packages "$list")
  rm -f "$list"
  [ -z "$missing" ] || die "could not install: $(echo $missing) (see _cache/install.log)"
}

# A Chinese locale of our own where the machine has none: needs no root rights.
use_chinese ()
{
  locale -a 2>/dev/null | grep -qi '^zh_CN\.utf-\?8$' && return 0
  mkdir -p _cache/locale
  [ -d _cache/locale/zh_CN.UTF-8 ] || localedef -i zh_CN -f UTF-8 --no-archive "$PWD/_cache/locale/zh_CN.UTF-8" \
    || die "localedef could not make the locale zh_CN.UTF-8"
  export LOCPATH=$PWD/_cache/locale
}

# build DIR [meson options]
build ()
{
  local dir=$1 log=_cache/build.log
  shift
  mkdir -p _cache
  export CC="${CC:-gcc}"
  case $CC in ccache*) ;; *) CC="ccache $CC" ;; esac
  if [ ! -f "$dir/build.ninja" ]; then
    say "dev: configuring $dir"
    meson setup "$dir" --prefix="$PWD/$dir/install" "$@" >"$log" 2>&1 </dev/null \
      || { tail -n 20 "$log" >&2; die "meson setup failed (see $log)"; }
  fi
  if ninja -C "$dir" -n 2>/dev/null | grep -q 'no work to do'; then
    return 0
  fi
  say "dev: building in $dir"
  ninja -C "$dir" </dev/null 2>&1 | tee "$log" \
    | awk -F'[][/]' '/^\[[0-9]+\/[0-9]+\]/ { if (int(20 * $2 / $3) > step) { step = int(20 * $2 / $3); printf "dev:   %d of %d\n", $2, $3 > "/dev/stderr" } next } { print > "/dev/stderr" }' \
    || die "the build failed (see $log)"
}

# run_tests DIR [meson test arguments]; ends with the line "N passed, N failed".
run_tests ()
{
  local dir=$1 status=0
  shift
  use_chinese
  meson test -C "$dir" --no-rebuild --num-processes 2 --print-errorlogs "$@" </dev/null || status=$?
  python3 tools/count-tests.py "$dir/meson-logs/testlog.json" || status=1
  return "$status"
}
