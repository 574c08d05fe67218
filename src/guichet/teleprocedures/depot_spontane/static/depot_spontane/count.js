// How many characters are typed, as the portal counts them: seen at once, and said when typing pauses.

const SAID_AFTER = 1_000; // milliseconds without a key
const signs = new Intl.Segmenter("fr", { granularity: "grapheme" });

for (const group of document.querySelectorAll("[data-count]")) {
  const field = group.querySelector("textarea");
  const [counter, said] = [group.querySelector("[data-counter]"), group.querySelector("[data-said]")];
  const most = Number(group.dataset.count);
  let pause = 0;
  const tell = () => {
    const typed = [...signs.segment(field.value.trim().normalize("NFC"))].length;
    const words = typed > most ? group.dataset.over.replace("{n}", typed - most) : group.dataset.left.replace("{n}", typed);
    counter.textContent = words;
    counter.classList.toggle("fr-error-text", typed > most);
    clearTimeout(pause);
    pause = setTimeout(() => { said.textContent = words; }, SAID_AFTER);
  };
  counter.hidden = false;
  field.addEventListener("input", tell);
  tell();
  clearTimeout(pause); // nobody has typed yet
}
