// Runs firmware test modules on the real MicroPython interpreter (the official WebAssembly build).
//
//   node run_on_micropython.mjs '{"files": {"/in/the/vm.py": "/on/disk.py"}, "path": ["/firmware"],
//                                "modules": ["test_pack"]}'
//
// Prints what the tests print, then one JSON line {"ran": n, "failed": n}. Exit code 1 when a test
// failed, when a module did not import, or when no test ran at all.
import { readFileSync } from "node:fs";
import { loadMicroPython } from "../../node_modules/@micropython/micropython-webassembly-pyscript/micropython.mjs";

const { files, path, modules } = JSON.parse(process.argv[2]);
const lines = [];
const vm = await loadMicroPython({
  heapsize: 1 << 20,
  linebuffer: true,
  stdout: (line) => { lines.push(line); console.log(line); },
});

for (const [inside, outside] of Object.entries(files)) {
  vm.FS.mkdirTree(inside.slice(0, inside.lastIndexOf("/")) || "/");
  vm.FS.writeFile(inside, readFileSync(outside));
}
vm.globals.set("wanted_path", path.join("\n"));
vm.globals.set("wanted_modules", modules.join("\n"));
vm.runPython(`
import sys, unittest
sys.path[:] = wanted_path.split("\\n") + sys.path
ran = failed = 0
for name in wanted_modules.split("\\n"):
    suite = unittest.TestSuite(name)
    suite._load_module(__import__(name))
    result = unittest.TestRunner().run(suite)
    ran += result.testsRun
    failed += len(result.failures) + len(result.errors)
print('{"ran": %d, "failed": %d}' % (ran, failed))
`);
const total = JSON.parse(lines.at(-1));
process.exitCode = total.ran === 0 || total.failed > 0 ? 1 : 0;
