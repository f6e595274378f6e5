// The unit between power switch and clock: boots, steps, resets and crashes as a board would.
//
// Time is virtual (`advance` jumps to the next wake, input or limit) or real (a timer to the next wake,
// at once on input). Both call the same `step`, so both give the same events.

import { Flash } from "./flash.mjs";
import { Hardware } from "./hardware.mjs";
import { Interpreter } from "./interpreter.mjs";
import { Truth } from "./truth.mjs";

const WATCHDOG_MS = 8000; // as on the ESP32 board
const SCREEN_PAUSE_MS = 15; // a frame's pages come within a few steps: show them together
const MODES = { soft: "SOFT", repl: "MAINT", hard: "HARD" };

export class Life {
  constructor(config, say) {
    this.real = config.time === "real";
    this.say = say;
    this.flash = new Flash(config.tree, config.flash);
    this.hardware = new Hardware(config, this.flash);
    this.hardware.countWire();
    this.truth = config.truth ? new Truth(this.hardware) : null;
    this.state = "off"; // off, app, repl, hung (waits for the watchdog)
    this.wakeMs = Infinity;
    this.planned = []; // contacts that bounce: [at_ms, name, down]
    this.steps = 0;
    this.seen = 0; // the display's version that was last reported
    this.steppedMs = -Infinity;
    this.queue = Promise.resolve();
  }

  /** Orders and timers take turns: a boot is not interrupted by a step. */
  soon(work) {
    this.queue = this.queue.then(work);
  }

  // -- power

  async powerOn() {
    if (this.state !== "off") return;
    this.hardware.display.reset();
    this.hardware.countWire();
    await this.#boot(this.hardware.down.BOOT ? "MAINT" : "PWRON");
    this.#arm();
  }

  /** Off now, or after that many more operations of bus, flash or serial port. */
  cutPower(afterOperations) {
    if (this.state === "off") return;
    if (afterOperations != null) this.hardware.cutAfterOperations = afterOperations;
    else this.#off();
  }

  #off() {
    if (this.state === "repl") this.flash.adopt(this.life.vm.FS);
    this.state = "off";
    this.life = null;
    this.wakeMs = Infinity;
    this.hardware.off();
    this.#report();
  }

  async #boot(cause, raw = false) {
    this.hardware.powered(cause);
    this.life = null;
    this.life = await Interpreter.load(this.hardware, this.flash);
    const running = !raw && this.life.start(this.truth);
    if (!this.hardware.alive) return this.#afterStep();
    if (running && cause !== "MAINT") {
      this.state = "app";
      this.wakeMs = this.nowMs;
    } else {
      this.state = "repl";
      this.wakeMs = Infinity;
      this.life.startRepl(raw);
    }
    this.hardware.endStep();
  }

  // -- what the world does to it

  turn(name, down, bounceMs = 0) {
    this.#contact(name, down);
    for (let after = 1; after < bounceMs; after++) {
      this.planned.push([this.nowMs + after, name, after % 2 ? !down : down]);
    }
    if (bounceMs > 1) this.planned.push([this.nowMs + bounceMs, name, down]);
    this.planned.sort(([a], [b]) => a - b);
    this.#arm();
  }

  #contact(name, down) {
    this.hardware.turn(name, down);
    if (this.state === "app") this.wakeMs = this.nowMs;
  }

  async write(bytes) {
    if (this.state === "app") {
      this.hardware.serial.receive(bytes);
      if (this.hardware.serial.arrive()) this.wakeMs = this.nowMs;
    } else if (this.state === "repl") {
      if (this.life.type(bytes)) await this.#softReset(this.life.raw);
      else if (!this.hardware.alive) await this.#afterStep();
      this.#report();
    }
    this.#arm();
  }

  /** Ctrl-D: main.py runs again after a friendly one, and does not after a raw one. */
  async #softReset(raw) {
    this.hardware.print(Buffer.from("MPY: soft reboot\r\n"));
    this.flash.adopt(this.life.vm.FS);
    await this.#boot("SOFT", raw);
  }

  // -- time

  get nowMs() {
    return this.hardware.nowMs;
  }

  #next() {
    return Math.min(this.wakeMs, this.planned[0]?.[0] ?? Infinity, this.hardware.serial.nextMs);
  }

  /**
   * Virtual time: run until `untilMs`, or until the unit has ended a line on the serial port. With
   * `stepMs` the app is stepped at that pace, as a board would, whatever wake it asked for.
   */
  async advance(untilMs, stepMs) {
    const { serial } = this.hardware;
    while (!serial.lineWritten) {
      if (stepMs && this.state === "app") this.wakeMs = Math.max(this.nowMs, this.steppedMs + stepMs);
      const next = this.#next();
      this.hardware.virtualMs = Math.max(this.nowMs, Math.min(next, untilMs));
      if (next > untilMs) break;
      await this.#turn();
    }
    return { now_ms: this.nowMs, bytes: serial.takeOutput().toString("base64"), state: this.state };
  }

  /** Real time: one timer to the next wake. */
  #arm() {
    if (!this.real) return;
    clearTimeout(this.timer);
    const next = this.#next();
    if (next === Infinity) return;
    const turn = async () => {
      await this.#turn();
      this.#arm();
    };
    this.timer = setTimeout(() => this.soon(turn), Math.max(0, next - this.nowMs));
  }

  async #turn() {
    while (this.planned.length && this.planned[0][0] <= this.nowMs) {
      const [, name, down] = this.planned.shift();
      this.#contact(name, down);
    }
    if (this.hardware.serial.arrive() && this.state === "app") this.wakeMs = this.nowMs;
    if (this.wakeMs <= this.nowMs) await this.#wake();
    this.#report();
  }

  async #wake() {
    if (this.state === "hung") await this.#boot("WDT");
    else if (this.state === "app") this.#step();
    if (this.life && !this.hardware.alive) await this.#afterStep();
  }

  #step() {
    this.steps++;
    this.steppedMs = this.nowMs;
    try {
      const delay = this.life.step(this.hardware.ticks());
      // a board steps again soon, whatever was asked: input that is left is not forgotten
      this.wakeMs = this.nowMs + (this.hardware.hasInput() ? 1 : Math.max(1, delay));
    } catch (error) {
      this.life.report(error);
      this.state = "hung";
      this.wakeMs = this.nowMs + WATCHDOG_MS;
    }
    if (this.state === "app") this.truth?.look(this.life.vm, this.steppedMs);
    this.hardware.endStep();
  }

  /** The step used up its power, or asked for a reset. */
  async #afterStep() {
    const { resetMode } = this.hardware;
    if (resetMode === null) return this.#off();
    if (this.state === "repl") this.flash.adopt(this.life.vm.FS);
    await this.#boot(MODES[resetMode]);
  }

  // -- what can be seen of it

  screen() {
    const { display } = this.hardware;
    const pixels = Buffer.from(display.pixels()).toString("base64");
    return { pixels, inverted: display.inverted, on: display.on };
  }

  memory() {
    return this.life && this.life.heapInUse();
  }

  figures() {
    const { wireBytes, largestStepBytes, operations, display } = this.hardware;
    const flash = this.flash.counts;
    const { state, nowMs, steps } = this;
    return {
      now_ms: nowMs, state, steps, operations, wire_bytes: wireBytes,
      largest_step_bytes: largestStepBytes, unknown_commands: display.unknown, flash,
    };
  }

  /** Real time: tell what happened, what came out of the serial port and that the picture changed. */
  #report() {
    if (!this.real) return;
    const truth = this.truth?.take();
    if (truth?.length) this.say({ news: "truth", truth });
    const bytes = this.hardware.serial.takeOutput();
    if (bytes.length) this.say({ news: "serial", bytes: bytes.toString("base64") });
    if (this.hardware.display.version === this.seen || this.showing) return;
    this.showing = setTimeout(() => {
      this.showing = null;
      this.seen = this.hardware.display.version;
      this.say({ news: "screen", ...this.screen() });
    }, SCREEN_PAUSE_MS);
  }
}
