// Adds the browser's own calendar beside a date that can also be typed.
for (const input of document.querySelectorAll("input[data-calendar]")) {
  const picker = document.createElement("input");
  if (!("showPicker" in picker)) break;
  picker.type = "date";
  picker.tabIndex = -1;
  picker.className = "g-picker";
  picker.setAttribute("aria-hidden", "true");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "fr-btn fr-btn--sm fr-btn--tertiary fr-mt-1w";
  button.textContent = input.dataset.calendar;
  button.addEventListener("click", () => {
    const typed = input.value.match(/^\s*(\d{1,2})\D(\d{1,2})\D(\d{4})\s*$/);
    if (typed) picker.value = `${typed[3]}-${typed[2].padStart(2, "0")}-${typed[1].padStart(2, "0")}`;
    picker.showPicker();
  });
  picker.addEventListener("change", () => {
    if (!picker.value) return;
    input.value = picker.value.split("-").reverse().join("/");
    input.focus();
  });
  input.after(button, picker);
}
