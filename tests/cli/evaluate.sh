# Scores of a result against its ground truth, as table, CSV and JSON; inputs that do not fit.
source "$(dirname "$0")/harness.sh"
simulate
evaluate() { "$mote" evaluate --truth demo --result "$@"; }

# The truth against itself is perfect, whatever is printed.
runs evaluate demo/truth
grep -Eq '^  hota +1\.0000$' stdout || fail "no hota of 1 in the table"
runs evaluate demo --csv --per-frame frames.csv --per-object objects.csv
grep -q '^segmentation,iou_pooled,1,$' stdout || fail "no iou_pooled of 1 in the CSV"
grep -q '^tracking,ctc_tra,1,$' stdout || fail "no ctc_tra of 1 in the CSV"
[ "$(wc -l <frames.csv)" -eq 121 ] || fail "frames.csv has not a row a frame"
head -n 1 objects.csv | grep -q '^frame,truth,result,iou,' || fail "objects.csv has no header"
runs evaluate demo --json
grep -q '"pq":1.0,' stdout || fail "no pq of 1 in the JSON"
expect 2 "is there already; --force overwrites it" evaluate demo --per-frame frames.csv

# The table of events has as many rows of each kind and outcome as the scores say.
counts_its_events() {
  runs evaluate "$@" --csv --per-event events.csv --force
  grep -E '^events,[a-z_]+_(right|missed|wrong),' stdout |
    sed -E 's/^events,([a-z_]+)_(right|missed|wrong),([0-9]+),.*/\1,\2,\3/' | grep -v ',0$' | sort >counts
  tail -n +2 events.csv | grep -E '^[a-z_]+,[a-z]+,' | cut -d, -f1,2 | sort | uniq -c |
    awk '{ print $2 "," $1 }' | sort >rows
  cmp counts rows || fail "the events of $1 have other rows than the scores count"
}
counts_its_events demo
head -n 1 events.csv | grep -q '^kind,outcome,truth_frame,result_frame,tracks,' || fail "events.csv has no header"
grep -q '^merge,right,' events.csv || fail "events.csv has no merge that is right"
expect 2 "is there already; --force overwrites it" evaluate demo --per-event events.csv
expect 2 "per-event needs tracks" evaluate demo --as stills --per-event other.csv

# A run over a part of the recording is scored on that part.
runs "$mote" track demo/recording.tif -o part --frames 20:40 --no-overlay --no-report
runs evaluate part --json
grep -q '"frames":20,"truth_frames":120,' stdout || fail "a partial run is not scored on its frames"
runs "$mote" track demo/recording.tif -o quarter --frames 0:119:4 --no-overlay --no-report
counts_its_events quarter --tolerance-frames 0
for outcome in right missed wrong; do
  grep -q "^[a-z]*,$outcome," events.csv || fail "no event of a run of every fourth frame is $outcome"
done
runs evaluate demo/truth/labels.tif
grep -q '^tracking' stdout && fail "label images alone were scored as tracks"
runs evaluate demo/truth/labels.tif --as tracks
grep -q '^tracking' stdout || fail "--as tracks does not score tracks"

# MOTChallenge and COCO texts.
printf '1,1,10,10,5,5,1\n2,1,11,10,5,5,1\n' >truth.txt
printf '1,4,10,10,5,5,0.9\n2,4,11,10,5,5,0.5\n3,1,1,1,1,1,0.3\n' >result.txt
runs "$mote" evaluate --truth truth.txt --result result.txt --csv
grep -q '^tracking,mota,0.5,$' stdout || fail "no mota of 0.5 for the MOTChallenge text"
: >nothing.txt
runs "$mote" evaluate --truth truth.txt --result nothing.txt
runs "$mote" evaluate --truth nothing.txt --result nothing.txt
printf '{"images":[{"id":1,"height":6,"width":6}],"annotations":[{"image_id":1,"segmentation":[[1,1,4,1,4,4,1,4]]}]}' >truth.json
printf '[{"image_id":1,"segmentation":[[1,1,4,1,4,4,1,4]],"score":0.9}]' >result.json
runs "$mote" evaluate --truth truth.json --result result.json --csv
grep -q '^segmentation,ap,1,$' stdout || fail "no AP of 1 for the COCO JSON"

# A CTC folder.
mkdir ctc
runs "$mote" track demo/recording.tif -o one --frames 0:1 --no-overlay --no-report
cp one/labels.tif ctc/mask000.tif
cp one/labels.tif ctc/mask001.tif
printf '1 0 1 0\n' >ctc/res_track.txt
runs "$mote" evaluate --truth ctc --result ctc --csv
grep -q '^tracking,ctc_lnk,1,$' stdout || fail "no ctc_lnk of 1 for the CTC folder"

# What does not fit.
expect 3 "missing" evaluate missing
expect 2 "120 frames" evaluate ctc
expect 2 "truth is required" "$mote" evaluate --result demo
expect 2 "movie" evaluate demo --as movie
expect 2 "is a photograph, not a label image" evaluate demo/recording.tif
expect 2 "tolerance-frames" evaluate demo --tolerance-frames -1
runs "$mote" track demo/recording.tif -o small --roi x=0,y=0,w=300,h=300 --no-overlay --no-report
expect 2 "small was made with --roi x=0,y=0,w=300,h=300" evaluate small
for option in "--average 2" "--bin 2"; do
  runs "$mote" track demo/recording.tif -o other --force $option --no-overlay --no-report
  expect 2 "other was made with $option" evaluate other
done

# What fits but looks wrong is warned of.
runs "$mote" evaluate --truth part --result demo
grep -q 'warning: .*swapped' stderr || fail "no warning of swapped folders"
grep -q '^result  demo (simulation)$' stdout || fail "a simulation is not called one"
runs "$mote" simulate --preset demo --seed 9 --height 384 --width 384 -o another
runs "$mote" evaluate --truth another --result part
grep -q 'warning: .*other recordings: part and another' stderr || fail "no warning of another recording"
runs evaluate part
grep -Eq 'swapped|other recordings|same recording' stderr && fail "a warning of what is right"

# The table fits a terminal; --all is longer.
[ "$(wc -l <stdout)" -le 46 ] || fail "the table has $(wc -l <stdout) lines"
runs evaluate part --all
grep -q 'count_error_relative' stdout || fail "--all leaves out scores"
expect 2 "border-sliver-px2" evaluate part --border-sliver-px2 -1
printf 'bad\n' >bad.txt
expect 4 "bad.txt: line 1" "$mote" evaluate --truth truth.txt --result bad.txt
printf '{' >bad.json
expect 4 "bad.json" "$mote" evaluate --truth truth.json --result bad.json
printf 'bad\n' >ctc/res_track.txt
expect 4 "res_track.txt: line 1" "$mote" evaluate --truth ctc --result ctc
expect 2 "no tracks" "$mote" evaluate --truth truth.json --result truth.json --as tracks

finish
