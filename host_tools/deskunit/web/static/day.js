// Today's measure: seconds in each state, as a bar and as a list, the open interval running.

import { duration, now_ms } from "./clock.js";
import { text, word } from "./words.js";

// signed_out is no part of the signed-in time that the bar divides
const STATES = ["ready", "talking", "hold", "wrap_up", "not_ready", "unknown"];

export class Day {
  constructor(bar, list, total) {
    Object.assign(this, { bar, list, total, today: null });
  }

  load(today) {
    this.today = today;
  }

  over() {
    return this.today !== null && now_ms() >= this.today.end_utc_ms;
  }

  // Totals with what the open intervals add up to now.
  seconds(open) {
    const sums = { ...this.today.totals_s };
    for (const interval of open) {
      const since_ms = Math.max(interval.start_utc_ms, this.today.start_utc_ms);
      sums[interval.state] = (sums[interval.state] ?? 0) + Math.max(0, now_ms() - since_ms) / 1000;
    }
    return sums;
  }

  draw(open) {
    if (this.today === null) return;
    const sums = this.seconds(open);
    const shown = STATES.filter((state) => sums[state] > 0);
    const all_s = shown.reduce((sum, state) => sum + sums[state], 0);
    this.total.textContent = shown.length ? `${text("page.signed_in")} ${duration(all_s)}` : "";
    const items = shown.map((state) => [state, word("state", state), duration(sums[state]), sums[state] / all_s]);
    this.bar.setAttribute("aria-label", `${text("page.today_bar")}: ` + items.map((item) => `${item[1]} ${item[2]}`).join(", "));
    this.bar.hidden = !shown.length;
    fit(this.bar, items, segment);
    fit(this.list, items.length ? items : [null], entry);
  }
}

// One child for each item, reused, so that a second's tick moves no element.
function fit(parent, items, draw) {
  while (parent.children.length > items.length) parent.lastElementChild.remove();
  items.forEach((item, index) => draw(parent, parent.children[index], item));
}

function segment(parent, existing, [state, , , share]) {
  const element = existing ?? parent.appendChild(document.createElement("span"));
  element.dataset.state = state;
  element.style.flexGrow = String(share);
}

function entry(parent, existing, item) {
  const element = existing ?? parent.appendChild(document.createElement("li"));
  const parts = item === null ? [text("page.today_none")] : [item[1], item[2], `${Math.round(item[3] * 100)} %`];
  while (element.children.length > parts.length) element.lastElementChild.remove();
  parts.forEach((part, index) => {
    const span = element.children[index] ?? element.appendChild(document.createElement("span"));
    if (span.textContent !== part) span.textContent = part;
  });
  if (item !== null) (element.children[0].className = "mark"), (element.children[0].dataset.state = item[0]);
  else element.children[0].className = "";
}
