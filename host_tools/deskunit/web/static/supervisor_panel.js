// One agent's day state by state, opened where somebody pointed: choose a state, correct it, see before and after.

import { make } from "./elements.js";
import { get, Refused } from "./send.js";
import { withdraw_form } from "./supervisor_corrections.js";
import { AmendForm } from "./supervisor_amend.js";
import { lasted, said, span, who } from "./supervisor_said.js";
import { text } from "./words.js";

export class SupervisorPanel {
  // site(): who may be chosen
  constructor(dialog, { say, failed, site }) {
    Object.assign(this, { dialog, say, failed, site, rows: [] });
    dialog.addEventListener("click", (event) => event.target === dialog && this.close());
  }

  close() {
    if (this.dialog.open) this.dialog.close();
  }

  async open(agent, at_utc_ms) {
    try {
      const { status, body } = await get(`/api/supervisor/around?${new URLSearchParams({ agent, at: at_utc_ms })}`);
      if (status !== 200) throw new Refused(body?.sentence ?? String(status));
      this.load(agent, at_utc_ms, body);
    } catch (error) {
      this.failed(error);
    }
  }

  load(agent, at_utc_ms, { day, rows }) {
    this.rows = rows;
    const known = this.site().agents.find((one) => one.id === agent);
    const title = make("h2", { id: "supervisor-panel-title", textContent: text("supervisor_tab.panel", { who: who(agent, known?.name ?? rows[0]?.agent_name) }) });
    const close = make("button", { type: "button", className: "plain", textContent: text("supervisor_tab.close") });
    close.addEventListener("click", () => this.close());
    this.list = make("ol", { className: "states" }, ...rows.map((row, place) => this.line(row, place)));
    this.chosen = make("div", { className: "chosen" });
    const about = rows.length ? text("supervisor_tab.panel_states", { day }) : text("supervisor_tab.panel_none");
    this.dialog.setAttribute("aria-labelledby", title.id);
    this.dialog.replaceChildren(make("header", {}, title, close), make("p", { className: "quiet", textContent: about }), this.list, this.chosen);
    if (!this.dialog.open) this.dialog.showModal();
    if (rows.length) this.choose(nearest(rows, at_utc_ms));
    const chosen = this.list.querySelector('[aria-pressed="true"]');
    chosen?.focus();
    // In the middle: the form below grows when its draft is checked, and takes the room from the list.
    chosen?.scrollIntoView({ block: "center" });
  }

  line(row, place) {
    const marks = [
      row.correction !== null && `◇ ${text("supervisor_tab.corrected", { number: row.correction, was: said(row.original, row.original.agent_id !== row.agent_id) })}`,
      row.is_running && text("supervisor_tab.running"),
      row.end_inferred && text("supervisor_tab.inferred"),
    ].filter(Boolean);
    const state = make("span", { className: "mark", textContent: said(row) });
    state.dataset.state = row.state;
    const button = make("button", { type: "button" },
      make("span", { className: "span", textContent: span(row) }), state, make("span", { className: "lasted", textContent: lasted(row) }),
      marks.length ? make("small", { textContent: marks.join(" · ") }) : "");
    button.addEventListener("click", () => this.choose(place));
    button.addEventListener("keydown", (event) => this.key(event, place));
    return make("li", {}, button);
  }

  key(event, place) {
    const to = { ArrowDown: place + 1, ArrowUp: place - 1, Home: 0, End: this.rows.length - 1 }[event.key];
    if (to === undefined || !this.rows[to]) return;
    event.preventDefault();
    this.choose(to);
    this.list.children[to].firstElementChild.focus();
  }

  choose(place) {
    const buttons = [...this.list.querySelectorAll("button")];
    buttons.forEach((button, at) => {
      button.setAttribute("aria-pressed", String(at === place));
      button.tabIndex = at === place ? 0 : -1;
    });
    const row = this.rows[place];
    this.chosen.replaceChildren(row.correction === null ? this.form(row) : this.undo(row.correction));
    buttons[place].scrollIntoView({ block: "nearest" });
  }

  form(row) {
    const form = new AmendForm(row, this.rows, this.site(), {
      failed: this.failed,
      saved: (made) => {
        this.close();
        this.say(text("supervisor_tab.saved", { number: made.number }), "good", 6000);
      },
    });
    return form.element;
  }

  undo(number) {
    const { say, failed } = this;
    return withdraw_form(number, { say, failed, done: () => this.close() });
  }
}

// The state at that moment, or the one that begins next, or the last.
function nearest(rows, at_utc_ms) {
  const found = rows.findIndex((row) => row.end_utc_ms > at_utc_ms);
  return found < 0 ? rows.length - 1 : found;
}
