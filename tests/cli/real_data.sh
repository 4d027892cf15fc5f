# Results on recordings that others have made, pinned loosely (docs/real-data.md tells them all).
data=$(cd "$(dirname "$0")/../../../shared/data" 2>/dev/null && pwd) || {
  echo "skipped: no shared data beside the checkout"
  exit 77
}
source "$(dirname "$0")/harness.sh"

# lines FILE: rows below the header.
lines() { echo $(($(wc -l <"$1") - 1)); }

# within NAME VALUE LOW HIGH
within() {
  awk -v v="$2" -v low="$3" -v high="$4" 'BEGIN { exit !(v != "" && v >= low && v <= high) }' ||
    fail "$1 is $2, expected $3 to $4"
}

# column FILE NAME: the values of a column.
column() {
  awk -F, -v name="$2" 'NR == 1 { for (i = 1; i <= NF; ++i) if ($i == name) at = i; next }
                        { print $at }' "$1"
}

# Median distance that particles of one track move from a frame to the next, in px.
median_step_px() {
  paste -d, <(column "$1" tracks) <(column "$1" frame) <(column "$1" specimen_y_px) \
    <(column "$1" specimen_x_px) | sort -t, -k1,1n -k2,2n |
    awk -F, '$1 == track && $2 == frame + 1 { print sqrt(($3 - y) ^ 2 + ($4 - x) ^ 2) }
             { track = $1; frame = $2; y = $3; x = $4 }' |
    sort -g | awk '{ step[NR] = $1 } END { print step[int((NR + 1) / 2)] }'
}

# Five colloids, in view throughout, in whatever container.
for recording in . video/bf_mjpeg.avi video/bf_h264.mp4 video/bf.gif; do
  runs "$mote" track "$data/seq-colloids-brightfield/$recording" -o bright --force --no-overlay \
    --no-report
  within "tracks of brightfield/$recording" "$(lines bright/tracks.csv)" 5 5
  within "particles of brightfield/$recording" "$(lines bright/particles.csv)" \
    "$((5 * $(lines bright/frames.csv)))" "$((5 * $(lines bright/frames.csv)))"
  within "least ECD" "$(column bright/particles.csv ecd_px | sort -g | head -n 1)" 20 23
  within "greatest ECD" "$(column bright/particles.csv ecd_px | sort -g | tail -n 1)" 20 23
done

# Spots that stick to the glass: what moves is noise.
runs "$mote" track "$data/seq-trackpy-tests/stuck.tif" -o stuck --no-overlay --no-report
within "tracks of stuck.tif" "$(lines stuck/tracks.csv)" 40 50
within "median step of stuck.tif" "$(median_step_px stuck/particles.csv)" 0 0.3

# One rod that noise all but hides: not hundreds.
runs "$mote" track "$data/seq-lptem-nanorod-simulated/images" -o rod --no-overlay --no-report
within "tracks of the nanorod" "$(lines rod/tracks.csv)" 1 6

# TrackMate finds 243 spots in 4 tracks.
runs "$mote" track "$data/seq-faketracks/frames" -o fake --no-overlay --no-report
within "tracks of FakeTracks" "$(lines fake/tracks.csv)" 4 9
within "particles of FakeTracks" "$(lines fake/particles.csv)" 160 245

# Every TIFF variant opens, or is refused by a line that says why.
for file in "$data"/formats-tiff/*.tif*; do
  "$mote" info "$file" >stdout 2>stderr
  code=$?
  [ $code -eq 0 ] || { [ $code -ge 2 ] && [ $code -le 5 ] && [ "$(wc -l <stderr)" -eq 1 ]; } ||
    fail "mote info $(basename "$file"): exit $code, $(cat stderr)"
done

finish
