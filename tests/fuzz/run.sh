#!/usr/bin/env bash
# Runs every fuzzer of the readers for some seconds, from the drawn samples on.
#   tests/fuzz/run.sh ROOT BUILD SECONDS [FORMAT...]
# Builds the fuzzers in BUILD where they are not. What a fuzzer finds lies in BUILD/found/.
# Ends with 77 where there is no clang++.
set -euo pipefail
root=$1 build=$2 seconds=$3
shift 3
if ! command -v clang++ > /dev/null; then
  echo "no clang++: the fuzzers are left out"
  exit 77
fi
if ! echo 'int main() {}' | clang++ -fsanitize=fuzzer-no-link,address -x c++ - -o /dev/null 2> /dev/null; then
  echo "clang++ comes without its sanitizers: the fuzzers are left out"
  exit 77
fi
launcher=()
command -v ccache > /dev/null && launcher=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
cmake -S "$root" -B "$build" -G Ninja -DCMAKE_CXX_COMPILER=clang++ -DCMAKE_BUILD_TYPE=None -DMOTE_FUZZ=ON \
  -DMOTE_HDF5=OFF -DMOTE_VIDEO=OFF "${launcher[@]}" > "$build.log" 2>&1 || { cat "$build.log"; exit 1; }
cmake --build "$build" --target fuzz_all --parallel "$(nproc)" >> "$build.log" 2>&1 || { tail -50 "$build.log"; exit 1; }

corpus=$build/corpus
rm -rf "$corpus"
mkdir -p "$build/found" "$corpus"
"$build/fuzz_seeds" "$corpus" "$root/../shared/data"
formats=("$@")
if [ ${#formats[@]} -eq 0 ]; then
  formats=(beside cine coco dm hdf5 imagej_roi mots mrc norpix safetensors ser tiff torch_checkpoint
    tracks tvips yolo zarr)
fi
for format in "${formats[@]}"; do
  echo "== $format"
  # No allocation beyond the file, of 64 KiB at most, and 64 MB.
  "$build/fuzz_$format" -max_total_time="$seconds" -max_len=65536 -malloc_limit_mb=64 \
    -rss_limit_mb=1024 -timeout=20 -seed=1 -artifact_prefix="$build/found/" "$corpus/$format" \
    > "$build/$format.log" 2>&1 || { tail -40 "$build/$format.log"; exit 1; }
  tail -1 "$build/$format.log"
done
