// The list of scenarios in their groups, and the search in titles and sentences.

import { said, title } from "./script_words.js";

export class Tree {
  constructor(list, search, none) {
    Object.assign(this, { list, search, none });
    this.opened = null;
    search.addEventListener("input", () => this.filter());
  }

  first(library) {
    const [found] = library.groups.flatMap((one) => library.scenarios.filter((each) => each.group === one.id));
    return found ?? null;
  }

  // marks(key): {unsaved, wrong} of a scenario
  draw(library, chosen, marks) {
    const groups = library.groups
      .map((one) => [title(one.title), library.scenarios.filter((each) => each.group === one.id)])
      .filter(([, inside]) => inside.length);
    const stray = library.scenarios.filter((one) => !library.groups.some((group) => group.id === one.group));
    if (stray.length) groups.push(["?", stray]);
    const sections = groups.map(([name, inside]) =>
      section(name, inside.map((one) => entry(one.key, title(one.title), words_of(one), chosen, marks))),
    );
    if (library.states.sentences.length) {
      const inside = entry(library.states.key, said("states"), all_texts(library.states.sentences), chosen, marks);
      sections.push(section("", [inside]));
    }
    this.list.replaceChildren(...sections);
    this.filter();
    if (this.opened !== chosen) {
      this.bring(this.list.querySelector("[aria-current]"));
      this.opened = chosen;
    }
  }

  // Into the list's own window; the page itself does not move.
  bring(link) {
    const pane = this.list.parentElement;
    if (!link || pane.scrollHeight <= pane.clientHeight) return;
    const above = link.getBoundingClientRect().top - pane.getBoundingClientRect().top;
    const room = pane.clientHeight - link.offsetHeight;
    if (above < 0 || above > room) pane.scrollTop += above - room / 3;
  }

  filter() {
    const wanted = fold(this.search.value).split(/\s+/).filter(Boolean);
    let any = false;
    for (const group of this.list.children) {
      let some = false;
      for (const one of group.querySelectorAll("a")) {
        one.parentElement.hidden = !wanted.every((part) => one.dataset.words.includes(part));
        some ||= !one.parentElement.hidden;
      }
      group.hidden = !some;
      any ||= some;
    }
    this.none.hidden = any;
  }
}

function section(name, entries) {
  const element = document.createElement("section");
  if (name) element.appendChild(document.createElement("h3")).textContent = name;
  element.appendChild(document.createElement("ul")).append(...entries);
  return element;
}

function entry(key, name, words, chosen, marks) {
  const item = document.createElement("li");
  const link = item.appendChild(document.createElement("a"));
  link.href = `#scripts/${encodeURIComponent(key)}`;
  link.textContent = name;
  link.dataset.key = key;
  link.dataset.words = fold(`${name} ${words}`);
  if (key === chosen) link.setAttribute("aria-current", "true");
  const { unsaved, wrong } = marks(key);
  if (wrong) link.append(sign("wrong", said("error_mark")));
  if (unsaved) link.append(sign("unsaved", said("unsaved_mark")));
  return item;
}

function sign(kind, name) {
  const element = document.createElement("span");
  element.className = `sign ${kind}`;
  element.setAttribute("role", "img");
  element.setAttribute("aria-label", name);
  element.title = name;
  return element;
}

function words_of(scenario) {
  const sentences = scenario.steps.flatMap((step) => step.sentences);
  return [scenario.id, ...Object.values(scenario.title), all_texts(sentences)].join(" ");
}

function all_texts(sentences) {
  return sentences.flatMap((one) => Object.values(one.texts).map((said_in) => said_in.text)).join(" ");
}

// New lines of a screen are no gaps in a sentence.
function fold(words) {
  return words.replaceAll("\n", "").toLowerCase();
}
