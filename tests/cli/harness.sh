# What the CLI tests share. Source it with the program's path in $1.
set -u
mote=$1
work=$(mktemp -d)
trap 'chmod -R u+w "$work" 2>/dev/null; rm -rf "$work"' EXIT
cd "$work" || exit 1
failures=0

fail() {
  echo "FAILED: $*"
  failures=$((failures + 1))
}

# expect CODE TEXT COMMAND...: the command ends with CODE, in one line on stderr that holds TEXT.
expect() {
  local code=$1 text=$2 got
  shift 2
  "$@" >stdout 2>stderr
  got=$?
  [ "$got" -eq "$code" ] || fail "exit $got instead of $code: $* ($(tail -n 1 stderr))"
  grep -qF -- "$text" stderr || fail "no '$text' on stderr of: $* ($(cat stderr))"
  [ "$code" -eq 0 ] || [ "$(grep -c '^mote: ' stderr)" -eq 1 ] || fail "not one line: $* ($(cat stderr))"
}

# runs COMMAND...: the command ends well.
runs() {
  "$@" >stdout 2>stderr || fail "exit $?: $* ($(tail -n 3 stderr))"
}

same() { cmp -s "$1" "$2" || fail "$1 and $2 differ"; }

# A small recording: ./demo/recording.tif, 384 x 384 px, 120 frames.
simulate() {
  "$mote" simulate --preset demo --frames 120 --height 384 --width 384 --seed 3 -o demo \
    >/dev/null 2>stderr || fail "simulate: $(cat stderr)"
}

finish() {
  [ "$failures" -eq 0 ] && echo "ok" && exit 0
  echo "$failures failures"
  exit 1
}
