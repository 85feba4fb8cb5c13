#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# ./dev run: the whole of Yihu on loopback. Makes the demo city once (kept in _run/), starts server, switchboard, city and console, prints
# what happens, and ends what it started, by pid. Without a display it starts a virtual one, lets a pair of hands work the desk
# through its keys, and keeps writing pictures to _run/screens/.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
. tools/dev-build.sh

elders=100000 seed=1 calls_per_hour=240 screen=desk demo_seconds=0 fresh=no
number () # NAME VALUE LOWEST HIGHEST
{
  [[ $2 =~ ^[0-9]{1,9}$ ]] && [ "$2" -ge "$3" ] && [ "$2" -le "$4" ] || die "$1 must be a number from $3 to $4, not '$2'"
}
while [ $# -gt 0 ]; do
  case $1 in
    --elders) number "$1" "${2:-}" 100 1160000; elders=$2; shift 2 ;;
    --seed) number "$1" "${2:-}" 0 999999999; seed=$2; shift 2 ;;
    --calls-per-hour) number "$1" "${2:-}" 0 3000; calls_per_hour=$2; shift 2 ;;
    --demo-seconds) number "$1" "${2:-}" 10 86400; demo_seconds=$2; shift 2 ;;
    --screen) case ${2:-} in desk | wall | review) screen=$2 ;; *) die "--screen is desk, wall or review" ;; esac; shift 2 ;;
    --fresh) fresh=yes; shift ;;
    *) die "run does not know '$1' (./dev help)" ;;
  esac
done

bin=$PWD/_build/src run=$PWD/_run/city-$elders-$seed logs=$PWD/_run/logs
mkdir -p "$logs" _run/screens
rm -f "$logs"/*.log
umask 077
pids=()
stop_all ()
{
  local i pid
  trap - EXIT INT TERM
  for ((i = ${#pids[@]} - 1; i >= 0; i--)); do
    kill "${pids[i]}" 2>/dev/null || true
  done
  for pid in "${pids[@]}"; do
    wait "$pid" 2>/dev/null || true
  done
}
trap stop_all EXIT
trap 'exit 130' INT TERM

free_port () # tcp|udp
{
  python3 -c 'import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM if sys.argv[1] == "udp" else socket.SOCK_STREAM)
s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])' "$1"
}

wait_for () # LOG TEXT SECONDS WHAT
{
  local i
  for ((i = 0; i < $3 * 20; i++)); do
    grep -qF -- "$2" "$logs/$1.log" 2>/dev/null && return 0
    kill -0 "$last_pid" 2>/dev/null || die "$4 ended: $(tail -n 1 "$logs/$1.log") (see _run/logs/$1.log)"
    sleep 0.05
  done
  die "$4 did not start within $3 s (see _run/logs/$1.log)"
}

start () # NAME COMMAND…
{
  local name=$1
  shift
  "$@" >"$logs/$name.log" 2>&1 </dev/null &
  last_pid=$!
  pids+=("$last_pid")
}

# A Chinese locale of its own, where the machine has none: no root rights needed.
locale_setup ()
{
  if ! locale -a 2>/dev/null | grep -qi '^zh_CN\.utf-\?8$'; then
    mkdir -p _cache/locale
    [ -d _cache/locale/zh_CN.UTF-8 ] || localedef -i zh_CN -f UTF-8 --no-archive "$PWD/_cache/locale/zh_CN.UTF-8" \
      || die "localedef could not make zh_CN.UTF-8"
    export LOCPATH=$PWD/_cache/locale
  fi
  export LC_ALL=zh_CN.UTF-8 LANGUAGE=zh_CN
}

start_server ()
{
  start server "$bin/server/yihu-server" --data-dir "$run/server" --listen "127.0.0.1:$server_port" \
    --sip-registrar "sip:127.0.0.1:$sip_port"
  wait_for server "listening on" 60 "yihu-server"
}

# The city is made and imported once; a run that was interrupted half-way begins again.
make_city ()
{
  [ "$fresh" = no ] || rm -rf "$run"
  [ -f "$run/ready" ] && return 0
  rm -rf "$run"
  mkdir -p "$run"
  head -c 12 /dev/urandom | base64 | tr '+/' 'ab' >"$run/password"
  free_port tcp >"$run/rtsp-port"
  export YIHU_PASSWORD
  YIHU_PASSWORD=$(cat "$run/password")
  say "dev: making a city of $elders elders (seed $seed)"
  "$bin/city/yihu-city" make --elders "$elders" --seed "$seed" --rtsp-port "$(cat "$run/rtsp-port")" --out "$run/city" >"$logs/make.log" 2>&1 \
    || die "yihu-city make failed: $(tail -n 1 "$logs/make.log")"
  "$bin/server/yihu-server" --data-dir "$run/server" --init-admin admin >"$logs/init.log" 2>&1 \
    || die "yihu-server --init-admin failed: $(tail -n 1 "$logs/init.log")"
  start_server
  say "dev: importing it (the same way as a real centre: yihu-ctl import-dir)"
  "$bin/ctl/yihu-ctl" --server "$url" --login admin import-dir "$run/city" 2>&1 | tee "$logs/import.log" >&2 \
    || die "the import failed (see _run/logs/import.log)"
  "$bin/ctl/yihu-ctl" --server "$url" --login admin import-map "$run/city/basemap.db" >>"$logs/import.log" 2>&1 \
    || die "the base map was refused: $(tail -n 1 "$logs/import.log")"
  touch "$run/ready"
}

start_display ()
{
  [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] && return 0
  virtual=yes
  Xvfb -displayfd 3 -screen 0 1920x1080x24 -dpi 96 -nolisten tcp +extension GLX +render -noreset \
    3>"$logs/display" >"$logs/xvfb.log" 2>&1 </dev/null &
  last_pid=$!
  pids+=("$last_pid")
  local i
  for ((i = 0; i < 200; i++)); do
    [ -s "$logs/display" ] && break
    sleep 0.05
  done
  [ -s "$logs/display" ] || die "no virtual display: $(tail -n 1 "$logs/xvfb.log")"
  export DISPLAY=:$(cat "$logs/display") GSK_RENDERER=cairo GDK_BACKEND=x11
  export YIHU_AUDIO_SRC="audiotestsrc is-live=true samplesperbuffer=160 wave=silence" YIHU_AUDIO_SINK="fakesink sync=true" YIHU_RING_SINK="fakesink sync=true"
  say "dev: no display here: a virtual one is at $DISPLAY, pictures go to _run/screens/"
}

# Names of what the console has told so far; each stands for a part of the story.
told ()
{
  grep -qE -- "$1" "$logs/console.log" 2>/dev/null
}

# The hands of an operator on the virtual display: they know the keys and read what the console tells.
hands ()
{
  local last=0 line seen
  # shellcheck disable=SC2064
  key () { xdotool key --clearmodifiers "$1" 2>/dev/null || true; }
  tail -n +1 -F "$logs/console.log" 2>/dev/null | while read -r line; do
    case $line in
      *" ringing seat "*) sleep 1.5; key F2 ;;
      *" talking seat "*) sleep 3; key F9; sleep 2; key ctrl+Return; sleep 4; key F4 ;;
      *" wrapup seat "*) sleep 1.5; key ctrl+1; sleep 1; key ctrl+Return ;;
    esac
  done
}

pictures ()
{
  local i=0
  while sleep 2; do
    import -window root "_run/screens/.next.png" 2>/dev/null \
      && mv "_run/screens/.next.png" "_run/screens/$(printf '%s-%04d' "$screen" "$((i % 500))").png"
    i=$((i + 1))
  done
}

server_port=$(free_port tcp) sip_port=$(free_port udp)
url=http://127.0.0.1:$server_port
virtual=no
make_city
YIHU_PASSWORD=$(cat "$run/password")
export YIHU_PASSWORD
kill -0 "${last_pid:-0}" 2>/dev/null && [ -n "${last_pid:-}" ] || start_server
start voice "$bin/voice/yihu-voice" --server "$url" --login voice --sip "127.0.0.1:$sip_port" --data-dir "$run/voice" --area-code 0417
wait_for voice "sip listening on" 30 "yihu-voice"
start city "$bin/city/yihu-city" live --server "$url" --sip "sip:127.0.0.1:$sip_port" --city "$run/city" --seed "$seed" \
  --calls-per-hour "$calls_per_hour" --rtsp-port "$(cat "$run/rtsp-port")" --pace 60
locale_setup
start_display
case $screen in
  desk) login=operator03 ;;
  wall) login=supervisor ;;
  review) login=reviewer ;;
esac
cat >&2 <<TXT
dev: accounts of this demo city (password $(cat "$run/password"), good for nothing else):
dev:   operator03 … the desk    supervisor … the wall    reviewer … the review    admin … yihu-ctl
dev:   yihu-console --server $url --cache-dir DIR --login NAME
dev: Ctrl+C ends everything; logs are in _run/logs/
TXT
start console dbus-run-session -- "$bin/console/yihu-console" --server "$url" --cache-dir "$run/console-$login" --login "$login" \
  $([ "$screen" = wall ] && echo --wall) --narrate
console_pid=$last_pid
tail -n +1 -F "$logs/console.log" 2>/dev/null &
pids+=("$!")
if [ "$virtual" = yes ]; then
  pictures &
  pids+=("$!")
  if [ "$screen" = desk ]; then
    hands &
    pids+=("$!")
  fi
fi

begin=$SECONDS
while kill -0 "$console_pid" 2>/dev/null; do
  [ "$demo_seconds" -gt 0 ] && [ $((SECONDS - begin)) -ge "$demo_seconds" ] && break
  sleep 0.5
done
if [ "$demo_seconds" = 0 ]; then
  exit 0
fi
kill -0 "$console_pid" 2>/dev/null || die "the story did not come true: the console ended by itself (see _run/logs/console.log)"
missing=()
told ' desk connected' || missing+=("the console never reached the server")
if [ "$screen" = desk ]; then
  told ' call .* ringing seat ' || missing+=("no call rang at the desk")
  if [ "$virtual" = yes ]; then
    told ' call .* talking seat ' || missing+=("no call was answered")
    told ' order .* placed' || missing+=("no order was placed")
    told ' order .* accepted' || missing+=("no provider accepted an order")
    told ' order .* finished' || missing+=("no order was finished")
    told ' call .* closed' || missing+=("no call was closed with an outcome")
  fi
fi
if [ ${#missing[@]} -gt 0 ]; then
  die "the story did not come true: $(IFS=';'; echo "${missing[*]}")"
fi
say "dev: the story came true in $demo_seconds s"
