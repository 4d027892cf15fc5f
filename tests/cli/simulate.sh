# Physical simulations as a user makes them: by preset, by file, tracked and scored; refusals.
source "$(dirname "$0")/harness.sh"
small() { "$mote" simulate --frames 40 --height 256 --width 256 "$@"; }

# at_least NAME VALUE: the score that evaluate printed as CSV.
at_least() {
  awk -F, -v name="$1" -v least="$2" \
    '$2 == name && $3 != "" && $3 >= least { found = 1 } END { exit !found }' stdout ||
    fail "$1 is below $2: $(grep ",$1," stdout)"
}

# A preset, its calibration, and how well mote finds what is in it.
runs "$mote" simulate --preset coalescence --seed 2 --frames 60 --height 320 --width 320 -o sim
runs "$mote" info sim/recording.tif
grep -Eq '^pixel size +0.2 nm' stdout || fail "no pixel size of 0.2 nm"
grep -Eq '^frame interval +0.1 s' stdout || fail "no frame interval of 0.1 s"
runs "$mote" track sim/recording.tif -o run --no-overlay --no-report
runs "$mote" evaluate --truth sim --result run --csv
at_least iou_pooled 0.88
at_least pq 0.8
at_least hota 0.75
at_least idf1 0.85
at_least merge_f1 0.85
at_least merge_contact_f1 0.85

# Whole masks of the truth are scored as COCO, its drift can be given.
runs "$mote" evaluate --truth sim/truth/masks.json --result sim/truth/masks.json --csv
at_least iou_pooled 1
runs "$mote" track sim/recording.tif -o given --drift-from sim/truth/drift.csv --no-overlay --no-report

# Its own file makes the same recording again, on one processor.
runs "$mote" simulate --config sim/truth/simulation.toml --threads 1 -o again
same sim/recording.tif again/recording.tif
same sim/truth/events.csv again/truth/events.csv
same sim/truth/masks.json again/truth/masks.json

# A file over a preset, and the command line over both.
printf 'preset = "haadf"\nframes = 3\n[detector]\nbits = 8\n' >own.toml
runs "$mote" simulate --config own.toml --height 64 --width 80 -o own
runs "$mote" info own/recording.tif
grep -Eq '^size +80 x 64 px .*, uint8' stdout || fail "own.toml or the command line is not followed"
runs "$mote" simulate --config own.toml --print-config
grep -Eq '^bits = 8 ' stdout || fail "--print-config does not tell bits"

# What cannot be.
expect 2 "nothing" "$mote" simulate --preset nothing -o out
expect 2 "output" "$mote" simulate --preset drift
expect 2 "is not empty" "$mote" simulate --preset drift -o own
expect 2 "preset demo" "$mote" simulate --preset drift --noise-sd 3 -o out
expect 2 "other than demo" "$mote" simulate --preset demo --config own.toml -o out
expect 2 "print-config needs --preset, other than demo" "$mote" simulate --print-config
expect 2 "print-config needs --preset, other than demo" "$mote" simulate --preset demo --print-config
printf 'preset = "demo"\n' >demo.toml
expect 2 "demo.toml: preset is 'demo', expected one of sintering" "$mote" simulate --config demo.toml -o out
expect 2 "height is 3" "$mote" simulate --preset drift --height 3 -o out
expect 2 "threads is -1" "$mote" simulate --preset drift --threads -1 -o out
expect 3 "missing.toml" "$mote" simulate --config missing.toml -o out
printf 'particels = 3\n' >bad.toml
expect 2 "bad.toml: option 'particels'" "$mote" simulate --config bad.toml -o out
printf '[migration]\nsize-exponent = "four"\n' >bad.toml
expect 2 "bad.toml: option 'migration.size-exponent'" "$mote" simulate --config bad.toml -o out
printf '[detector]\nbits = 12\n' >bad.toml
expect 2 "bad.toml: detector.bits is 12" "$mote" simulate --config bad.toml -o out
printf '[detector\n' >bad.toml
expect 4 "bad.toml: line 1" "$mote" simulate --config bad.toml -o out
printf 'particles = 4000\n' >bad.toml
expect 2 "found no room" "$mote" simulate --config bad.toml -o out
[ -e out ] && fail "a refused simulation left its folder"

finish
