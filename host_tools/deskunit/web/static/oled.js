// The unit's display, pixel for pixel: each of its pixels is a whole number of the screen's own,
// whatever the zoom and device pixel ratio. The 128×64 truth is `lit`; the canvas is drawn from it.

export const WIDTH = 128;
export const HEIGHT = 64;
const LIT = "#dff1ff";
const DARK = "#04070b";

export class Oled {
  constructor(canvas) {
    this.canvas = canvas;
    this.lit = new Uint8Array(WIDTH * HEIGHT); // row by row, 1: lit
    new ResizeObserver(() => this.fit()).observe(canvas.parentElement);
    this.follow_zoom();
    this.fit();
  }

  // pixels: base64 of the controller's memory, byte page*128+x, bit 0 topmost; null: no screen
  show({ pixels, inverted, on }) {
    const memory = pixels === null ? "" : atob(pixels);
    for (let y = 0; y < HEIGHT; y++)
      for (let x = 0; x < WIDTH; x++) {
        const bit = (memory.charCodeAt((y >> 3) * WIDTH + x) >> (y & 7)) & 1;
        this.lit[y * WIDTH + x] = on && memory ? bit ^ inverted : 0;
      }
    this.draw();
  }

  follow_zoom() {
    const query = matchMedia(`(resolution: ${devicePixelRatio}dppx)`);
    const changed = () => (this.fit(), this.follow_zoom());
    query.addEventListener("change", changed, { once: true });
  }

  fit() {
    const room = this.canvas.parentElement.clientWidth * devicePixelRatio;
    this.scale = Math.max(1, Math.floor(room / WIDTH + 0.01));
    this.canvas.width = WIDTH * this.scale;
    this.canvas.height = HEIGHT * this.scale;
    this.canvas.style.width = `${this.canvas.width / devicePixelRatio}px`;
    this.canvas.style.height = `${this.canvas.height / devicePixelRatio}px`;
    this.draw();
  }

  draw() {
    const context = this.canvas.getContext("2d");
    const scale = this.scale;
    context.fillStyle = DARK;
    context.fillRect(0, 0, this.canvas.width, this.canvas.height);
    context.fillStyle = LIT;
    for (let y = 0; y < HEIGHT; y++)
      for (let x = 0; x < WIDTH; x++)
        if (this.lit[y * WIDTH + x]) context.fillRect(x * scale, y * scale, scale, scale);
  }
}
