// What the charts look like and how a curve is zoomed: the reports' own files, fetched when they are needed.

let ready = null;

export function looks() {
  ready ??= Promise.all([style("/report/report.css"), style("/report/vendor/uPlot.min.css"), scripts()]);
  return ready;
}

async function scripts() {
  await script("/report/vendor/uPlot.iife.min.js");
  await script("/report/report.js");
}

function style(href) {
  return loaded("link", { rel: "stylesheet", href });
}

function script(src) {
  return loaded("script", { src });
}

function loaded(tag, about) {
  return new Promise((done, failed) => {
    const element = Object.assign(document.createElement(tag), about);
    element.addEventListener("load", () => done());
    element.addEventListener("error", () => ((ready = null), failed(new TypeError(about.href ?? about.src))));
    document.head.append(element);
  });
}
