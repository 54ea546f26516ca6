"use strict";
// One key decides; the next picture is there already.
const stage = document.querySelector("#stage");
let busy = false;

function ready() {
  mapShown.apply();
  for (const p of stage.querySelectorAll(".preload")) new Image().src = p.dataset.src;
}

async function send(form, name, value) {
  if (busy) return;
  busy = true;
  const data = new URLSearchParams(new FormData(form));
  if (name) data.set(name, value);
  try {
    const answer = await fetch(form.action, { method: "POST", body: data, headers: { "X-Fragment": "1" } });
    if (answer.status === 401) { location.href = "/login"; return; }
    const text = await answer.text();
    if (!answer.ok) throw new Error(answer.headers.get("Content-Type")?.startsWith("text/plain") ? text.trim() : "The agent could not record it.");
    stage.innerHTML = text; // our own template: what it shows is escaped there
    ready();
  } catch (e) {
    document.querySelector("#note").textContent = e.message + ". Nothing was recorded.";
  } finally {
    busy = false;
  }
}

stage.addEventListener("submit", (e) => {
  if (!e.target.matches("#decide, #undo, .act")) return;
  e.preventDefault();
  send(e.target, e.submitter?.name, e.submitter?.value);
});
stage.addEventListener("click", (e) => {
  const kind = e.target.closest(".kind-key");
  if (!kind) return;
  const form = document.querySelector("#decide");
  form.elements.kind.value = kind.dataset.kind;
  send(form, "label", "bad");
});
document.addEventListener("keydown", (e) => {
  if (e.target.matches("input, select, textarea") || e.ctrlKey || e.metaKey || e.altKey) return;
  if (/^[1-9]$/.test(e.key)) { stage.querySelectorAll(".kind-key")[e.key - 1]?.click(); return; }
  const button = stage.querySelector(`[data-key="${CSS.escape(e.key.toLowerCase())}"]`);
  if (button) { e.preventDefault(); button.click(); }
});
ready();
