// How due times are written: the instant, and what is left of it, running.

import { duration, now_ms } from "./clock.js";
import { language, text } from "./words.js";

const DAY_S = 86_400;

// Wed 26 Nov 18:00, in this computer's zone; with the year when it is another one
export function instant(utc_ms, seconds = false) {
  const when = new Date(utc_ms);
  const shown = { weekday: "short", month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
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
  if (utc_ms === null) return "";
  const two = (n) => String(n).padStart(2, "0");
  const at = new Date(utc_ms);
  const date = [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())].join("-");
  return `${date}T${two(at.getHours())}:${two(at.getMinutes())}`;
}

export const from_input = (value) => (value ? new Date(value).getTime() : null);
