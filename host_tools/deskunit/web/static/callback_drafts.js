// What is typed about a callback and not saved yet: kept in this browser, a second after typing,
// until it is saved or dropped. Each with what the field had, and the last fact that was seen then.

const KEPT = "deskunit-callback-drafts";
const AFTER_MS = 1000;

export class CallbackDrafts {
  constructor() {
    this.waiting = new Map(); // "number|field" → {draft, timer}
    addEventListener("pagehide", () => this.flush());
  }

  write(number, field, draft) {
    const key = `${number}|${field}`;
    clearTimeout(this.waiting.get(key)?.timer);
    const timer = setTimeout(() => this.keep(key), AFTER_MS);
    this.waiting.set(key, { draft: { ...draft, at: Date.now() }, timer });
  }

  drop(number, field) {
    const key = `${number}|${field}`;
    clearTimeout(this.waiting.get(key)?.timer);
    this.waiting.delete(key);
    const all = read();
    if (!(key in all)) return;
    delete all[key];
    store(all);
  }

  // {field: {value, base, seen, at}} of one callback
  of(number) {
    const own = Object.entries(read()).filter(([key]) => key.startsWith(`${number}|`));
    return Object.fromEntries(own.map(([key, draft]) => [key.split("|")[1], draft]));
  }

  numbers() {
    return new Set(Object.keys(read()).map((key) => Number(key.split("|")[0])));
  }

  keep(key) {
    const found = this.waiting.get(key);
    this.waiting.delete(key);
    if (found) store({ ...read(), [key]: found.draft });
  }

  flush() {
    for (const key of [...this.waiting.keys()]) this.keep(key);
  }
}

function store(all) {
  try {
    if (Object.keys(all).length) localStorage.setItem(KEPT, JSON.stringify(all));
    else localStorage.removeItem(KEPT);
  } catch {
    // no room or not allowed: the text is on the page still
  }
}

function read() {
  try {
    const found = JSON.parse(localStorage.getItem(KEPT) ?? "{}");
    return Object.fromEntries(Object.entries(found).filter(([, one]) => typeof one?.seen === "number"));
  } catch {
    return {};
  }
}
