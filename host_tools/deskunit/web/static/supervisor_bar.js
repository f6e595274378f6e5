// The bar above the charts: today, a day or a range, one back or forward, team and agent.

import { make } from "./elements.js";
import { is_date, length, shifted } from "./supervisor_choice.js";
import { text } from "./words.js";

const by_id = (id) => document.getElementById(`supervisor-${id}`);

export class SupervisorBar {
  // chosen(choice) when somebody chose otherwise
  constructor(chosen) {
    Object.assign(this, { chosen, site: null, choice: { mode: "today", from: "", to: "", team: "", agent: "" } });
    const modes = by_id("mode");
    for (const button of modes.children) button.addEventListener("click", () => this.use_mode(button.dataset.mode));
    modes.addEventListener("keydown", (event) => this.mode_key(event));
    by_id("before").addEventListener("click", () => this.step(-1));
    by_id("after").addEventListener("click", () => this.step(1));
    for (const name of ["from", "to"]) by_id(name).addEventListener("change", () => this.date(name));
    by_id("team").addEventListener("change", () => this.choose({ team: by_id("team").value, agent: "" }));
    by_id("agent").addEventListener("change", () => this.choose({ agent: by_id("agent").value }));
  }

  load(choice, site) {
    Object.assign(this, { choice, site });
    this.draw();
  }

  // Today is a day like others when one steps away from it.
  days() {
    const { mode, from, to } = this.choice;
    return mode === "today" ? [this.site.today, this.site.today] : [from, to];
  }

  choose(changed) {
    const choice = { ...this.choice, ...changed };
    if (choice.mode === "day" && choice.from === this.site.today && changed.from && !changed.mode) choice.mode = "today";
    this.choice = choice;
    this.draw();
    this.chosen(choice);
  }

  use_mode(mode) {
    const [from, to] = this.days();
    if (mode === "today") return this.choose({ mode, from: "", to: "" });
    if (mode === "day") return this.choose({ mode, from: to, to });
    return this.choose({ mode, from: from === to ? shifted(to, -6) : from, to });
  }

  mode_key(event) {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const shown = [...by_id("mode").children].filter((button) => !button.hidden);
    const at = shown.findIndex((button) => button.dataset.mode === this.choice.mode);
    const next = shown[(at + step + shown.length) % shown.length];
    next.focus();
    this.use_mode(next.dataset.mode);
  }

  step(way) {
    const [from, to] = this.days();
    const by = way * length(from, to);
    const mode = this.choice.mode === "range" ? "range" : "day";
    const there = { from: shifted(from, by), to: shifted(to, by) };
    if (mode === "day" && there.from === this.site.today) return this.use_mode("today");
    this.choose({ mode, ...there });
  }

  date(name) {
    const value = by_id(name).value;
    if (!is_date(value)) return; // half typed
    if (this.choice.mode !== "range") return value === this.site.today ? this.use_mode("today") : this.choose({ mode: "day", from: value, to: value });
    const [from, to] = this.days();
    const days = name === "from" ? [value, to < value ? value : to] : [from > value ? value : from, value];
    this.choose({ from: days[0], to: days[1] });
  }

  draw() {
    if (!this.site) return;
    const { mode, team, agent } = this.choice;
    const [from, to] = this.days();
    const own = this.site.role === "agent";
    for (const button of by_id("mode").children) {
      const is_chosen = button.dataset.mode === mode;
      button.setAttribute("aria-checked", String(is_chosen));
      button.tabIndex = is_chosen ? 0 : -1;
      button.hidden = own && button.dataset.mode === "range";
    }
    set(by_id("from"), from);
    set(by_id("to"), to);
    by_id("from").setAttribute("aria-label", text(mode === "range" ? "supervisor_tab.from" : "supervisor_tab.day"));
    for (const name of ["to", "dash"]) by_id(name).hidden = mode !== "range";
    by_id("after").disabled = to >= this.site.today;
    for (const name of ["from", "to"]) by_id(name).max = this.site.today;
    by_id("whom").hidden = own;
    options(by_id("team"), [["", text("supervisor_tab.all_teams")], ...this.site.teams.map((one) => [one, one])], team);
    const people = this.site.agents.filter((one) => !team || one.team === team);
    const named = people.map(({ id, name }) => [id, name ? `${name} ${id}` : id]);
    if (agent && !people.some((one) => one.id === agent)) named.push([agent, agent]);
    options(by_id("agent"), [["", text("supervisor_tab.all_agents")], ...named], agent);
  }
}

// Not while it is typed into.
function set(input, value) {
  if (input.value !== value) input.value = value;
}

function options(select, choices, value) {
  const before = JSON.stringify(choices);
  if (select.dataset.of !== before) {
    select.dataset.of = before;
    select.replaceChildren(...choices.map(([id, said]) => make("option", { value: id, textContent: said })));
  }
  select.value = value;
}
