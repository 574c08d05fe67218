// One key for the action of one's page that is done most: the button that has data-key="n". Without this module the
// button is pressed as any other. The key does nothing in a field, with a modifier, or once it has been turned off
// (WCAG 2.1.4); the browser remembers that.

const OFF = "guichet-keys-off";
const box = document.querySelector("[data-keys]");
const toggle = box?.querySelector("[data-keys-toggle]");

function stored() {
  try {
    return localStorage.getItem(OFF) === "1";
  } catch {
    return false; // storage is refused: the choice lasts as long as the page
  }
}

let off = stored();

function show() {
  box.hidden = false;
  box.querySelector("[data-keys-on]").hidden = off;
  toggle.textContent = off ? toggle.dataset.on : toggle.dataset.off;
}

if (box) {
  show();
  toggle.addEventListener("click", () => {
    off = !off;
    try {
      localStorage.setItem(OFF, off ? "1" : "0");
    } catch {
      // as above
    }
    show();
  });
}

document.addEventListener("keydown", (event) => {
  if (off || event.repeat || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  const button = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (!button) return;
  event.preventDefault();
  button.click();
});

// A decision is sent once, however often its button is pressed while the page is under way.
document.addEventListener("submit", (event) => {
  if (event.target.method !== "post") return;
  if (event.target.dataset.sent) event.preventDefault();
  event.target.dataset.sent = "1";
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

// Work under way is looked at again until it is over. Without this module there is a link that does.
async function watch() {
  const shown = document.querySelector("[data-watch]");
  if (!shown) return;
  const answer = await fetch(location.href).catch(() => null);
  if (answer?.ok && !answer.redirected && !shown.contains(document.activeElement)) {
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const now = page.getElementById(shown.id);
    if (now) {
      document.title = page.title;
      // A live region that stands outside is kept, and its words are changed: a new one would not be spoken.
      const live = document.querySelector("[data-said]");
      const said = page.querySelector("[data-said]")?.textContent;
      if (live && said && live.textContent !== said) live.textContent = said;
      shown.replaceWith(document.adoptNode(now));
    }
  }
  setTimeout(watch, 3000);
}
if (document.querySelector("[data-watch]")) setTimeout(watch, 2000);
