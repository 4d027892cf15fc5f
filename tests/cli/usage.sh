# Options and arguments that are wrong, and help.
source "$(dirname "$0")/harness.sh"

runs "$mote" --help
runs "$mote" --version
for command in info preview segment track measure simulate montage evaluate; do
  runs "$mote" "$command" --help
done

simulate
recording=demo/recording.tif
expect 2 "mote needs one of info, preview, segment" "$mote"
expect 2 "nonsense" "$mote" nonsense
expect 2 "output" "$mote" track $recording
expect 2 "no recording" "$mote" track -o out
expect 2 "sigma-px" "$mote" track $recording -o out --sigma-px nan
expect 2 "sigma-px" "$mote" track $recording -o out --sigma-px -1
expect 2 "polarity" "$mote" track $recording -o out --polarity blue
expect 2 "max-gap" "$mote" track $recording -o out --max-gap soon
expect 2 "max-distance-px" "$mote" track $recording -o out --max-distance-px -1
expect 2 "bin" "$mote" track $recording -o out --bin 0
expect 2 "bin" "$mote" track $recording -o out --bin 100000
expect 2 "average" "$mote" track $recording -o out --average -3
expect 2 "average" "$mote" track $recording -o out --average 1000
expect 2 "frames" "$mote" track $recording -o out --frames 1:2:0
expect 2 "frames" "$mote" track $recording -o out --frames 500:600
expect 2 "roi" "$mote" track $recording -o out --roi x=0,y=0,w=9999,h=5
expect 2 "roi" "$mote" track $recording -o out --roi here
expect 2 "pixel size" "$mote" track $recording -o out --pixel-size 0.2
expect 2 "frame interval" "$mote" track $recording -o out --frame-interval 5nm
expect 2 "overlay-fps" "$mote" track $recording -o out --overlay-fps 0
expect 2 "threads" "$mote" track $recording -o out --threads -1
expect 3 "drift" "$mote" track $recording -o out --drift-from suport
expect 3 "none.toml" "$mote" track $recording -o out --config none.toml
echo 'sigma_px = 2' >wrong.toml
expect 2 "wrong.toml: option 'sigma_px'" "$mote" track $recording -o out --config wrong.toml
expect 2 "no unfinished run" "$mote" track $recording -o out --resume
[ -e out ] && fail "a refused run left its folder"

expect 2 "'0.2 nm': a value and its unit are one word: 0.2nm" \
  "$mote" info --pixel-size 0.2 nm $recording
expect 2 "--sigma is no option of mote track; mote track --help lists them" \
  "$mote" track $recording -o out --sigma 3
expect 2 "'b.tif' is one argument more than mote info takes" "$mote" info $recording b.tif

# Options that would do nothing, or need another.
expect 2 "needs --threshold" "$mote" segment $recording -o out --method fixed
expect 2 "counts only with --method fixed" "$mote" segment $recording -o out --threshold 100
expect 2 "--point x=3,y=3 counts only with --model efficientsam-tiny or efficientsam-small" \
  "$mote" segment $recording -o out --point x=3,y=3
expect 2 "--device cuda counts only with a network" "$mote" track $recording -o out --device cuda
expect 2 "--sauvola-k 0.3 counts only with --method sauvola" \
  "$mote" segment $recording -o out --sauvola-k 0.3
echo 'weights = "random"' >network.toml
expect 2 "--weights random counts only with a network" \
  "$mote" segment $recording -o out --config network.toml
expect 2 "--overlay-fps 25 counts only with --overlay" \
  "$mote" track $recording -o out --no-overlay --overlay-fps 25
expect 2 "--figure-width single counts only with --figures" \
  "$mote" track $recording -o out --no-figures --figure-width single
expect 2 "--max-shift-px 5 counts only with --drift-from support, all or particles" \
  "$mote" track $recording -o out --no-drift --max-shift-px 5
expect 2 "--flatten counts only with --model threshold" \
  "$mote" segment $recording -o out --model unet --weights random --flatten
expect 2 "--preset tiles counts only with --model threshold" \
  "$mote" segment $recording -o out --model unet --weights random --preset tiles
expect 2 "--sauvola-k 0.2 counts only with --method sauvola" \
  "$mote" preview $recording -o out.png --sauvola-k 0.2
expect 2 "name with --image" "$mote" measure $recording -o out
expect 2 "without, the second" "$mote" segment $recording -o out --frames 9:1

# Options from files: the command line wins.
printf 'sigma-px = 2.5\nmin-diameter-px = 7\n' >good.toml
runs "$mote" segment $recording -o toml --frames 0:3 --config good.toml --sigma-px 2
grep -q '"sigma-px": 2.0' toml/run.json || fail "the command line does not win over --config"
grep -q '"min-diameter-px": 7.0' toml/run.json || fail "--config is not used"
runs "$mote" segment --from toml/run.json -o again
same toml/particles.csv again/particles.csv
expect 2 "--preset tiles counts only without --from: run.json says all options" \
  "$mote" segment --from toml/run.json -o out --preset tiles
runs "$mote" track $recording -o video --frames 0:3 --overlay-fps 10 --no-report
runs "$mote" track --from video/run.json -o pictureless --no-overlay
runs "$mote" info --from toml/run.json
grep -q '^frames  *3$' stdout || fail "info does not take the frames of --from"
runs "$mote" info $recording --config good.toml --skip-bad-frames
expect 2 "is a folder" "$mote" info $recording --config toml
expect 2 "no recording" "$mote" info

# Nothing found is no error, and told with what may have kept it from being found.
runs "$mote" segment $recording -o nothing --frames 0 --min-diameter-px 200
grep -q 'no particles found with .* --min-diameter-px 200; mote preview' stderr ||
  fail "nothing found, and nothing said: $(cat stderr)"
runs "$mote" preview $recording -o nothing.png --polarity dark --min-diameter-px 200
grep -q 'no particles found with --polarity dark' stderr || fail "preview: $(cat stderr)"
grep -q -- '--min-diameter-px 200$' stdout || fail "preview's command: $(cat stdout)"

finish
