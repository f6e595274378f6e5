// Makes each curve of a report one that can be zoomed. Without scripts the drawing below it stays.
"use strict";
(() => {
  // each state on top of those before it
  const stacked = (layers) => {
    const sums = [];
    layers.forEach((layer, place) => {
      sums.push(layer.agents.map((one, at) => one + (place ? sums[place - 1][at] : 0)));
    });
    return sums;
  };

  const series = (layers) => layers.map((layer, place) => ({
    label: layer.name,
    stroke: layer.colour,
    width: 0,
    fill: place ? undefined : layer.colour,
    paths: uPlot.paths.stepped({ align: 1 }),
    points: { show: false },
    value: (plot, sum, of, at) => (at == null ? "–" : layer.agents[at].toFixed(1)),
  }));

  const bands = (layers) => layers.slice(1).map((layer, place) => ({
    series: [place + 2, place + 1],
    fill: layer.colour,
  }));

  const options = (data, width) => {
    const ink = getComputedStyle(document.querySelector(".report")).color;
    const axis = { stroke: ink, grid: { stroke: "#8886", width: 0.5 }, ticks: { show: false } };
    return {
      width,
      height: 240,
      tzDate: (second) => uPlot.tzDate(new Date(second * 1000), data.zone),
      cursor: { drag: { x: true, y: false } },
      axes: [{ ...axis, values: hours, incrs: STEPS_S }, { ...axis, size: 40, space: 30 }],
      scales: { y: { range: (plot, low, high) => [0, Math.max(1, high)] } },
      series: [{ label: data.time, value: (plot, at) => (at == null ? "–" : moment(plot, at)) }, ...series(data.layers)],
      bands: bands(data.layers),
      legend: { markers: { fill: (plot, place) => place ? data.layers[place - 1].colour : "" } },
    };
  };

  // labels are to the minute, so no two of them may lie in one
  const STEPS_S = [1, 5, 10, 15, 30, 60, 120, 180, 240, 360, 480, 720, 1440].map((minutes) => minutes * 60);

  const two = (number) => String(number).padStart(2, "0");
  const clock = (date) => `${two(date.getHours())}:${two(date.getMinutes())}`;
  const dayOf = (date) => `${two(date.getMonth() + 1)}-${two(date.getDate())}`;

  function moment(plot, at) {
    const date = plot.deskunitDate(at);
    return `${dayOf(date)} ${clock(date)}`;
  }

  // a label is the hour, and the date where a day begins
  function hours(plot, splits) {
    return splits.map((at) => {
      const date = plot.deskunitDate(at);
      return clock(date) === "00:00" ? `${clock(date)}\n${dayOf(date)}` : clock(date);
    });
  }

  const begin = (place) => {
    const data = JSON.parse(place.dataset.curve);
    const width = () => place.clientWidth;
    place.hidden = false;
    const given = options(data, width());
    const keep = { hooks: { init: [(plot) => { plot.deskunitDate = given.tzDate; }] } };
    const plot = place.plot = new uPlot({ ...given, plugins: [keep] }, [data.at, ...stacked(data.layers)], place);
    new ResizeObserver(() => plot.setSize({ width: width(), height: given.height })).observe(place);
    place.closest(".r-part").classList.add("r-zoomable");
    place.closest(".r-part").querySelector(".r-zoom-hint").hidden = false;
  };

  window.deskunitCurves = (within) => {
    for (const place of within.querySelectorAll(".r-zoom[data-curve]:empty")) begin(place);
  };
  window.deskunitCurves(document);
})();
