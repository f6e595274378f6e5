// Runs a MicroPython program with the built firmware and a pack in its file system; prints what it prints.
//
//   node bench_pack.mjs '{"tree": "build/virtual", "pack": "big.pack", "program": "measure_pack.py"}'
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { loadMicroPython } from "../node_modules/@micropython/micropython-webassembly-pyscript/micropython.mjs";

const { tree, pack, program } = JSON.parse(process.argv[2]);
const vm = await loadMicroPython({ heapsize: 1 << 20, linebuffer: true, stdout: (line) => console.log(line) });
vm.FS.mkdirTree("/unit");
for (const name of readdirSync(join(tree, "unit"))) vm.FS.writeFile(`/unit/${name}`, readFileSync(join(tree, "unit", name)));
vm.FS.writeFile("/zh.pack", readFileSync(pack));
// this build collects only between two programs: each "# --" begins another
for (const part of readFileSync(program, "utf-8").split(/^# --.*$/m)) {
  vm.runPython("import gc; gc.collect()");
  vm.runPython(part);
}
