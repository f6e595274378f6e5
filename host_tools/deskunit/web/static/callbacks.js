// The callbacks tab: whose list is shown, which one is opened, what the stream tells about them.

import { CallbackDrafts } from "./callback_drafts.js";
import { CallbackForm } from "./callback_form.js";
import { head } from "./callback_head.js";
import { history, who } from "./callback_history.js";
import { CallbackList } from "./callback_list.js";
import { carry, due_line, steps } from "./callback_steps.js";
import { is_overdue, use_zone } from "./callback_times.js";
import * as clock from "./clock.js";
import { make } from "./elements.js";
import { ask, get, Refused } from "./send.js";
import { text, word } from "./words.js";

const by_id = (id) => document.getElementById(id);
const KINDS = ["dropped", "fault", "complaint", "days_2", "days_5", "inquiry", "correction"];
const STATUSES = ["open", "closed", "voided", "all"];
const SEARCH_MS = 250;

export class CallbackTab {
  // say(sentence, kind, for_ms) · failed(error) · unit(): the one that is looked at
  constructor({ say, failed, unit }) {
    Object.assign(this, { say, failed, unit, agents: new Map(), number: null, row: null, asked: 0, on: false });
    this.drafts = new CallbackDrafts();
    this.list = new CallbackList(by_id("callback-list"));
    this.form = new CallbackForm(this.drafts, {
      by: () => this.by(),
      saved: (row) => this.put(row),
      refused: (why) => this.say(why, "bad", 12_000),
    });
    for (const id of ["callback-who", "callback-status"]) by_id(id).addEventListener("change", () => this.look());
    by_id("callback-search").addEventListener("input", () => this.look_soon(SEARCH_MS));
    by_id("callback-new").addEventListener("submit", (event) => this.add(event));
    by_id("panel-callbacks").addEventListener("keydown", (event) => this.key(event));
  }

  // --- whose

  by() {
    const chosen = by_id("callback-who").value;
    if (chosen === "auto") return this.unit()?.agent_id || "supervisor";
    return chosen === "all" ? "supervisor" : chosen;
  }

  owner() {
    const by = this.by();
    return by === "supervisor" ? "" : by;
  }

  draw_choices() {
    const own = this.unit()?.agent_id;
    const auto = own ? text("callback_tab.who_here", { name: who(own, this.agents.get(own)) }) : text("callback_tab.who_nobody");
    const people = [...this.agents].map(([id, name]) => [id, who(id, name)]);
    options("callback-who", [["auto", auto], ...people, ["all", text("callback_tab.who_all")]]);
    options("callback-status", STATUSES.map((one) => [one, one === "all" ? text("callback_tab.status_all") : word("callback_status", one)]));
    options("callback-kind", KINDS.map((one) => [one, word("callback_kind", one)]));
  }

  // --- the list

  async connected() {
    this.on = true;
    try {
      const { status, body } = await get("/api/callbacks/site");
      if (status !== 200) return;
      use_zone(body.zone);
      this.agents = new Map(body.agents.map((one) => [one.id, one.name]));
      this.unit_changed();
      this.draw_opened();
      if (this.number !== null) this.load(this.number);
    } catch (error) {
      this.failed(error);
    }
  }

  // Somebody else may be signed in now, or another unit is looked at.
  unit_changed() {
    if (!this.on) return;
    const here = `${this.unit()?.uid}|${this.unit()?.agent_id}`;
    this.draw_choices();
    if (here === this.here && this.rows) return;
    this.here = here;
    this.look_soon(0);
  }

  look_soon(after_ms) {
    clearTimeout(this.looking);
    this.looking = setTimeout(() => this.look(), after_ms);
  }

  async look() {
    const asked = ++this.asked;
    const status = by_id("callback-status").value || "open";
    const query = new URLSearchParams({ status, owner: this.owner(), text: by_id("callback-search").value.trim() });
    try {
      const [found, counted] = await Promise.all([get(`/api/callbacks?${query}`), this.count()]);
      if (asked !== this.asked) return;
      if (found.status !== 200) return this.failed(new Refused(found.body?.sentence ?? String(found.status)));
      clock.set(found.body.now_utc_ms);
      Object.assign(this, { rows: found.body.rows, more: found.body.more, counted });
      this.draw_list();
    } catch (error) {
      this.failed(error);
    }
  }

  async count() {
    const unit = this.unit();
    if (!unit) return null;
    const { status, body } = await get(`/api/callbacks/summary/${unit.uid}`);
    return status === 200 && body.agent_id ? body : null;
  }

  draw_list() {
    const rows = this.rows ?? [];
    this.list.draw(rows, { chosen: this.number, drafts: this.drafts.numbers(), owners: !this.owner() });
    by_id("callback-none").hidden = !this.rows || rows.length > 0;
    by_id("callback-more").hidden = !this.more;
    by_id("callback-signed").textContent = text("callback_tab.signed", { name: who(this.by(), this.agents.get(this.by())) });
    const count = by_id("callback-count");
    const { open = 0, overdue = 0 } = this.counted ?? {};
    count.hidden = !open;
    count.textContent = overdue ? `${open} !` : String(open);
    count.classList.toggle("late", overdue > 0);
    count.title = text("callback_tab.count", { open, overdue });
    count.setAttribute("aria-label", count.title);
  }

  tick() {
    if (by_id("panel-callbacks").hidden) return;
    this.list.tick();
    const due = by_id("callback-due");
    if (!due || !this.row) return;
    due.textContent = due_line(this.row);
    due.classList.toggle("overdue", is_overdue(this.row));
  }

  // --- one of them

  // The address names it; "" closes.
  open(rest) {
    const number = /^\d+$/.test(rest) ? Number(rest) : null;
    const left = this.number;
    if (number === left) return;
    this.leave_field();
    this.number = number;
    this.row = null;
    this.repeats = [];
    by_id("panel-callbacks").classList.toggle("one", number !== null);
    this.draw_opened();
    if (this.rows) this.draw_list();
    if (number !== null && this.on) this.load(number); // else as soon as the page is there
    else if (left !== null) this.list.focus(left);
  }

  async load(number) {
    try {
      const { status, body } = await get(`/api/callbacks/${number}`);
      if (number !== this.number) return;
      if (status === 200) return this.put(body.row, body.repeats);
      this.say(body?.sentence ?? String(status), "bad", 8000);
      location.hash = "#callbacks";
    } catch (error) {
      this.failed(error);
    }
  }

  put(row, repeats = null) {
    if (row.number !== this.number || (this.row && row.seen < this.row.seen)) return;
    const is_first = this.row === null;
    this.row = row;
    if (repeats) this.repeats = repeats;
    if (is_first) this.form.open(row);
    else this.form.load(row);
    this.draw_opened();
    if (is_first) this.form.focus();
  }

  draw_opened() {
    const opened = by_id("callback-opened");
    if (!this.row) return opened.replaceChildren(make("p", { className: "card empty", textContent: text("callback_tab.none_opened") }));
    const drawn = by_id("callback-head");
    const parts = { head: head(this.row, this.agents, () => this.leave()), steps: this.steps(), history: this.past() };
    if (!drawn || !opened.contains(this.form.element)) {
      opened.replaceChildren(parts.head, make("section", { className: "card" }, this.form.element), parts.steps, parts.history);
      return;
    }
    drawn.replaceWith(parts.head);
    this.replace_steps(by_id("callback-steps"), parts.steps);
    by_id("callback-history").replaceWith(parts.history);
  }

  replace_steps(before, after) {
    const focused = before.contains(document.activeElement) ? document.activeElement.name : null;
    if (!this.is_done) carry(before, after);
    this.is_done = false;
    before.replaceWith(after);
    if (focused) after.querySelector(`[name="${focused}"]`)?.focus();
  }

  steps() {
    const parts = steps(this.row, this.repeats, this.agents, (action, values) => this.act(action, values));
    return make("section", { id: "callback-steps", className: "card steps" }, ...parts);
  }

  past() {
    const title = make("h3", { textContent: text("callback_tab.history") });
    return make("section", { id: "callback-history", className: "card" }, title, history(this.row, this.agents));
  }

  // What is being typed is saved.
  leave_field() {
    if (by_id("callback-opened").contains(document.activeElement)) document.activeElement.blur();
  }

  leave() {
    this.leave_field();
    location.hash = "#callbacks";
  }

  // --- doing

  async act(action, values) {
    const { number } = this;
    this.leave_field();
    await this.form.last; // fields that were left first
    const row = await this.write({ action, number, seen: this.row.seen, values });
    this.is_done = row !== null;
    if (row) this.put(row);
  }

  async add(event) {
    event.preventDefault();
    const row = await this.write({ action: "add", number: null, seen: null, values: { kind: by_id("callback-kind").value } });
    if (row) location.hash = `#callbacks/${row.number}`;
  }

  async write(body) {
    try {
      const answer = await ask("/api/callbacks", { ...body, by: this.by() });
      if (answer.status === 200) return answer.body.row;
      this.failed(new Refused(answer.body?.sentence ?? String(answer.status)));
      if (body.number) this.load(body.number);
    } catch (error) {
      this.failed(error);
    }
    return null;
  }

  key(event) {
    if (event.key !== "Escape" || event.isComposing || this.number === null) return;
    event.preventDefault();
    this.leave();
  }

  // --- what the stream tells

  changed({ numbers, taken }) {
    this.look_soon(50);
    const { number } = this;
    if (number !== null && (!numbers.length || numbers.includes(number))) this.load(number);
    const own = taken.filter((one) => one.uid === this.unit()?.uid).at(-1);
    if (own) this.noted(own);
  }

  // The gesture was made on the unit that is looked at. Who types elsewhere is not pulled away.
  noted(own) {
    const there = `#callbacks/${own.number}`;
    if (!this.is_busy()) return void (location.hash = there);
    const sentence = text("callback_tab.noted", { number: own.number, kind: word("callback_kind", own.kind) });
    this.say(sentence, "good");
    by_id("notice").append(" ", make("a", { href: there, textContent: text("callback_tab.look", own) }));
  }

  is_busy() {
    const typing = document.activeElement;
    if (!typing?.matches("input, textarea")) return false;
    if (by_id("panel-scripts").contains(typing) || this.form.is_dirty()) return true;
    return by_id("callback-steps")?.contains(typing) && typing.value !== "";
  }

  draw() {
    this.draw_choices();
    this.draw_list();
    if (this.row) this.form.open(this.row);
    this.draw_opened();
  }
}

function options(id, choices) {
  const select = by_id(id);
  const before = select.value;
  const made = choices.map(([value, said]) => make("option", { value, textContent: said }));
  select.replaceChildren(...made);
  select.value = choices.some(([value]) => value === before) ? before : choices[0][0];
}
