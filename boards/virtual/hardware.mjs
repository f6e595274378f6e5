// The parts around the interpreter: buttons, I2C bus with the display, serial port, clock, power.
//
// board.py reaches them as the module `hw`. Each bus, flash or serial operation is counted, and an armed
// power cut strikes between two of them: from then on every operation has no effect, until the step ends
// and the interpreter is dropped. (A JavaScript exception must not cross the interpreter: it would end it.)

import { createHash, randomBytes } from "node:crypto";
import { SerialPort } from "./serial.mjs";
import { Ssd1306 } from "./ssd1306.mjs";

export const BUTTONS = ["READY", "BUSY", "HOLD"];
const DISPLAY_ADDRESS = 0x3c;
const ENODEV = 19;
const TICKS_MASK = (1 << 30) - 1;

export class Hardware {
  constructor({ uid, seed, start_ticks_ms, time, baud }, flash) {
    Object.assign(this, { uid, flash, startTicks: start_ticks_ms });
    this.real = time === "real";
    this.startedAt = performance.now();
    this.virtualMs = 0;
    this.random = time === "virtual" ? seededBytes(`${uid}/${seed}`) : randomBytes;
    this.display = new Ssd1306();
    this.displayPresent = true;
    this.down = Object.fromEntries([...BUTTONS, "BOOT"].map((name) => [name, false]));
    this.serial = new SerialPort(baud, () => this.nowMs);
    this.kept = new Uint8Array(0); // RTC memory: a reset leaves it, a power cut does not
    this.cutAfterOperations = null;
    this.operations = 0;
    this.alive = false;
  }

  /** ms since this unit was made: the real clock's, or what `advance` has come to. */
  get nowMs() {
    return this.real ? performance.now() - this.startedAt : this.virtualMs;
  }

  /** A chip that has just come out of reset. */
  powered(cause) {
    Object.assign(this, { bootMs: this.nowMs, cause, edges: [], resetMode: null, alive: true });
    this.serial.reset();
  }

  /** A chip without power: only the flash knows anything. */
  off() {
    Object.assign(this, { alive: false, cutAfterOperations: null, kept: new Uint8Array(0) });
    this.serial.off();
    this.display.on = false;
    this.display.version++;
  }

  countWire() {
    Object.assign(this, { wireBytes: 0, stepBytes: 0, largestStepBytes: 0 });
  }

  ticks() {
    return (this.startTicks + Math.floor(this.nowMs - this.bootMs)) & TICKS_MASK;
  }

  /** A contact opens or closes: the interrupt latches the edge with its ticks. */
  turn(name, isDown) {
    if (this.down[name] === isDown) return;
    this.down[name] = isDown;
    if (this.alive && name !== "BOOT") this.edges.push([BUTTONS.indexOf(name) * 2 + (isDown ? 1 : 0), this.ticks()]);
  }

  hasInput() {
    return this.serial.arrive() || this.edges.length > 0;
  }

  plugDisplay(present) {
    if (present && !this.displayPresent) this.display.reset();
    this.displayPresent = present;
  }

  endStep() {
    this.largestStepBytes = Math.max(this.largestStepBytes, this.stepBytes);
    this.stepBytes = 0;
  }

  print(bytes) {
    if (this.alive) this.serial.print(bytes);
  }

  /** One more operation; false when the power is gone. */
  #operation() {
    if (this.alive && this.cutAfterOperations !== null && this.cutAfterOperations-- <= 0) this.alive = false;
    if (this.alive) this.operations++;
    return this.alive;
  }

  /** The `hw` module for one life of the interpreter. Buffers come as (address, length). */
  module(vm) {
    const { getValue, setValue } = vm._module;
    const read = (at, n) => {
      const bytes = new Uint8Array(n);
      for (let i = 0; i < n; i++) bytes[i] = getValue(at + i, "i8");
      return bytes;
    };
    const fill = (at, bytes) => bytes.forEach((byte, i) => setValue(at + i, byte, "i8"));
    const storing = (work) => (...names) => { if (this.#operation()) work(...names); };
    return {
      uid: () => this.uid,
      reset_cause: () => this.cause,
      ticks: () => this.ticks(),
      is_down: (index) => this.down[BUTTONS[index]],
      edge: () => (this.edges.length ? this.edges[0][0] : -1),
      edge_ticks: () => this.edges.shift()[1],
      writeto: (address, at, n) => this.#i2c(address, read(at, n)),
      read: (at, n) => {
        if (!this.serial.arrive() || !this.#operation()) return 0;
        const bytes = this.serial.read(n);
        fill(at, bytes);
        return bytes.length;
      },
      write: (at, n) => (this.#operation() ? this.serial.write(read(at, n)) : n),
      random: (at, n) => fill(at, this.random(n)),
      alive: () => this.alive,
      kept_size: () => this.kept.length,
      kept_read: (at) => fill(at, this.kept),
      kept_write: (at, n) => { if (this.alive) this.kept = read(at, n); },
      refusal: (operation) => this.flash.refusal(operation),
      flush: storing((name, n) => this.flash.commit(vm.FS, name, n)),
      remove: storing((name) => this.flash.remove(name)),
      rename: storing((from, to) => this.flash.rename(from, to)),
      free: () => this.flash.free(),
      reset: (mode) => {
        if (this.alive) this.resetMode = mode;
        this.alive = false;
      },
    };
  }

  #i2c(address, bytes) {
    if (!this.#operation()) return 0;
    const answers = address === DISPLAY_ADDRESS && this.displayPresent;
    const sent = 1 + (answers ? bytes.length : 0); // not acknowledged: the address byte is all that went out
    this.wireBytes += sent;
    this.stepBytes += sent;
    if (!answers) return ENODEV;
    this.display.write(bytes);
    return 0;
  }
}

/** Random bytes that a seed repeats: sha256 in counter mode. */
function seededBytes(seed) {
  let count = 0;
  let pool = Buffer.alloc(0);
  return (n) => {
    while (pool.length < n) pool = Buffer.concat([pool, createHash("sha256").update(`${seed}/${count++}`).digest()]);
    const bytes = pool.subarray(0, n);
    pool = pool.subarray(n);
    return bytes;
  };
}
