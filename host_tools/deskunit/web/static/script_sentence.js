// One sentence: its text in each language, the unit's screen beside it, what is wrong with it as it is typed.

import { Oled } from "./oled.js";
import { ask } from "./send.js";
import { said } from "./script_words.js";
import { language as page_language } from "./words.js";

const PAUSE_MS = 40; // after a key: letters of one stroke of a fast typist go together
const TEXT_MAX = 10000;
const LANG = { zh: "zh-Hans", "zh-Hant": "zh-Hant", en: "en" };

export class Sentence {
  // tab: {drafts, library, language, large, check, changed(), failed(error), no_pictures(why)}
  constructor(tab, scenario, sentence, caption) {
    Object.assign(this, { tab, scenario, sentence, caption });
    this.asked = this.shown = 0; // numbers of the newest picture asked for, and of the one on the screen
    this.pages = [];
    this.page = 0;
    this.findings = new Map(); // by language, of what is written now
    this.conflicts = tab.conflicts_of(sentence.name); // by language: what the file has now
    this.fields = new Map(); // by language
    this.language = tab.language;
    this.element = this.make();
    this.fields_drawn();
  }

  text(language) {
    return this.tab.drafts.find(this.sentence.name, language)?.text ?? this.saved(language);
  }

  saved(language) {
    return this.sentence.texts[language]?.text ?? "";
  }

  // --- the document

  make() {
    const element = make("div", "sentence");
    element.dataset.name = this.sentence.name;
    if (this.caption) element.appendChild(make("p", "when", this.caption));
    const row = element.appendChild(make("div", "pair"));
    row.append(this.make_screen());
    const texts = row.appendChild(make("div", "texts"));
    const { languages } = this.tab.library;
    const first = languages.includes(this.tab.language) ? this.tab.language : languages[0];
    texts.append(this.make_field(first));
    const others = languages.filter((one) => one !== first);
    if (others.length) texts.append(this.make_others(others));
    return element;
  }

  make_screen() {
    const screen = make("div", "screen");
    const glass = screen.appendChild(make("div", "glass"));
    const room = glass.appendChild(make("div", "window"));
    const canvas = room.appendChild(document.createElement("canvas"));
    canvas.setAttribute("role", "img");
    this.canvas = canvas;
    this.oled = new Oled(canvas);
    this.pager = screen.appendChild(make("div", "pager"));
    this.back = this.turner("‹", "previous", -1);
    this.where = this.pager.appendChild(make("span"));
    this.onward = this.turner("›", "following", 1);
    this.screen = screen;
    return screen;
  }

  turner(sign, name, step) {
    const button = this.pager.appendChild(make("button", "plain turn", sign));
    button.type = "button";
    button.setAttribute("aria-label", said(name));
    button.addEventListener("click", () => {
      this.page += step;
      this.show();
    });
    return button;
  }

  make_others(others) {
    const details = make("details", "others");
    details.appendChild(make("summary", "", said("others")));
    details.open = this.tab.unfolded.has(this.sentence.name);
    details.addEventListener("toggle", () => {
      if (details.open) this.tab.unfolded.add(this.sentence.name);
      else this.tab.unfolded.delete(this.sentence.name);
      this.fit();
    });
    for (const one of others) details.append(this.make_field(one));
    return details;
  }

  make_field(language) {
    const field = make("div", "field");
    const box = document.createElement("textarea");
    const id = `text-${this.sentence.name}-${language}`;
    const label = field.appendChild(make("label", "", said(`lang_${language}`)));
    label.htmlFor = box.id = id;
    label.lang = box.lang = LANG[language];
    box.setAttribute("aria-label", said("sentence_in", { language: said(`lang_${language}`) }));
    Object.assign(box, { value: this.text(language), rows: 1, maxLength: TEXT_MAX, spellcheck: false });
    box.dataset.language = language;
    box.setAttribute("aria-describedby", `${id}-found`);
    box.addEventListener("input", () => this.typed(language, box));
    box.addEventListener("focus", () => this.look_at(language));
    field.append(box);
    const found = field.appendChild(make("ul", "findings"));
    found.id = `${id}-found`;
    const aside = field.appendChild(make("div", "aside"));
    this.fields.set(language, { field, box, found, aside });
    return field;
  }

  fields_drawn() {
    for (const language of this.fields.keys()) {
      this.draw_findings(language);
      this.draw_aside(language);
    }
  }

  fit() {
    for (const { box } of this.fields.values()) grow(box);
  }

  // --- the screen

  look_at(language) {
    if (this.language === language) return;
    this.language = language;
    this.draw();
  }

  // What the server has drawn of the sentences as they are saved; what is being written is drawn by itself.
  load(pages) {
    if (this.tab.drafts.find(this.sentence.name, this.language)) this.draw();
    else if (this.language === this.tab.language) this.take(++this.asked, pages ?? []);
    else this.draw();
  }

  take(number, pages) {
    if (number < this.shown) return;
    this.shown = number;
    this.pages = pages;
    this.show();
  }

  show() {
    const count = this.pages.length;
    this.page = Math.min(Math.max(0, this.page), Math.max(0, count - 1));
    this.oled.show(this.pages[this.page] ?? { pixels: null });
    this.pager.hidden = count < 2;
    this.where.textContent = `${this.page + 1} / ${count}`;
    this.back.disabled = this.page === 0;
    this.onward.disabled = this.page + 1 >= count;
    this.canvas.setAttribute("aria-label", said("screen", { text: this.text(this.language) }));
    this.canvas.lang = LANG[this.language];
    this.canvas.dataset.number = String(this.shown);
  }

  // --- writing

  typed(language, box) {
    grow(box);
    this.language = language;
    this.tab.drafts.write(this.sentence.name, language, box.value, this.saved(language));
    this.tab.changed();
    clearTimeout(this.pause);
    this.pause = setTimeout(() => this.draw(), PAUSE_MS);
  }

  // One request at a time; what is typed meanwhile goes with the next, so that an old picture never comes last.
  async draw() {
    clearTimeout(this.pause);
    this.waiting = true;
    if (this.drawing) return;
    this.drawing = true;
    try {
      while (this.waiting) await this.draw_once();
    } catch (error) {
      this.tab.failed(error);
    } finally {
      this.drawing = false;
    }
  }

  async draw_once() {
    this.waiting = false;
    const language = this.language;
    const text = this.text(language);
    const number = ++this.asked;
    const { flavour } = this.tab.library;
    const body = { sentence: { name: this.sentence.name, language, text }, flavour, large: this.tab.large };
    const answer = await ask("/api/script/typed", body);
    if (answer.status !== 200) return this.tab.refused(answer);
    if (answer.body.why) this.tab.no_pictures(answer.body.why);
    if (language === this.language) this.take(number, answer.body.pages);
    if (text === this.text(language)) this.findings.set(language, answer.body.findings);
    this.draw_findings(language);
    this.tab.changed();
  }

  is_wrong(language) {
    return this.found(language).some((one) => one.severity === "error");
  }

  // While it is written its own, else what the check of the library found on its lines.
  found(language) {
    if (this.findings.has(language)) return this.findings.get(language);
    const saved = this.sentence.texts[language];
    const line = saved?.line ?? this.sentence.line;
    return this.tab.check.findings.filter((one) => one.file === this.scenario.file && one.line === line);
  }

  draw_findings(language) {
    const { box, found } = this.fields.get(language);
    const all = this.found(language);
    found.replaceChildren(...all.map((one) => finding(one)));
    box.setAttribute("aria-invalid", String(all.some((one) => one.severity === "error")));
    if (!this.saved(language)) box.placeholder = said("missing");
  }

  // --- what else there is of it: the file's newer sentence, a draft of last time

  draw_aside(language) {
    const { aside, field } = this.fields.get(language);
    const { name } = this.sentence;
    aside.replaceChildren();
    const kept = this.tab.drafts.find_kept(name, language);
    if (this.conflicts.has(language)) {
      this.offer(aside, said("changed"), this.conflicts.get(language), [
        ["take_theirs", () => this.drop(language)],
        ["keep_mine", () => this.resolve(language)],
      ]);
    } else if (kept && kept.text !== this.saved(language)) {
      const time = new Date(kept.at).toLocaleString(page_language, { dateStyle: "short", timeStyle: "short" });
      const stale = kept.base === this.saved(language) ? "" : said("draft_stale");
      this.offer(aside, said("draft", { time }) + stale, kept.text, [
        ["draft_take", () => this.restore(language, kept.text)],
        ["draft_drop", () => this.drop(language)],
      ]);
    }
    const others = field.closest("details");
    if (others && aside.childElementCount) others.open = true;
  }

  offer(aside, why, text, choices) {
    aside.appendChild(make("p", "", why));
    aside.appendChild(make("blockquote", "", text));
    const row = aside.appendChild(make("div", "answers"));
    for (const [name, act] of choices) {
      const button = row.appendChild(make("button", "plain", said(name)));
      button.type = "button";
      button.addEventListener("click", act);
    }
  }

  resolve(language) {
    this.tab.drafts.rebase(this.sentence.name, language, this.conflicts.get(language));
    this.conflicts.delete(language);
    this.draw_aside(language);
    this.tab.changed();
  }

  drop(language) {
    this.conflicts.delete(language);
    this.findings.delete(language);
    this.tab.drafts.drop(this.sentence.name, language);
    this.fill(language, this.saved(language));
  }

  restore(language, text) {
    this.tab.drafts.write(this.sentence.name, language, text, this.saved(language));
    this.fill(language, text);
  }

  fill(language, text) {
    const { box } = this.fields.get(language);
    box.value = text;
    grow(box);
    this.language = language;
    this.draw_aside(language);
    this.tab.changed();
    this.draw();
  }
}

export function make(kind, name = "", text = "") {
  const element = document.createElement(kind);
  if (name) element.className = name;
  if (text) element.textContent = text;
  return element;
}

export function finding(one) {
  const item = make("li", one.severity);
  const gap = page_language === "en" ? " " : "";
  item.append(make("strong", "", said(one.severity)), gap, one.what[page_language], gap, one.mend[page_language]);
  item.append(" ", make("small", "", said("line", { file: one.file, line: one.line })));
  return item;
}

function grow(box) {
  box.style.height = "auto";
  if (box.scrollHeight) box.style.height = `${box.scrollHeight + 2}px`;
}
