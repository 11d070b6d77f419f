/**
 * The script of the live wall: opens the stream and writes what changed; the longest wait runs on by itself. It knows no
 * number itself; the browser opens the stream again after a break. The stream's address is relative to `/live`.
 */
export const liveScript = `
"use strict";
const lang = document.documentElement.lang;
const state = document.getElementById("state");
const updated = document.getElementById("updated");
const longest = document.getElementById("longest");
const format = new Intl.NumberFormat(lang);
const whole = new Intl.NumberFormat(lang, { maximumFractionDigits: 0 });
const clock = new Intl.DateTimeFormat(lang, { timeZone: updated.dataset.zone, hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
const length = (unit, digits) => new Intl.NumberFormat(lang, { style: "unit", unit, unitDisplay: "short", maximumFractionDigits: digits });
const [seconds, minutes, hours] = [length("second", 0), length("minute", 0), length("hour", 1)];
const source = new EventSource("api/analytics/live?stream=1");
const say = (name) => { state.textContent = state.dataset[name]; state.dataset.now = name; };
const write = (place, text) => { if (place.textContent !== text) place.textContent = text; };
let since = longest.dataset.since ? Date.parse(longest.dataset.since) : null;
let ahead = Date.parse(updated.dateTime) - Date.now();
const wait = () => {
  if (since === null) { write(longest, "—"); return; }
  const s = Math.max(0, (Date.now() + ahead - since) / 1000);
  write(longest, s < 59.5 ? seconds.format(s) : s < 3570 ? minutes.format(s / 60) : hours.format(s / 3600));
};
setInterval(wait, 1000);
source.addEventListener("live", (event) => {
  const live = JSON.parse(event.data);
  if (live.day !== document.body.querySelector("[data-day]").dataset.day) { location.reload(); return; }
  const numbers = { ...live.daily, ...live.agent_daily, ...live.situation, ...live.ai };
  for (const place of document.querySelectorAll("[data-field]")) {
    const number = numbers[place.dataset.field] ?? null;
    write(place, number === null ? "—" : format.format(number));
  }
  for (const place of document.querySelectorAll("[data-usual]")) {
    if (live.usual !== null) write(place, place.dataset.words.replace("{}", whole.format(live.usual[place.dataset.usual])));
  }
  for (const place of document.querySelectorAll("[data-alert]")) place.dataset.alert = live.situation.waiting > 0;
  since = live.situation.waiting_since === null ? null : Date.parse(live.situation.waiting_since);
  ahead = Date.parse(live.as_of) - Date.now();
  updated.dateTime = live.as_of;
  write(updated, clock.format(Date.parse(live.as_of)));
  wait();
  say("open");
});
source.addEventListener("unavailable", () => say("lost"));
source.addEventListener("error", () => say("lost"));
`;
