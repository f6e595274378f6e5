// The head of the opened callback: what it is, when and by whom it was taken, when it is due.

import { button } from "./callback_form.js";
import { who } from "./callback_history.js";
import { marks_of } from "./callback_list.js";
import { due_line } from "./callback_steps.js";
import { instant, is_overdue } from "./callback_times.js";
import { make } from "./elements.js";
import { text, word } from "./words.js";

export function head(row, agents, leave) {
  const title = make("h2", { textContent: text("callback_tab.title", { number: row.number, kind: word("callback_kind", row.kind) }) });
  const taken = make("p", { className: "quiet", textContent: taken_line(row, agents) });
  const due = make("p", { id: "callback-due", className: is_overdue(row) ? "overdue" : "", role: "timer", textContent: due_line(row) });
  const marks = marks_of(row, new Set()).map(([name, said]) => make("em", { className: name, textContent: said }));
  const status = make("em", { className: `status ${row.status}`, textContent: word("callback_status", row.status) });
  const about = make("div", {}, title, taken, due, make("p", { className: "marks" }, status, ...marks));
  return make("header", { id: "callback-head", className: "card opened-head" }, about, button("callback_tab.close", leave));
}

function taken_line(row, agents) {
  const by = who(row.taken_by, agents.get(row.taken_by));
  const parts = [text("callback_tab.taken", { time: instant(row.taken_utc_ms, true), by })];
  if (row.seat) parts.push(text("callback_tab.seat", row));
  if (row.call_no !== null) parts.push(text("page.call", { n: row.call_no }));
  if (row.owner !== row.taken_by) parts.push(text("callback_tab.owner", { name: who(row.owner, row.owner_name) }));
  return parts.join(" · ");
}
