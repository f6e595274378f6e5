// What happened to a callback, in words, the oldest first.

import { instant } from "./callback_times.js";
import { make } from "./elements.js";
import { text, word } from "./words.js";

export function history(row, agents) {
  const lines = row.history.map((fact) => line(fact.at_utc_ms, who(fact.by, fact.by_name), said(fact, agents)));
  const from = row.uid ? text("callback_tab.was_noted", { seat: row.seat || row.uid }) : text("callback_tab.was_typed");
  const begun = line(row.taken_utc_ms, who(row.taken_by, agents.get(row.taken_by)), from);
  return make("ol", { className: "history" }, begun, ...lines);
}

export function who(id, name) {
  return name ? `${name} (${id})` : word("callback_by", id) || text("callback_tab.nobody");
}

function line(at_utc_ms, by, what) {
  return make("li", {}, make("time", { textContent: instant(at_utc_ms, true) }), make("span", { className: "by", textContent: by }), make("p", { textContent: what }));
}

function said(fact, agents) {
  const { what, body } = fact;
  if (what === "fields") return fields(fact);
  if (what === "attempt") return body.outcome ? told("was_attempt", body) : text("callback_tab.was_begun");
  if (what === "outcome") return told("was_outcome", body);
  if (what === "closed") return told("was_closed", body);
  if (what === "voided") return text("callback_tab.was_voided", body);
  if (what === "assigned") return text("callback_tab.was_assigned", { to: who(body.to, agents.get(body.to)), why: body.why });
  if (what === "repeat") return text(body.of ? "callback_tab.was_repeat" : "callback_tab.was_no_repeat", body);
  if (what === "agreed") return pair("agreed_utc_ms", body.agreed_utc_ms ? instant(body.agreed_utc_ms) : "–");
  if (what === "taken") return text("callback_tab.was_placed", { time: instant(body.taken_utc_ms, true) });
  if (what === "forgotten") return text("callback_tab.was_forgotten", { reason: body.reason ?? "" });
  if ("value" in body) return pair(what, text(body.value ? "callback_tab.yes" : "callback_tab.no"));
  return what;
}

function fields({ body, personal }) {
  const plain = Object.entries(body.set ?? {});
  const own = (body.personal ?? []).map((field) => [field, personal[field] ?? text("callback_tab.erased")]);
  return [...own, ...plain].map(([field, value]) => pair(field, value || "–")).join(" · ");
}

const pair = (field, value) => `${word("callback_field", field)}${text("callback_tab.colon")}${value}`;

function told(key, { outcome, satisfaction }) {
  return text(`callback_tab.${key}`, { outcome: ending(outcome, satisfaction) });
}

// Nobody could be asked in a call that nobody answered.
export function ending(outcome, satisfaction) {
  const ended = word("callback_outcome", outcome ?? "not_given");
  const is_told = satisfaction && outcome !== "no_answer";
  return is_told ? `${ended} · ${word("callback_satisfied", satisfaction)}` : ended;
}
