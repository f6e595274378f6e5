// What a state is corrected to: another state with its reason, or another agent; from when to when, and why.

import { make } from "./elements.js";
import { ask, Refused } from "./send.js";
import { change, span, who } from "./supervisor_said.js";
import { text, word } from "./words.js";

const STATES = ["not_ready", "ready", "talking", "hold", "wrap_up", "signed_out"];
const REASONS = { 0: "unspecified", 1: "break", 2: "meal", 3: "restroom", 4: "meeting", 5: "training", 6: "coaching", 7: "paperwork", 8: "callback", 9: "fault", 10: "helping", 11: "handover" };
const LOOK_MS = 250;

export class AmendForm {
  // row: the state that was chosen among rows · saved(correction)
  constructor(row, rows, site, { failed, saved }) {
    const own = rows.filter((one) => one.sign_in === row.sign_in);
    Object.assign(this, { row, own, site, failed, saved });
    this.element = make("form", { className: "amend", noValidate: true }, ...this.parts());
    this.element.addEventListener("input", (event) => event.target !== this.why && this.look_soon());
    this.element.addEventListener("submit", (event) => (event.preventDefault(), this.save()));
    this.why.addEventListener("input", () => this.allow());
    this.agree();
    this.look();
  }

  parts() {
    const { row, site } = this;
    this.what = select("what", [["state", text("supervisor_tab.correct_state")], ["agent", text("supervisor_tab.correct_agent")]]);
    this.state = select("state", STATES.map((one) => [one, word("state", one)]), row.state === "not_ready" ? "ready" : "not_ready");
    this.reason = select("reason", Object.entries(REASONS).map(([code, name]) => [code, word("reason", name)]));
    this.agent = select("agent", site.agents.filter((one) => one.id !== row.agent_id).map((one) => [one.id, who(one.id, one.name)]));
    this.start = clock("start", row.start_local);
    this.end = clock("end", row.end_local);
    this.why = make("input", { type: "text", name: "why", required: true, maxLength: 200, autocomplete: "off", placeholder: text("supervisor_tab.why_hint") });
    this.author = select("author", [["supervisor", text("supervisor_tab.supervisor")], ...site.agents.map((one) => [one.id, who(one.id, one.name)])]);
    this.note = make("p", { className: "quiet whole" });
    this.draft = make("div", { className: "draft whole", role: "status", "aria-label": text("supervisor_tab.preview") });
    this.go = make("button", { type: "submit", className: "plain strong", textContent: text("supervisor_tab.save"), disabled: true });
    return [
      labelled("correct_what", this.what), (this.for_state = labelled("new_state", this.state)), (this.for_reason = labelled("new_reason", this.reason, "whole")),
      (this.for_agent = labelled("new_agent", this.agent)), this.note, labelled("start", this.start), labelled("end", this.end),
      this.draft, labelled("why", this.why, "whole"), labelled("author", this.author), this.go,
    ];
  }

  // Fields that go together; what always takes a whole sign-in shows it.
  agree() {
    const is_agent = this.what.value === "agent";
    const is_out = !is_agent && this.state.value === "signed_out";
    this.for_state.hidden = is_agent;
    this.for_reason.hidden = is_agent || this.state.value !== "not_ready";
    this.for_agent.hidden = !is_agent;
    this.note.textContent = is_agent ? text("supervisor_tab.agent_note") : is_out ? text("supervisor_tab.signed_out_note") : "";
    this.note.hidden = !this.note.textContent;
    bound(this.start, is_agent, this.own[0].start_local, this.row.start_local);
    bound(this.end, is_agent || is_out, this.own.at(-1).end_local, this.row.end_local);
  }

  values() {
    const { row } = this;
    const start = this.start.disabled || this.start.value === field(row.start_local) ? row.start_utc_ms : this.start.value;
    const same_end = this.end.value === field(row.end_local);
    const end = this.end.disabled ? null : same_end ? row.end_utc_ms : this.end.value;
    const values = { uid: row.uid, start_utc_ms: start };
    if (end !== null) values.end_utc_ms = end;
    if (this.what.value === "agent") return { ...values, agent_id: this.agent.value };
    values.state = this.state.value;
    if (values.state === "not_ready") values.reason_code = Number(this.reason.value);
    return values;
  }

  look_soon() {
    this.agree();
    this.go.disabled = true;
    clearTimeout(this.looking);
    this.looking = setTimeout(() => this.look(), LOOK_MS);
  }

  async look() {
    const asked = (this.asked = {});
    try {
      const { status, body } = await ask("/api/supervisor/preview", this.values());
      if (asked !== this.asked) return;
      this.fits = status === 200;
      this.draft.classList.toggle("refused", !this.fits);
      this.draft.replaceChildren(...(this.fits ? body.parts.map(before_after) : [body?.sentence ?? String(status)]));
      this.allow();
    } catch (error) {
      this.failed(error);
    }
  }

  allow() {
    this.go.disabled = !this.fits || !this.why.value.trim();
  }

  async save() {
    if (this.go.disabled) return;
    this.go.disabled = true;
    try {
      const { status, body } = await ask("/api/supervisor/correct", { ...this.values(), why: this.why.value, author: this.author.value });
      if (status === 200) return this.saved(body.row);
      this.draft.classList.add("refused");
      this.draft.replaceChildren(body?.sentence ?? String(status));
      if (status >= 500) throw new Refused(body?.sentence ?? String(status));
    } catch (error) {
      this.failed(error);
      this.allow();
    }
  }
}

function before_after(part) {
  const [before, after] = change(part);
  return make("p", {}, make("span", { className: "span", textContent: span(part) }), make("s", { textContent: before }), " → ", make("strong", { textContent: after }));
}

function select(name, choices, value = choices[0]?.[0]) {
  const made = make("select", { name }, ...choices.map(([id, said]) => make("option", { value: id, textContent: said })));
  if (value !== undefined) made.value = value;
  return made;
}

// What <input type="datetime-local"> has for a time by the site's clock.
const field = (local) => local.replace(" ", "T");

function clock(name, local) {
  return make("input", { type: "datetime-local", name, step: 1, value: field(local) });
}

function bound(input, is_whole, whole, own) {
  if (is_whole === input.disabled) return;
  input.disabled = is_whole;
  input.value = field(is_whole ? whole : own);
}

function labelled(key, input, more = "") {
  return make("label", { className: more }, make("span", { textContent: text(`supervisor_tab.${key}`) }), input);
}
