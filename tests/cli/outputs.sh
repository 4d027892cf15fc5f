# What a run writes, and that it does not depend on how it was run.
source "$(dirname "$0")/harness.sh"
simulate
recording=demo/recording.tif

runs "$mote" info $recording
grep -q 'pixel size.*0.2 nm' stdout || fail "info does not tell the pixel size: $(cat stdout)"
runs "$mote" info $recording --json
runs "$mote" track $recording -o one --frames 0:60 --threads 1
runs "$mote" track $recording -o two --frames 0:60 --threads 2
for name in particles.csv tracks.csv events.csv necks.csv neck_fits.csv frames.csv drift.csv motion.csv msd.csv growth.csv rates.csv survival.csv budget.csv labels.tif overlay.mp4 methods.txt report.html; do
  [ -s one/$name ] || fail "no $name"
  [ $name = report.html ] || same one/$name two/$name
done
for name in radii sizes budget msd; do
  for kind in pdf svg csv; do same one/figures/$name.$kind two/figures/$name.$kind; done
done
[ -e one/.mote ] && fail "the journal was left behind"
[ "$(wc -l <one/frames.csv)" -eq 61 ] || fail "frames.csv has $(wc -l <one/frames.csv) lines"

expect 2 "--force" "$mote" track $recording -o one
runs "$mote" track $recording -o one --frames 0:20 --force --no-overlay --no-report
[ -s one/figures/sizes.pdf ] || fail "no figures beside --no-report"
[ -e one/overlay.mp4 ] && fail "the overlay of the earlier run was left"

runs "$mote" measure demo/truth/labels.tif --image $recording -o measured --no-overlay
[ -s measured/figures/radii.pdf ] || fail "measure drew no figures"
[ "$(wc -l <measured/tracks.csv)" -gt 5 ] || fail "measure made no tracks"
runs "$mote" track $recording --labels demo/truth -o linked --no-overlay
[ "$(wc -l <linked/tracks.csv)" -gt 5 ] || fail "track --labels made no tracks"
runs "$mote" segment $recording -o stills --frames 0:3
[ -s stills/overlays/frame_000002.png ] || fail "segment wrote no pictures"
runs "$mote" track $recording -o chosen --frames 10:30:2 --roi x=16,y=16,w=128,h=96 --bin 2
[ "$(wc -l <chosen/frames.csv)" -eq 11 ] || fail "--frames 10:30:2 gave other than 10 frames"
grep -q '"y_nm": 0.4' chosen/run.json || fail "--bin 2 did not double the pixel size"

# JSON events on stdout, one object a line.
"$mote" track $recording -o json --frames 0:20 --json --no-overlay >stdout 2>stderr
grep -vq '^{"event":' stdout && fail "--json printed something else: $(grep -v '^{"event":' stdout | head -n 1)"
tail -n 1 stdout | grep -q '"event":"done"' || fail "--json does not end with done"

runs "$mote" preview $recording -o preview.png
[ -s preview.png ] || fail "no preview"
expect 2 "preview.png: is there already; --force overwrites it" "$mote" preview $recording -o preview.png

finish
