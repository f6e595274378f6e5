// The state log: rows by row_id, newest first, the open one's duration running.

import { duration, length_s } from "./clock.js";
import { reason as reason_word, text, word } from "./words.js";

const ROWS_MAX = 100; // as many as the server gives; older rows are in the CSV

export class Log {
  constructor(body, empty, more) {
    Object.assign(this, { body, empty, more });
    this.intervals = new Map();
  }

  load(intervals) {
    this.intervals = new Map(intervals.map((interval) => [interval.row_id, interval]));
    this.draw();
  }

  put(interval) {
    const known = this.intervals.has(interval.row_id);
    this.intervals.set(interval.row_id, interval);
    this.draw();
    if (!known) this.body.querySelector(`[data-row="${CSS.escape(interval.row_id)}"]`)?.classList.add("new");
  }

  open() {
    return [...this.intervals.values()].filter((interval) => interval.end_utc_ms === null);
  }

  draw() {
    const newest = [...this.intervals.values()].sort(
      (a, b) => b.start_utc_ms - a.start_utc_ms || end(b) - end(a) || seq(b) - seq(a),
    );
    for (const old of newest.splice(ROWS_MAX)) this.intervals.delete(old.row_id);
    const today = newest[0]?.start_local.slice(0, 10);
    this.body.replaceChildren(...newest.map((interval) => row(interval, today)));
    this.empty.hidden = newest.length > 0;
    this.more.hidden = newest.length < ROWS_MAX;
  }

  tick() {
    for (const interval of this.open()) {
      const row_element = this.body.querySelector(`[data-row="${CSS.escape(interval.row_id)}"]`);
      if (row_element) row_element.querySelector(".duration").textContent = duration(length_s(interval));
    }
  }
}

// Of two that begin together one has no length: it was first.
function end(interval) {
  return interval.end_utc_ms ?? Number.MAX_SAFE_INTEGER;
}

function seq(interval) {
  return parseInt(interval.row_id.slice(interval.row_id.lastIndexOf("-") + 1), 10) || 0;
}

function row(interval, today) {
  const element = document.createElement("tr");
  element.setAttribute("role", "row");
  element.dataset.row = interval.row_id;
  element.dataset.state = interval.state;
  element.classList.toggle("open", interval.end_utc_ms === null);
  element.append(start(interval, today), state(interval), length(interval));
  element.append(cell("agent", interval.agent_name || interval.agent_id));
  element.append(cell("call", call(interval)), cell("cause", word("cause", interval.cause)));
  return element;
}

function cell(kind, content) {
  const element = document.createElement("td");
  element.setAttribute("role", "cell");
  element.className = kind;
  element.textContent = content;
  return element;
}

function start(interval, today) {
  const element = cell("start", "");
  const time = element.appendChild(document.createElement("time"));
  const [date, of_day] = interval.start_local.split(" ");
  time.dateTime = new Date(interval.start_utc_ms).toISOString();
  time.textContent = date === today ? of_day : `${date.slice(5)} ${of_day}`;
  return element;
}

function state(interval) {
  const element = cell("state", "");
  const name = element.appendChild(document.createElement("span"));
  name.className = "mark";
  name.dataset.state = interval.state;
  name.textContent = word("state", interval.state);
  if (interval.reason) {
    const reason = element.appendChild(document.createElement("span"));
    reason.className = "reason";
    reason.textContent = reason_word(interval);
  }
  return element;
}

function length(interval) {
  const element = cell("duration number", duration(length_s(interval)));
  if (interval.end_inferred) {
    element.title = text("page.end_inferred");
    element.classList.add("inferred");
  }
  return element;
}

function call(interval) {
  const parts = [];
  if (interval.call_no) parts.push(text("page.call", { n: interval.call_no }));
  if (interval.hold_no) parts.push(text("page.hold_no", { n: interval.hold_no }));
  return parts.join(" · ");
}
