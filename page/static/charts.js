"use strict";
// A chart as a file: the picture as PNG, its table as CSV.

// density is how many pixels a unit of the chart has, so that it prints sharply.
const density = 3;

// drawn returns a copy of the chart that needs no style sheet, as an image.
async function drawn(svg) {
  const copy = svg.cloneNode(true), box = svg.viewBox.baseVal;
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("width", box.width * density);
  copy.setAttribute("height", box.height * density);
  const from = svg.querySelectorAll("*"), to = copy.querySelectorAll("*");
  from.forEach((e, i) => {
    const style = getComputedStyle(e);
    for (const key of ["fill", "stroke"]) to[i].setAttribute(key, style[key]);
  });
  const url = URL.createObjectURL(new Blob([new XMLSerializer().serializeToString(copy)], { type: "image/svg+xml" }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    return image;
  } finally { URL.revokeObjectURL(url); }
}

async function png(figure) {
  const image = await drawn(figure.querySelector("svg.chart")), style = getComputedStyle(figure);
  const title = 26 * density, edge = 12 * density, canvas = document.createElement("canvas");
  canvas.width = image.width + 2 * edge;
  canvas.height = image.height + title + 2 * edge;
  const draw = canvas.getContext("2d");
  draw.fillStyle = style.backgroundColor;
  draw.fillRect(0, 0, canvas.width, canvas.height);
  draw.fillStyle = style.color;
  draw.font = `600 ${14 * density}px ${style.fontFamily}`;
  draw.fillText(figure.querySelector("figcaption").innerText, edge, edge + 14 * density, canvas.width - 2 * edge);
  draw.drawImage(image, edge, edge + title);
  return new Promise((done) => { canvas.toBlob(done, "image/png"); });
}

// csv has ISO times and full numbers. A text never becomes a spreadsheet's formula.
function csv(figure) {
  const cell = (e) => {
    let text = e.dataset.value ?? e.textContent;
    if (e.dataset.value === undefined && /^[=+\-@\t\r]/.test(text)) text = `'${text}`;
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const rows = [...figure.querySelectorAll("tr")].map((row) => [...row.cells].map(cell).join(","));
  return new Blob([rows.join("\r\n") + "\r\n"], { type: "text/csv" });
}

document.addEventListener("click", async (e) => {
  const button = e.target.closest("[data-take]");
  if (!button) return;
  const figure = button.closest("figure"), kind = button.dataset.take;
  const file = kind === "png" ? await png(figure) : csv(figure);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = `${figure.dataset.name}.${kind}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
});
