// The corrections of the days that are shown: what the unit had said, what holds, who says so and why; taken back here.

import { make } from "./elements.js";
import { ask, Refused } from "./send.js";
import { author, change, span, who } from "./supervisor_said.js";
import { text } from "./words.js";

const COLUMNS = ["number", "span", "of", "before", "after", "by", "why"];

export class SupervisorCorrections {
  constructor(element, { say, failed }) {
    Object.assign(this, { element, say, failed, drawn: "" });
  }

  load(rows, role) {
    this.element.hidden = role !== "supervisor";
    const now = JSON.stringify([rows, document.documentElement.lang]);
    if (now === this.drawn) return;
    this.drawn = now;
    this.draw(rows);
  }

  draw(rows) {
    const head = make("div", { className: "heading" }, make("h2", { textContent: text("supervisor_tab.corrections") }), make("p", { className: "quiet", textContent: text("supervisor_tab.corrections_note") }));
    if (!rows.length) return this.element.replaceChildren(head, make("p", { className: "quiet", textContent: text("supervisor_tab.corrections_none") }));
    const heads = COLUMNS.map((one) => make("th", { scope: "col", role: "columnheader", textContent: text(`supervisor_tab.correction_${one}`) }));
    const table = make("table", { role: "table" },
      make("thead", { role: "rowgroup" }, make("tr", { role: "row" }, ...heads, make("th", { role: "columnheader" }))),
      make("tbody", { role: "rowgroup" }, ...rows.map((row) => this.row(row))));
    this.element.replaceChildren(head, make("div", { className: "wide", tabIndex: 0, role: "region", "aria-label": text("supervisor_tab.corrections") }, table));
  }

  row(row) {
    const changes = row.parts.map(change);
    const lines = (side) => make("ul", {}, ...[...new Set(changes.map((one) => one[side]))].map((one) => make("li", { textContent: one })));
    const gone = row.withdrawn;
    const made = make("tr", { role: "row", className: gone ? "gone" : "" },
      cell(`#${row.number}`),
      cell(`${row.start_local.slice(0, 10)} ${span(row)}`, row.is_stale && text("supervisor_tab.correction_stale")),
      cell(whose(row), row.seat || row.uid),
      make("td", { role: "cell", className: "was" }, lines(0)),
      make("td", { role: "cell", className: "holds" }, lines(1)),
      cell(author(row.author, row.author_name), row.at_local.slice(0, 16)),
      cell(row.why, gone && text("supervisor_tab.correction_withdrawn", { by: author(gone.by, gone.name), at: gone.at_local.slice(0, 16), why: gone.why })),
      make("td", { role: "cell" }, gone ? "" : this.withdrawing(row.number)));
    made.dataset.number = row.number;
    // on a phone a row is a card and the head is not seen: each cell says what it is
    COLUMNS.forEach((one, place) => (made.cells[place].dataset.head = text(`supervisor_tab.correction_${one}`)));
    return made;
  }

  withdrawing(number) {
    return make("details", {}, make("summary", { textContent: text("supervisor_tab.withdraw"), "aria-label": text("supervisor_tab.withdraw_number", { number }) }),
      withdraw_form(number, { say: this.say, failed: this.failed, done: () => {} }));
  }
}

// Why, and the button; the server tells every page what came of it.
export function withdraw_form(number, { say, failed, done }) {
  const why = make("input", { type: "text", name: "why", required: true, maxLength: 200, autocomplete: "off", "aria-label": text("supervisor_tab.withdraw_why"), placeholder: text("supervisor_tab.withdraw_why") });
  const go = make("button", { type: "submit", className: "plain", textContent: text("supervisor_tab.withdraw_number", { number }) });
  const form = make("form", { className: "withdrawing" }, why, go);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    go.disabled = true;
    try {
      const { status, body } = await ask("/api/supervisor/correct", { number, why: why.value });
      if (status !== 200) throw new Refused(body?.sentence ?? String(status));
      say(text("supervisor_tab.withdrawn", { number }), "good", 6000);
      done();
    } catch (error) {
      failed(error);
    } finally {
      go.disabled = false;
    }
  });
  return form;
}

// Whose time it is; an agent who was taken for another one is what the correction is about.
function whose(row) {
  const { agent_id, agent_name } = row.parts[0]?.before ?? row.after;
  return who(agent_id, agent_name);
}

function cell(said, more = "") {
  return make("td", { role: "cell" }, said, more ? make("small", { textContent: more }) : "");
}
