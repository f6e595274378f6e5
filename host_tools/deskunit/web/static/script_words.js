// The words of the script tab that are put together: conditions, ways, where a step leads.

import { language, text, word } from "./words.js";

const DAYS = { work: "w", weekend: "e", holiday: "h" };
const BY_SETTING = 255;

export const said = (key, values) => text(`script_tab.${key}`, values);
export const join = (parts) => parts.filter(Boolean).join(" · ");

// A title in the page's language, or in any.
export function title(titles, wanted = language) {
  return titles[wanted] ?? titles[wanted === "zh" ? "zh-Hant" : "zh"] ?? Object.values(titles)[0] ?? "";
}

export function flavour(name) {
  const found = word("script_tab", `flavour_${name}`);
  return found === `flavour_${name}` ? name : found;
}

export function condition(sentence, alone) {
  if (sentence.state) return word("preview", `prompt_${sentence.state}`);
  const { day, hours, level, agent } = sentence.when;
  const parts = [
    day.map((one) => text(`preview.day_${DAYS[one]}`)).join("/"),
    hours ? text("preview.hours", { start: hours[0], end: hours[1] }) : "",
    level.map((one) => text(`preview.level_${one[0]}`)).join("/"),
    agent ? text(`preview.agent_${agent === "known" ? 1 : 0}`) : "",
  ];
  const when = join(parts) || said(alone ? "always" : "otherwise");
  return sentence.short ? join([when, text("preview.short")]) : when;
}

// What a step does besides being read: [time, ways, callback]
export function ways(step, steps, silent_step_s) {
  const place = (id) => {
    const at = steps.findIndex((one) => one.id === id);
    return at < 0 ? said("to_end") : said("to_step", { n: at + 1 });
  };
  const callback = step.callback
    ? said("leads_back", { callback: text(`preview.callback_${step.callback}`) })
    : "";
  if (!step.wait_s) return [said("on_tap", { step: place(step.tap) }), callback];
  const seconds = step.wait_s === BY_SETTING ? silent_step_s : step.wait_s;
  return [
    text(step.rounds > 1 ? "preview.timed_rounds" : "preview.timed", { s: seconds, n: step.rounds }),
    step.wait_s === BY_SETTING ? text("preview.by_setting") : "",
    step.rounds > 1 && step.again !== step.id ? said("on_again", { step: place(step.again) }) : "",
    said("on_time", { step: place(step.next) }),
    said("on_tap", { step: place(step.tap) }),
    callback,
  ];
}

export function callers(scenario) {
  const names = scenario.callers.map((one) => text(`preview.caller_${one}`));
  return said("callers", { callers: names.join(said("or")) });
}
