// The curve that one zooms: redrawn when its data changed and nobody points at it, zoomed as before.

export class SupervisorCurve {
  constructor(report) {
    this.report = report;
    this.zoomed = null;
  }

  // Before `fresh` takes the place of what is drawn.
  keep(fresh) {
    const drawn = this.report.querySelector(":scope > #r-curve");
    const next = fresh.querySelector(":scope > #r-curve");
    this.zoomed = null;
    if (!drawn) return;
    if (next && (data(drawn) === data(next) || drawn.matches(":hover"))) return next.replaceWith(drawn.cloneNode(true));
    const plot = drawn.querySelector(".r-zoom")?.plot;
    if (next && plot) this.zoomed = zoom(plot);
    plot?.destroy();
    drawn.remove();
  }

  begin() {
    if (!this.report.querySelector(".r-zoom[data-curve]:empty")) return;
    window.deskunitCurves(this.report);
    const plot = this.report.querySelector(".r-zoom")?.plot;
    if (this.zoomed && plot) plot.setScale("x", this.zoomed);
  }
}

const data = (part) => part.querySelector(".r-zoom")?.dataset.curve;

// The stretch of time that is shown, where it is not all of it.
function zoom(plot) {
  const { min, max } = plot.scales.x;
  const times = plot.data[0];
  return min > times[0] || max < times.at(-1) ? { min, max } : null;
}
