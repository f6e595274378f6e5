// The page: puts the parts together and keeps which unit is looked at.

import { Alarms } from "./alarms.js";
import { CallbackTab } from "./callbacks.js";
import { Caller } from "./caller.js";
import * as clock from "./clock.js";
import { Day } from "./day.js";
import { Keys } from "./keys.js";
import { Live } from "./live.js";
import { Log } from "./log.js";
import { Oled } from "./oled.js";
import { ScriptTab } from "./scripts.js";
import { Presses, Refused, post, use_token } from "./send.js";
import { SupervisorTab } from "./supervisor.js";
import { Tabs } from "./tabs.js";
import * as unit_card from "./unit.js";
import * as words from "./words.js";

const by_id = (id) => document.getElementById(id);
const units = new Map();
const screens = new Map();
let chosen = null; // the uid looked at
let version = null;
let lost = false;
let notice_timer = 0;

const alarms = new Alarms(by_id("alarms"), by_id("alarm-list"));
const oled = new Oled(by_id("oled"));
const log = new Log(by_id("rows"), by_id("log-empty"), by_id("log-more"));
const day = new Day(by_id("bar"), by_id("totals"), by_id("today-total"));
const presses = new Presses(failed);
const keys = new Keys(by_id("keys"), (name, down) => presses.set(chosen, name, down));

const scripts = new ScriptTab({ say, failed });
const callbacks = new CallbackTab({ say, failed, unit: () => units.get(chosen) });
const supervisor = new SupervisorTab({ say, failed });
const tabs = new Tabs(by_id("tabs"), {
  units: () => (scripts.leave(), supervisor.leave(), draw()),
  scripts: (rest) => (supervisor.leave(), draw(), scripts.open(rest)), // the unit's keys rest meanwhile
  callbacks: (rest) => (scripts.leave(), supervisor.leave(), draw(), callbacks.open(rest)),
  supervisor: (rest) => (scripts.leave(), draw(), supervisor.open(rest)),
});

function say(sentence, kind, for_ms = 0) {
  clearTimeout(notice_timer);
  const notice = by_id("notice");
  notice.textContent = sentence;
  notice.dataset.kind = kind;
  notice.hidden = !sentence;
  if (for_ms) notice_timer = setTimeout(() => (notice.hidden = true), for_ms);
}

function failed(error) {
  if (lost) return; // the notice says so already
  const why = error instanceof Refused ? error.message : words.text("page.away_from_server");
  say(words.text("page.failed", { why }), "bad", 8000);
}

const act = (path, body) => post(`/api/units/${chosen}/${path}`, body).catch(failed);
const caller = new Caller(by_id("caller"), (text) => act("caller", { caller: text }));

function hello(data) {
  if (version !== null && version !== data.version) return location.reload();
  version = data.version;
  use_token(data.token);
  presses.use(data.channel);
  clock.set(data.now_utc_ms);
  units.clear();
  for (const unit of data.units) units.set(unit.uid, unit);
  if (!units.has(chosen)) chosen = data.units[0]?.uid ?? null;
  if (lost) say(words.text("page.back"), "good", 3000);
  else if (by_id("notice").dataset.kind === "wait") say("");
  lost = false;
  document.querySelector("main").hidden = false;
  draw();
  load();
  scripts.connected();
  callbacks.connected();
  supervisor.connected();
}

function gone() {
  lost = true;
  presses.use(null);
  keys.enable(false);
  say(words.text("page.lost"), "bad");
}

async function load() {
  if (chosen === null) return;
  const uid = chosen;
  try {
    const answer = await fetch(`/api/units/${uid}/log`);
    if (!answer.ok) throw new Error(`log: ${answer.status}`);
    const data = await answer.json();
    if (uid !== chosen) return;
    clock.set(data.now_utc_ms);
    log.load(data.intervals);
    day.load(data.today);
    day.draw(log.open());
  } catch (error) {
    failed(error);
  }
}

let loading = 0;
function load_soon() {
  clearTimeout(loading);
  loading = setTimeout(load, 150);
}

function interval_changed(interval) {
  supervisor.changed();
  if (interval.uid !== chosen) return;
  log.put(interval);
  load_soon(); // the day's totals are the server's to add up
}

function unit_changed(unit) {
  units.set(unit.uid, unit);
  chosen ??= unit.uid;
  draw();
  callbacks.unit_changed();
}

function screen_changed(screen) {
  screens.set(screen.uid, screen);
  if (screen.uid === chosen) oled.show(screen);
}

function choose(uid) {
  keys.release_all();
  chosen = uid;
  log.load([]);
  draw();
  load();
  callbacks.unit_changed();
}

function draw() {
  const unit = units.get(chosen);
  by_id("no-units").hidden = Boolean(unit);
  by_id("record").hidden = !unit;
  draw_picker();
  if (!unit) return;
  keys.enable(!lost && unit.kind === "virtual" && tabs.shown === "units");
  keys.label((name, key) => words.text("page.button_label", { name, key }));
  by_id("oled").setAttribute("aria-label", words.text("page.screen_label"));
  for (const range of ["today", "all"])
    by_id(`csv-${range}`).href = `/states.csv?range=${range}&lang=${words.language}`;
  unit_card.draw(unit);
  caller.draw(unit);
  if (screens.has(chosen)) oled.show(screens.get(chosen));
}

function draw_picker() {
  const picker = by_id("picker");
  picker.hidden = units.size < 2;
  const choices = [...units.values()].map((unit) => {
    const choice = document.createElement("button");
    choice.type = "button";
    choice.setAttribute("role", "radio");
    choice.setAttribute("aria-checked", String(unit.uid === chosen));
    choice.dataset.uid = unit.uid;
    const mark = choice.appendChild(document.createElement("span"));
    mark.className = "mark";
    mark.dataset.state = unit.state;
    mark.textContent = unit_card.seat_name(unit);
    mark.title = words.word("state", unit.state);
    choice.addEventListener("click", () => choose(unit.uid));
    return choice;
  });
  const focused = picker.contains(document.activeElement);
  picker.replaceChildren(...choices);
  if (focused) picker.querySelector('[aria-checked="true"]')?.focus();
}

function tick() {
  callbacks.tick();
  supervisor.tick();
  const unit = units.get(chosen);
  if (!unit || lost) return;
  unit_card.tick(unit);
  log.tick();
  if (day.over()) load_soon();
  day.draw(log.open());
}

async function use_language(wanted) {
  await words.use(wanted);
  if (lost) say(words.text("page.lost"), "bad");
  alarms.draw();
  log.draw();
  day.draw(log.open());
  draw();
  scripts.draw();
  callbacks.draw();
  supervisor.draw();
}

by_id("switch").addEventListener("click", () => {
  const other = words.language === "zh" ? "en" : "zh";
  words.remember(other);
  use_language(other).catch(failed);
});
by_id("power").addEventListener("click", () => act("power", { on: !units.get(chosen).powered }));
by_id("confirm").addEventListener("click", () => act("confirm", {}));
for (const choice of by_id("screen-language").querySelectorAll("button"))
  choice.addEventListener("click", () => act("language", { language: choice.dataset.language }));

await words.use(words.preferred());
tabs.start();
say(words.text("page.connecting"), "wait");
new Live(
  {
    hello,
    unit: unit_changed,
    interval: interval_changed,
    reload: () => (load_soon(), supervisor.changed()),
    alarms: (data) => alarms.load(data.alarms),
    screen: screen_changed,
    callbacks: (data) => callbacks.changed(data),
    corrections: () => supervisor.corrected(),
    clock: (data) => clock.set(data.now_utc_ms),
  },
  gone,
);
setInterval(tick, 500);
