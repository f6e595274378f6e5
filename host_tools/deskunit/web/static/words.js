// The page's texts: which language, where from, and how they get into the document.

const REMEMBERED = "deskunit-language";
let table = {};
export let language = "en";

export function preferred() {
  const remembered = localStorage.getItem(REMEMBERED);
  if (remembered === "zh" || remembered === "en") return remembered;
  for (const wanted of navigator.languages ?? [navigator.language]) {
    if (wanted.toLowerCase().startsWith("zh")) return "zh";
    if (wanted.toLowerCase().startsWith("en")) return "en";
  }
  return "en";
}

export function remember(wanted) {
  localStorage.setItem(REMEMBERED, wanted);
}

export async function use(wanted) {
  const answer = await fetch(`/words/${wanted}.json`);
  if (!answer.ok) throw new Error(`words: ${answer.status}`);
  table = await answer.json();
  language = wanted;
  document.documentElement.lang = wanted === "zh" ? "zh-Hans" : "en";
  document.title = text("page.title");
  for (const element of document.querySelectorAll("[data-word]"))
    element.textContent = text(whole(element.dataset.word));
  for (const element of document.querySelectorAll("[data-label]"))
    element.setAttribute("aria-label", text(whole(element.dataset.label)));
  for (const element of document.querySelectorAll("[data-placeholder]"))
    element.placeholder = text(whole(element.dataset.placeholder));
}

// Without a section it is one of the page's own.
function whole(key) {
  return key.includes(".") ? key : `page.${key}`;
}

// The sentence of `key`, its {names} filled.
export function text(key, values = {}) {
  return (table[key] ?? key).replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

// A word of a table such as state or reason; "" for nothing, and what has no word says itself.
export function word(section, name, values) {
  const key = `${section}.${name}`;
  return key in table ? text(key, values) : (name ?? "");
}

// The reason of a unit or an interval; a site's own codes have one word and their number.
export function reason(of) {
  return word("reason", of.reason, { code: of.reason_code });
}
