// The virtual unit as a process: commands in, answers and news out, one JSON object a line.
//
//   node unit.mjs '{"tree": "build/virtual", "uid": "a4cf12b3d0e8", "time": "real", …}'
//
// Driven by host_tools/deskunit/virtual.py, whose end of file on stdin ends it.

import { readSync, writeSync } from "node:fs";
import { createInterface } from "node:readline";
import { Life } from "./life.mjs";

const INPUT = 0;
const OUTPUT = 1;
const config = JSON.parse(process.argv[2]);
const virtual = config.time === "virtual";

/**
 * The end, at once: process.exit joins V8's workers, and was seen waiting for one for ever (Node 24.19).
 * What is to survive is on disk already.
 */
const end = () => process.kill(process.pid, "SIGKILL");

/** Whatever fails here is one line for the caller, never the interpreter's 100 KB source line. */
function fail(error) {
  const message = `${error?.name ?? "Error"}: ${String(error?.message ?? error).slice(0, 400)}`;
  process.stdout.write(`${JSON.stringify({ news: "failed", message })}\n`, end);
}
process.on("uncaughtException", fail);
process.on("unhandledRejection", fail);
process.stdout.on("error", end); // the parent is gone

/**
 * Virtual time knows no event but the next order, so it reads and writes by calls that wait: a fifth of
 * the time of a long scenario went into waking the event loop.
 */
function waiting(call) {
  for (;;) {
    try {
      return call();
    } catch (error) {
      if (error.code === "EOF") return 0; // Windows' word for it
      if (error.code === "EPIPE") return end(); // the parent is gone
      if (error.code !== "EAGAIN") throw error;
    }
  }
}

function* lines() {
  const chunk = Buffer.alloc(1 << 16);
  let rest = "";
  for (;;) {
    const count = waiting(() => readSync(INPUT, chunk));
    if (!count) return;
    const parts = (rest + chunk.toString("latin1", 0, count)).split("\n"); // orders are ASCII
    rest = parts.pop();
    yield* parts;
  }
}

function say(message) {
  let rest = Buffer.from(`${JSON.stringify(message)}\n`);
  if (!virtual) process.stdout.write(rest);
  else while (rest.length) rest = rest.subarray(waiting(() => writeSync(OUTPUT, rest)));
}

const life = new Life(config, say);

const ORDERS = {
  power_on: () => life.powerOn(),
  cut_power: ({ after_operations }) => life.cutPower(after_operations),
  turn: ({ button, down, bounce_ms }) => life.turn(button, down, bounce_ms),
  display: ({ present }) => life.hardware.plugDisplay(present),
  write: ({ bytes }) => life.write(Buffer.from(bytes, "base64")),
  fail_flash: ({ errno }) => { life.flash.failing = errno; },
  advance: ({ until_ms, step_ms }) => life.advance(until_ms, step_ms),
  screen: () => life.screen(),
  memory: () => ({ bytes: life.memory() }),
  figures: () => life.figures(),
};

async function obey(line) {
  const order = JSON.parse(line);
  const answer = await ORDERS[order.do](order);
  if (order.answer) say({ ...answer, truth: life.truth?.take(), answer: order.answer });
}

if (virtual) {
  for (const line of lines()) await obey(line);
  end();
} else {
  createInterface({ input: process.stdin })
    .on("line", (line) => life.soon(() => obey(line)))
    .on("close", () => life.soon(end)); // after the orders that came before
}
