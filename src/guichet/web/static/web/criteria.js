// Says, while a new password is being typed, which criteria it meets and how strong the portal finds it: ticks
// at once, words when the typing pauses. The form works without.
const LOOK = 250;
const SPEAK = 900;
for (const group of document.querySelectorAll("[data-criteria]")) {
  const input = group.querySelector("input");
  const gauge = group.querySelector("[data-gauge]");
  const meter = gauge.querySelector("[role=meter]");
  const verdict = gauge.querySelector("[data-verdict]");
  const spoken = group.querySelector("[data-spoken]");
  let looking;
  let speaking;
  let asked = 0;
  let question = new AbortController();

  const show = ({ met = [], level = 0, word = "", holds = false, sentence = "" }) => {
    for (const line of group.querySelectorAll("[data-criterion]")) {
      const holds = met.includes(line.dataset.criterion);
      line.classList.toggle("g-met", holds);
      line.querySelector("[data-met]").hidden = !holds;
    }
    gauge.hidden = !level;
    gauge.dataset.level = level;
    gauge.querySelector("[data-word]").textContent = word;
    meter.setAttribute("aria-valuenow", level);
    meter.setAttribute("aria-valuetext", word);
    verdict.className = holds ? "fr-valid-text" : "fr-info-text";
    verdict.textContent = sentence;
  };

  async function ask() {
    const mine = (asked += 1);
    question.abort();
    question = new AbortController();
    const { signal } = question;
    if (!input.value) { show({}); spoken.textContent = ""; return; }
    const body = new FormData();
    body.set("live", "1");
    body.set("password", input.value);
    body.set("csrfmiddlewaretoken", input.form.elements.csrfmiddlewaretoken.value);
    const answer = await fetch(location.href, { method: "POST", body, signal })
      .then((r) => r.json()).catch(() => null);
    if (!answer || mine !== asked) return;
    show(answer);
    clearTimeout(speaking);
    speaking = setTimeout(() => { spoken.textContent = answer.spoken; }, SPEAK - LOOK);
  }

  input.addEventListener("input", () => {
    clearTimeout(looking);
    clearTimeout(speaking);
    looking = setTimeout(ask, LOOK);
  });
  // What is sent needs no verdict any more; the link of this page may have served by the time that one comes.
  input.form.addEventListener("submit", () => {
    clearTimeout(looking);
    question.abort();
  });
}
