// The script tab: reads the library, keeps what is chosen, puts list, scenario and save bar together.

import { Checked } from "./script_check.js";
import { Drafts } from "./script_drafts.js";
import { Saving } from "./script_saving.js";
import { parts } from "./script_scenario.js";
import { Sending } from "./script_sending.js";
import { make } from "./script_sentence.js";
import { Tree } from "./script_tree.js";
import { flavour, said } from "./script_words.js";
import { get } from "./send.js";
import { language as page_language, text } from "./words.js";

const by_id = (id) => document.getElementById(id);
const WIDE = "(min-width: 900px)";
const REMEMBERED = "deskunit-script-language";

export class ScriptTab {
  // say(sentence, kind, for_ms), failed(error): the page's
  constructor(page) {
    this.page = page;
    this.drafts = new Drafts();
    this.tree = new Tree(by_id("script-tree"), by_id("script-search"), by_id("script-none"));
    this.checked = new Checked();
    this.sending = new Sending(this);
    this.saving = new Saving(this);
    this.conflicts = new Map(); // name of a sentence: by language, what the file has now instead of the edit's base
    this.unfolded = new Set(); // names of sentences whose other languages are open
    this.library = null;
    this.large = false;
    this.shown = false;
    this.loads = 0; // how often the library was asked for
    this.chosen = ""; // a scenario's key
    this.sentences = [];
    this.flavour = ""; // "": the one in use
    this.listen();
  }

  get check() {
    return this.checked;
  }

  listen() {
    by_id("script-flavour").addEventListener("change", (event) => {
      this.flavour = event.target.value;
      this.load();
    });
    for (const button of by_id("script-size").querySelectorAll("button"))
      button.addEventListener("click", () => {
        this.large = button.dataset.size === "large";
        this.draw_bench();
        this.load_pictures();
      });
  }

  failed(error) {
    this.page.failed(error);
  }

  refused(answer) {
    this.page.say(text("page.failed", { why: answer.body?.sentence ?? answer.status }), "bad", 10000);
  }

  // `why` there are no pictures; null: there are.
  sees(why) {
    this.blind = why;
    this.draw_note();
  }

  draw_note() {
    const note = by_id("script-note");
    note.hidden = !this.blind && !this.drafts.kept.size;
    by_id("panel-scripts").classList.toggle("blind", Boolean(this.blind));
    note.textContent = this.blind
      ? said("no_pictures", { why: this.blind[page_language] })
      : said("drafts");
  }

  // --- what is looked at

  open(rest) {
    this.shown = true;
    this.chosen = decode(rest);
    if (this.library) this.draw();
    else if (!this.loads) this.load();
  }

  leave() {
    this.shown = false;
  }

  // The server is there (again): what is shown may be old.
  connected() {
    this.blind = null;
    if (this.shown) this.load();
  }

  // Resolves when the newest library is drawn; what was asked for earlier and comes later is passed over.
  load() {
    this.loading = this.load_once(++this.loads);
    return this.loading;
  }

  async load_once(number) {
    try {
      const answer = await get(`/api/script/library?flavour=${encodeURIComponent(this.flavour)}`);
      if (number !== this.loads) return this.loading;
      if (answer.status !== 200) return this.refused(answer);
      this.library = answer.body;
      this.language = this.wanted_language();
      this.find_conflicts();
      this.draw();
      this.look_closer(number);
    } catch (error) {
      this.failed(error);
    }
  }

  // First what is looked at: the check of the whole library takes a second.
  async look_closer(number) {
    try {
      await this.picturing;
      if (number === this.loads) await Promise.all([this.load_check(), this.sending.look()]);
    } catch (error) {
      this.failed(error);
    }
  }

  // Edits that began from a sentence that the file does not have any more.
  find_conflicts() {
    const { scenarios, states } = this.library;
    this.conflicts.clear();
    for (const { name, texts } of [...scenarios.flatMap((one) => one.steps), states].flatMap((one) => one.sentences))
      for (const { language, text: written, base } of this.drafts.of(name)) {
        const now = texts[language]?.text ?? "";
        if (now === written) this.drafts.drop(name, language);
        else if (now !== base) this.conflicts_of(name).set(language, now);
      }
  }

  conflicts_of(name) {
    if (!this.conflicts.has(name)) this.conflicts.set(name, new Map());
    return this.conflicts.get(name);
  }

  wanted_language() {
    const { languages } = this.library;
    const wanted = [this.language, localStorage.getItem(REMEMBERED), page_language];
    return wanted.find((one) => languages.includes(one)) ?? languages[0];
  }

  async load_check() {
    await this.checked.load();
    this.checked.draw();
    for (const one of this.sentences) one.fields_drawn();
    this.draw_tree();
    this.draw_elsewhere();
    this.changed();
  }

  async load_pictures() {
    const scenario = this.scenario();
    if (!scenario) return;
    const { sentences, language, large } = this;
    const query = new URLSearchParams({
      scenario: scenario.key, language, flavour: this.library.flavour, large: large ? "1" : "0",
    }); // prettier-ignore
    try {
      const answer = await get(`/api/script/pictures?${query}`);
      if (sentences !== this.sentences || language !== this.language || large !== this.large) return;
      if (answer.status !== 200) return this.draw_without(answer);
      for (const one of sentences) one.load(answer.body.pictures[one.sentence.name]);
    } catch (error) {
      this.failed(error);
    }
  }

  // Each sentence asks for itself and says why, so that one bad one does not take the others' pictures.
  draw_without() {
    for (const one of this.sentences) one.draw();
  }

  scenario() {
    if (!this.library) return null;
    const { scenarios, states } = this.library;
    if (this.chosen === states.key) return states;
    // where there is room for both, something stands beside the list from the beginning
    const first = !this.chosen && matchMedia(WIDE).matches ? this.tree.first(this.library) : null;
    return scenarios.find((one) => one.key === this.chosen) ?? first;
  }

  // --- drawing

  draw() {
    if (!this.library || !this.shown) return;
    this.draw_bench();
    this.draw_tree();
    this.draw_scenario();
    this.draw_note();
    this.checked.draw();
    this.sending.draw();
    this.changed();
  }

  draw_bench() {
    const { library } = this;
    by_id("library-name").textContent = library.name;
    by_id("library-about").textContent = said(library.own ? "own" : "packaged", { version: library.version });
    const choices = library.languages.map((one) => {
      const button = make("button", "", said(`lang_${one}`));
      Object.assign(button, { type: "button", lang: one });
      button.setAttribute("role", "radio");
      button.setAttribute("aria-checked", String(one === this.language));
      button.addEventListener("click", () => this.use_language(one));
      return button;
    });
    const segments = by_id("script-language");
    const focused = segments.contains(document.activeElement);
    segments.replaceChildren(...choices);
    if (focused) segments.querySelector('[aria-checked="true"]')?.focus();
    for (const button of by_id("script-size").querySelectorAll("button"))
      button.setAttribute("aria-checked", String((button.dataset.size === "large") === this.large));
    by_id("script-flavour").replaceChildren(...library.flavours.map((one) => this.flavour_choice(one)));
  }

  flavour_choice(name) {
    const used = name === this.library.used_flavour;
    const option = make("option", "", used ? said("flavour_used", { name: flavour(name) }) : flavour(name));
    option.value = name;
    option.selected = name === this.library.flavour;
    return option;
  }

  use_language(wanted) {
    this.language = wanted;
    localStorage.setItem(REMEMBERED, wanted);
    this.draw();
  }

  draw_tree() {
    this.tree.draw(this.library, this.scenario()?.key, (key) => ({
      unsaved: this.drafts.is_marked(key),
      wrong: this.checked.is_wrong(this.library, key),
    }));
    by_id("shelf").classList.toggle("one", Boolean(this.scenario()));
  }

  draw_scenario() {
    const place = keep_place();
    const scenario = this.scenario();
    const article = by_id("scenario");
    this.sentences = [];
    if (!scenario) article.replaceChildren(make("p", "empty", said("choose")));
    else article.replaceChildren(...parts(this, scenario));
    for (const one of this.sentences) one.fit();
    if (scenario?.key === article.dataset.key) place();
    else if (scenario) this.turn_to(article);
    article.dataset.key = scenario?.key ?? "";
    this.draw_elsewhere();
    this.picturing = this.load_pictures();
  }

  // Another scenario begins at its top, also where the list was scrolled far down.
  turn_to(article) {
    if (article.getBoundingClientRect().top < 0 || !matchMedia(WIDE).matches)
      by_id("shelf").scrollIntoView();
  }

  // Findings of the file that stand on no sentence's line.
  draw_elsewhere() {
    const list = by_id("elsewhere");
    const scenario = this.scenario();
    if (!list || !scenario) return;
    const lines = new Set(
      this.sentences.flatMap(({ sentence }) => [sentence.line, ...Object.values(sentence.texts).map((one) => one.line)]),
    );
    this.checked.draw_into(list, (one) => one.file === scenario.file && !lines.has(one.line));
  }

  // Something was written, dropped or found.
  changed() {
    if (!this.library) return;
    this.saving.draw();
    const links = [...document.querySelectorAll("#script-tree a")];
    if (links.some((one) => this.drafts.is_marked(one.dataset.key) !== Boolean(one.querySelector(".unsaved"))))
      this.draw_tree();
    this.draw_note();
    this.sending.draw();
  }
}

function decode(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return ""; // no address of ours
  }
}

// The box that is being written in is there again after a new drawing, with its cursor.
function keep_place() {
  const box = document.activeElement;
  if (box?.tagName !== "TEXTAREA") return () => {};
  const { id, selectionStart, selectionEnd } = box;
  return () => {
    const same = by_id(id);
    same?.focus({ preventScroll: true });
    same?.setSelectionRange(selectionStart, selectionEnd);
  };
}
