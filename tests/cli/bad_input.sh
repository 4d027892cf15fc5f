# Files that are not what they should be: one line, the documented exit code, nothing left behind.
source "$(dirname "$0")/harness.sh"
simulate
recording=demo/recording.tif

expect 3 "missing.tif" "$mote" track missing.tif -o out
: >empty.tif
expect 4 "empty.tif" "$mote" track empty.tif -o out
printf 'this is no picture' >text.tif
expect 5 "text.tif" "$mote" track text.tif -o out
mkdir folder
expect 3 "folder" "$mote" track folder -o out
expect 3 "*.tif" "$mote" track 'folder/*.tif' -o out
for bytes in 4 8 100 1000; do
  head -c $bytes $recording >short.tif
  "$mote" info short.tif >/dev/null 2>stderr
  [ $? -eq 4 ] || fail "a TIFF cut to $bytes bytes: $(cat stderr)"
done
for command in "track $recording" "segment $recording" "simulate --preset demo"; do
  expect 6 "mote: /proc/out: cannot be written" "$mote" $command -o /proc/out
  expect 6 "mote: /proc: cannot be written" "$mote" $command --force -o /proc
done
[ -e out ] && fail "a refused run left its folder"

# Stills of two sizes: track refuses, segment accepts.
mkdir stills
runs "$mote" track $recording --frames 0:1 -o a --no-overlay --no-report
runs "$mote" track $recording --frames 0:1 --roi x=0,y=0,w=384,h=300 -o b --no-overlay --no-report
cp a/labels.tif stills/1.tif
cp b/labels.tif stills/2.tif
expect 2 "384 x 300" "$mote" track stills -o out_track
runs "$mote" info stills
grep -q 'the stills differ in size (1.tif has 384 x 384 px, 2.tif 384 x 300 px)' stdout ||
  fail "info does not tell that stills differ: $(cat stdout)"
grep -q '^mote segment ' stdout || fail "info promises a track of stills that differ"
runs "$mote" segment stills -o out_segment
[ -f out_segment/labels/2.tif ] || fail "no labels of the second still"

# A bad frame in the middle.
mkdir frames
for i in 1 2 3 4; do cp a/labels.tif frames/$i.tif; done
head -c 1000 a/labels.tif >frames/3.tif
expect 4 "--skip-bad-frames goes on" "$mote" track frames -o out_bad
rm -rf out_bad
expect 4 "frame 2" "$mote" track frames -o out_bad
rm -rf out_bad
runs "$mote" track frames -o out_bad --skip-bad-frames --no-overlay
grep -A 1 '"frames_left_out": \[$' out_bad/run.json | grep -q '^ *2$' ||
  fail "the bad frame is not listed"
grep -q 'left out: .*frame 2' out_bad/run.json || fail "the bad frame is not reported"

# A file name that is not UTF-8, as JSON is.
name=$(printf 'gold_\xb5m.tif')
cp a/labels.tif "$name"
runs "$mote" info "$name" --json
runs "$mote" segment "$name" -o out_name --json --no-overlay
grep -q 'gold_.*m.tif' out_name/run.json || fail "run.json does not name its input"
head -c 1000 a/labels.tif >"frames/3_$name"
runs "$mote" track frames -o out_names --skip-bad-frames --no-overlay

# Output that cannot be written.
: >file
expect 2 "is a file" "$mote" track $recording -o file
expect 6 "file/out" "$mote" track $recording -o file/out

# Label images that do not fit.
expect 2 "label images for" "$mote" measure demo/truth/labels.tif --image a/labels.tif -o out

finish
