"use strict";
(() => {
  const rows = [...document.querySelectorAll(".lanes tr[data-step]")];
  if (rows.length === 0) return;
  const numbers = rows.map((row) => Number(row.dataset.step));
  const moments = [...document.querySelectorAll(".moment")];
  const now = document.getElementById("now");
  const lanes = document.querySelector(".lanes");
  const history = document.querySelector(".history[data-steps]");
  const cursors = history ? [...history.querySelectorAll(".bars")].map((bars) => {
    const cursor = document.createElement("li");
    cursor.className = "cursor";
    cursor.setAttribute("aria-hidden", "true");
    bars.append(cursor);
    return cursor;
  }) : [];
  let at = 0;
  document.documentElement.classList.add("js");

  const show = (place) => {
    at = place;
    rows.forEach((row, nth) => nth === at ? row.setAttribute("aria-current", "step") : row.removeAttribute("aria-current"));
    moments.forEach((moment, nth) => moment.classList.toggle("shown", nth === at));
    now.textContent = moments[at].querySelector(".say").textContent;
    const row = rows[at];
    // Only the lanes are scrolled, and only if the row is out of sight.
    const above = row.offsetTop - lanes.querySelector("thead").offsetHeight;
    if (above < lanes.scrollTop) lanes.scrollTop = above;
    if (row.offsetTop + row.offsetHeight > lanes.scrollTop + lanes.clientHeight) {
      lanes.scrollTop = row.offsetTop + row.offsetHeight - lanes.clientHeight;
    }
    const from = Number(history?.dataset.from), to = Number(history?.dataset.to);
    const share = Math.min(1, Math.max(0, (numbers[at] - from) / (to - from)));
    cursors.forEach((cursor) => { cursor.style.left = `${100 * share}%`; });
  };

  const placeOfHash = () => {
    const found = /^#step=(\d+)$/.exec(location.hash);
    return found ? numbers.indexOf(Number(found[1])) : -1;
  };
  // The address says which step is shown: so each step has a link, and the back button goes back. That the address
  // has changed is told later, maybe after the next key: so the step is shown at once, or that key would be lost.
  const go = (place) => {
    const next = Math.min(rows.length - 1, Math.max(0, place));
    if (next === at && placeOfHash() >= 0) return;
    show(next);
    location.hash = `step=${numbers[next]}`;
  };
  const ways = { first: () => go(0), back: () => go(at - 1), on: () => go(at + 1), last: () => go(rows.length - 1) };
  const keys = { ArrowLeft: ways.back, ArrowRight: ways.on, Home: ways.first, End: ways.last };

  // An address that names no step is none of ours. Without any, it is where the reader began.
  window.addEventListener("hashchange", () => {
    const place = location.hash === "" ? 0 : placeOfHash();
    if (place >= 0) show(place);
  });
  // What is too wide and has the focus is scrolled by the keys, as it would be without us.
  const scrolls = (event) => {
    const box = event.target.closest?.("pre, .history, .lanes");
    return box && box.scrollWidth > box.clientWidth && event.key.startsWith("Arrow");
  };
  document.addEventListener("keydown", (event) => {
    const way = keys[event.key];
    if (!way || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    if (scrolls(event)) return;
    event.preventDefault();
    way();
  });
  document.querySelectorAll("[data-go]").forEach((button) => button.addEventListener("click", ways[button.dataset.go]));
  rows.forEach((row, nth) => row.addEventListener("click", () => go(nth)));
  show(Math.max(0, placeOfHash()));
})();
