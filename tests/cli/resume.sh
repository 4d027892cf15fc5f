# A run that is stopped or killed continues and ends with the same files.
source "$(dirname "$0")/harness.sh"
simulate
recording=demo/recording.tif
run=("$mote" track $recording --frames 0:90 --checkpoint-ms 0 --threads 2)
runs "${run[@]}" -o whole

# begun DIR: waits until a run has begun to write there.
begun() {
  local attempt
  for attempt in $(seq 200); do
    [ -e "$1/.mote/journal" ] && return
    sleep 0.05
  done
}

compare() {
  local name
  for name in particles.csv tracks.csv events.csv necks.csv neck_fits.csv frames.csv drift.csv motion.csv msd.csv growth.csv rates.csv survival.csv budget.csv labels.tif overlay.mp4; do
    same whole/$name "$1/$name"
  done
}

# Ctrl-C.
"${run[@]}" -o stopped >stdout 2>stderr &
pid=$!
begun stopped
kill -INT $pid
wait $pid
code=$?
[ $code -eq 130 ] || [ $code -eq 0 ] || fail "exit $code after Ctrl-C: $(cat stderr)"
if [ $code -eq 130 ]; then
  grep -qF -- "--resume" stderr || fail "Ctrl-C does not say how to resume: $(cat stderr)"
  [ -e stopped/run.json ] && fail "a stopped run looks complete"
  expect 2 "--resume" "${run[@]}" -o stopped
  expect 2 "sigma-px" "${run[@]}" -o stopped --resume --sigma-px 3
  runs "${run[@]}" -o stopped --resume
fi
compare stopped

# kill -9, again and again, until it ends.
mkdir killed
delay=0.25
first=""
for attempt in $(seq 30); do
  "${run[@]}" -o killed $first >stdout 2>stderr &
  pid=$!
  sleep $delay
  kill -KILL $pid 2>/dev/null
  wait $pid 2>/dev/null && break
  [ -e killed/run.json ] && [ -e killed/.mote/journal ] && fail "a killed run looks complete"
  [ -e killed/.mote/journal ] && first="--resume"
  delay=$(awk "BEGIN { print $delay + 0.1 }")
done
[ -e killed/run.json ] || runs "${run[@]}" -o killed --resume
compare killed

# A finished run has nothing left to do.
runs "${run[@]}" -o whole --resume

# Another input.
"${run[@]}" -o fresh >stdout 2>stderr &
pid=$!
begun fresh
kill -KILL $pid
wait $pid 2>/dev/null
if [ -e fresh/.mote/journal ] && [ ! -e fresh/run.json ]; then
  touch $recording
  expect 2 "input" "${run[@]}" -o fresh --resume
fi

finish
