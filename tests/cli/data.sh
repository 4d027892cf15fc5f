# Audits and splits of a data set: exit codes, outputs, and that a split leaves no leak.
source "$(dirname "$0")/harness.sh"

# Recordings of different seeds show different specimens; of each the first frame is compared.
frame() {  # frame SEED FILE
  "$mote" simulate --preset demo --frames 120 --height 384 --width 384 --seed "$1" -o "seed$1" \
    >/dev/null 2>stderr || fail "simulate: $(cat stderr)"
  mkdir -p "$(dirname "$2")"
  cp "seed$1/recording.tif" "$2"
}
frame 1 set/train/one.tif
frame 2 set/train/two.tif
frame 3 set/test/three.tif

runs "$mote" data audit set
grep -q '^3 images of 3 specimen regions; 0 leaks across splits' stdout || fail "$(cat stdout)"

cp set/train/one.tif set/test/again.tif
"$mote" data audit set -o out >stdout 2>stderr
[ $? -eq 7 ] || fail "no exit code of 7 for a leak"
grep -Eq '^copy +yes +train/one.tif +test/again.tif ' stdout || fail "no copy in: $(cat stdout)"
for file in out/audit.csv out/audit.json out/audit.html; do
  [ -s "$file" ] || fail "no $file"
done
expect 2 "is there already; --force overwrites it" "$mote" data audit set -o out
"$mote" data audit set -o out --force --json >stdout 2>stderr
[ $? -eq 7 ] || fail "no exit code of 7 with --force --json"
grep -q '"leaks":1,' stdout || fail "no leak in the JSON"
runs "$mote" data audit set --exit-zero

runs "$mote" data split set -o split --ratio 50:50 --seed 2 --files copy
grep -q '^train  *2 ' stdout || fail "not half of the images in: $(cat stdout)"
runs "$mote" data audit split
cp split/split.csv first.csv
runs "$mote" data split set -o split --ratio 50:50 --seed 2 --force
same split/split.csv first.csv

# What does not fit.
expect 2 "mote data needs one of audit, split" "$mote" data
expect 3 "no such folder" "$mote" data audit missing
expect 2 "is a file" "$mote" data audit first.csv
expect 2 "ratio is" "$mote" data split set -o other --ratio 50
expect 2 "adds up to 85, expected 100" "$mote" data split set -o other --ratio 70:15
negative="seed is -1, expected 0 to 9223372036854775807"
expect 2 "$negative" "$mote" data split set -o other --seed -1
expect 2 "$negative" "$mote" simulate --preset demo -o other --seed -1
expect 2 "$negative" "$mote" simulate --preset sintering -o other --seed -1
expect 2 "min-confidence" "$mote" data audit set --min-confidence 1
printf '\x89PNG\r\n\x1a\nno picture' >set/test/bad.png
expect 4 "bad.png" "$mote" data audit set
expect 4 "bad.png" "$mote" data split set -o other

finish
