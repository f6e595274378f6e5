// What the page asks the server to do. Presses go one request at a time, in their order.

import { language } from "./words.js";

let token = document.querySelector('meta[name="deskunit-token"]').content;

export function use_token(fresh) {
  token = fresh;
}

export class Refused extends Error {}

// The server's answer as {status, body}, body null if it is none. TypeError when it does not answer.
export async function get(path, signal) {
  const answer = await fetch(path, { headers: { "X-Deskunit-Language": language }, signal });
  return read(answer);
}

export async function ask(path, body) {
  return read(await send(path, body, false));
}

async function read(answer) {
  const json = answer.headers.get("content-type")?.startsWith("application/json");
  const text = await answer.text();
  return { status: answer.status, body: json ? JSON.parse(text) : text ? { sentence: text.trim() } : null };
}

// POST `body`; Refused with the server's sentence, TypeError when it does not answer.
export async function post(path, body, keepalive = false) {
  const answer = await send(path, body, keepalive);
  if (answer.ok) return;
  throw new Refused((await read(answer)).body?.sentence ?? String(answer.status));
}

function send(path, body, keepalive) {
  return fetch(path, {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      "X-Deskunit-Token": token,
      "X-Deskunit-Language": language,
    },
    body: JSON.stringify(body),
    keepalive,
  });
}

// The presses of this page: while one request is under way the next are collected. Each carries the
// page's clock, so that the server keeps the time a button was held (see presses.py).
export class Presses {
  constructor(failed) {
    this.failed = failed;
    this.channel = null; // named by the server's hello; without one nothing is sent
    this.waiting = [];
    this.sending = false;
  }

  use(channel) {
    this.channel = channel;
    this.waiting = [];
  }

  set(uid, button, down) {
    if (!this.channel) return;
    this.waiting.push({ uid, button, down, at_ms: performance.now() });
    if (!this.sending) this.send();
  }

  async send() {
    this.sending = true;
    try {
      while (this.waiting.length) await this.send_one();
    } catch (error) {
      this.waiting = []; // a press that comes late is worse than one that is missed
      this.failed(error);
    } finally {
      this.sending = false;
    }
  }

  send_one() {
    const uid = this.waiting[0].uid;
    const other = this.waiting.findIndex((press) => press.uid !== uid);
    const batch = this.waiting.splice(0, other < 0 ? this.waiting.length : other);
    const presses = batch.map(({ button, down, at_ms }) => ({ button, down, at_ms }));
    return post("/api/press", { channel: this.channel, uid, presses }, true);
  }
}
