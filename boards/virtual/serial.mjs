// The serial port between firmware and cable: what waits at the chip's input, what has left its output.
//
// hardware.mjs owns one; life.mjs asks when the next bytes arrive. With a baud rate each direction
// carries no more than the wire would (8N1: ten bits a byte); without one bytes arrive at once.

const STDIN_RING = 259; // bytes; the ESP32's overflows silently
const STDOUT_FIFO = 128; // bytes; the UART's
const POLL_MS = 5; // a board looks at its input that often
const LF = 10;

export class SerialPort {
  constructor(baud, clock) {
    this.clock = clock; // () → ms now
    this.wires = baud ? { in: new Wire(baud), out: new Wire(baud) } : null;
    this.input = []; // bytes that the firmware may read
    this.output = []; // chunks that have reached the host's end and were not taken
  }

  /** The chip resets: what it had not read is gone, what is in the UART still leaves. */
  reset() {
    this.input = [];
  }

  /** The power goes, and with it what is under way. */
  off() {
    this.input = [];
    for (const wire of Object.values(this.wires ?? {})) wire.bytes = [];
  }

  /** Bytes from the host. */
  receive(bytes) {
    if (this.wires) this.wires.in.send(bytes, this.clock());
    else this.#ring(bytes);
  }

  /** Bytes from the chip, as many as its UART has room for; returns how many. */
  write(bytes) {
    if (!this.wires) return this.#leave(bytes.subarray(0, STDOUT_FIFO));
    this.arrive();
    const accepted = bytes.subarray(0, STDOUT_FIFO - this.wires.out.bytes.length);
    this.wires.out.send(accepted, this.clock());
    return accepted.length;
  }

  /** Text beside the frames (a traceback, the REPL): on a board it would wait for the UART. */
  print(bytes) {
    if (this.wires) this.wires.out.send(bytes, this.clock());
    else this.#leave(bytes);
  }

  read(n) {
    this.arrive();
    return this.input.splice(0, n);
  }

  /** Take in what has arrived by now at either end; true when the firmware has something to read. */
  arrive() {
    if (this.wires) {
      this.#ring(this.wires.in.take(this.clock()));
      const left = this.wires.out.take(this.clock());
      if (left.length) this.#leave(Uint8Array.from(left));
    }
    return this.input.length > 0;
  }

  /** ms at which something will arrive at either end. */
  get nextMs() {
    return this.wires ? Math.min(this.wires.in.nextMs, this.wires.out.nextMs) : Infinity;
  }

  get lineWritten() {
    return this.output.some((chunk) => chunk.includes(LF));
  }

  takeOutput() {
    const bytes = Buffer.concat(this.output);
    this.output = [];
    return bytes;
  }

  #leave(bytes) {
    this.output.push(Buffer.from(bytes));
    return bytes.length;
  }

  #ring(bytes) {
    for (const byte of bytes) if (this.input.length < STDIN_RING) this.input.push(byte);
  }
}

/** One direction: bytes under way, the first of which set out at `startMs`. */
class Wire {
  constructor(baud) {
    this.bytesPerMs = baud / 10_000;
    this.bytes = [];
    this.startMs = 0;
  }

  send(bytes, nowMs) {
    if (!this.bytes.length) this.startMs = nowMs;
    for (const byte of bytes) this.bytes.push(byte);
  }

  /** The bytes that have arrived by `nowMs`. */
  take(nowMs) {
    // a millionth of a byte more: nextMs must not name an instant at which nothing arrives
    const count = Math.min(this.bytes.length, Math.floor((nowMs - this.startMs) * this.bytesPerMs + 1e-6));
    this.startMs += count / this.bytesPerMs;
    return this.bytes.splice(0, count);
  }

  /** When the next line is whole, and at the latest when a board would look. */
  get nextMs() {
    if (!this.bytes.length) return Infinity;
    const line = this.bytes.indexOf(LF) + 1 || this.bytes.length;
    return Math.ceil(this.startMs + Math.min(line / this.bytesPerMs, Math.max(POLL_MS, 1 / this.bytesPerMs)));
  }
}
