# A disk that fills up: one line, exit 6, and what was there before is kept.
if ! unshare --mount --map-root-user true 2>/dev/null; then
  echo "skipped: this host does not let a test mount a small disk"
  exit 77
fi
if [ -z "${MOTE_SMALL_DISK:-}" ]; then
  MOTE_SMALL_DISK=1 exec unshare --mount --map-root-user bash "$0" "$@"
fi
source "$(dirname "$0")/harness.sh"
simulate
mkdir small
mount -t tmpfs -o size=400k tmpfs small || { echo "skipped: cannot mount tmpfs"; exit 77; }

for threads in 1 2; do
  expect 6 "small/out" "$mote" track demo/recording.tif --frames 0:60 -o small/out --force --threads $threads
  [ -e small/out/run.json ] && fail "a run that ran out of disk looks complete"
done
mount -o remount,size=100m small
runs "$mote" track demo/recording.tif --frames 0:60 -o small/out --resume
runs "$mote" track demo/recording.tif --frames 0:60 -o whole
same small/out/particles.csv whole/particles.csv
same small/out/labels.tif whole/labels.tif

mount -o remount,size=$(($(du -sk small | cut -f1) + 200))k small
expect 6 "small" "$mote" track demo/recording.tif --frames 0:60 -o small/out --force
same small/out/particles.csv whole/particles.csv

expect 6 "cannot be written: No space left" "$mote" convert demo/recording.tif -o small/converted.tif
[ -e small/converted.tif ] || [ -e small/.converted.tif.part ] && fail "half a file was left"

# What the user named is named, not what is written on the way to it.
rm -r small/out
mount -o remount,size=$(($(du -sk small | cut -f1) + 12))k small
for format in ctc geff ome-tiff coco; do
  expect 6 "mote: small/as_$format" "$mote" export whole -o small/as_$format --to $format
  grep -q "cannot be written: No space left on device$" stderr || fail "no cause: $(cat stderr)"
done
[ -z "$(ls -A small)" ] || fail "something of an export was left: $(ls -A small)"

umount small
finish
