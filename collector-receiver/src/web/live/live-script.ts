/**
 * The script of the live wall: opens the stream of today's counters and writes what changed. It knows no
 * number itself; the browser opens the stream again by itself after a break. The stream's address is relative to `/live`.
 */
export const liveScript = `
"use strict";
const state = document.getElementById("state");
const format = new Intl.NumberFormat(document.documentElement.lang);
const source = new EventSource("api/analytics/live?stream=1");
const say = (name) => { state.textContent = state.dataset[name]; state.dataset.now = name; };
source.addEventListener("live", (event) => {
  const live = JSON.parse(event.data);
  if (live.day !== document.body.querySelector("[data-day]").dataset.day) { location.reload(); return; }
  const numbers = { ...live.daily, ...live.agent_daily };
  for (const place of document.querySelectorAll("[data-field]")) {
    const text = format.format(numbers[place.dataset.field]);
    if (place.textContent !== text) place.textContent = text;
  }
  say("open");
});
source.addEventListener("unavailable", () => say("lost"));
source.addEventListener("error", () => say("lost"));
`;
