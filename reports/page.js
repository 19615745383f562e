"use strict";

(() => {
  const CONFIG = { responsive: true, displayModeBar: false, displaylogo: false, showSendToCloud: false };
  const PAPER = { width: 676, height: 740 };  // px that fit on A4 and on Letter, below the heading of a section
  const night = matchMedia("(prefers-color-scheme: dark)");
  const charts = [...document.querySelectorAll("figure.chart")];
  const drawn = new Set();
  let onPaper = document.documentElement.dataset.paper !== "";

  function draw(chart) {
    const looks = JSON.parse(chart.querySelector("script").textContent);
    const { data, layout } = night.matches && !onPaper ? looks.dark : looks.light;
    const font = { ...layout.font, family: getComputedStyle(document.body).fontFamily };
    const shape = { ...layout, font, ...(onPaper ? fitted(layout) : { autosize: true }) };
    const plot = chart.querySelector(".plot");
    plot.style.height = `${shape.height}px`;
    drawn.add(chart);
    return Plotly.react(plot, data, shape, CONFIG);
  }

  // What a chart that is higher than the paper loses in height, the names of its rows lose in size.
  function fitted({ height, yaxis }) {
    const share = Math.min(1, PAPER.height / height);
    const size = Math.max(8, Math.floor(yaxis.tickfont.size * share));
    return { width: PAPER.width, height: height * share, yaxis: { ...yaxis, tickfont: { ...yaxis.tickfont, size } } };
  }

  function print() {
    onPaper = true;
    charts.forEach(draw);
  }

  function screen() {
    onPaper = false;
    drawn.forEach(draw);
  }

  function near(entries, watcher) {
    for (const { target } of entries.filter((entry) => entry.isIntersecting)) {
      watcher.unobserve(target);
      draw(target);
    }
  }

  function mark(entries) {
    for (const { target } of entries.filter((entry) => entry.isIntersecting)) {
      for (const link of document.querySelectorAll("nav a")) {
        if (link.hash === `#${target.id}`) link.setAttribute("aria-current", "true");
        else link.removeAttribute("aria-current");
      }
    }
  }

  if (onPaper) {
    charts.forEach(draw);
    return;
  }
  const watcher = new IntersectionObserver(near, { rootMargin: "600px" });
  charts.forEach((chart) => watcher.observe(chart));
  const reader = new IntersectionObserver(mark, { rootMargin: "-15% 0px -80% 0px" });
  document.querySelectorAll("main > section[id]").forEach((section) => reader.observe(section));
  night.addEventListener("change", () => onPaper || drawn.forEach(draw));
  addEventListener("beforeprint", print);
  addEventListener("afterprint", screen);
})();
