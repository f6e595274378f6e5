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
  const time = new Date(alarm.since_utc_ms).toLocaleTimeString(language, { hour: "2-digit", minute: "2-digit" });
  const since = item.appendChild(document.createElement("span"));
  since.textContent = text("page.alarm_since", { time });
  const sentence = item.appendChild(document.createElement("p"));
  sentence.textContent = alarm.sentence[language];
  return item;
}
