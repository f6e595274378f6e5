// The exports: what by which format, of the days and people that are shown. The server prepares, the browser fetches.

import { make } from "./elements.js";
import { ask, Refused } from "./send.js";
import { text } from "./words.js";

const TABLES = ["states", "events", "intervals", "calls", "holds", "signins", "callbacks"];
const FORMATS = { csv: "CSV", xlsx: "Excel", parquet: "Parquet", jsonl: "JSON Lines" };
const SPLITS = ["", "midnight", "day", "hour", "30min", "15min"];
// a line each: what it is and its formats
const LINES = [
  ["report", { html: "", xlsx: "Excel", pdf: "PDF" }],
  ...TABLES.map((one) => [one, one === "states" ? { ...FORMATS, queue_log: "queue_log" } : FORMATS]),
];

export class SupervisorExports {
  // asked(): which days and whom
  constructor(element, { failed, asked }) {
    Object.assign(this, { element, failed, asked });
  }

  draw() {
    this.split = make("select", { id: "supervisor-split" }, ...SPLITS.map((one) => make("option", { value: one, textContent: text(`supervisor_tab.split_${one || "none"}`) })));
    this.raw = make("input", { type: "checkbox", id: "supervisor-raw" });
    this.status = make("p", { className: "quiet", role: "status" });
    this.element.replaceChildren(
      make("p", { className: "quiet", textContent: text("supervisor_tab.exports_note") }),
      this.options(),
      make("ul", { className: "offers" }, ...LINES.map(([kind, formats]) => this.line(kind, formats))),
      this.status,
    );
  }

  options() {
    const split = make("label", {}, make("span", { textContent: text("supervisor_tab.split") }), this.split);
    const raw = make("label", { className: "check" }, this.raw, make("span", { textContent: text("supervisor_tab.raw") }));
    return make("div", { className: "how" }, split, raw, make("span", { className: "quiet", textContent: text("supervisor_tab.split_note") }));
  }

  line(kind, formats) {
    const what = text(`supervisor_tab.export_${kind}`);
    const buttons = Object.entries(formats).map(([format, name]) => this.button(kind, format, what, name || text("supervisor_tab.format_html")));
    return make("li", {}, make("span", { textContent: what }), make("span", { className: "formats" }, ...buttons));
  }

  button(kind, format, what, name) {
    const label = text("supervisor_tab.export_label", { what, format: name });
    const button = make("button", { type: "button", className: "plain", textContent: name, "aria-label": label });
    Object.assign(button.dataset, { kind, format });
    button.addEventListener("click", () => this.fetch(button, label));
    return button;
  }

  async fetch(button, label) {
    const { kind, format } = button.dataset;
    this.tell(text("supervisor_tab.preparing", { name: label }));
    button.disabled = true;
    try {
      const asked = { ...this.asked(), split: this.split.value, raw: this.raw.checked ? "1" : "" };
      const { status, body } = await ask("/api/supervisor/export", { kind, format, asked });
      if (status !== 200) throw new Refused(body?.sentence ?? String(status));
      make("a", { href: body.href, download: "" }).click();
      this.tell(text("supervisor_tab.prepared", { name: body.href.split("/").at(-1) }));
    } catch (error) {
      if (error instanceof Refused) this.tell(error.message, "bad");
      else (this.tell(""), this.failed(error));
    } finally {
      button.disabled = false;
    }
  }

  tell(sentence, kind = "") {
    this.status.textContent = sentence;
    this.status.classList.toggle("refused", kind === "bad");
  }
}
