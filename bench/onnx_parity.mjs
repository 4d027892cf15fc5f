// What onnxruntime computes beside what is expected:  node bench/onnx_parity.mjs TASK.json
// onnxruntime-node is looked for in node_modules (npm install --ignore-scripts onnxruntime-node).
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const ort = createRequire(process.cwd() + "/")("onnxruntime-node");
const task = JSON.parse(readFileSync(process.argv[2], "utf8"));

const floats = (file) => {
  const bytes = readFileSync(file);
  return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
};

const session = await ort.InferenceSession.create(task.model, { intraOpNumThreads: 1 });
const feeds = Object.fromEntries(
  task.inputs.map(({ name, shape, file }) => [name, new ort.Tensor("float32", floats(file), shape)]),
);
const found = await session.run(feeds);
for (const { name, file } of task.outputs) {
  const expected = floats(file);
  let difference = 0;
  let largest = 0;
  expected.forEach((value, i) => {
    difference = Math.max(difference, Math.abs(value - found[name].data[i]));
    largest = Math.max(largest, Math.abs(value));
  });
  if (found[name].data.length !== expected.length || !Number.isFinite(difference)) {
    throw new Error(`${name} has ${found[name].data.length} numbers, expected ${expected.length}`);
  }
  console.log(`${name}: ${found[name].dims.join(" x ")}, largest ${largest.toPrecision(4)}, ` +
              `off by ${difference.toPrecision(3)} at most (${(difference / largest).toPrecision(2)})`);
}
