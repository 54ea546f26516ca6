"use strict";
// The heat map is on or off on every picture of this device.
const mapShown = {
  get on() { try { return localStorage.map !== "off"; } catch { return true; } },
  set on(v) { try { localStorage.map = v ? "on" : "off"; } catch { /* for this page only */ } mapShown.apply(v); },
  apply(v = mapShown.on) {
    document.querySelector("#picture")?.classList.toggle("no-map", !v);
    document.querySelector("#map-toggle")?.setAttribute("aria-pressed", v);
  },
};
document.addEventListener("click", (e) => { if (e.target.closest("#map-toggle")) mapShown.on = !mapShown.on; });
document.addEventListener("keydown", (e) => {
  if (!e.target.matches("input, select, textarea") && !e.ctrlKey && !e.metaKey && !e.altKey && e.key.toLowerCase() === "m") mapShown.on = !mapShown.on;
});
mapShown.apply();

// What looks like this part comes later: the search may have to read new parts first.
const near = document.querySelector("#near");
if (near) fetch(near.dataset.src, { headers: { "X-Fragment": "1" } }).then(async (answer) => {
  if (answer.ok) near.innerHTML = await answer.text(); // our own template: what it shows is escaped there
}).catch(() => {}).finally(() => { near.dataset.done = "yes"; });
