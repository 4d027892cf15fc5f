// node serve.mjs MODEL.onnx [THREADS]: runs a model in onnxruntime once for each line on standard
// input, and answers each with a line of JSON: wall_s, processor_s, and peak_mb above what was held
// before. Lines are JSON too: {"inputs": {NAME: {"shape": [...], "file": FILE}}, "outputs":
// {NAME: FILE}}, with float32 in the files; inputs stay for the lines that leave them out.
// Ends with 77 where onnxruntime-node is not installed (npm install --ignore-scripts, here).
import { readFileSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";

const ort = await import("onnxruntime-node").catch((error) => {
  if (error.code !== "ERR_MODULE_NOT_FOUND") throw error;
  console.error("onnxruntime-node is not installed in bench/onnxruntime");
  process.exit(77);
});

const [path, threads = "2"] = process.argv.slice(2);
const session = await ort.InferenceSession.create(path, {
  intraOpNumThreads: Number(threads),
  executionMode: "sequential",
  graphOptimizationLevel: "all",
  logSeverityLevel: 3,
  extra: { session: { intra_op: { allow_spinning: "0" } } }, // waiting must not disturb others
});

const tensor = ({ shape, file }) => {
  const bytes = readFileSync(file);
  return new ort.Tensor("float32", new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4), shape);
};

const held_mb = (key) => {
  const line = readFileSync("/proc/self/status", "utf8").match(new RegExp(`${key}:\\s*(\\d+)`));
  return Number(line[1]) / 1024;
};

let feeds = {};
for await (const line of createInterface({ input: process.stdin })) {
  const task = JSON.parse(line);
  if (task.inputs) {
    feeds = Object.fromEntries(Object.entries(task.inputs).map(([name, of]) => [name, tensor(of)]));
  }

  writeFileSync("/proc/self/clear_refs", "5"); // the peak begins anew
  const before_mb = held_mb("VmRSS");
  const used = process.cpuUsage();
  const start = process.hrtime.bigint();
  const found = await session.run(feeds);
  const wall_s = Number(process.hrtime.bigint() - start) / 1e9;
  const { user, system } = process.cpuUsage(used);
  const peak_mb = held_mb("VmHWM") - before_mb;

  for (const [name, file] of Object.entries(task.outputs ?? {})) {
    const { data } = found[name];
    writeFileSync(file, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  console.log(JSON.stringify({ wall_s, processor_s: (user + system) / 1e6, peak_mb }));
}
