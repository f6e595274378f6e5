// A scenario as the tab shows it: its head, its steps, their sentences. Keeps nothing.

import { Sentence, make } from "./script_sentence.js";
import { callers, condition, join, said, title, ways } from "./script_words.js";
import { text } from "./words.js";

// The elements of `scenario`; its sentences are put into tab.sentences.
export function parts(tab, scenario) {
  const head = heading(tab, scenario);
  if (!scenario.steps) return [head, ...scenario.sentences.map((one) => card(tab, scenario, [], [one]))];
  return [head, ...scenario.steps.map((one, at) => step(tab, scenario, one, at))];
}

function heading(tab, scenario) {
  const back = make("a", "back", `‹ ${said("back")}`);
  back.href = "#scripts";
  const head = make("header", "scenario-head");
  const name = scenario.title ? title(scenario.title, tab.language) : said("states");
  head.append(back, make("h2", "", name));
  const file = said("in_file", { file: scenario.file });
  head.append(make("p", "quiet", join([scenario.callers ? callers(scenario) : "", file])));
  const elsewhere = head.appendChild(make("ul", "findings"));
  elsewhere.id = "elsewhere";
  return head;
}

function step(tab, scenario, one, at) {
  const head = make("header");
  const count = scenario.steps.length;
  const place = head.appendChild(make("span", "place", `${at + 1}/${count}`));
  place.setAttribute("aria-label", said("step", { n: at + 1, count }));
  head.append(make("h3", "", text(`preview.kind_${one.kind}`)));
  const list = head.appendChild(make("ul", "ways"));
  for (const way of ways(one, scenario.steps, tab.library.silent_step_s).filter(Boolean))
    list.append(make("li", "", way));
  return card(tab, scenario, [head], one.sentences);
}

function card(tab, scenario, head, sentences) {
  const element = make("section", "card step");
  const alone = sentences.filter((one) => !one.short).length === 1;
  const made = sentences.map((one) => {
    const when = condition(one, alone);
    const plain = sentences.length === 1 && when === said("always");
    return new Sentence(tab, scenario, one, plain ? "" : when);
  });
  tab.sentences.push(...made);
  element.append(...head, ...made.map((one) => one.element));
  return element;
}
