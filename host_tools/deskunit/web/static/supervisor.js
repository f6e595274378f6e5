// The supervisor tab: what is shown of which days, and that today goes on by itself.

import * as clock from "./clock.js";
import { make } from "./elements.js";
import { morph, parsed } from "./morph.js";
import { get, Refused } from "./send.js";
import { SupervisorBar } from "./supervisor_bar.js";
import * as choices from "./supervisor_choice.js";
import { SupervisorCorrections } from "./supervisor_corrections.js";
import { SupervisorCurve } from "./supervisor_curve.js";
import { SupervisorExports } from "./supervisor_exports.js";
import { SupervisorLanes } from "./supervisor_lanes.js";
import { looks } from "./supervisor_looks.js";
import { SupervisorPanel } from "./supervisor_panel.js";
import { text, word } from "./words.js";

const by_id = (id) => document.getElementById(`supervisor-${id}`);
const NEXT_MS = 3_000; // from one look to the next, at the least
const REST = 4; // and this many times as long as the last one took
const MOVED_MS = 20_000; // running bars grow, though nobody pressed

export class SupervisorTab {
  // say(sentence, kind, for_ms) · failed(error)
  constructor({ say, failed }) {
    Object.assign(this, { say, failed, site: null, view: null, shown: false, choice: choices.read("") });
    this.report = by_id("report");
    this.bar = new SupervisorBar((choice) => (location.hash = choices.write(choice)));
    this.panel = new SupervisorPanel(by_id("panel"), { say, failed, site: () => this.site });
    this.lanes = new SupervisorLanes(this.report, (agent, at) => this.site?.role === "supervisor" && this.panel.open(agent, at));
    this.curve = new SupervisorCurve(this.report);
    this.exports = new SupervisorExports(by_id("exports"), { failed, asked: () => choices.asked(this.choice) });
    this.corrections = new SupervisorCorrections(by_id("corrections"), { say, failed });
    document.addEventListener("visibilitychange", () => (document.hidden ? this.stop() : this.shown && this.soon()));
  }

  // The address names days and people.
  open(rest) {
    const choice = choices.read(rest);
    const is_other = choices.write(choice) !== choices.write(this.choice);
    const is_back = !this.shown;
    Object.assign(this, { choice, shown: true });
    document.getElementById("tab-supervisor").href = choices.write(choice);
    if (this.site) this.bar.load(choice, this.site);
    if (is_other || !this.view) this.begin();
    else if (is_back) this.soon();
  }

  leave() {
    this.shown = false;
    this.stop();
  }

  // Nobody looks: what is on its way is not waited for.
  stop() {
    clearTimeout(this.waiting);
    this.waiting = 0;
    this.asking?.abort();
    this.asking = null;
  }

  async connected() {
    try {
      const { status, body } = await get("/api/supervisor/site");
      if (status !== 200) return; // this page has no such tab, or the lists have a mistake that an alarm tells of
      this.site = body;
      this.draw_names();
      if (this.shown) this.begin();
    } catch (error) {
      this.failed(error);
    }
  }

  // --- when it is looked again

  changed() {
    if (this.shown && this.view?.is_live) this.soon();
  }

  corrected() {
    if (this.shown) this.soon();
  }

  tick() {
    if (!this.shown || !this.view?.is_live || this.asking) return;
    if (performance.now() - this.read_ms > MOVED_MS) this.soon();
  }

  soon() {
    if (!this.site || document.hidden) return;
    if (this.asking) return void (this.again = true);
    if (this.waiting) return;
    const rest_ms = Math.max(NEXT_MS, REST * (this.took_ms ?? 0)) - (performance.now() - (this.read_ms ?? -Infinity));
    this.waiting = setTimeout(() => ((this.waiting = 0), this.look()), Math.max(0, rest_ms));
  }

  // Other days or people: at once, and what is shown is no answer any more.
  begin() {
    if (!this.site) return;
    this.stop();
    this.report.setAttribute("aria-busy", "true");
    if (!this.view) this.tell_empty(text("supervisor_tab.loading"));
    this.look();
  }

  async look() {
    this.again = false;
    this.asking = new AbortController();
    const { signal } = this.asking;
    const began_ms = performance.now();
    try {
      const [{ status, body }] = await Promise.all([get(`/api/supervisor/view?${new URLSearchParams(choices.asked(this.choice))}`, signal), looks()]);
      if (signal.aborted) return;
      if (status === 200) this.load(body);
      else this.refuse(body?.sentence ?? String(status));
    } catch (error) {
      if (signal.aborted) return;
      this.failed(error);
      this.report.setAttribute("aria-busy", "false");
    }
    this.asking = null;
    this.read_ms = performance.now();
    this.took_ms = this.read_ms - began_ms;
    if (this.again) this.soon();
  }

  // --- what it shows

  refuse(sentence) {
    this.view = null;
    this.report.replaceChildren();
    this.report.hidden = true;
    this.report.setAttribute("aria-busy", "false");
    this.tell_empty(sentence);
    this.corrections.load([]);
  }

  load(view) {
    clock.set(view.now_utc_ms);
    this.site.today = view.today;
    this.view = view;
    this.bar.load(this.choice, this.site);
    this.report.hidden = !view.parts.length;
    this.report.lang = document.documentElement.lang;
    this.report.setAttribute("aria-busy", "false");
    this.tell_empty(view.parts.length ? "" : this.nobody());
    this.draw_parts(view.parts);
    this.corrections.load(view.corrections, this.site.role);
    this.draw_said();
    this.draw_now();
  }

  // How many are in which state at this moment.
  draw_now() {
    const { is_live, now } = this.view;
    by_id("now").hidden = !is_live;
    const counts = Object.entries(now).map(([state, count]) => {
      const mark = make("span", { className: "mark", textContent: word("state", state) });
      mark.dataset.state = state;
      return make("li", {}, mark, make("strong", { textContent: String(count) }));
    });
    const said = counts.length ? counts : [make("li", { className: "quiet", textContent: text("supervisor_tab.now_none") })];
    by_id("now").replaceChildren(make("li", { className: "quiet", textContent: text("supervisor_tab.now") }), ...said);
  }

  draw_parts(parts) {
    const fresh = document.createElement("div");
    const hint = this.site.role === "supervisor" && parts.some((part) => part.name === "lanes");
    if (!by_id("defs").childElementCount) by_id("defs").append(...parsed(this.view.defs));
    for (const part of parts) fresh.append(...parsed(part.html).map((node) => document.adoptNode(node)));
    this.report.classList.toggle("pointed", Boolean(hint));
    this.curve.keep(fresh);
    if (!this.report.childElementCount) this.report.append(...fresh.childNodes);
    else this.patch(fresh);
    this.curve.begin();
    this.lanes.drawn(hint ? text("supervisor_tab.lanes_hint") : "");
  }

  // Part by part, so that one that comes or goes moves no other.
  patch(fresh) {
    const drawn = new Map([...this.report.children].map((part) => [part.id, part]));
    let before = null;
    for (const part of [...fresh.children]) {
      const same = drawn.get(part.id);
      drawn.delete(part.id);
      if (same) morph(same, part);
      const place = (same && document.getElementById(part.id)) || part;
      if (before ? before.nextElementSibling !== place : this.report.firstElementChild !== place) before ? before.after(place) : this.report.prepend(place);
      before = place;
    }
    for (const gone of drawn.values()) gone.remove();
  }

  nobody() {
    const { first, last, is_live } = this.view;
    const key = is_live ? "nobody_today" : first === last ? "nobody_day" : "nobody_range";
    return text(`supervisor_tab.${key}`, { first, last });
  }

  tell_empty(sentence) {
    by_id("empty").textContent = sentence;
    by_id("empty").hidden = !sentence;
  }

  draw_said() {
    if (!this.view || !this.site) return;
    const at = new Date(this.view.now_utc_ms).toLocaleTimeString("en-GB", { timeZone: this.site.zone });
    const live = this.view.is_live;
    by_id("beat").hidden = !live;
    const read = text(live ? "supervisor_tab.live" : "supervisor_tab.read_at", { at });
    by_id("said").textContent = `${read} · ${text("supervisor_tab.zone", { zone: this.site.zone })}`;
  }

  draw_names() {
    const tab = document.getElementById("tab-supervisor");
    tab.dataset.word = this.site?.role === "agent" ? "supervisor_tab.tab_own" : "supervisor_tab.tab";
    tab.textContent = text(tab.dataset.word);
    this.bar.load(this.choice, this.site);
    this.exports.draw();
  }

  // The language is another one.
  draw() {
    if (!this.site) return;
    this.draw_names();
    this.panel.close();
    if (this.shown) this.begin();
    else this.view = null;
  }
}
