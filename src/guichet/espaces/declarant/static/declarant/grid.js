// The grid of rights: one stop of the Tab key, the arrows inside it; a column or a row at once; how many cells
// differ from what is held, and a warning before they are lost. Without this module it is a form of boxes.

const form = document.getElementById("grille");
const rows = [...(form?.querySelectorAll("tbody tr") ?? [])];
// Cells without a box keep their place: the arrows pass over them.
const grid = rows.map((row) => [...row.querySelectorAll("td")].map((cell) => cell.querySelector("input")));
const boxes = grid.flat().filter(Boolean);
let sending = false;

function changed(box) {
  return box.checked !== box.defaultChecked;
}

function count() {
  for (const box of boxes) box.closest("td").classList.toggle("g-rights__changed", changed(box));
  const n = boxes.filter(changed).length;
  const { none, one, many } = form.dataset;
  const told = n === 0 ? none : n === 1 ? one : many.replace("{n}", n);
  form.querySelector("[data-count]").textContent = told;
}

function enter(box) {
  for (const one of boxes) one.tabIndex = one === box ? 0 : -1;
}

function place(box) {
  const row = grid.findIndex((cells) => cells.includes(box));
  return [row, grid[row].indexOf(box)];
}

const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

function next(box, key) {
  let [row, column] = place(box);
  if (key === "Home") return grid[row].find(Boolean);
  if (key === "End") return grid[row].findLast(Boolean);
  const [down, right] = STEPS[key];
  do {
    row += down;
    column += right;
  } while (grid[row] && column in grid[row] && !grid[row][column]);
  return grid[row]?.[column];
}

function toggle(cells) {
  const on = !cells.every((box) => box.checked);
  for (const box of cells) box.checked = on;
  count();
}

function button(head, about, cells) {
  if (cells.length < 2) return;
  const made = document.createElement("button");
  made.type = "button";
  made.className = "g-rights__all";
  made.textContent = form.dataset.all;
  made.setAttribute("aria-label", `${form.dataset.allName} : ${about}`);
  made.title = form.dataset.allName;
  made.addEventListener("click", () => toggle(cells));
  head.append(made);
}

if (boxes.length) {
  enter(boxes[0]);
  const heads = [...form.querySelectorAll("thead th")].slice(1);
  heads.forEach((head, at) => {
    const cells = grid.map((row) => row[at]).filter(Boolean);
    button(head, head.firstChild.textContent.trim(), cells);
  });
  rows.forEach((row, at) => {
    const head = row.querySelector("th");
    button(head, head.innerText.replace(/\s+/g, " ").trim(), grid[at].filter(Boolean));
  });
  form.querySelector("[data-keys]").hidden = false;
  form.addEventListener("focusin", (event) => {
    if (boxes.includes(event.target)) enter(event.target);
  });
  form.addEventListener("keydown", (event) => {
    if (!boxes.includes(event.target) || event.ctrlKey || event.altKey || event.metaKey) return;
    if (!(event.key in STEPS) && event.key !== "Home" && event.key !== "End") return;
    event.preventDefault();
    next(event.target, event.key)?.focus();
  });
  form.addEventListener("change", count);
  form.addEventListener("submit", () => (sending = true));
  window.addEventListener("pageshow", () => {
    sending = false;
    count(); // a browser that comes back gives the boxes as they were left
  });
  window.addEventListener("beforeunload", (event) => {
    if (!sending && boxes.some(changed)) event.preventDefault();
  });
}
