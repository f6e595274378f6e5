// The truth channel: which events the firmware made and which of them it called safe on its screen.
//
// It goes beside the serial port, so that a test can compare what was stored with what happened. The
// firmware does not know of it: truth.py wraps the journal from outside, before main.py is imported.

import { readFileSync } from "node:fs";

const WRAPPER = readFileSync(new URL("truth.py", import.meta.url), "utf8");

export class Truth {
  constructor(hardware) {
    this.hardware = hardware;
    this.facts = []; // told in their order, as arrays: what happened, boot, …
  }

  /** In a fresh interpreter, before main.py is imported. */
  install(vm) {
    Object.assign(this, { begun: false, ticked: 0 });
    vm.registerJsModule("truth", {
      made: (boot, seq, line) => this.#happened("made", boot, seq, line),
      seen: (boot, ticked, clockMs) => this.#seen(boot, ticked, clockMs),
    });
    vm.runPython(WRAPPER);
  }

  /** After a step that `steppedMs` began. */
  look(vm, steppedMs) {
    this.steppedMs = steppedMs;
    (vm.truthLook ??= vm.globals.get("look"))();
  }

  take() {
    return this.facts.splice(0);
  }

  #seen(boot, ticked, clockMs) {
    if (!this.begun) this.#happened("began", boot, this.#instantOf(clockMs));
    this.begun = true;
    if (ticked > this.ticked) this.#happened("ticked", boot, (this.ticked = ticked));
  }

  /** The instant of the firmware's ms 0: UTC in real time, the unit's own time in virtual time. */
  #instantOf(clockMs) {
    const { real, nowMs } = this.hardware;
    return real ? Math.round(Date.now() - (nowMs - this.steppedMs) - clockMs) : this.steppedMs - clockMs;
  }

  /** A chip without power makes and shows nothing, whatever the interpreter still does. */
  #happened(...fact) {
    if (this.hardware.alive) this.facts.push(fact);
  }
}
