# Every relative link in README.md and docs/ leads to a file.
set -u
top=$(cd "${1:-$(dirname "$0")/../..}" && pwd)
cd "$top" || exit 1
failures=0
while IFS= read -r page; do
  folder=$(dirname "$page")
  while IFS= read -r link; do
    target=${link%%#*}
    [ -z "$target" ] || [ -e "$folder/$target" ] || {
      echo "$page: leads to $link, which does not exist"
      failures=$((failures + 1))
    }
  done < <(grep -oE '\]\([^)]+\)' "$page" | sed 's/^](//; s/)$//' | grep -vE '^(https?|mailto):')
done < <(git ls-files --cached --others --exclude-standard -- '*.md')
[ "$failures" -eq 0 ]
