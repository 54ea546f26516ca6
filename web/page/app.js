"use strict";

const every = 1000; // ms between two questions
const staleAfter = 5000; // ms without an answer after which what is shown is called old

const $ = (selector, from = document) => from.querySelector(selector);
const percent = (p) => p === undefined ? "" : "P(defect) " + p.toFixed(2);
const clock = (t) => new Date(t).toLocaleTimeString();
const defect = (r) => r.likeliest && r.severity ? `${r.likeliest} (${r.severity})` : r.likeliest;
const why = (r) => [r.reason, r.verdict === "PASS" ? "" : defect(r)].filter(Boolean).join(", ");
const dropCauses = { overwritten: "overwritten by newer ones", pace: "left out by fps:N", gate: "without a trigger", stale: "too old" };
const causes = (by) => {
  const some = Object.keys(dropCauses).filter((cause) => by[cause] > 0).map((cause) => `${by[cause]} ${dropCauses[cause]}`);
  return some.length ? ` (${some.join(", ")})` : "";
};
let answered = Date.now();

// show replaces the children of a list, one a value, made by a template, and
// keeps the elements that are there already, so that pictures do not flicker.
function show(list, template, values, fill) {
  while (list.children.length > values.length) list.lastElementChild.remove();
  values.forEach((value, i) => {
    if (!list.children[i]) list.append($(template).content.firstElementChild.cloneNode(true));
    fill(list.children[i], value);
  });
}

function picture(img, address, words) {
  img.hidden = !address;
  if (address && img.dataset.address !== address) {
    img.dataset.address = address;
    img.src = address;
  }
  img.alt = words;
}

// origin says where a prompt set came from.
function origin(set) {
  if (!set) return "";
  const since = " since " + new Date(set.since).toLocaleString();
  return set.from === "push" ? ` (pushed as revision ${set.revision}${set.by ? " by " + set.by : ""}${since})` : ` (file${since})`;
}

function camera(card, k) {
  const last = k.last;
  card.className = "camera " + (last ? last.verdict : "");
  $("h2", card).textContent = k.name;
  $(".phase", card).textContent = k.phase + (k.detail ? ": " + k.detail : "");
  $(".shadow", card).hidden = !k.shadow;
  $(".shadow", card).title = k.shadow ? "The prompt set is not armed, so nothing may act on these verdicts: " + k.shadow_reason : "";
  $(".verdict strong", card).textContent = last ? last.verdict : "–";
  $(".verdict .why", card).textContent = last ? [last.part, why(last), percent(last.defect), last.of > 1 ? `${last.agreed} of ${last.of} frames` : ""].filter(Boolean).join(" · ") : "no result yet";
  picture($("img", card), last && last.id ? "/pictures/" + encodeURIComponent(last.id) + "?" + last.time : "", last ? "Newest picture of " + k.name + ": " + last.verdict : "");
  for (const name of ["pass", "review", "fail", "invalid"]) {
    $("." + name + " dd", card).textContent = k.verdicts[name.toUpperCase()] || 0;
  }
  $(".facts", card).textContent = `set ${k.prompt_set}${origin(k.set)}, ${k.references} references · ${k.scored} of ${k.frames} frames scored, ${k.dropped} dropped${causes(k.dropped_by)}`;
}

// place says how large the worst place of a result is, and how many there are.
function place(r) {
  const all = r.places || [];
  if (!all.length) return "";
  const size = all[0].length_mm ? `${Number(all[0].length_mm.toPrecision(3))} mm` : `${Math.round(all[0].length_px)} px`;
  return `${size} long${all.length > 1 ? `, ${all.length} places` : ""}`;
}

function flagged(item, r) {
  item.className = r.verdict;
  const address = r.id ? "/pictures/" + encodeURIComponent(r.id) : "";
  if (address) $("a", item).href = r.heat ? "/pictures/" + encodeURIComponent(r.heat) : address; else $("a", item).removeAttribute("href");
  picture($("img", item), address, `${r.verdict} ${r.part || ""}`);
  $("strong", item).textContent = r.verdict + (r.shadow ? " (shadow)" : "");
  $(".why", item).textContent = [why(r), place(r)].filter(Boolean).join(" · ");
  $(".facts", item).textContent = [clock(r.time), r.camera, r.part, percent(r.defect)].filter(Boolean).join(" · ");
}

// ago is how long something has lasted, in words.
function ago(since, now) {
  const s = Math.max(0, Math.round((new Date(now) - new Date(since)) / 1000));
  return s < 60 ? `${s} s` : s < 3600 ? `${Math.floor(s / 60)} min` : s < 86400 ? `${Math.floor(s / 3600)} h` : `${Math.floor(s / 86400)} d`;
}

// problem shows one thing that is wrong: severity by word, shape and colour.
function problem(li, p, now) {
  li.className = p.severity;
  $("strong", li).textContent = p.severity;
  $(".text", li).textContent = p.text;
  $(".remedy", li).textContent = p.remedy;
  $("code", li).textContent = p.code + (p.cause ? " · " + p.cause : "");
  $("time", li).textContent = "for " + ago(p.since, now);
  $("time", li).dateTime = p.since;
  $("time", li).title = "since " + new Date(p.since).toLocaleString();
}

function render(s) {
  const bad = s.problems.some((p) => p.severity !== "warning");
  document.title = (bad ? "! " : "") + s.station;
  $("#station").textContent = s.station;
  $("#health").textContent = bad ? "needs attention" : "inspecting";
  $("#health").className = bad ? "bad" : "";
  show($("#problems"), "#problem", s.problems, (li, p) => problem(li, p, s.now));
  show($("#cameras"), "#camera", s.cameras, camera);
  show($("#flagged"), "#result", s.flagged, flagged);
  $("#none").hidden = s.flagged.length > 0;
  const m = s.model, e = s.events;
  $("#footer").textContent = `model ${m.bundle}${m.provider ? " on " + m.provider : ""}: ${m.state}${m.reason ? " (" + m.reason + ")" : ""} · ` +
    `events: ${e.sequence}, ${e.hub ? "hub " + e.hub + (e.hub_takes ? "" : " takes none now: they wait on the disk") : "at " + (e.url || "this process")} · ` +
    `version ${s.version}, since ${new Date(s.started).toLocaleString()}`;
}

async function ask() {
  try {
    const answer = await fetch("/status?watch", { signal: AbortSignal.timeout(staleAfter) });
    if (!answer.ok) throw new Error(answer.statusText);
    render(await answer.json());
    answered = Date.now();
  } catch {
    // What is shown stays, and the check below says that it is old.
  }
  const age = Date.now() - answered;
  document.body.classList.toggle("stale", age > staleAfter);
  if (age > staleAfter) {
    $("#health").textContent = `the agent does not answer: this is ${Math.round(age / 1000)} s old`;
    $("#health").className = "bad";
  }
  setTimeout(ask, every);
}

ask();
