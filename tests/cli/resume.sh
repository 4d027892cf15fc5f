# A run that is stopped or killed continues and ends with the same files.
source "$(dirname "$0")/harness.sh"
simulate
recording=demo/recording.tif
run=("$mote" track $recording --frames 0:90 --checkpoint-ms 0 --threads 2)
runs "${run[@]}" -o whole

# begun DIR: waits until the run in the background has something there to continue, or has ended.
begun() {
  while [ ! -e "$1/.mote/journal" ] && [ -n "$(jobs -rp)" ]; do
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

# kill -9, again and again, until it ends. Where exactly a kill may fall, the tests of OutputFolder
# and of Journal go through.
mkdir killed
delay=0.25
first=""
for attempt in $(seq 30); do
  "${run[@]}" -o killed $first >stdout 2>stderr &
  pid=$!
  sleep $delay
  kill -KILL $pid 2>/dev/null
  wait $pid 2>/dev/null
  code=$?
  [ $code -eq 0 ] && break
  [ $code -eq 137 ] || fail "exit $code after kill -9: $(cat stderr)"
  [ -e killed/run.json ] && compare killed
  [ -e killed/.mote ] || [ -e killed/run.json ] && first="--resume"
  delay=$(awk "BEGIN { print $delay + 0.1 }")
done
[ -e killed/run.json ] || runs "${run[@]}" -o killed --resume
compare killed

# A finished run has nothing left to do.
runs "${run[@]}" -o whole --resume

# Another input, whether the run was killed or had ended.
"${run[@]}" -o fresh >stdout 2>stderr &
pid=$!
begun fresh
kill -KILL $pid
wait $pid 2>/dev/null
touch $recording
expect 2 "input" "${run[@]}" -o fresh --resume

finish
