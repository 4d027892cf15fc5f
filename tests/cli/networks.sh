# Networks as segmenters, with random weights: what they find means nothing, but all of the way is
# gone. tests/nn and tests/learned say whether the numbers are right.
source "$(dirname "$0")/harness.sh"

simulate
recording=demo/recording.tif
segment=("$mote" segment "$recording" --weights random --frames 0:1)

expect 3 "there are no weights of efficientsam-tiny" \
  "$mote" segment $recording --model efficientsam-tiny -o out
expect 3 "none.pt" "$mote" segment $recording --model efficientsam-tiny --weights none.pt -o out
expect 5 "neither safetensors nor a PyTorch checkpoint" \
  "$mote" segment $recording --model efficientsam-tiny --weights $recording -o out
expect 2 "the size must be a multiple of 16 px" \
  "${segment[@]}" --model efficientsam-tiny --tile-px 100 -o out
expect 2 "--point '100,100': expected x=..,y=.." \
  "${segment[@]}" --model efficientsam-tiny --point 100,100 -o out
expect 2 "--box '1,2,3,4': expected x0=..,y0=..,x1=..,y1=.." \
  "${segment[@]}" --model efficientsam-tiny --box 1,2,3,4 -o out
expect 2 "no network is called 'sam', expected one of threshold, efficientsam-tiny" \
  "${segment[@]}" --model sam -o out
expect 2 "deaot-t follows particles and finds none: it takes --tracker deaot --tracker-model" \
  "${segment[@]}" --model deaot-t -o out
expect 2 "tracker is foo, expected one of overlap, deaot" "$mote" track $recording --tracker foo -o out
expect 2 "precision is fp16, expected one of float32, bf16" \
  "${segment[@]}" --model unet --precision fp16 -o out
expect 2 "tile-overlap-px is 64, expected 0 to 32, half of a piece" \
  "${segment[@]}" --model unet --tile-px 64 --tile-overlap-px 64 -o out
expect 2 "tile-overlap-px is 5000, expected 0 to 256, half of a piece" \
  "${segment[@]}" --model unet --tile-overlap-px 5000 -o out
expect 2 "device is 'gpu', expected cpu, cuda, or cuda:N" \
  "${segment[@]}" --model efficientsam-tiny --device gpu -o out

# Options that would do nothing, and prompts that hit nothing.
expect 2 "--point x=3,y=3 counts only with --model efficientsam-tiny or efficientsam-small" \
  "${segment[@]}" --model yolov8n-seg --point x=3,y=3 -o out
expect 2 "--min-probability 0.3 counts only with --model swin-unet, vm-unet" \
  "${segment[@]}" --model yolov8n-seg --min-probability 0.3 -o out
expect 2 "--sigma-px 2 counts only with --model threshold" \
  "${segment[@]}" --model yolov8n-seg --sigma-px 2 --method otsu -o out
expect 2 "--points-per-side 4 counts only without --point and --box" \
  "${segment[@]}" --model efficientsam-tiny --points-per-side 4 --point x=3,y=3 -o out
expect 2 "--weights random counts only with a network" "${segment[@]}" -o out
expect 2 "--precision bf16 counts only with a network" \
  "$mote" track $recording --tracker deaot --tracker-weights random --precision bf16 -o out
expect 2 "--tracker-weights nofile counts only with --tracker deaot" \
  "$mote" track $recording --tracker-weights nofile -o out
expect 2 "--model yolov8n-seg counts only where mote finds particles, not with --labels" \
  "$mote" track $recording --labels demo/labels.tif --model yolov8n-seg -o out
for point in x=384,y=4 x=-1,y=4 x=4,y=600; do
  expect 2 "--point $point lies outside the field of 384 x 384 px" \
    "${segment[@]}" --model efficientsam-tiny --point $point -o out
done
expect 2 "--point 'x=nan,y=4': expected x=..,y=.." \
  "${segment[@]}" --model efficientsam-tiny --point x=nan,y=4 -o out
expect 2 "--box x0=10,y0=10,x1=90,y1=20 lies outside the field of 64 x 384 px, which --roi" \
  "${segment[@]}" --model efficientsam-tiny --box x0=10,y0=10,x1=90,y1=20 --roi w=64 -o out
[ -e out ] && fail "a refused run left its folder"

sam=(--model efficientsam-tiny --tile-px 192)
runs "${segment[@]}" "${sam[@]}" --point x=60,y=40 --box x0=80,y0=70,x1=130,y1=120 -o prompts
runs "${segment[@]}" "${sam[@]}" --point x=60,y=40 --box x0=80,y0=70,x1=130,y1=120 -o again
same prompts/labels.tif again/labels.tif
same prompts/particles.csv again/particles.csv
grep -q '"model": "efficientsam-tiny"' prompts/run.json || fail "run.json does not name the network"
grep -Eq 'efficientsam-tiny .*asked about [0-9]+ points? and [0-9]+ box' prompts/methods.txt ||
  fail "methods.txt does not tell of the prompts: $(cat prompts/methods.txt)"
runs "${segment[@]}" "${sam[@]}" --points-per-side 4 -o grid
for model in swin-unet vm-unet vm-unet-v2 autoencoder unet yolov8n-seg; do
  runs "${segment[@]}" --model $model -o of-$model
done

# One frame with queries for hours: it is told how far it is, and stops between two batches of them.
"${segment[@]}" "${sam[@]}" --points-per-side 256 --json -o stopped >stdout 2>stderr &
pid=$!
until grep -q '"done":0,"under_way":0\.0' stdout || ! kill -0 $pid; do
  sleep 0.05
done
kill -TERM $pid
wait $pid
code=$?
[ $code -eq 130 ] || fail "exit $code after SIGTERM within a frame: $(cat stderr)"
grep -qF -- "--resume" stderr || fail "SIGTERM within a frame does not say how to resume"

runs "${segment[@]}" --model yolov8n-seg --min-diameter-px 3000 -o nothing
grep -q 'yolov8n-seg found no particles of 3000 px or more; .* --min-score, --black and --white$' stderr ||
  fail "not told what decides: $(cat stderr)"
echo 'model = "unet"' >unet.toml
expect 2 "model is unet: mote preview shows what the threshold finds" \
  "$mote" preview $recording --config unet.toml -o preview.png
expect 5 "unet computes in float32 only" "${segment[@]}" --model unet --precision bf16 -o out
runs "$mote" track $recording --no-overlay --frames 0:4 --weights random "${sam[@]}" --point x=60,y=40 -o tracked
runs "$mote" track $recording --no-overlay --frames 0:4 --tracker deaot --tracker-weights random -o followed
grep -q 'followed by their pixels with the network deaot-t' followed/methods.txt ||
  fail "methods.txt does not name the tracker"
runs "$mote" track $recording --no-overlay --frames 0:5 --tracker deaot --keyframe-gap 2 --tracker-weights random -o keyframes
segmented=$(awk -F, 'NR == 1 { for (i = 1; i <= NF; ++i) column[$i] = i } NR > 1 && $column["threshold"] != "" { printf "%s ", $column["frame"] }' keyframes/frames.csv)
[ "$segmented" = "0 2 4 " ] || fail "frames ${segmented}were segmented, not 0 2 4"
expect 3 "there are no weights of deaot-t: import them (mote models import), name a file (--tracker-weights FILE)" \
  "$mote" track $recording --no-overlay --tracker deaot -o out
expect 2 "max-gap is 12 frames; --tracker deaot bridges 11 at most" \
  "$mote" track $recording --no-overlay --tracker deaot --max-gap "12 frames" --tracker-weights random -o out
expect 2 "tracker-model is unet, expected one of deaot-t, r50-deaot-l" "$mote" track $recording --no-overlay --tracker deaot \
  --tracker-model unet --tracker-weights random -o out
runs "$mote" segment --from prompts/run.json -o repeated
same prompts/labels.tif repeated/labels.tif

runs "$mote" bench models autoencoder --rounds 1
grep -q '^autoencoder, image at 512 x 512 px: 6,979,105 parameters, 38.5 billion multiply-adds$' stdout || fail "$(cat stdout)"
grep -Eq '^  float32 .*x +-$' stdout || fail "no row of mote's kernels in: $(cat stdout)"
expect 2 "no network is called 'nosuch', expected one of efficientsam-tiny" "$mote" bench models nosuch
[ -s stdout ] && fail "the machine was measured first: $(cat stdout)"
expect 2 "rounds is 0, expected 1 to 1000" "$mote" bench models autoencoder --rounds 0
[ -s stdout ] && fail "the machine was measured first: $(cat stdout)"
expect 3 "nowhere/serve.mjs: no such file" "$mote" bench models autoencoder --onnxruntime nowhere

finish
