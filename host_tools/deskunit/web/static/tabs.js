// The tabs: which one the address names after "#", by mouse, keyboard or the browser's back button.

export class Tabs {
  // shown: {name: called when its tab appears or the address within it changes, with what follows "/"}
  constructor(bar, panels) {
    this.panels = panels;
    this.tabs = [...bar.querySelectorAll('[role="tab"]:not([hidden])')];
    this.shown = "units";
    bar.addEventListener("keydown", (event) => this.key(event));
    addEventListener("hashchange", () => this.follow());
  }

  start() {
    this.follow();
  }

  follow() {
    const [name, ...rest] = location.hash.slice(1).split("/");
    this.shown = name in this.panels && this.tabs.some((tab) => tab.id === `tab-${name}`) ? name : "units";
    for (const tab of this.tabs) {
      const panel = document.getElementById(tab.getAttribute("aria-controls"));
      const chosen = panel.id === `panel-${this.shown}`;
      tab.setAttribute("aria-selected", String(chosen));
      tab.tabIndex = chosen ? 0 : -1;
      panel.hidden = !chosen;
    }
    document.body.dataset.tab = this.shown;
    this.panels[this.shown](rest.join("/"));
  }

  key(event) {
    const at = this.tabs.indexOf(document.activeElement);
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const ends = { Home: 0, End: this.tabs.length - 1 };
    const to = step ? (at + step + this.tabs.length) % this.tabs.length : ends[event.key];
    if (event.key === " ") document.activeElement.click();
    if (at < 0 || (to === undefined && event.key !== " ")) return;
    event.preventDefault();
    if (to === undefined) return;
    this.tabs[to].focus();
    this.tabs[to].click();
  }
}
