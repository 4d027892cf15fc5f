# docs/command-line.md is what the program's help says.
top=$(cd "$(dirname "$0")/../.." && pwd)
source "$top/tests/cli/harness.sh"

# The words alone: CLI11 2.4 breaks lines otherwise than 2.1, and writes a default as [1], not =1.
words() {
  sed -E 's/^( +-[^ ]* [A-Z][^ ]*( in \[[^]]*\])?) \[([^]]*)\]/\1=\3/' "$1" | tr -s ' \n' '\n'
}

"$top/scripts/command-line-docs" "$mote" >command-line.md
cmp -s <(words command-line.md) <(words "$top/docs/command-line.md") ||
  fail "docs/command-line.md is stale: scripts/command-line-docs build/dev/mote > docs/command-line.md"

finish
