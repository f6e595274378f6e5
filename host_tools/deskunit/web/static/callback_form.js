// The fields of the opened callback: each is saved when it is left, against what it was when the
// typing began, so that nobody's newer text is overwritten; what is refused stays as it was typed.

import { from_input, to_input } from "./callback_times.js";
import { make } from "./elements.js";
import { ask } from "./send.js";
import { text, word } from "./words.js";

const TEXTS = { caller_number: 24, name: 40, phone: 24, account: 40, address: 120, subject: 40, said: 1000, promised: 1000 };
const AREAS = ["said", "promised"];
const FLAGS = ["key_account", "escalated"];
const PERSONAL = ["caller_number", "name", "phone", "address", "account", "said", "promised"];

export class CallbackForm {
  // by(): who signs · saved(row): the server has it · refused(why): what was left behind was not taken
  constructor(drafts, { by, saved, refused }) {
    Object.assign(this, { drafts, by, saved, refused, row: null, fields: new Map(), last: Promise.resolve() });
    this.element = make("form", { className: "details", noValidate: true });
    this.element.addEventListener("submit", (event) => event.preventDefault());
  }

  open(row) {
    this.drafts.flush();
    this.row = row;
    this.fields.clear();
    const agreed = row.kind === "inquiry" ? ["agreed_utc_ms"] : [];
    const names = Object.keys(TEXTS).flatMap((name) => (name === "subject" ? [name, ...agreed] : [name]));
    names.push(...FLAGS);
    this.said = make("p", { className: "quiet saved", role: "status" });
    const hint = make("p", { className: "quiet keys-hint", textContent: text("callback_tab.keys") });
    this.element.replaceChildren(...names.map((name) => this.field(name)), hint, this.said);
    this.offer_drafts();
  }

  focus() {
    this.element.querySelector("input, textarea")?.focus();
  }

  // A newer row of the same callback; what is being typed stays.
  load(row) {
    this.row = row;
    for (const [name, field] of this.fields) {
      const now = value_of(row, name);
      const shown = read(field.input);
      const is_idle = shown === field.base;
      if (is_idle || shown === now) {
        if (shown !== now) write(field.input, now);
        Object.assign(field, { base: now, seen: row.seen });
        if (!is_idle) this.settled(name); // a draft that is offered stays
      } else if (now === field.base) field.seen = row.seen;
      field.input.disabled = is_locked(row, name);
    }
  }

  field(name) {
    const id = `callback-${name}`;
    const input = AREAS.includes(name) ? make("textarea", { rows: 3 }) : make("input", { type: kind_of(name) });
    Object.assign(input, { id, name, autocomplete: "off", spellcheck: false, disabled: is_locked(this.row, name) });
    if (name in TEXTS) input.maxLength = TEXTS[name];
    const note = make("div", { className: "aside", id: `${id}-note`, role: "status" });
    input.setAttribute("aria-describedby", note.id);
    const base = value_of(this.row, name);
    write(input, base);
    this.fields.set(name, { input, note, base, seen: this.row.seen, refused: null });
    input.addEventListener("input", () => this.typed(name));
    input.addEventListener(FLAGS.includes(name) ? "change" : "blur", () => this.save(name));
    input.addEventListener("keydown", (event) => this.key(event, name));
    const label = make("label", { htmlFor: id, textContent: word("callback_field", name) });
    const parts = FLAGS.includes(name) ? [input, label, note] : [label, input, note];
    return make("div", { className: `field of-${name} ${FLAGS.includes(name) ? "flag" : ""}` }, ...parts);
  }

  is_dirty() {
    return [...this.fields.values()].some((field) => read(field.input) !== field.base);
  }

  key(event, name) {
    if (event.isComposing) return; // Enter takes a word of the input method
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.fields.get(name).refused = null;
      this.save_all();
    }
  }

  typed(name) {
    const { input, base, seen } = this.fields.get(name);
    const value = read(input);
    if (value === base) this.drafts.drop(this.row.number, name);
    else this.drafts.write(this.row.number, name, { value, base, seen });
  }

  save_all() {
    for (const name of this.fields.keys()) this.save(name);
    this.last = this.last.then(() => {
      if (!this.is_dirty()) this.say("callback_tab.saved");
    });
  }

  // One write after the other, in the order in which fields were left.
  save(name) {
    const field = this.fields.get(name);
    const number = this.row.number;
    this.last = this.last.then(() => this.send(number, name, field)).catch(() => this.say("callback_tab.not_reached"));
  }

  async send(number, name, field) {
    const value = read(field.input);
    if (value === field.base || value === field.refused) return;
    const values = { [name]: name === "agreed_utc_ms" ? from_input(value) : value };
    const { status, body } = await ask("/api/callbacks", { action: "edit", number, by: this.by(), seen: field.seen, values });
    if (status !== 200) return this.refuse(number, name, field, value, body);
    const now = value_of(body.row, name);
    if (read(field.input) === value) {
      write(field.input, now);
      this.drafts.drop(number, name);
    }
    Object.assign(field, { base: now, seen: body.row.seen, refused: null });
    field.note.replaceChildren();
    field.input.removeAttribute("aria-invalid");
    if (number !== this.row?.number) return;
    this.say("callback_tab.saved");
    this.saved(body.row);
  }

  async refuse(number, name, field, value, body) {
    field.refused = value;
    this.drafts.flush(); // it is offered again when this callback is opened the next time
    if (number !== this.row?.number) return this.refused(body?.sentence ?? text("callback_tab.not_reached"));
    field.input.setAttribute("aria-invalid", "true");
    const said = make("p", { className: "why", textContent: body?.sentence ?? text("callback_tab.not_reached") });
    field.note.replaceChildren(said);
    if (body?.error === "callback_field_changed") await this.offer_theirs(name, field);
  }

  async offer_theirs(name, field) {
    const answer = await fetch(`/api/callbacks/${this.row.number}`);
    if (!answer.ok) return;
    const { row } = await answer.json();
    const theirs = value_of(row, name);
    const keep = button("callback_tab.keep_mine", () => {
      Object.assign(field, { base: theirs, seen: row.seen, refused: null });
      this.save(name);
    });
    const take = button("callback_tab.take_theirs", () => {
      write(field.input, theirs);
      Object.assign(field, { base: theirs, seen: row.seen, refused: null });
      this.settled(name);
    });
    const shown = make("blockquote", { textContent: as_text(theirs) });
    field.note.append(shown, make("p", { className: "answers" }, keep, take));
  }

  settled(name) {
    const field = this.fields.get(name);
    field.note.replaceChildren();
    field.input.removeAttribute("aria-invalid");
    this.drafts.drop(this.row.number, name);
  }

  offer_drafts() {
    for (const [name, draft] of Object.entries(this.drafts.of(this.row.number))) {
      const field = this.fields.get(name);
      if (!field || draft.value === field.base || is_locked(this.row, name)) this.drafts.drop(this.row.number, name);
      else this.offer_draft(name, field, draft);
    }
  }

  offer_draft(name, field, draft) {
    const restore = button("callback_tab.restore", () => {
      write(field.input, draft.value);
      Object.assign(field, { base: draft.base, seen: draft.seen });
      field.note.replaceChildren();
      this.typed(name);
      field.input.focus();
    });
    const drop = button("callback_tab.drop", () => this.settled(name));
    const since = new Date(draft.at).toLocaleTimeString();
    const said = make("p", { textContent: text("callback_tab.draft", { time: since }) });
    const shown = make("blockquote", { textContent: as_text(draft.value) });
    field.note.replaceChildren(said, shown, make("p", { className: "answers" }, restore, drop));
  }

  say(key) {
    this.said.textContent = text(key, { time: new Date().toLocaleTimeString() });
  }
}

export function button(key, act, className = "plain") {
  const made = make("button", { type: "button", className, textContent: text(key) });
  made.addEventListener("click", act);
  return made;
}

const kind_of = (name) => (FLAGS.includes(name) ? "checkbox" : name === "agreed_utc_ms" ? "datetime-local" : "text");
const read = (input) => (input.type === "checkbox" ? input.checked : input.value);
const as_text = (value) => (typeof value === "boolean" ? text(value ? "callback_tab.yes" : "callback_tab.no") : value || "–");

function write(input, value) {
  if (input.type === "checkbox") input.checked = value;
  else input.value = value;
}

function value_of(row, name) {
  if (name === "agreed_utc_ms") return to_input(row.agreed_utc_ms);
  return PERSONAL.includes(name) ? row.personal[name] ?? "" : row[name];
}

function is_locked(row, name) {
  return row.status === "voided" || (row.forgotten_utc_ms !== null && PERSONAL.includes(name));
}
