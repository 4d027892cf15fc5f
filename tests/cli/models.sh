# Networks and weights: what is listed, imported, verified and fetched, and what is refused.
source "$(dirname "$0")/harness.sh"
export MOTE_WEIGHTS_DIR=$work/weights

runs "$mote" models list
grep -q '^mote models pull NAME fetches weights' stdout || fail "not told how to get weights: $(cat stdout)"
grep -Eq '^yolov8n-seg +segment +3,409,968 ' stdout || fail "no true total in: $(cat stdout)"
grep -Eq '^efficientsam-tiny +prompt .* pull +Apache-2.0' stdout || fail "$(cat stdout)"
runs "$mote" models list --json
grep -q '"name":"yolov8n-seg"' stdout || fail "no JSON: $(cat stdout)"
runs "$mote" models show yolov8n-seg
grep -q 'AGPL-3.0' stdout || fail "no licence in: $(cat stdout)"
grep -q '^parameters  *3,409,968' stdout || fail "no parameters in: $(cat stdout)"
runs "$mote" models show efficientsam-tiny --json
grep -q '"sha256":"dff858b19600a464' stdout || fail "no hash in: $(cat stdout)"

expect 2 "no network is called 'nothing', expected one of efficientsam-tiny" "$mote" models show nothing
expect 2 "mote models needs one of list, show, import, export, verify, pull" "$mote" models
expect 2 "'push' is no command of mote models, expected one of list" "$mote" models push
expect 2 "--foo is no option of mote models export; mote models export --help" \
  "$mote" models export yolov8n-seg out.safetensors --foo
expect 3 "no weights of yolov8n-seg were imported" "$mote" models export yolov8n-seg out.safetensors
expect 2 "out.ONNX: safetensors is not written to a file of that name: give --onnx for ONNX" \
  "$mote" models export yolov8n-seg out.ONNX
expect 2 "out.pth: safetensors is not written to a file of that name: give --torchscript for" \
  "$mote" models export yolov8n-seg out.pth
expect 2 "out.onnx: TorchScript is not written to a file of that name: give --onnx for ONNX" \
  "$mote" models export yolov8n-seg out.onnx --torchscript
expect 3 "no such file" "$mote" models import missing.pth
echo "no weights" >text.pth
expect 5 "is neither safetensors nor" "$mote" models verify yolov8n-seg text.pth
printf '\x02\0\0\0\0\0\0\0{}' >empty.safetensors
expect 4 "does not fit yolov8n-seg" "$mote" models import empty.safetensors --model yolov8n-seg
grep -q '^missing  *model.0.conv.weight' stdout || fail "no list in: $(head -3 stdout)"
expect 4 "empty.safetensors fits no network of mote: none has any of its tensors" \
  "$mote" models import empty.safetensors
[ -z "$(ls weights 2>/dev/null)" ] || fail "weights that do not fit were written"
expect 5 "its authors publish none" "$mote" models pull vm-unet
expect 2 "--url needs --sha256" "$mote" models pull yolov8n-seg --url https://localhost/x
expect 2 "url is file:///x, expected https://... or http://..." \
  "$mote" models pull yolov8n-seg --url file:///x --sha256 "$(printf 'A%.0s' {1..64})"
finish
