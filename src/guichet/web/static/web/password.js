// Shows or hides a password, and says when Caps Lock is on. The field works without.
// The notice stays when the field is left: a button must not move away from under the pointer.
for (const group of document.querySelectorAll(".g-password")) {
  const input = group.querySelector("input");
  const button = group.querySelector("[data-show-password]");
  const notice = group.querySelector("[data-caps-lock]");
  button.hidden = false;
  button.addEventListener("click", () => {
    const shown = input.type === "password";
    input.type = shown ? "text" : "password";
    button.setAttribute("aria-pressed", String(shown));
    input.focus();
  });
  const look = (event) => {
    if (event.getModifierState) notice.hidden = !event.getModifierState("CapsLock");
  };
  input.addEventListener("keydown", look);
  input.addEventListener("keyup", look);
  input.addEventListener("mousedown", look);
  notice.setAttribute("role", "status");
}
