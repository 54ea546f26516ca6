"use strict";
const saidAfter = 2000, oldAfter = 5000; // ms
const $ = (selector, from = document) => from.querySelector(selector);
const dropCauses = { overwritten: "overwritten by newer ones", pace: "skipped by fps:N", gate: "without a trigger", stale: "too old" };
const rank = { FAIL: 0, INVALID: 1, REVIEW: 2, PASS: 3 };
let last = null, received = 0, offset = 0; // offset: the agent's clock − ours, so that ages are right
let rates = {};

// show replaces the children of a list, and keeps the elements that are there, so
// that pictures do not flicker.
function show(list, template, values, fill) {
  while (list.children.length > values.length) list.lastElementChild.remove();
  values.forEach((value, i) => {
    if (!list.children[i]) list.append($(template).content.firstElementChild.cloneNode(true));
    fill(list.children[i], value);
  });
}
function text(element, words) { if (element.textContent !== words) element.textContent = words; }
function picture(img, address) {
  if (img.dataset.address === address) return;
  img.dataset.address = address;
  if (!address) { img.hidden = true; img.removeAttribute("src"); return; }
  img.onload = () => { img.hidden = false; };
  img.onerror = () => { img.hidden = true; };
  img.src = address;
}
function ago(ms) {
  const s = Math.max(0, Math.round(ms / 1000));
  return s < 60 ? `${s} s` : s < 3600 ? `${Math.floor(s / 60)} min` : s < 172800 ? `${Math.floor(s / 3600)} h` : `${Math.floor(s / 86400)} d`;
}
const now = () => Date.now() + offset;

function origin(k) {
  if (!k.set) return "";
  const from = k.set.from === "push" ? `pushed as revision ${k.set.revision}${k.set.by ? " by " + k.set.by : ""}` : "from its file";
  return `, ${from}, for ${ago(now() - new Date(k.set.since))}`;
}
function drops(k) {
  const some = Object.keys(dropCauses).filter((c) => k.dropped_by[c] > 0).map((c) => `${k.dropped_by[c].toLocaleString()} ${dropCauses[c]}`);
  return `${k.scored.toLocaleString()} of ${k.frames.toLocaleString()} frames scored, ${k.dropped.toLocaleString()} dropped${some.length ? ` (${some.join(", ")})` : ""}`;
}
function rate(k) {
  const at = now(), r = rates[k.name] ??= [];
  r.push([at, k.scored]);
  while (r.length > 2 && at - r[0][0] > 5000) r.shift();
  const span = (at - r[0][0]) / 1000;
  return span > 1 ? `${Math.max(0, (k.scored - r[0][1]) / span).toFixed(1)} /s` : "";
}

function region(svg, k) {
  const r = k.region, points = k.polygon?.length ? k.polygon : r?.length === 4 && r.join() !== "0,0,1,1" ? [[r[0], r[1]], [r[0] + r[2], r[1]], [r[0] + r[2], r[1] + r[3]], [r[0], r[1] + r[3]]] : [];
  const d = points.map((p) => p.join(",")).join(" ");
  if (svg.dataset.d === d) return;
  svg.dataset.d = d;
  svg.replaceChildren();
  if (!d) return;
  const shape = document.createElementNS("http://www.w3.org/2000/svg", "polygon");
  shape.setAttribute("points", d);
  svg.append(shape);
}

// deciding are the places that reach FAIL by themselves, or all where none does.
function deciding(f) {
  const all = (f && f.places) || [], failing = all.filter((p) => p.level >= 1);
  return failing.length ? failing : all;
}

// places draws the boxes of what is unlike a good part.
function places(card, f) {
  const svg = $(".places", card), img = $(".photo", card), all = f && f.id && f.verdict !== "PASS" ? deciding(f) : [];
  const draw = () => {
    svg.setAttribute("viewBox", `0 0 ${(f && f.width) || img.naturalWidth || 1} ${(f && f.height) || img.naturalHeight || 1}`);
    svg.replaceChildren(...all.map((p) => {
      const r = document.createElementNS("http://www.w3.org/2000/svg", "rect");
      for (const [name, value] of Object.entries(p.box)) r.setAttribute(name, value);
      return r;
    }));
  };
  draw();
  if (all.length && !img.naturalWidth) img.addEventListener("load", draw, { once: true });
}

// A picture that was paused on stays until it is released.
function held(card, f) {
  if (card.dataset.pause !== "on") return false;
  if (card.dataset.held) return true;
  if (f && f.verdict !== "PASS" && f.reason !== "learning" && f.time !== card.dataset.since) { card.dataset.held = f.time; return false; }
  return false;
}

function scale(card, f) {
  const there = f && f.defect !== undefined && f.fail > 0;
  const svg = $(".scale", card), words = $(".scale-words", card);
  svg.toggleAttribute("hidden", !there); // an SVG has no property for it
  words.hidden = !there;
  if (!there) return;
  const set = (name, x, width) => { const r = $("." + name, svg); r.setAttribute("x", x); if (width !== undefined) r.setAttribute("width", Math.max(width, 0)); };
  set("ok", 0, 100 * f.review); set("maybe", 100 * f.review, 100 * (f.fail - f.review)); set("bad", 100 * f.fail, 100 * (1 - f.fail)); set("needle", Math.min(99, 100 * f.defect));
  text(words, `${f.defect.toFixed(2)} P(defect) · REVIEW from ${f.review.toFixed(2)} · FAIL from ${f.fail.toFixed(2)}`);
}

function camera(card, k) {
  if (!card.dataset.ready) {
    card.dataset.ready = "yes";
    card.dataset.map = card.dataset.pause = "off";
    const toggle = (name, act) => $(name, card).addEventListener("click", (e) => {
      const on = e.currentTarget.getAttribute("aria-pressed") !== "true";
      e.currentTarget.setAttribute("aria-pressed", on);
      act(on);
      if (last) render(last);
    });
    toggle(".map-on", (on) => { card.dataset.map = on ? "on" : "off"; });
    toggle(".region-on", (on) => { $(".region", card).toggleAttribute("hidden", !on); });
    toggle(".pause", (on) => { card.dataset.pause = on ? "on" : "off"; card.dataset.held = ""; card.dataset.since = card.dataset.time || ""; });
  }
  if (card.dataset.name !== k.name) { card.dataset.name = k.name; card.dataset.held = ""; card.setAttribute("aria-label", k.name); text($("h2", card), k.name); }
  text($(".phase", card), k.phase + (k.detail ? ": " + k.detail : ""));
  text($(".rate", card), rate(k));
  region($(".region", card), k);
  const f = k.last;
  const frozen = held(card, f);
  text($(".pause", card), card.dataset.held ? "Paused: go on" : "Pause on a reject");
  if (!frozen) {
    card.dataset.time = f ? f.time : "";
    const address = f && f.id ? `/pictures/${encodeURIComponent(f.id)}?${encodeURIComponent(f.time)}` : "";
    picture($(".photo", card), address);
    $(".photo", card).alt = f ? `Newest picture of ${k.name}: ${f.verdict}` : "";
    picture($(".map", card), card.dataset.map === "on" && address && f.defect !== undefined ? `/live/${encodeURIComponent(k.name)}/map.png?${encodeURIComponent(f.time)}` : "");
    $(".empty", card).hidden = !!address;
    text($(".part", card), f ? f.part || "no part named" : "no result yet");
    const worst = deciding(f), largest = worst[0];
    text($(".words", card), [last.words[k.name], largest && f.verdict !== "PASS" ? `The worst place is ${largest.length_mm ? Number(largest.length_mm.toPrecision(3)) + " mm" : Math.round(largest.length_px) + " px"} long${worst.length > 1 ? `, one of ${worst.length}` : ""}.` : ""].filter(Boolean).join(" "));
    card.dataset.verdict = f ? f.verdict : "";
    scale(card, f);
    $(".legend", card).hidden = card.dataset.map !== "on";
    places(card, f);
  }
  text($(".set", card), `set ${k.prompt_set} · ${k.shadow ? "shadow: not armed, nothing acts on its verdicts" : "armed"}${origin(k)}`);
  $(".set", card).title = k.shadow_reason || "";
  const counts = last.shift.problem ? k.verdicts : last.shift.counts[k.name] || {};
  for (const v of Object.keys(rank)) text($(`.counts .${v} dd`, card), (counts[v] || 0).toLocaleString());
  text($(".facts", card), `${last.shift.problem ? "Counts since the start" : last.shift.since ? `Counts of this shift, since ${new Date(last.shift.since).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" })}` : "Counts of the last 8 h"} · ${k.references} references · ${drops(k)}`);
  lamp(card, k);
}

// lamp says the verdict, or that it is too old to be one.
function lamp(card, k) {
  const time = card.dataset.held || (k.last && k.last.time);
  const paused = !!card.dataset.held;
  const age = time ? now() - new Date(time) : 0;
  const silent = Date.now() - received;
  const old = !paused && (!time || age > oldAfter || silent > oldAfter);
  const verdict = old ? "INVALID" : card.dataset.verdict || "INVALID";
  const at = $(".lamp", card);
  at.className = "lamp " + verdict + (k.shadow ? " hollow" : "");
  text($("strong", at), verdict);
  card.classList.toggle("old", old);
  let words = "";
  if (paused) words = `Paused on ${new Date(time).toLocaleTimeString()}, ${ago(age)} ago.`;
  else if (!time) words = "No result yet.";
  else if (silent > saidAfter) words = `The agent has not answered for ${ago(silent)}.`;
  else if (age > saidAfter) words = `Old: the last result is of ${ago(age)} ago.`;
  text($(".age", card), words);
}

function problem(li, p) {
  li.className = p.severity;
  text($("strong", li), p.severity);
  text($(".text", li), p.text);
  text($(".remedy", li), p.remedy);
  text($("code", li), p.code + (p.cause ? " · " + p.cause : ""));
  text($("time", li), "for " + ago(now() - new Date(p.since)));
  $("time", li).title = "since " + new Date(p.since).toLocaleString();
}

function tile(li, r) {
  $("a", li).href = "/parts/" + encodeURIComponent(r.event);
  $("a", li).title = r.words;
  picture($("img", li), r.pictured ? `/parts/${encodeURIComponent(r.event)}/thumb.jpg` : "");
  $(".noimg", li).hidden = r.pictured;
  $(".verdict", li).className = `verdict ${r.verdict}${r.shadow ? " hollow" : ""}`;
  text($(".word", li), r.verdict);
  text($(".name", li), r.part || "no part");
  text($(".tile > .soft", li), [new Date(r.time).toLocaleTimeString(), r.camera, r.likeliest].filter(Boolean).join(" · "));
}

function render(s) {
  last = s;
  const bad = s.problems.some((p) => p.severity !== "warning");
  text($("#station"), s.station);
  health(bad ? "needs attention" : s.cameras.some((k) => k.phase === "learning") ? "learning" : "inspecting", bad);
  show($("#problems"), "#t-problem", s.problems, problem);
  const worst = (k) => rank[k.last ? k.last.verdict : "INVALID"];
  const ordered = s.cameras.length > 1 ? [...s.cameras].sort((a, b) => worst(a) - worst(b)) : s.cameras;
  $("#cameras").classList.toggle("several", s.cameras.length > 1);
  // A card keeps its camera while it is held, so that a pause is not carried off.
  show($("#cameras"), "#t-camera", document.querySelector("[data-pause=on]") || s.cameras.length > 1 ? s.cameras : ordered, camera);
  if (s.cameras.length > 1) [...$("#cameras").children].forEach((card, i) => { card.style.order = worst(s.cameras[i]); });
  show($("#strip"), "#t-tile", s.shift.strip, tile);
  $("#no-strip").hidden = s.shift.strip.length > 0;
  text($("#to-review"), `Review (${s.shift.waiting.toLocaleString()}${s.shift.most ? "+" : ""})`);
  const m = s.model, e = s.events;
  text($("#links"), e.hub ? `hub ${e.hub_takes ? "✓" : "✕ buffering on disk"}` : "");
  text($("#foot"), [`model ${m.bundle}${m.provider ? " on " + m.provider : ""}: ${m.state}${m.reason ? " (" + m.reason + ")" : ""}`,
    `events ${e.sequence.toLocaleString()}, ${e.hub ? "hub " + e.hub + (e.hub_takes ? " takes them" : " takes none now: they wait on the disk") : "at " + (e.url || "this process")}`,
    `waiting for the disk ${s.cameras.reduce((n, k) => n + k.waiting, 0)}, lost ${s.cameras.reduce((n, k) => n + k.unsent, 0)}`,
    s.shift.problem, `version ${s.version}, since ${new Date(s.started).toLocaleString()}`].filter(Boolean).join(" · "));
  document.title = (bad ? "! " : "") + "Live · " + s.station;
}
function health(words, bad) {
  text($("#health"), words);
  $("#health").className = bad ? "bad" : "";
}

// tick keeps ages true between two messages, and says when none come.
function tick() {
  text($("#now"), new Date(now()).toLocaleTimeString());
  if (!last) return;
  const silent = Date.now() - received;
  const stale = $("#stale");
  stale.hidden = silent <= saidAfter;
  if (silent > saidAfter) {
    text(stale, `The agent does not answer: what is shown is ${ago(silent)} old. Inspection may go on; this page reconnects by itself.`);
    health("no answer", true);
  }
  document.body.classList.toggle("stale", silent > oldAfter);
  [...$("#cameras").children].forEach((card, i) => { if (last.cameras[i]) lamp(card, last.cameras[i]); });
}

// connect opens the stream again when it breaks, also where the browser gives up.
function connect() {
  const stream = new EventSource("/live/events");
  stream.onmessage = (m) => {
    const s = JSON.parse(m.data);
    received = Date.now();
    offset = new Date(s.now) - received;
    render(s);
    tick();
  };
  stream.onerror = async () => {
    if (stream.readyState !== EventSource.CLOSED) return;
    try { if ((await fetch("/status")).status === 401) { location.href = "/login"; return; } } catch { /* it does not run */ }
    setTimeout(connect, 1000);
  };
}

async function charts() {
  try {
    const answer = await fetch("/live/charts");
    if (answer.ok) {
      const open = [...document.querySelectorAll("#charts figure")].filter((f) => f.querySelector("details")?.open).map((f) => f.dataset.name);
      $("#charts").innerHTML = await answer.text(); // our own template: what it shows is escaped there
      document.querySelectorAll("#charts figure").forEach((f) => { if (open.includes(f.dataset.name)) f.querySelector("details").open = true; });
    }
  } catch { /* the stream says that the agent is gone */ }
  setTimeout(charts, 15000);
}

document.addEventListener("keydown", (e) => {
  if (e.target.matches("input, select, textarea") || e.ctrlKey || e.metaKey || e.altKey) return;
  const all = { m: ".map-on", p: ".pause" }[e.key.toLowerCase()];
  if (all) document.querySelectorAll(all).forEach((b) => b.click());
});
setInterval(tick, 250);
connect();
charts();
