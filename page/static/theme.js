"use strict";
// The theme is the system's, or the one that was chosen on this device.
(() => {
  const root = document.documentElement;
  try { if (localStorage.theme) root.dataset.theme = localStorage.theme; } catch { /* no storage: the system's */ }
  document.addEventListener("DOMContentLoaded", () => {
    document.querySelector("#theme")?.addEventListener("click", () => {
      const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
      root.dataset.theme = dark ? "light" : "dark";
      try { localStorage.theme = root.dataset.theme; } catch { /* until the next page */ }
    });
    document.addEventListener("keydown", (e) => {
      if (e.target.matches("input, select, textarea") || e.ctrlKey || e.metaKey) return;
      const keys = document.querySelector("#keys");
      if (e.key === "?" && keys) keys.open ? keys.close() : keys.showModal();
      if (e.altKey && /^[1-5]$/.test(e.key)) document.querySelectorAll(".rail > a")[e.key - 1]?.click();
    });
  });
})();
