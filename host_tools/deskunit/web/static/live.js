// The stream from the server: connects, notices silence, reconnects by itself, says so.

const RETRY_MS = 1000;
const SILENCE_MS = 12000; // the server's clock comes every 5 s

export class Live {
  // handlers: {hello, unit, interval, reload, screen, clock} by event; lost() when it is cut
  constructor(handlers, lost) {
    this.handlers = handlers;
    this.lost = lost;
    this.connected = false;
    setInterval(() => this.watch(), 2000);
    // a hidden page gives its connection back: a browser has six for one address
    document.addEventListener("visibilitychange", () => (document.hidden ? this.close() : this.open()));
    if (!document.hidden) this.open();
  }

  open() {
    this.close();
    this.heard = performance.now();
    const source = new EventSource("/api/events");
    this.source = source;
    for (const name of Object.keys(this.handlers))
      source.addEventListener(name, (event) => this.take(source, name, JSON.parse(event.data)));
    source.addEventListener("error", () => this.broken(source));
  }

  close() {
    clearTimeout(this.retry);
    this.source?.close();
    this.source = null;
    this.connected = false;
  }

  take(source, name, data) {
    if (source !== this.source) return;
    this.heard = performance.now();
    if (name === "hello") this.connected = true;
    this.handlers[name](data);
  }

  // The browser's own retrying differs and gives up after an error answer: ours is one rule.
  broken(source) {
    if (source !== this.source) return;
    this.close();
    this.lost();
    this.retry = setTimeout(() => this.open(), RETRY_MS);
  }

  watch() {
    if (this.source && performance.now() - this.heard > SILENCE_MS) this.broken(this.source);
  }
}
