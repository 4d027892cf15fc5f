# A run is corrected by hand as docs/corrections.md says.
top=$(cd "$(dirname "$0")/../.." && pwd)
source "$top/tests/cli/harness.sh"
simulate
cp demo/recording.tif recording.tif

# The code blocks of the page, one after the other.
mkdir bin
ln -s "$(readlink -f "$mote")" bin/mote
awk '/^```sh$/ { code = 1; next } /^```$/ { code = 0 } code' "$top/docs/corrections.md" >blocks.sh
[ "$(grep -c mote blocks.sh)" -eq 2 ] || fail "the page has other code blocks than expected"
PATH=$PWD/bin:$PATH runs bash -e blocks.sh
[ -s corrected/report.html ] || fail "no report of the corrected run"
grep -q '^3,' corrected/tracks.csv && fail "track 3 was not taken out"
grep -q '"tracks_removed": 1' corrected/run.json || fail "run.json does not tell of track 3"
grep -q '1 track taken out' corrected/methods.txt || fail "methods.txt does not tell of track 3"

# Nothing edited, nothing changed.
runs "$mote" measure run -o same --no-overlay
for name in particles.csv tracks.csv events.csv necks.csv frames.csv drift.csv motion.csv msd.csv growth.csv rates.csv survival.csv budget.csv sizes.csv labels.tif; do
  same run/$name same/$name
done

# Joined with a table alone, then once more from the corrected run, from elsewhere.
last=$(awk -F, 'NR > 1 && $6 > 0 && $2 == "" { print $1; exit }' run/tracks.csv)
sed -i "s/^\([0-9]*,[0-9]*,[^,]*,\)$last,$last,/\1$last,1,/" same/particles.csv
runs "$mote" measure same -o twice --no-overlay
grep -q "track 1 has two instances in" twice/run.json || fail "no warning of two instances"
cp run/particles.csv same/particles.csv
sed -i "s/^$last,,/$last,$last;99,/" same/tracks.csv
mv recording.tif moved.tif
expect 3 "--image says where" "$mote" measure same -o out --no-overlay
mv moved.tif recording.tif
mkdir elsewhere
(cd elsewhere && runs "$mote" measure ../same -o ../again --image ../recording.tif --no-overlay)
grep -q "parent $last of track $last is the track itself; it is left out" again/run.json ||
  fail "no warning of a track that is its own parent"
grep -q "parent 99 of track $last has no row; it is left out" again/run.json ||
  fail "no warning of a parent without a row"
runs "$mote" montage again --event 1 --recording recording.tif -o montage.png

expect 2 "--frames is" "$mote" measure run -o out --frames 0:10
expect 2 "would be overwritten" "$mote" measure run -o run --force
rm run/tracks.csv
expect 3 "run/tracks.csv" "$mote" measure run -o out
cp same/tracks.csv run/tracks.csv
head -c 1000 same/journal.mote >run/journal.mote
expect 4 "run/journal.mote" "$mote" measure run -o out

finish
