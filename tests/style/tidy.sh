# clang-tidy over every source of mote/ and apps/:  tidy.sh SOURCE_FOLDER BUILD_FOLDER
set -u
command -v clang-tidy >/dev/null || {
  echo "skipped: clang-tidy is not installed"
  exit 77
}
cd "$1" || exit 1
git ls-files -- 'mote/*.cpp' 'apps/*.cpp' |
  xargs -P "$(nproc)" -n 4 clang-tidy --quiet -p "$2" 2>/dev/null
