// What is being written and not saved: kept in this browser until it is saved, restored or dropped.

const KEPT = "deskunit-drafts";

export class Drafts {
  constructor() {
    this.live = new Map(); // edits of this page: "name|language" → {text, base}
    this.kept = new Map(Object.entries(read())); // of an earlier one: … → {text, base, at}
  }

  static key(name, language) {
    return `${name}|${language}`;
  }

  // `base`: the sentence in the file that the text began from
  write(name, language, text, base) {
    const key = Drafts.key(name, language);
    const begun = this.live.get(key)?.base ?? base;
    if (text === begun) this.live.delete(key);
    else this.live.set(key, { text, base: begun });
    this.kept.delete(key);
    this.store();
  }

  drop(name, language) {
    const key = Drafts.key(name, language);
    this.live.delete(key);
    this.kept.delete(key);
    this.store();
  }

  find(name, language) {
    return this.live.get(Drafts.key(name, language));
  }

  find_kept(name, language) {
    return this.kept.get(Drafts.key(name, language));
  }

  // The edit goes on from what the file has now.
  rebase(name, language, base) {
    const edit = this.find(name, language);
    if (edit) edit.base = base;
    this.store();
  }

  // Edits of one scenario, or of one sentence: [{name, language, text, base}]
  of(begin) {
    return [...this.live]
      .filter(([key]) => key.startsWith(`${begin}/`) || key.startsWith(`${begin}|`))
      .map(([key, edit]) => ({ name: key.split("|")[0], language: key.split("|")[1], ...edit }));
  }

  is_marked(scenario) {
    return [...this.live.keys(), ...this.kept.keys()].some((key) => key.startsWith(`${scenario}/`));
  }

  store() {
    const at = Date.now();
    const all = Object.fromEntries(this.kept);
    for (const [key, edit] of this.live) all[key] = { ...edit, at };
    try {
      if (Object.keys(all).length) localStorage.setItem(KEPT, JSON.stringify(all));
      else localStorage.removeItem(KEPT);
    } catch {
      // no room or not allowed: the edit is on the page still
    }
  }
}

function read() {
  try {
    const found = JSON.parse(localStorage.getItem(KEPT) ?? "{}");
    const whole = Object.entries(found).filter(
      ([, one]) => typeof one?.text === "string" && typeof one?.base === "string",
    );
    return Object.fromEntries(whole);
  } catch {
    return {};
  }
}
