// The declarations one beside the other, a page of them at a time. Without this module they are a list.
for (const box of document.querySelectorAll("[data-carousel]")) {
  const list = box.querySelector("ul");
  const bar = box.querySelector("[data-carousel-bar]");
  const dots = bar.querySelector("[data-carousel-dots]");
  const [before, after] = ["before", "after"].map((name) => bar.querySelector(`[data-carousel-${name}]`));
  const all = bar.querySelector("[data-carousel-all]");
  const tiles = [...list.children];
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  let pages = []; // the first tile of each page
  const left = (tile) => tile.offsetLeft - tiles[0].offsetLeft; // how far it lies from where the list begins

  const page = () => {
    const at = list.scrollLeft + 2;
    const last = list.scrollLeft + list.clientWidth >= list.scrollWidth - 2;
    const begun = pages.findLastIndex((tile) => left(tile) <= at);
    return last ? pages.length - 1 : Math.max(0, begun);
  };
  const go = (number) => {
    list.scrollTo({ left: left(pages[number]), behavior: still.matches ? "auto" : "smooth" });
  };
  const show = () => {
    const here = page();
    before.setAttribute("aria-disabled", String(here === 0));
    after.setAttribute("aria-disabled", String(here === pages.length - 1));
    [...dots.children].forEach((item, number) => {
      if (number === here) item.firstChild.setAttribute("aria-current", "true");
      else item.firstChild.removeAttribute("aria-current");
    });
  };
  const dot = (number, size) => {
    const item = document.createElement("li");
    const button = document.createElement("button");
    const first = number * size + 1;
    const until = Math.min(first + size - 1, tiles.length);
    const named = first === until ? box.dataset.one : box.dataset.several;
    button.type = "button";
    button.setAttribute("aria-label", named.replace("{first}", first).replace("{last}", until));
    button.addEventListener("click", () => go(number));
    item.append(button);
    return item;
  };
  const lay = () => {
    const size = Math.max(1, Math.round(list.clientWidth / tiles[0].offsetWidth));
    pages = tiles.filter((_tile, number) => number % size === 0);
    dots.replaceChildren(...pages.map((_tile, number) => dot(number, size)));
    bar.classList.toggle("g-carousel__bar--short", pages.length < 2);
    show();
  };

  before.addEventListener("click", () => go(Math.max(0, page() - 1)));
  after.addEventListener("click", () => go(Math.min(pages.length - 1, page() + 1)));
  all.addEventListener("click", () => {
    const live = box.classList.toggle("g-carousel--live");
    all.setAttribute("aria-pressed", String(!live));
    if (live) lay();
  });
  list.addEventListener("scroll", show, { passive: true });
  new ResizeObserver(() => box.classList.contains("g-carousel--live") && lay()).observe(list);
  box.classList.add("g-carousel--live");
  list.tabIndex = 0;
  bar.hidden = false;
  lay();
}
