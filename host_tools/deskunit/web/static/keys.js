// The three buttons: mouse, touch, keyboard and assistive technology become levels, down or up.
// A button is down while at least one of them holds it; nothing stays down when the page lets go.

export const NAMES = ["READY", "BUSY", "HOLD"];
const CODES = { Digit1: "READY", Digit2: "BUSY", Digit3: "HOLD", Numpad1: "READY", Numpad2: "BUSY", Numpad3: "HOLD" };
const CLICK_MS = 120;

export class Keys {
  // set(name, down) is called once for each change of level
  constructor(container, set) {
    this.set = set;
    this.holders = new Map(NAMES.map((name) => [name, new Set()]));
    this.elements = new Map(NAMES.map((name, index) => [name, this.make(container, name, index + 1)]));
    this.enabled = false;
    addEventListener("keydown", (event) => this.key_down(event));
    addEventListener("keyup", (event) => this.let_go(CODES[event.code], event.code));
    addEventListener("blur", () => this.release_all());
    addEventListener("pagehide", () => this.release_all());
    document.addEventListener("visibilitychange", () => document.hidden && this.release_all());
  }

  make(container, name, number) {
    const element = document.createElement("button");
    element.type = "button";
    element.className = `key ${name.toLowerCase()}`;
    element.dataset.key = String(number);
    const cap = element.appendChild(document.createElement("span"));
    cap.className = "cap";
    const label = element.appendChild(document.createElement("span"));
    label.className = "name";
    label.textContent = name;
    const hint = element.appendChild(document.createElement("kbd"));
    hint.textContent = String(number);
    this.listen(element, name);
    container.append(element);
    return element;
  }

  listen(element, name) {
    element.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      element.setPointerCapture(event.pointerId);
      this.take(name, event.pointerId);
    });
    for (const kind of ["pointerup", "pointercancel", "lostpointercapture"])
      element.addEventListener(kind, (event) => this.let_go(name, event.pointerId));
    element.addEventListener("contextmenu", (event) => event.preventDefault());
    element.addEventListener("keydown", (event) => {
      if (event.code !== "Space" && event.code !== "Enter") return;
      event.preventDefault(); // no click of its own after it
      if (!event.repeat) this.take(name, event.code);
    });
    element.addEventListener("keyup", (event) => this.let_go(name, event.code));
    element.addEventListener("click", (event) => {
      // pointers report a detail ≥ 1; a screen reader's click has 0 and no press of its own
      if (event.detail !== 0) return;
      this.take(name, "click");
      setTimeout(() => this.let_go(name, "click"), CLICK_MS);
    });
  }

  key_down(event) {
    if (event.target.closest?.("input, textarea, select")) return; // a digit that somebody types
    const name = CODES[event.code];
    if (!name || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
    this.take(name, event.code);
  }

  enable(enabled) {
    if (!enabled) this.release_all();
    this.enabled = enabled;
    for (const element of this.elements.values())
      element.setAttribute("aria-disabled", String(!enabled));
  }

  label(text) {
    for (const [name, element] of this.elements)
      element.setAttribute("aria-label", text(name, element.dataset.key));
  }

  take(name, holder) {
    const holders = this.holders.get(name);
    if (!this.enabled || holders.has(holder)) return;
    holders.add(holder);
    if (holders.size === 1) this.change(name, true);
  }

  let_go(name, holder) {
    const holders = this.holders.get(name);
    if (holders?.delete(holder) && holders.size === 0) this.change(name, false);
  }

  release_all() {
    for (const name of NAMES)
      for (const holder of [...this.holders.get(name)]) this.let_go(name, holder);
  }

  change(name, down) {
    this.elements.get(name).classList.toggle("down", down);
    this.set(name, down);
  }
}
