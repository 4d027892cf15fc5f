# Results go to other programs and come back, as docs/exchange.md says.
top=$(cd "$(dirname "$0")/../.." && pwd)
source "$top/tests/cli/harness.sh"
page=$top/docs/exchange.md
simulate
runs "$mote" track demo/recording.tif -o run --no-overlay

# The code blocks of the page.
mkdir bin
ln -s "$(readlink -f "$mote")" bin/mote
awk '/^```sh$/ { code = 1; next } /^```$/ { code = 0 } code' "$page" >blocks.sh
[ "$(grep -c mote blocks.sh)" -eq 3 ] || fail "the page has other code blocks than expected"
PATH=$PWD/bin:$PATH runs bash -e blocks.sh
same run/tracks.csv corrected/tracks.csv
same run/events.csv corrected/events.csv
runs "$mote" export run --to napari
cat >napari.py <<'E2'
class Viewer:
    def add_tracks(self, tracks, graph):
        print(len(tracks), len(graph))
E2
awk '/^```python$/ { code = 1; next } /^```$/ { code = 0 } code' "$page" >block.py
if command -v python3 >/dev/null; then
  runs python3 block.py
  [ "$(cut -d ' ' -f 1 stdout)" -eq "$(($(wc -l <run_napari/tracks.csv) - 1))" ] ||
    fail "the page's Python does not read every row"
fi

# Every format that help lists has a row on the page, and is written.
formats=$("$mote" export --help | sed -n '/^Formats:/,$s/^  \([a-z-]*\) .*/\1/p')
[ "$(echo "$formats" | wc -l)" -ge 8 ] || fail "help lists no formats: $formats"
for format in $formats; do
  grep -q "^| \`$format\` |" "$page" || fail "$format has no row on the page"
  runs "$mote" export run --to "$format" -o "out_$format"
  [ -e "out_$format" ] || fail "$format: nothing was written"
done

# Frames have the names of the stills that go with them.
runs "$mote" convert demo/recording.tif --to png -o stills
ls stills | sed 's/\.png$//' >names
grep -o 'frame_[0-9]*' out_coco | cmp -s - names || fail "COCO names its images otherwise than stills"
ls out_yolo | sed 's/\.txt$//' | cmp -s - names || fail "YOLO names its images otherwise than stills"

expect 2 "expected one of geff, ctc" "$mote" export run --to excel
expect 2 "is there already; --force overwrites it" "$mote" export run --to coco -o out_coco
expect 0 "particles" "$mote" export run --to coco -o out_coco --force
expect 2 "which is none of what would be written" "$mote" export run --to ctc -o run --force
expect 2 "lies in the run itself" "$mote" export run --to ome-tiff -o run/labels.tif --force
expect 3 "no finished run lies here" "$mote" export demo --to ctc
expect 3 "no such file" "$mote" import nothing.xml -o in
expect 2 "give --run RUN" "$mote" import run_napari -o in --json
[ ! -e in ] || fail "a refused import left something"
printf '<?xml version="1.0"?>\n<TrackMate><Model>' >cut.xml
expect 4 "ends without </TrackMate>" "$mote" import cut.xml -o in
printf 'PK\003\004broken' >broken.zip
expect 4 "broken.zip" "$mote" import broken.zip --run run -o in
ln -s loop loop
expect 6 "cannot be looked at: Too many levels of symbolic links" "$mote" import loop -o in
expect 6 "cannot be looked at: Too many levels of symbolic links" "$mote" export loop --to ctc
printf 'ID,T,Y,X\n' >empty.csv
expect 4 "holds no particle" "$mote" import empty.csv -o in --run run
[ ! -e in ] || fail "a refused import left something"
finish
