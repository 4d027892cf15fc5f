# docs/command-line.md is what the program's help says.
top=$(cd "$(dirname "$0")/../.." && pwd)
source "$top/tests/cli/harness.sh"

"$top/scripts/command-line-docs" "$mote" >command-line.md
cmp -s command-line.md "$top/docs/command-line.md" ||
  fail "docs/command-line.md is stale: scripts/command-line-docs build/dev/mote > docs/command-line.md"

finish
