// What is done with the opened callback besides its fields: how the return call ended, a repeat
// confirmed, handed over, voided.

import { button } from "./callback_form.js";
import { ending } from "./callback_history.js";
import { countdown, instant } from "./callback_times.js";
import { make } from "./elements.js";
import { text, word } from "./words.js";

const OUTCOMES = ["settled", "not_settled", "no_answer"];
const SATISFIED = ["not_asked", "yes", "no"];

// act(action, values) writes; agents: id → name
export function steps(row, repeats, agents, act) {
  if (row.status !== "open") return [...repeated(row, repeats, act), ended(row)];
  return [...repeated(row, repeats, act), outcome(row, act), hand_over(row, agents, act), voiding(row, act)];
}

// What was begun in the steps drawn before goes on in the new ones.
export function carry(before, after) {
  for (const fold of before.querySelectorAll("details[open]")) {
    const same = after.querySelector(`details.${fold.classList[1]}`);
    if (same) same.open = true;
  }
  for (const input of before.querySelectorAll("[name]")) {
    const same = after.querySelector(`[name="${input.name}"]`);
    if (!same) continue;
    const is_choice = input.tagName === "SELECT";
    if (!is_choice || [...same.options].some((option) => option.value === input.value)) same.value = input.value;
    same.dispatchEvent(new Event("change"));
  }
}

function outcome(row, act) {
  const how = choice("outcome", ["", ...OUTCOMES], (one) => word("callback_outcome", one) || text("callback_tab.choose"));
  const satisfied = choice("satisfaction", SATISFIED, (one) => word("callback_satisfied", one));
  const title = row.to_complete === null ? "callback_tab.outcome" : "callback_tab.to_complete_now";
  const record = make("button", { type: "submit", className: "plain strong" });
  const named = () => {
    const is_missed = how.value === "no_answer";
    record.textContent = text(is_missed ? "callback_tab.record" : "callback_tab.close_it");
    satisfied.disabled = is_missed;
    record.disabled = !how.value; // nothing is closed by a guess
  };
  how.addEventListener("change", named);
  named();
  return step("outcome", title, [labelled("outcome", how), labelled("satisfaction", satisfied), record], () => {
    const is_missed = how.value === "no_answer";
    const values = { outcome: how.value, satisfaction: is_missed ? "not_asked" : satisfied.value };
    if (row.to_complete !== null) return act("attempt", { ...values, attempt: row.to_complete });
    return act(is_missed ? "attempt" : "close", values);
  });
}

function ended(row) {
  const how = row.status === "voided" ? text("callback_tab.was_voided", row) : text("callback_tab.was_closed", { outcome: ending(row.outcome, row.satisfaction) });
  const when = row.ended_utc_ms === null ? "" : instant(row.ended_utc_ms, true);
  return make("p", { className: "step ended", textContent: `${when} · ${how}` });
}

function hand_over(row, agents, act) {
  const others = [...agents.keys()].filter((id) => id !== row.owner);
  const to = choice("to", others, (id) => `${agents.get(id)} (${id})`);
  const why = make("input", { type: "text", name: "why", maxLength: 200, autocomplete: "off" });
  const go = make("button", { type: "submit", className: "plain", textContent: text("callback_tab.hand_over_do"), disabled: !others.length });
  return folded("assign", "callback_tab.hand_over", [labelled("to", to), labelled("why", why), go], () =>
    act("assign", { to: to.value, why: why.value }),
  );
}

function voiding(row, act) {
  const reason = make("input", { type: "text", name: "reason", maxLength: 200, autocomplete: "off" });
  const go = make("button", { type: "submit", className: "plain", textContent: text("callback_tab.void_do", row) });
  return folded("void", "callback_tab.void", [labelled("reason", reason), go], () => act("void", { reason: reason.value }));
}

function repeated(row, repeats, act) {
  if (row.repeat_of !== null) return [make("p", { className: "step", textContent: text("callback_tab.was_repeat", { of: row.repeat_of }) })];
  if (!repeats.length || row.status === "voided") return [];
  const [first] = repeats;
  const values = { of: first.number, time: instant(first.taken_utc_ms), status: word("callback_status", first.status) };
  const confirm = button("callback_tab.repeat_confirm", () => act("repeat", { of: first.number }), "plain strong");
  const look = make("a", { href: `#callbacks/${first.number}`, textContent: text("callback_tab.look", { number: first.number }) });
  return [make("div", { className: "step repeat" }, make("p", { textContent: text("callback_tab.repeat", values) }), confirm, look)];
}

function step(name, title, parts, go) {
  const form = make("form", { className: `step of-${name}`, noValidate: true }, make("h3", { textContent: text(title) }), ...parts);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    go();
  });
  return form;
}

function folded(name, title, parts, go) {
  const form = step(name, title, parts, go);
  form.querySelector("h3").remove();
  return make("details", { className: `fold of-${name}` }, make("summary", { textContent: text(title) }), form);
}

function choice(name, values, said) {
  const options = values.map((value) => make("option", { value, textContent: said(value) }));
  return make("select", { name }, ...options);
}

function labelled(name, input) {
  const known = name === "to" ? text("callback_tab.to") : word("callback_field", name);
  return make("label", {}, make("span", { textContent: known }), input);
}

export function due_line(row) {
  const parts = [text("callback_tab.due", { time: instant(row.due_utc_ms) })];
  if (row.status === "open") parts.push(countdown(row));
  return parts.join(" · ");
}
