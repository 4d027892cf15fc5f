# Recordings in other formats: what is written is read back, and what cannot be is refused.
source "$(dirname "$0")/harness.sh"
simulate
in=demo/recording.tif
pixels() { "$mote" info "$1" | grep -E '^(pixel size|frame interval)' | sed 's/ (from.*//'; }

for out in out.tif out.ome.tif; do
  runs "$mote" convert $in -o $out
  grep -q "^$out: .*120 frames of 384 x 384 px, uint8" stderr || fail "no line of $out: $(cat stderr)"
  [ "$(pixels $in)" = "$(pixels $out)" ] || fail "calibration of $out: $(pixels $out)"
done
runs "$mote" convert $in -o one.tif --frames 0
grep -q "^one.tif: TIFF, 1 frame of" stderr || fail "one frame is told as $(cat stderr)"
runs "$mote" convert $in -o out.mrc
grep -q 'MRC does not hold: frame interval' stderr || fail "MRC holds no interval, and nothing says so"
runs "$mote" convert out.mrc -o back.tif --depth 8 --frame-interval "$("$mote" info $in --json | grep -A1 '"frame_interval"' | grep -o '[0-9.]*')s"
runs "$mote" convert back.tif -o back.mrc
same out.mrc back.mrc

# All that a file says of itself.
runs "$mote" info out.ome.tif --all
grep -q '^ImageDescription: <?xml' stdout || fail "no OME-XML in info --all"
runs "$mote" info out.tif --all --json
grep -q '"XResolution"' stdout || fail "no tags in info --all --json"

# A part of it, as 8 bits, as JSON.
runs "$mote" convert $in -o part.tif --frames 10:20 --roi x=8,y=16,w=64,h=32 --bin 2 --depth 8 --json
grep -q '"event":"done".*"frames":10,"height_px":16,"width_px":32,"sample_type":"uint8"' stdout ||
  fail "no result: $(cat stdout)"
runs "$mote" convert $in -o stills --to png --frames 0:3
[ "$(ls stills)" = "$(printf 'frame_00000%d.png\n' 0 1 2)" ] || fail "stills are $(ls stills)"

expect 2 "is there already" "$mote" convert $in -o part.tif
expect 2 "is the recording itself" "$mote" convert $in -o $in --force
expect 2 "extension names no format" "$mote" convert $in -o out.gif
expect 2 "depth is 12, expected one of keep, 8, 16, 32f" "$mote" convert $in -o new.tif --depth 12
expect 2 "--range" "$mote" convert $in -o new.tif --range 0..9
expect 3 "nothing.tif" "$mote" convert nothing.tif -o new.tif
expect 3 "no such folder" "$mote" convert $in -o nowhere/new.tif
[ -e new.tif ] || [ -e .new.tif.part ] && fail "a refused conversion left a file"
finish
