// Asks the browser for a passkey where a part of a form has a button with data-passkey: "create" and "get" send
// the form with what it answers; "fill" keeps that for the button that one presses next. Without this script,
// or where the browser knows no passkeys, a sentence stands in the button's place.
const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
const withBytes = (known) => known.map((one) => ({ ...one, id: bytes(one.id) }));

async function create(options) {
  const publicKey = { ...options, challenge: bytes(options.challenge), user: { ...options.user, id: bytes(options.user.id) }, excludeCredentials: withBytes(options.excludeCredentials ?? []) };
  const { response, ...made } = plain(await navigator.credentials.create({ publicKey }));
  return { ...made, response: { clientDataJSON: text(response.clientDataJSON), attestationObject: text(response.attestationObject), transports: response.getTransports?.() ?? [] } };
}

async function get(options) {
  const publicKey = { ...options, challenge: bytes(options.challenge), allowCredentials: withBytes(options.allowCredentials ?? []) };
  const { response, ...given } = plain(await navigator.credentials.get({ publicKey }));
  return { ...given, response: { clientDataJSON: text(response.clientDataJSON), authenticatorData: text(response.authenticatorData), signature: text(response.signature) } };
}

function plain(credential) {
  return { id: credential.id, rawId: text(credential.rawId), type: credential.type, response: credential.response };
}

// What went wrong, in the words that the page holds for it.
function sentence(button, error) {
  if (error.name === "InvalidStateError") return button.dataset.known;
  if (error.name === "SecurityError") return button.dataset.elsewhere;
  return error.told ?? button.dataset.cancelled;
}

async function ask(form) {
  const data = new FormData(form);
  data.set("begin", "1");
  const response = await fetch(location.href, { method: "POST", body: data, redirect: "manual" });
  if (response.type === "opaqueredirect") location.reload(); // too late: to where one signs in again
  const answer = await response.json().catch(() => ({}));
  if (!answer.options) throw Object.assign(new Error("refused"), { told: answer.sentence });
  return answer.options;
}

for (const button of document.querySelectorAll("[data-passkey]")) {
  const { form } = button;
  const part = button.closest("[data-passkey-part]");
  const without = part.querySelector("[data-passkey-without]");
  if (!window.PublicKeyCredential) {
    without.textContent = button.dataset.unknown;
    continue;
  }
  const status = part.querySelector("[data-passkey-status]");
  const field = form.elements.passkey;
  without.hidden = true;
  button.hidden = false;

  let busy = false; // a button that is disabled loses the focus
  const run = async (event) => {
    event.preventDefault();
    if (busy) return;
    busy = true;
    status.textContent = "";
    try {
      const use = button.dataset.passkey;
      field.value = JSON.stringify(await (use === "create" ? create : get)(await ask(form)));
      if (use === "fill") status.textContent = button.dataset.done;
      else form.submit();
    } catch (error) {
      status.textContent = sentence(button, error);
    }
    busy = false;
  };
  if (button.dataset.passkey === "fill") button.addEventListener("click", run);
  else form.addEventListener("submit", run);
}
