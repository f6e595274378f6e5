// The script tab: reads the library, keeps what is chosen, puts list, scenario and save bar together.

import { Checked } from "./script_check.js";
import { Drafts } from "./script_drafts.js";
import { Sending } from "./script_sending.js";
import { Sentence, make } from "./script_sentence.js";
import { Tree } from "./script_tree.js";
import { callers, condition, flavour, join, said, title, ways } from "./script_words.js";
import { ask, get } from "./send.js";
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
    this.conflicts = new Map(); // name of a sentence: by language, what the file has now instead of the edit's base
    this.unfolded = new Set(); // names of sentences whose other languages are open
    this.library = null;
    this.large = false;
    this.shown = false;
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
    by_id("save").addEventListener("click", () => this.save());
    by_id("discard").addEventListener("click", () => this.discard());
    addEventListener("keydown", (event) => {
      if (!this.shown || event.key.toLowerCase() !== "s" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      if (!by_id("savebar").hidden && !by_id("save").disabled) this.save();
    });
  }

  failed(error) {
    this.page.failed(error);
  }

  refused(answer) {
    this.page.say(text("page.failed", { why: answer.body?.sentence ?? answer.status }), "bad", 10000);
  }

  no_pictures(why) {
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
    else this.load();
  }

  // The server is there (again): what is shown may be old.
  connected() {
    this.blind = null;
    if (this.shown) this.load();
  }

  async load() {
    const wanted = this.flavour;
    try {
      const answer = await get(`/api/script/library?flavour=${encodeURIComponent(wanted)}`);
      if (wanted !== this.flavour) return;
      if (answer.status !== 200) return this.refused(answer);
      this.library = answer.body;
      this.language = this.wanted_language();
      this.find_conflicts();
      this.draw();
      await this.picturing; // first what is looked at: the check of the whole library takes a second
      await Promise.all([this.load_check(), this.sending.look()]);
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
    else article.replaceChildren(...this.parts(scenario));
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

  parts(scenario) {
    const back = make("a", "back", `‹ ${said("back")}`);
    back.href = "#scripts";
    const head = make("header", "scenario-head");
    const name = scenario.title ? title(scenario.title, this.language) : said("states");
    head.append(back, make("h2", "", name));
    head.append(make("p", "quiet", join([scenario.callers ? callers(scenario) : "", said("in_file", { file: scenario.file })])));
    const elsewhere = make("ul", "findings");
    elsewhere.id = "elsewhere";
    head.append(elsewhere);
    if (!scenario.steps) return [head, ...scenario.sentences.map((one) => this.card([], [one], scenario))];
    return [head, ...scenario.steps.map((step, at) => this.step(scenario, step, at))];
  }

  step(scenario, step, at) {
    const head = make("header");
    const count = scenario.steps.length;
    const place = head.appendChild(make("span", "place", `${at + 1}/${count}`));
    place.setAttribute("aria-label", said("step", { n: at + 1, count }));
    head.append(make("h3", "", text(`preview.kind_${step.kind}`)));
    const list = head.appendChild(make("ul", "ways"));
    for (const one of ways(step, scenario.steps, this.library.silent_step_s).filter(Boolean))
      list.append(make("li", "", one));
    return this.card([head], step.sentences, scenario);
  }

  card(head, sentences, scenario) {
    const card = make("section", "card step");
    const alone = sentences.filter((one) => !one.short).length === 1;
    const made = sentences.map((one) => {
      const plain = !one.state && alone && !one.short && condition(one, true) === said("always");
      return new Sentence(this, scenario, one, plain && sentences.length === 1 ? "" : condition(one, alone));
    });
    this.sentences.push(...made);
    card.append(...head, ...made.map((one) => one.element));
    return card;
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

  // --- saving

  edits() {
    const scenario = this.scenario();
    return scenario ? this.drafts.of(scenario.key) : [];
  }

  // Something was written, dropped or found.
  changed() {
    if (!this.library) return;
    const edits = this.edits();
    by_id("savebar").hidden = !edits.length;
    const wrong = this.sentences.some((one) => edits.some((edit) => edit.name === one.sentence.name && one.is_wrong(edit.language)));
    const open = this.sentences.some((one) => one.conflicts.size);
    by_id("save").disabled = wrong || open || this.saving || !edits.length;
    by_id("save").textContent = said(this.saving ? "save_busy" : "save");
    const why = open ? said("save_conflicts") : wrong ? said("save_errors") : "";
    const line = join([said("unsaved", { n: edits.length }), why]);
    if (by_id("savebar-said").textContent !== line) by_id("savebar-said").textContent = line;
    document.querySelectorAll("#script-tree a").forEach((link) => {
      const marked = this.drafts.is_marked(link.dataset.key);
      if (marked !== Boolean(link.querySelector(".unsaved"))) this.draw_tree();
    });
    this.draw_note();
    this.sending.draw();
  }

  async save(again = true) {
    const scenario = this.scenario();
    const edits = this.edits();
    if (!edits.length || this.saving) return;
    this.saving = true;
    this.changed();
    try {
      const sentences = edits.map(({ name, language, text: written }) => ({ name, language, text: written }));
      const answer = await ask("/api/script/save", { sum: scenario.sum, sentences });
      this.saving = false;
      if (answer.status === 200) await this.is_saved(scenario, edits, answer.body);
      else if (answer.body?.error === "changed") await this.is_changed(edits, answer.body, again);
      else if (answer.body?.error === "faulty") this.is_faulty(edits, answer.body.findings);
      else this.refused(answer);
    } catch (error) {
      this.failed(error);
    } finally {
      this.saving = false;
      this.changed();
    }
  }

  async is_saved(scenario, edits, { first }) {
    for (const { name, language, text: written } of edits) {
      // what was typed while it was saved is the next edit
      const now = this.drafts.find(name, language);
      if (now?.text === written) this.drafts.drop(name, language);
      else if (now) now.base = written;
    }
    await this.load();
    this.page.say(said(first ? "saved_first" : "saved", { file: scenario.file }), "good", 6000);
  }

  // Sentences that nobody else touched are saved all the same; the others are shown beside.
  async is_changed(edits, { texts }, again) {
    await this.load();
    if (texts.includes(null)) this.page.say(said("gone"), "bad", 10000);
    else if (again && edits.every((one) => !this.conflicts_of(one.name).has(one.language))) await this.save(false);
  }

  is_faulty(edits, findings) {
    edits.forEach(({ name, language }, at) => {
      const sentence = this.sentences.find((one) => one.sentence.name === name);
      sentence?.findings.set(language, findings[at]);
      sentence?.draw_findings(language);
    });
  }

  discard() {
    for (const { name, language } of this.edits())
      this.sentences.find((one) => one.sentence.name === name)?.drop(language) ?? this.drafts.drop(name, language);
    this.changed();
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
