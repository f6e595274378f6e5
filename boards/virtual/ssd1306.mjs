// The display's controller as the bus sees it: commands and data in, displayed pixels out.
//
// Decides nothing about the unit; hardware.mjs hands it each acknowledged I2C write. Command bytes and
// their argument counts are those of Solomon Systech's SSD1306 datasheet rev 1.1, section 9.

const WIDTH = 128;
const PAGES = 8;

const ARGUMENTS = new Map([
  [0x20, 1], [0x21, 2], [0x22, 2], // memory mode, column window, page window
  [0x26, 6], [0x27, 6], [0x29, 5], [0x2a, 5], [0xa3, 2], // scrolling
  [0x81, 1], [0x8d, 1], [0xa8, 1], [0xad, 1], [0xd3, 1], [0xd5, 1], [0xd9, 1], [0xda, 1], [0xdb, 1],
]);
const PLAIN = new Set([0x2e, 0x2f, 0xa0, 0xa1, 0xa4, 0xa5, 0xa6, 0xa7, 0xae, 0xaf, 0xc0, 0xc8, 0xe3]);

export class Ssd1306 {
  constructor() {
    this.version = 0; // counts what can be seen to change
    this.unknown = 0; // commands that no SSD1306 has
    this.reset();
  }

  /** Power-on state; RAM holds noise then, so a driver that does not clear it shows. */
  reset() {
    let noise = 0x2f6e2b1;
    this.ram = Uint8Array.from({ length: WIDTH * PAGES }, () => (noise = (noise * 1103515245 + 12345) >>> 0) >>> 24);
    Object.assign(this, {
      mode: 2, columnStart: 0, columnEnd: WIDTH - 1, pageStart: 0, pageEnd: PAGES - 1, column: 0, page: 0,
      startLine: 0, mirrored: true, flipped: true, allOn: false, inverted: false, on: false,
      command: -1, left: 0, given: [],
    });
    this.version++;
  }

  /** One I2C write: control bytes, each followed by one byte (Co = 1) or by all the rest (Co = 0). */
  write(bytes) {
    for (let i = 0; i < bytes.length; ) {
      const control = bytes[i++];
      const end = control & 0x80 ? Math.min(i + 1, bytes.length) : bytes.length;
      for (; i < end; i++) {
        if (control & 0x40) this.#data(bytes[i]);
        else this.#commandByte(bytes[i]);
      }
    }
  }

  /** 1 024 bytes in page order as the glass shows them, inversion left out. */
  pixels() {
    if (this.allOn) return new Uint8Array(WIDTH * PAGES).fill(0xff);
    if (!this.startLine && this.mirrored && this.flipped) return this.ram.slice();
    const shown = new Uint8Array(WIDTH * PAGES);
    for (let y = 0; y < 64; y++) {
      const row = ((this.flipped ? y : 63 - y) + this.startLine) % 64;
      for (let x = 0; x < WIDTH; x++) {
        const bit = this.ram[(row >> 3) * WIDTH + (this.mirrored ? x : 127 - x)] >> (row & 7) & 1;
        shown[(y >> 3) * WIDTH + x] |= bit << (y & 7);
      }
    }
    return shown;
  }

  #data(byte) {
    const at = this.page * WIDTH + this.column;
    if (this.ram[at] !== byte) {
      this.ram[at] = byte;
      this.version++;
    }
    if (this.mode === 2) this.column = (this.column + 1) % WIDTH;
    else if (this.mode === 0) this.#nextColumn() && this.#nextPage();
    else this.#nextPage() && this.#nextColumn();
  }

  #nextColumn() {
    const wrapped = this.column === this.columnEnd;
    this.column = wrapped ? this.columnStart : (this.column + 1) % WIDTH;
    return wrapped;
  }

  #nextPage() {
    const wrapped = this.page === this.pageEnd;
    this.page = wrapped ? this.pageStart : (this.page + 1) % PAGES;
    return wrapped;
  }

  #commandByte(byte) {
    if (this.left) {
      this.given.push(byte);
      if (--this.left === 0) this.#argued(this.command, this.given);
      return;
    }
    this.command = byte;
    this.given = [];
    this.left = ARGUMENTS.get(byte) ?? 0;
    if (!this.left) this.#plain(byte);
  }

  #argued(command, [a, b]) {
    if (command === 0x20) this.mode = a & 3;
    if (command === 0x21) [this.columnStart, this.columnEnd, this.column] = [a & 127, b & 127, a & 127];
    if (command === 0x22) [this.pageStart, this.pageEnd, this.page] = [a & 7, b & 7, a & 7];
  }

  #plain(byte) {
    if (byte < 0x10) this.column = (this.column & 0xf0) | byte;
    else if (byte < 0x20) this.column = ((byte & 7) << 4) | (this.column & 0x0f);
    else if (byte >= 0x40 && byte < 0x80) this.#show("startLine", byte & 63);
    else if (byte >= 0xb0 && byte < 0xb8) this.page = byte & 7;
    else if (!PLAIN.has(byte)) this.unknown++;
    else if (byte >> 1 === 0x50) this.#show("mirrored", byte === 0xa1);
    else if (byte >> 1 === 0x52) this.#show("allOn", byte === 0xa5);
    else if (byte >> 1 === 0x53) this.#show("inverted", byte === 0xa7);
    else if (byte >> 1 === 0x57) this.#show("on", byte === 0xaf);
    else if (byte === 0xc0 || byte === 0xc8) this.#show("flipped", byte === 0xc8);
  }

  #show(name, value) {
    if (this[name] === value) return;
    this[name] = value;
    this.version++;
  }
}
