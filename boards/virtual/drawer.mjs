// Draws and measures screens with the unit's own code, without a unit: jobs in, answers out, a JSON line each.
//
//   node drawer.mjs TREE        {"do": "measure", "lang": "zh", "texts": [{"text": …, "values": {}, …}]}
//
// Driven by host_tools/deskunit/scripts/drawing.py, whose end of file on stdin ends it. The interpreter is
// loaded once with the built tree; drawer.py beside this is what it runs instead of main.py.

import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { Flash } from "./flash.mjs";
import { Hardware } from "./hardware.mjs";
import { Interpreter } from "./interpreter.mjs";

const PROGRAM = readFileSync(new URL("drawer.py", import.meta.url), "utf8");
const hardware = new Hardware({ uid: "000000000000", seed: 0, start_ticks_ms: 0, time: "virtual" }, null);
const interpreter = await load(process.argv[2]);

async function load(tree) {
  const flash = new Flash(tree, null);
  hardware.flash = flash;
  hardware.powered("PWRON");
  const made = await Interpreter.load(hardware, flash);
  made.vm.runPython(PROGRAM);
  return made;
}

/** What drawer.py's function `name` answers to `asked`. */
function call(name, asked) {
  return JSON.parse(interpreter.vm.globals.get(name)(JSON.stringify(asked)));
}

/** `answer` with the glass as it is now. */
function pictured(answer) {
  const { display } = hardware;
  return { ...answer, pixels: Buffer.from(display.pixels()).toString("base64"), inverted: display.inverted };
}

const JOBS = {
  open({ lang, bytes }) {
    call("closed", { lang });
    interpreter.vm.FS.writeFile(`/${lang}.site`, Buffer.from(bytes, "base64"));
    return call("opened", { lang });
  },
  // a call a text: the interpreter collects its garbage when the outermost call returns
  measure: ({ lang, texts }) => ({ laid: texts.map((one) => call("laid", { ...one, lang })) }),
  draw: (asked) => pictured(call("drawn", asked)),
  call: (asked) => call("called", asked),
  second: (asked) => pictured(call("second", asked)),
};

function answer(line) {
  const { do: job, ...asked } = JSON.parse(line);
  try {
    return JOBS[job](asked);
  } catch (error) {
    // the last line of a traceback says what it was
    return { refused: String(error?.message ?? error).trim().split("\n").at(-1).slice(0, 400) };
  }
}

// process.exit was seen waiting for V8's workers for ever, as unit.mjs tells
const end = () => process.kill(process.pid, "SIGKILL");
process.stdout.on("error", end); // the parent is gone
createInterface({ input: process.stdin })
  .on("line", (line) => process.stdout.write(`${JSON.stringify(answer(line))}\n`))
  .on("close", end);
