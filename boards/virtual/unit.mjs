// The virtual unit as a process: commands in, answers and news out, one JSON object a line.
//
//   node unit.mjs '{"tree": "build/virtual", "uid": "a4cf12b3d0e8", "time": "real", …}'
//
// Driven by host_tools/deskunit/virtual.py, whose end of file on stdin ends it.

import { createInterface } from "node:readline";
import { Life } from "./life.mjs";

const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);

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

const life = new Life(JSON.parse(process.argv[2]), say);

const ORDERS = {
  power_on: () => life.powerOn(),
  cut_power: ({ after_operations }) => life.cutPower(after_operations),
  turn: ({ button, down, bounce_ms }) => life.turn(button, down, bounce_ms),
  display: ({ present }) => life.hardware.plugDisplay(present),
  write: ({ bytes }) => life.write(Buffer.from(bytes, "base64")),
  advance: ({ until_ms, step_ms }) => life.advance(until_ms, step_ms),
  screen: () => life.screen(),
  memory: () => ({ bytes: life.memory() }),
  figures: () => life.figures(),
};

createInterface({ input: process.stdin })
  .on("line", (line) => {
    const order = JSON.parse(line);
    life.soon(async () => {
      const answer = await ORDERS[order.do](order);
      if (order.answer) say({ ...answer, answer: order.answer });
    });
  })
  .on("close", () => life.soon(end)); // after the orders that came before
