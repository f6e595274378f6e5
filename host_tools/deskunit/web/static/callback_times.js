// How due times are written: the instant in the site's zone, and what is left of it, running.

import { duration, now_ms } from "./clock.js";
import { language, text } from "./words.js";

const DAY_S = 86_400;
let zone; // until the server names it: this computer's

export function use_zone(name) {
  zone = name;
}

// Wed 26 Nov 18:00; with the year when it is another one
export function instant(utc_ms, seconds = false) {
  const when = new Date(utc_ms);
  const shown = { weekday: "short", month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone };
  if (seconds) shown.second = "2-digit";
  if (when.getFullYear() !== new Date(now_ms()).getFullYear()) shown.year = "numeric";
  return when.toLocaleString(language === "zh" ? "zh-CN" : "en-GB", shown);
}

export const is_overdue = (row) => row.status === "open" && row.due_utc_ms < now_ms();

// "in 1:23:45" or "overdue by 12:05"
export function countdown(row) {
  const left_s = (row.due_utc_ms - now_ms()) / 1000;
  return text(left_s < 0 ? "callback_tab.overdue" : "callback_tab.left", { time: long(Math.abs(left_s)) });
}

function long(seconds) {
  const days = Math.floor(seconds / DAY_S);
  return days < 2 ? duration(seconds) : text("callback_tab.days", { days, time: duration(seconds - days * DAY_S) });
}

// What an <input type="datetime-local"> has for an instant, and back; "" and null for none.
export function to_input(utc_ms) {
  return utc_ms === null ? "" : new Date(utc_ms + ahead_ms(utc_ms)).toISOString().slice(0, 16);
}

export function from_input(value) {
  if (!value) return null;
  const as_utc_ms = Date.parse(`${value}Z`);
  const near_ms = as_utc_ms - ahead_ms(as_utc_ms);
  return as_utc_ms - ahead_ms(near_ms); // the second time right also beside a clock change
}

// How far the zone's clocks are ahead of UTC then.
function ahead_ms(utc_ms) {
  const format = { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23", timeZone: zone };
  const parts = new Intl.DateTimeFormat("en-US", format).formatToParts(utc_ms);
  const { year, month, day, hour, minute, second } = Object.fromEntries(parts.map((part) => [part.type, part.value]));
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(utc_ms / 1000) * 1000;
}
