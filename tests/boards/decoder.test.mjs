// The display's controller on its own: node --test
import assert from "node:assert/strict";
import { test } from "node:test";
import { Ssd1306 } from "../../boards/virtual/ssd1306.mjs";

function started() {
  const display = new Ssd1306();
  for (const command of [0xae, 0x20, 0x00, 0xa1, 0xc8, 0xa4, 0xa6, 0xaf]) display.write([0x80, command]);
  display.write([0x00, 0x21, 0, 127, 0x22, 0, 7]);
  display.write([0x40, ...new Uint8Array(1024)]);
  return display;
}

test("RAM is noise until it is written", () => {
  assert.ok(new Set(new Ssd1306().pixels()).size > 100);
  assert.ok(started().pixels().every((byte) => byte === 0));
});

test("data fills a window and wraps to its start", () => {
  const display = started();
  display.write([0x00, 0x21, 10, 12, 0x22, 3, 4]);
  display.write([0x40, 1, 2, 3, 4, 5, 6, 7]);
  assert.deepEqual([...display.pixels().slice(3 * 128 + 9, 3 * 128 + 14)], [0, 7, 2, 3, 0]);
  assert.deepEqual([...display.pixels().slice(4 * 128 + 9, 4 * 128 + 14)], [0, 4, 5, 6, 0]);
});

test("a command's arguments may come one transaction each, or between data control bytes", () => {
  const display = started();
  for (const byte of [0x21, 5, 6, 0x22, 7, 7]) display.write([0x80, byte]);
  display.write([0x80, 0xa7, 0xc0, 0xff, 0x40, 0x11]);
  assert.deepEqual([...display.pixels().slice(7 * 128 + 5, 7 * 128 + 7)], [0xff, 0x11]);
  assert.equal(display.inverted, true);
});

test("page mode stays on its page", () => {
  const display = started();
  display.write([0x00, 0x20, 2, 0xb5, 0x0f, 0x17]);
  display.write([0x40, 9, 8]);
  assert.equal(display.pixels()[5 * 128 + 127], 9);
  assert.equal(display.pixels()[5 * 128], 8);
});

test("start line, both mirrors and all-on change what is seen, not the RAM", () => {
  const display = started();
  display.write([0x00, 0x21, 0, 127, 0x22, 0, 7]);
  display.write([0x40, 1]);
  display.write([0x00, 0x41]); // the first row moves to the bottom
  assert.equal(display.pixels()[7 * 128], 0x80);
  display.write([0x00, 0x40, 0xa0]);
  assert.equal(display.pixels()[127], 1);
  display.write([0x00, 0xc0]);
  assert.equal(display.pixels()[7 * 128 + 127], 0x80);
  display.write([0x00, 0xa5]);
  assert.ok(display.pixels().every((byte) => byte === 0xff));
  assert.equal(display.ram[0], 1);
});

test("a command that no SSD1306 has is counted", () => {
  const display = started();
  display.write([0x00, 0xf0, 0xaf]);
  assert.equal(display.unknown, 1);
});
