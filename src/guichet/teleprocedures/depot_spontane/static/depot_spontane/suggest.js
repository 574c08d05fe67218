// Types of document suggested while one types. Without this module the button searches.

const WAIT = 250; // milliseconds without a key before asking
const form = document.querySelector("form[data-suggest]");
const field = form.querySelector("input[name=q]");
const status = form.querySelector("[role=status]");
const list = document.createElement("ul");
let [pause, asked, at] = [0, null, -1];

list.id = "suggestions";
list.setAttribute("role", "listbox");
list.setAttribute("aria-label", form.dataset.list);
list.hidden = true;
field.after(list);
for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-expanded", "false"], ["aria-controls", list.id]]) {
  field.setAttribute(name, value);
}

function close() {
  list.hidden = true;
  at = -1;
  field.setAttribute("aria-expanded", "false");
  field.removeAttribute("aria-activedescendant");
}

function point(to) {
  const options = [...list.children];
  at = (to + options.length) % options.length;
  for (const [number, option] of options.entries()) option.setAttribute("aria-selected", String(number === at));
  field.setAttribute("aria-activedescendant", options[at].id);
}

// The page of the type that was chosen, where it is the first of the list and ticked.
function choose(option) {
  const address = new URL(window.location.href);
  address.search = new URLSearchParams({ q: option.textContent, choix: option.dataset.code });
  window.location.assign(address);
}

function show(types) {
  list.replaceChildren(...types.map(({ code, label }, number) => {
    const option = document.createElement("li");
    option.id = `suggestion-${number}`;
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    option.dataset.code = code;
    option.textContent = label;
    return option;
  }));
  at = -1;
  field.removeAttribute("aria-activedescendant");
  list.hidden = types.length === 0;
  field.setAttribute("aria-expanded", String(types.length > 0));
  const words = [form.dataset.none, form.dataset.one][types.length] ?? form.dataset.many;
  status.textContent = words.replace("{n}", types.length);
}

async function ask() {
  asked?.abort();
  asked = new AbortController();
  const address = new URL(form.dataset.suggest, window.location.href);
  address.searchParams.set("q", field.value);
  try {
    const answer = await fetch(address, { signal: asked.signal, headers: { Accept: "application/json" } });
    if (answer.ok) show((await answer.json()).types);
  } catch {
    close(); // overtaken by the next one, or no connection: the button still searches
  }
}

field.addEventListener("input", () => {
  clearTimeout(pause);
  if (field.value.trim().length < 2) close();
  else pause = setTimeout(ask, WAIT);
});
field.addEventListener("keydown", (event) => {
  if (list.hidden) return;
  if (event.key === "ArrowDown") point(at + 1);
  else if (event.key === "ArrowUp") point(at < 0 ? -1 : at - 1);
  else if (event.key === "Enter" && at >= 0) choose(list.children[at]);
  else if (event.key === "Escape") close();
  else return;
  event.preventDefault();
});
list.addEventListener("mousedown", (event) => event.preventDefault()); // the field keeps the focus
list.addEventListener("click", (event) => {
  const option = event.target.closest("[role=option]");
  if (option) choose(option);
});
field.addEventListener("blur", close);
