// node run.mjs MODEL.onnx SHAPE [ROUNDS]: median time of a model of one float32 input of that shape
// (1x3x1024x1024, say) in onnxruntime on two threads, by the wall clock and by processor time.
import * as ort from "onnxruntime-node";

const [path, shape, rounds = "5"] = process.argv.slice(2);
const dims = shape.split("x").map(Number);
const session = await ort.InferenceSession.create(path, {
  intraOpNumThreads: 2,
  executionMode: "sequential",
  graphOptimizationLevel: "all",
  extra: { session: { intra_op: { allow_spinning: "0" } } },
});
const data = Float32Array.from({ length: dims.reduce((a, b) => a * b) }, Math.random);
const input = { [session.inputNames[0]]: new ort.Tensor("float32", data, dims) };
await session.run(input);
const wall = [];
const processor = [];
for (let round = 0; round < Number(rounds); ++round) {
  const used = process.cpuUsage();
  const start = process.hrtime.bigint();
  await session.run(input);
  wall.push(Number(process.hrtime.bigint() - start) / 1e9);
  const { user, system } = process.cpuUsage(used);
  processor.push((user + system) / 1e6);
}
const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];
console.log(`wall ${median(wall).toFixed(3)} s, processor ${median(processor).toFixed(3)} s`);
