// Pointing at a moment of a timeline: by mouse anywhere on a line, by keyboard line by line.

export class SupervisorLanes {
  // pointed(agent, at_utc_ms)
  constructor(report, pointed) {
    Object.assign(this, { report, pointed });
    report.addEventListener("click", (event) => this.click(event));
    report.addEventListener("keydown", (event) => this.key(event));
  }

  lines() {
    return [...this.report.querySelectorAll("tr[data-agent]")];
  }

  // One of the lines is in the order of Tab, the others are reached from it. `hint`: what can be done; "": nothing.
  drawn(hint) {
    const lines = this.lines();
    const was = lines.find((line) => line.tabIndex === 0);
    for (const line of lines) hint ? (line.tabIndex = line === (was ?? lines[0]) ? 0 : -1) : line.removeAttribute("tabindex");
    const note = this.report.querySelector("#r-lanes > .r-note");
    if (note && hint && !note.textContent.endsWith(hint)) note.textContent += ` ${hint}`;
  }

  click(event) {
    const line = event.target.closest("tr[data-agent]");
    if (!line) return;
    const drawing = event.target.closest("svg.r-lane");
    if (!drawing) return event.target.closest("th") && this.whole(line);
    const { left, width } = drawing.getBoundingClientRect();
    const [from, to] = [Number(line.dataset.from), Number(line.dataset.to)];
    this.pointed(line.dataset.agent, Math.round(from + ((event.clientX - left) / width) * (to - from)));
  }

  key(event) {
    const line = event.target.closest?.("tr[data-agent]");
    if (!line || event.target !== line) return;
    if (event.key === "Enter" || event.key === " ") return this.enter(event, line);
    const lines = this.lines();
    const at = lines.indexOf(line);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: lines.length - 1 }[event.key];
    if (to === undefined || !lines[to]) return;
    event.preventDefault();
    line.tabIndex = -1;
    lines[to].tabIndex = 0;
    lines[to].focus();
  }

  enter(event, line) {
    event.preventDefault();
    this.whole(line);
  }

  // No moment is meant: the middle of the line names the day.
  whole(line) {
    this.pointed(line.dataset.agent, Math.round((Number(line.dataset.from) + Number(line.dataset.to)) / 2));
  }
}
