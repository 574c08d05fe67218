// Says, while a new password is being typed, what the portal would answer. The form works without.
const form = document.querySelector("[data-new-password]");
const input = form.elements.password;
const verdict = document.createElement("p");
verdict.setAttribute("role", "status");
verdict.id = "verdict";
input.after(verdict);
input.setAttribute("aria-describedby", `${input.getAttribute("aria-describedby") ?? ""} verdict`.trim());
let waiting;
let asked = 0;

async function ask() {
  const mine = (asked += 1);
  if (!input.value) { verdict.textContent = ""; return; }
  const data = new FormData();
  data.set("live", "1");
  data.set("password", input.value);
  data.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
  const answer = await fetch(location.href, { method: "POST", body: data }).then((r) => r.json()).catch(() => null);
  if (!answer || mine !== asked) return;
  verdict.className = answer.holds ? "fr-valid-text" : "fr-info-text";
  verdict.textContent = answer.sentence;
}

input.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(ask, 400); });
