// What is wrong with the whole library, as the server has checked it last.

import { get } from "./send.js";
import { finding } from "./script_sentence.js";
import { said } from "./script_words.js";
import { language } from "./words.js";

const by_id = (id) => document.getElementById(id);

export class Checked {
  constructor() {
    this.findings = [];
    this.fit = null; // why the layout was not checked
    this.done = false;
    this.asked = 0;
  }

  get errors() {
    return this.findings.filter((one) => one.severity === "error").length;
  }

  async load() {
    this.done = false;
    const number = ++this.asked;
    const answer = await get("/api/script/check");
    if (answer.status !== 200 || number !== this.asked) return;
    this.findings = answer.body.findings;
    this.fit = answer.body.fit;
    this.done = true;
  }

  is_wrong(library, key) {
    const files = new Map([...library.scenarios, library.states].map((one) => [one.file, one.key]));
    return this.findings.some((one) => one.severity === "error" && files.get(one.file) === key);
  }

  draw() {
    const { errors } = this;
    const warnings = this.findings.length - errors;
    const whole = this.findings.length ? said("found", { errors, warnings }) : said("clean");
    const fit = this.fit ? ` · ${said("not_measured", { why: this.fit[language] })}` : "";
    by_id("check-said").textContent = this.done ? whole + fit : said("checking");
    by_id("check").classList.toggle("clear", !this.findings.length);
    by_id("check").dataset.kind = errors ? "bad" : this.findings.length || !this.done ? "wait" : "good";
    this.draw_into(by_id("check-list"), () => true);
  }

  draw_into(list, wanted) {
    list.replaceChildren(...this.findings.filter(wanted).map((one) => finding(one)));
  }
}
