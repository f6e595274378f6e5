// One life of the real MicroPython interpreter: from reset to power cut, reset or crash.
//
// unit.mjs starts it, steps it and feeds its REPL. loadMicroPython keeps the interpreter in globals, so
// only the newest one may run; an old one is dropped whole.

// A finalizer of a dropped interpreter would free an object of the new one. A life holds two proxies, so
// nothing needs freeing before the interpreter itself goes.
globalThis.FinalizationRegistry = class {
  register() {}
  unregister() {}
};

// Each call inside the interpreter that may raise asks the table for its function, which V8 does not do
// fast: let a table answer from memory. Emscripten can do the same; this build was made without.
const tableGet = WebAssembly.Table.prototype.get;
WebAssembly.Table.prototype.get = function (index) {
  const known = [];
  this.get = (at) => (known[at] ??= tableGet.call(this, at));
  return this.get(index);
};

const { loadMicroPython } = await import(
  "../../node_modules/@micropython/micropython-webassembly-pyscript/micropython.mjs"
);

const HEAP_BYTES = 160 * 1024; // what an ESP32 without PSRAM has; it grows on demand here
const COLLECT_BYTES = 64 * 1024; // this build collects after each 16 KB handed out, an ESP32 when it is full
// This build has Python of its own in front of these modules, which a board has not: several KB of heap.
const BUILT_IN = ["binascii", "io", "os", "time"];
const CTRL = { A: 1, B: 2, D: 4, E: 5 };
const FORCED_EXIT = 0x100; // pyexec.h: Ctrl-D on an empty line, a soft reset

// The file system throws WASI's error numbers; MicroPython and mpremote know those of a board.
const ERRNO = new Map([[44, 2], [20, 17], [31, 21], [51, 28], [54, 20], [55, 39]]);
const MAY_FAIL = ["lookupPath", "open", "mkdir", "mknod", "rename", "rmdir", "unlink", "readdir"];

export class Interpreter {
  static async load(hardware, flash) {
    const life = new Interpreter();
    life.hardware = hardware;
    life.muted = false;
    life.vm = await loadMicroPython({
      heapsize: HEAP_BYTES,
      linebuffer: false,
      stdout: (bytes) => life.muted || hardware.print(bytes),
    });
    useBoardErrno(life.vm.FS);
    flash.install(life.vm.FS);
    const module = hardware.module(life.vm);
    life.vm.registerJsModule("hw", module);
    life.vm.runPython(`import gc; gc.threshold(${COLLECT_BYTES})`);
    for (const name of BUILT_IN) life.vm.runPython(`import sys, u${name}; sys.modules["${name}"] = u${name}`);
    life.vm.registerJsModule("machine", { reset: () => module.reset("hard") });
    return life;
  }

  /** Import main.py, watched by `truth`; true when it left a `step`. Its failure is printed as on a board. */
  start(truth) {
    try {
      truth?.install(this.vm);
      this.step = this.vm.pyimport("main").step;
      return true;
    } catch (error) {
      this.report(error);
      return false;
    }
  }

  /** Print an exception that reached the top: to the serial port, as a board does. */
  report(error) {
    const text = error.name === "PythonError" ? error.message : `${error.name}: ${error.message}\n`;
    this.hardware.print(Buffer.from(text.slice(0, 2000).replaceAll("\n", "\r\n")));
  }

  /** Bytes in use on the heap after a collection (it runs when the outermost call returns). */
  heapInUse() {
    for (let i = 0; i < 2; i++) this.vm.runPython("import gc; gc.collect()");
    this.vm.runPython("_ = gc.mem_alloc()");
    return this.vm.globals.get("_");
  }

  // -- the maintenance REPL

  startRepl(raw) {
    this.held = []; // bytes of a raw-paste request so far
    this.raw = raw;
    this.muted = raw;
    this.vm.replInit();
    this.muted = false;
    if (raw) this.vm.replProcessChar(CTRL.A);
  }

  /** Feed bytes to the REPL. True when it asks for a soft reset. */
  type(bytes) {
    for (const byte of bytes) {
      if (this.#pasteRequest(byte)) continue;
      if (byte === CTRL.A) this.raw = true;
      if (byte === CTRL.B) this.raw = false;
      if (this.vm.replProcessChar(byte) & FORCED_EXIT) return true;
      if (!this.hardware.alive) return false; // machine.reset()
    }
    return false;
  }

  /** Ctrl-E A Ctrl-A asks for raw-paste, which hangs in this build: say that there is none. */
  #pasteRequest(byte) {
    const wanted = [CTRL.E, 0x41, CTRL.A];
    if (byte !== wanted[this.held.length]) {
      for (const old of this.held.splice(0)) this.vm.replProcessChar(old);
      return false;
    }
    this.held.push(byte);
    if (this.held.length === wanted.length) {
      this.held = [];
      this.hardware.print([0x52, 0x00]);
    }
    return true;
  }
}

function useBoardErrno(FS) {
  for (const name of MAY_FAIL) {
    const call = FS[name];
    FS[name] = (...values) => {
      try {
        if (name === "lookupPath" && values[0] === "") values[0] = "."; // the current folder, as on a board
        return call(...values);
      } catch (error) {
        if (error.name === "ErrnoError" && !error.translated) {
          error.errno = ERRNO.get(error.errno) ?? error.errno;
          error.translated = true;
        }
        throw error;
      }
    };
  }
}
