// The save bar: what is not saved of the scenario that is shown, why it cannot be, and saving it.

import { said, join } from "./script_words.js";
import { ask } from "./send.js";

const by_id = (id) => document.getElementById(id);

export class Saving {
  // tab: the script tab, whose scenario, drafts and sentences these are
  constructor(tab) {
    this.tab = tab;
    this.busy = false;
    by_id("save").addEventListener("click", () => this.save());
    by_id("discard").addEventListener("click", () => this.discard());
    addEventListener("keydown", (event) => {
      if (!tab.shown || event.key.toLowerCase() !== "s" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      if (!by_id("savebar").hidden && !by_id("save").disabled) this.save();
    });
  }

  edits() {
    const scenario = this.tab.scenario();
    return scenario ? this.tab.drafts.of(scenario.key) : [];
  }

  draw() {
    const edits = this.edits();
    const { sentences } = this.tab;
    const wrong = edits.some(({ name, language }) =>
      sentences.some((one) => one.sentence.name === name && one.is_wrong(language)),
    );
    const open = sentences.some((one) => one.conflicts.size);
    by_id("savebar").hidden = !edits.length;
    by_id("save").disabled = wrong || open || this.busy || !edits.length;
    by_id("save").textContent = said(this.busy ? "save_busy" : "save");
    const why = open ? said("save_conflicts") : wrong ? said("save_errors") : "";
    const line = join([said("unsaved", { n: edits.length }), why]);
    if (by_id("savebar-said").textContent !== line) by_id("savebar-said").textContent = line;
  }

  async save(again = true) {
    const scenario = this.tab.scenario();
    const edits = this.edits();
    if (!edits.length || this.busy) return;
    this.busy = true;
    this.tab.changed();
    try {
      const sentences = edits.map(({ name, language, text: written }) => ({ name, language, text: written }));
      const answer = await ask("/api/script/save", { sum: scenario.sum, sentences });
      this.busy = false;
      if (answer.status === 200) await this.is_saved(scenario, edits, answer.body);
      else if (answer.body?.error === "changed") await this.is_changed(edits, answer.body, again);
      else if (answer.body?.error === "faulty") this.is_faulty(edits, answer.body.findings);
      else this.tab.refused(answer);
    } catch (error) {
      this.tab.failed(error);
    } finally {
      this.busy = false;
      this.tab.changed();
    }
  }

  async is_saved(scenario, edits, { first }) {
    for (const { name, language, text: written } of edits) {
      // what was typed while it was saved is the next edit
      const now = this.tab.drafts.find(name, language);
      if (now?.text === written) this.tab.drafts.drop(name, language);
      else if (now) now.base = written;
    }
    await this.tab.load();
    this.tab.page.say(said(first ? "saved_first" : "saved", { file: scenario.file }), "good", 6000);
  }

  // Sentences that nobody else touched are saved all the same; the others are shown beside.
  async is_changed(edits, { texts }, again) {
    await this.tab.load();
    if (texts.includes(null)) this.tab.page.say(said("gone"), "bad", 10000);
    else if (again && edits.every((one) => !this.tab.conflicts_of(one.name).has(one.language))) await this.save(false);
  }

  is_faulty(edits, findings) {
    edits.forEach(({ name, language }, at) => {
      const sentence = this.tab.sentences.find((one) => one.sentence.name === name);
      sentence?.findings.set(language, findings[at]);
      sentence?.draw_findings(language);
    });
  }

  discard() {
    for (const { name, language } of this.edits()) {
      this.tab.drafts.drop(name, language);
      this.tab.sentences.find((one) => one.sentence.name === name)?.drop(language);
    }
    this.tab.changed();
  }
}
