// One unit's own parts of the page: its state card, its hint, its controls.

import { duration, now_ms } from "./clock.js";
import { reason as reason_word, text, word } from "./words.js";

const by_id = (id) => document.getElementById(id);

export function seat_name(unit) {
  return unit.seat ? text("page.seat", { seat: unit.seat }) : text("page.unit_name", { uid: unit.uid });
}

export function draw(unit) {
  by_id("virtual").hidden = unit.kind !== "virtual";
  by_id("real").hidden = unit.kind === "virtual";
  by_id("seat").textContent = seat_name(unit);
  by_id("real-title").textContent = text("page.unit_on_desk", { seat: seat_name(unit) });
  by_id("real-hint").textContent = text("page.unit_on_desk_hint", { port: unit.port });
  by_id("device").classList.toggle("unpowered", !unit.powered);
  by_id("hint").textContent = hint(unit);
  by_id("unconfirmed").hidden = unit.confirmed;
  draw_power(unit);
  draw_language(unit);
  draw_now(unit);
}

function hint(unit) {
  if (!unit.powered) return text("page.hint_off");
  // it is there and says no state: it waits for the answer to "still NAME?"
  if (unit.state === "unknown" && unit.connected) return text("page.hint_ask");
  return text(unit.state === "signed_out" ? "page.hint_begin" : `page.hint_${unit.state}`);
}

function draw_power(unit) {
  const what = unit.powered ? "power_pull" : "power_plug";
  by_id("power").textContent = text(`page.${what}`);
  by_id("power").setAttribute("aria-label", text(`page.${what}_label`));
}

function draw_language(unit) {
  for (const choice of by_id("screen-language").querySelectorAll("button")) {
    const chosen = choice.dataset.language === unit.language;
    choice.setAttribute("aria-checked", String(chosen));
  }
}

function draw_now(unit) {
  const reason = unit.reason ? ` · ${reason_word(unit)}` : "";
  const agent = unit.agent_id ? text("page.agent", { id: unit.agent_id, name: unit.agent_name }) : "";
  const calls = [
    unit.call_no ? text("page.call", { n: unit.call_no }) : "",
    unit.hold_no ? text("page.hold_no", { n: unit.hold_no }) : "",
    unit.pack ? text("page.pack", { name: unit.pack }) : "",
    unit.connected ? "" : text("page.offline"),
  ];
  by_id("now").dataset.state = unit.state;
  set_text(by_id("now-state"), word("state", unit.state) + reason);
  set_text(by_id("now-who"), [seat_name(unit), agent.trim(), ...calls].filter(Boolean).join(" · "));
  tick(unit);
}

export function tick(unit) {
  const since = unit.since_utc_ms;
  by_id("now-clock").textContent = since === null ? "" : duration((now_ms() - since) / 1000);
}

// A live region speaks again when it is set, also to the same text.
function set_text(element, content) {
  if (element.textContent !== content) element.textContent = content;
}
