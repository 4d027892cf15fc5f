# Fetching weights from a local server: whole, resumed, cut, altered, absent, and without network.
# The address is given, for the published files are not to be had here; all after it is the same.
here=$(cd "$(dirname "$0")" && pwd)
source "$here/harness.sh"
command -v curl >/dev/null && command -v python3 >/dev/null || { echo "no curl or no python3"; exit 77; }
export MOTE_WEIGHTS_DIR=$work/weights
export no_proxy=127.0.0.1,localhost

mkdir served
# Weights that fit no network: what is fetched well is refused as a misfit.
python3 - <<'PY'
import json, struct
header = json.dumps({"a": {"dtype": "U8", "shape": [3000000], "data_offsets": [0, 3000000]}}).encode()
open("served/w", "wb").write(struct.pack("<Q", len(header)) + header + bytes(range(250)) * 12000)
PY
hash=$(sha256sum served/w | cut -d' ' -f1)
wrong=$(printf '0%.0s' {1..64})
python3 "$here/range_server.py" "$work/served" >port 2>server.log &
server=$!
trap 'kill $server 2>/dev/null; rm -rf "$work"' EXIT
for _ in $(seq 100); do [ -s port ] && break; sleep 0.1; done
url=http://127.0.0.1:$(cat port)
pull() { "$mote" models pull yolov8n-seg --url "$@"; }
kept() { ls weights/fetched 2>/dev/null; }

expect 3 "the server does not hand out this file" pull "$url/missing" --sha256 "$hash"
expect 4 "its SHA-256 is $hash, expected $wrong; removed" pull "$url/w" --sha256 "$wrong"
[ -z "$(kept)" ] || fail "an altered file was kept: $(kept)"

expect 6 "the connection ended after" pull "$url/cut/w" --sha256 "$hash"
kept | grep -q '\.part$' || fail "nothing was kept of a cut connection"
kept | grep -qv '\.part$' && fail "a cut file was taken for whole"
expect 4 "does not fit yolov8n-seg" pull "$url/w" --sha256 "$hash"
tail -n 1 served/requests | grep -q '/w bytes=[1-9]' || fail "not resumed: $(tail -n 1 served/requests)"
[ -z "$(kept)" ] || fail "a file that does not fit was kept: $(kept)"
grep -q "^file  *$url/w$" stdout || fail "not told where the file came from: $(head -1 stdout)"
rm -r weights

expect 4 "does not fit yolov8n-seg" pull "$url/w" --sha256 "${hash^^}"
head -c 1000 served/w >served/short
expect 4 "what $url/short hands out was removed: " \
  pull "$url/short" --sha256 "$(sha256sum served/short | cut -d' ' -f1)"
[ -z "$(kept)" ] || fail "a damaged file was kept: $(kept)"
pull "$url/w" --sha256 "$hash" --json >stdout
grep -q '"stage":"fetching",.*"bytes_per_s":' stdout || fail "no rate in bytes: $(head -1 stdout)"
rm -r weights

expect 6 "the connection ended after" pull "$url/cut/w" --sha256 "$hash"
expect 4 "does not fit yolov8n-seg" pull "$url/norange/w" --sha256 "$hash"
rm -r weights

# As on a full disk: what came is kept, and gone on with once there is room.
pull_little() { (ulimit -f 1000 && pull "$@"); }
expect 6 "$work/weights/fetched cannot be written to, " pull_little "$url/w" --sha256 "$hash"
grep -q "bytes are free there; the 1024000 bytes that came are kept: pull again to go on$" stderr ||
  fail "not told what is kept: $(cat stderr)"
expect 4 "does not fit yolov8n-seg" pull "$url/w" --sha256 "$hash"
tail -n 1 served/requests | grep -q '/w bytes=1024000-' || fail "not resumed: $(tail -n 1 served/requests)"
rm -r weights

# Weights that fit, of the shapes that mote itself names: cut, gone on with, and taken.
python3 - "$mote" <<'PY'
import json, math, struct, subprocess, sys

def write(path, shapes):
    header, end = {}, 0
    for name, shape in shapes.items():
        begin, end = end, end + 2 * math.prod(shape)
        header[name] = {"dtype": "F16", "shape": shape, "data_offsets": [begin, end]}
    text = json.dumps(header).encode()
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + bytes(end))

def misfit(path):
    verify = [sys.argv[1], "models", "verify", "yolov8n-seg", path, "--json"]
    return json.loads(subprocess.run(verify, capture_output=True).stdout.splitlines()[0])

write("guess", {})
shapes = {name: [1] for name in misfit("guess")["missing"]}
write("guess", shapes)
for told in misfit("guess")["misshaped"]:  # NAME: the file has [1], the network [16, 3, 3, 3]
    name, _, rest = told.partition(": ")
    shapes[name] = json.loads(rest[rest.rindex("["):])
write("served/fits", shapes)
PY
hash=$(sha256sum served/fits | cut -d' ' -f1)
taken=$work/weights/yolov8n-seg.safetensors
expect 6 "the connection ended after" pull "$url/cut/fits" --sha256 "$hash"
expect 3 "no weights of yolov8n-seg were imported" "$mote" models export yolov8n-seg out.safetensors
runs pull "$url/fits" --sha256 "$hash"
tail -n 1 served/requests | grep -q '^/fits bytes=[1-9]' || fail "not resumed: $(tail -n 1 served/requests)"
for line in "file  *$url/fits" "sha256  *$hash" "fits  *all [0-9]* tensors" "imported  *$taken"; do
  grep -q "^$line$" stdout || fail "no line '$line' in: $(cat stdout)"
done
[ -z "$(kept)" ] || fail "what was fetched and taken was kept: $(kept)"
grep -qaF "\"imported_sha256\":\"$hash\"" "$taken" || fail "$taken does not say what it was made of"
runs "$mote" models verify yolov8n-seg "$taken"
runs "$mote" models export yolov8n-seg out.safetensors
asked=$(wc -l <served/requests)
expect 2 "$taken: is there already; --force overwrites it" pull "$url/fits" --sha256 "$hash"
[ "$(wc -l <served/requests)" -eq "$asked" ] || fail "fetched before it was refused"
runs pull "$url/fits" --sha256 "$hash" --force --json
grep -q '"fits":true.*"imported":' stdout || fail "no JSON of what was taken: $(tail -1 stdout)"
rm -r weights

kill $server
wait $server 2>/dev/null
expect 6 "no connection to the server" pull "$url/w" --sha256 "$hash"
expect 6 "no connection to the server" pull "https://host.invalid/w" --sha256 "$hash"
mkdir empty
mote_without_curl() { PATH=$work/empty "$mote" models pull yolov8n-seg --url "$@"; }
expect 5 "the program curl, which fetches files, is not installed" mote_without_curl "$url/w" --sha256 "$hash"
[ -z "$(kept | grep -v part)" ] || fail "something whole was left: $(kept)"
finish
