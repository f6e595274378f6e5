// The list of callbacks: the first due on top, what is left of each running, arrow keys from row to row.

import { countdown, instant, is_overdue } from "./callback_times.js";
import { make } from "./elements.js";
import { text, word } from "./words.js";

const STEPS = { ArrowDown: 1, ArrowUp: -1 };

export class CallbackList {
  constructor(list) {
    this.list = list;
    this.rows = [];
    list.addEventListener("keydown", (event) => this.key(event));
  }

  draw(rows, { chosen, drafts, owners }) {
    this.rows = rows;
    const focused = this.list.contains(document.activeElement) ? document.activeElement.dataset.number : null;
    this.list.replaceChildren(...rows.map((row) => this.row(row, chosen, drafts, owners)));
    if (focused) this.focus(focused);
    this.tick();
  }

  focus(number) {
    const link = this.list.querySelector(`a[data-number="${number}"]`);
    (link ?? this.list.querySelector("a"))?.focus();
  }

  row(row, chosen, drafts, owners) {
    const link = make("a", { href: `#callbacks/${row.number}`, "data-number": String(row.number) });
    if (row.number === chosen) link.setAttribute("aria-current", "true");
    const kind = make("strong", { textContent: word("callback_kind", row.kind) });
    link.append(make("span", { className: "line" }, kind, make("span", { className: "left" })));
    link.append(make("span", { className: "about", textContent: about(row, owners) }));
    link.append(make("span", { className: "about", textContent: when(row) }));
    const marks = marks_of(row, drafts);
    if (marks.length) link.append(make("span", { className: "marks" }, ...marks.map(([name, said]) => make("em", { className: name, textContent: said }))));
    return make("li", {}, link);
  }

  tick() {
    this.rows.forEach((row, index) => {
      const link = this.list.children[index].firstElementChild;
      const left = link.querySelector(".left");
      const said = row.status === "open" ? countdown(row) : word("callback_status", row.status);
      if (left.textContent !== said) left.textContent = said;
      link.classList.toggle("overdue", is_overdue(row));
    });
  }

  key(event) {
    const links = [...this.list.querySelectorAll("a")];
    const at = links.indexOf(document.activeElement);
    const ends = { Home: 0, End: links.length - 1 };
    const to = event.key in STEPS ? at + STEPS[event.key] : ends[event.key];
    if (at < 0 || to === undefined) return;
    event.preventDefault();
    links[Math.min(Math.max(to, 0), links.length - 1)].focus();
  }
}

function about(row, owners) {
  const { name, caller_number, phone } = row.personal;
  const owner = owners ? row.owner_name || row.owner : "";
  return [`#${row.number}`, name, caller_number ?? phone, row.subject, owner].filter(Boolean).join(" · ");
}

function when(row) {
  if (row.status !== "open" && row.ended_utc_ms !== null) return instant(row.ended_utc_ms);
  return text("callback_tab.due", { time: instant(row.due_utc_ms) });
}

export function marks_of(row, drafts) {
  const found = [
    ["complete", row.to_complete !== null, "callback_tab.to_complete"],
    ["unpublished", row.status === "open" && !row.is_published, "callback_tab.unpublished"],
    ["empty", row.status === "open" && !Object.keys(row.personal).length && row.forgotten_utc_ms === null, "callback_tab.empty"],
    ["draft", drafts.has(row.number), "callback_tab.has_draft"],
    ["key", row.key_account, "callback_field.key_account"],
    ["escalated", row.escalated, "callback_field.escalated"],
  ];
  return found.filter(([, is_so]) => is_so).map(([name, , key]) => [name, text(key)]);
}
