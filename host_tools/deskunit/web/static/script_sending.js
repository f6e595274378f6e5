// Sending the library to the units: the button, why not, and how far each unit is.

import { ask, get } from "./send.js";
import { make } from "./script_sentence.js";
import { said } from "./script_words.js";
import { language, text } from "./words.js";

const by_id = (id) => document.getElementById(id);
const LOOK_MS = 300;

export class Sending {
  // tab: {checked, drafts, refused(answer), failed(error)}
  constructor(tab) {
    this.tab = tab;
    this.rows = [];
    this.busy = false;
    by_id("send").addEventListener("click", () => this.send());
  }

  async send() {
    this.busy = true;
    this.draw();
    try {
      const answer = await ask("/api/script/send", {});
      if (answer.status !== 204) this.tab.refused(answer);
      else await this.look();
    } catch (error) {
      this.tab.failed(error);
    } finally {
      this.busy = false;
      this.draw();
    }
  }

  // How far it is, again and again until all have ended.
  async look() {
    clearTimeout(this.timer);
    const answer = await get("/api/script/sending");
    if (answer.status !== 200) return;
    this.rows = answer.body.units;
    this.draw();
    if (this.rows.some((one) => !one.ended))
      this.timer = setTimeout(() => this.look().catch((error) => this.tab.failed(error)), LOOK_MS);
  }

  draw() {
    const { checked, drafts } = this.tab;
    // also while one is under way: a unit that is away may keep it going for days, and a new sending replaces it
    by_id("send").disabled = this.busy || !checked.done || checked.errors > 0;
    by_id("send").textContent = said(this.busy ? "send_busy" : "send");
    by_id("send-note").textContent = this.note(checked, drafts);
    const list = by_id("sending");
    list.hidden = !this.rows.length;
    list.replaceChildren(...this.rows.map(row));
  }

  note(checked, drafts) {
    if (!checked.done) return said("checking");
    if (checked.errors) return said("send_errors", { n: checked.errors });
    return said(drafts.live.size ? "send_unsaved" : "send_ready");
  }
}

function row(one) {
  const item = make("li", one.sentence ? "bad" : one.ended ? "done" : "going");
  const name = one.seat ? text("page.seat", { seat: one.seat }) : text("page.unit_name", { uid: one.uid });
  item.append(make("span", "name", `${name} · ${said(`lang_${one.language}`)} ${one.version}`));
  const far = Math.floor((100 * one.offset) / one.size);
  const bar = document.createElement("progress");
  Object.assign(bar, { max: one.size, value: one.offset });
  bar.setAttribute("aria-label", name);
  const state = one.ended ? said("sent_done") : one.connected ? `${far} %` : said("sent_waiting");
  if (one.sentence) item.append(make("span", "why", one.sentence[language]));
  else item.append(bar, make("span", "far", state));
  return item;
}
