// Feeds batches to the unit's parser on the real MicroPython (the official WebAssembly build).
//
//   node parse_on_micropython.mjs '{"/in/the/vm.mpy": "/on/disk.mpy"}'
//
// Standard input: for each batch four bytes of length (little-endian), then the bytes. Standard output: for
// each the accepted frames as JSON lines, then a line "= [bad, text, longest line, bytes in use]".
import { readFileSync } from "node:fs";
import { loadMicroPython } from "../../node_modules/@micropython/micropython-webassembly-pyscript/micropython.mjs";

const vm = await loadMicroPython({ heapsize: 256 << 10, linebuffer: true });
for (const [inside, outside] of Object.entries(JSON.parse(process.argv[2]))) {
  vm.FS.mkdirTree(inside.slice(0, inside.lastIndexOf("/")) || "/");
  vm.FS.writeFile(inside, readFileSync(outside));
}
vm.runPython(`
import gc, sys
sys.path.append("/firmware")
from parse_batch import Feed
feed = Feed()
def take():
    with open("/batch", "rb") as data, open("/accepted", "w") as out:
        feed.take(data, out)
`);
const take = vm.globals.get("take");

let waiting = Buffer.alloc(0);
for await (const piece of process.stdin) {
  waiting = Buffer.concat([waiting, piece]);
  while (waiting.length >= 4 && waiting.length >= 4 + waiting.readUInt32LE(0)) {
    const end = 4 + waiting.readUInt32LE(0);
    vm.FS.writeFile("/batch", waiting.subarray(4, end));
    waiting = waiting.subarray(end);
    take();
    for (let i = 0; i < 2; i++) vm.runPython("gc.collect()"); // runs when the outermost call returns
    vm.runPython("figures = feed.figures()");
    const figures = vm.globals.get("figures");
    process.stdout.write(vm.FS.readFile("/accepted", { encoding: "utf8" }) + `= ${figures}\n`);
  }
}
