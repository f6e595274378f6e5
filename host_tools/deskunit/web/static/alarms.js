// The banner of what a person must see to: one sentence an alarm, gone when it is over.

import { language, text, word } from "./words.js";

export class Alarms {
  constructor(banner, list) {
    this.banner = banner;
    this.list = list;
    this.alarms = [];
  }

  load(alarms) {
    this.alarms = alarms;
    this.draw();
  }

  draw() {
    this.banner.hidden = this.alarms.length === 0;
    this.list.replaceChildren(...this.alarms.map(row));
  }
}

function row(alarm) {
  const item = document.createElement("li");
  const name = item.appendChild(document.createElement("strong"));
  name.textContent = word("alarm", alarm.word);
  const since = item.appendChild(document.createElement("span"));
  since.textContent = text("page.alarm_since", { time: moment(new Date(alarm.since_utc_ms)) });
  const sentence = item.appendChild(document.createElement("p"));
  sentence.textContent = alarm.sentence[language];
  return item;
}

// The time of day, with the date when that was not today.
function moment(when) {
  const time = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  const today = when.toDateString() === new Date().toDateString();
  return when.toLocaleString(language, today ? time : { month: "numeric", day: "numeric", ...time });
}
