// Sends the files of a form in the background, so that its progress can be shown. Without this module the form
// is sent as any other; with it, the answer is the same page, whose content takes the place of this one's.

const STALLED = 20_000; // milliseconds without a byte going out
let under_way = null;

const form_of_page = () => document.querySelector("form[data-upload]");

// `percent` is null when nothing is under way. The button keeps the focus: it is never disabled.
function show(form, percent, words, failed = false) {
  const progress = form.querySelector(".g-progress");
  progress.hidden = percent === null;
  progress.querySelector("[role=progressbar]").setAttribute("aria-valuenow", percent ?? 0);
  progress.querySelector("progress").value = percent ?? 0;
  const status = form.querySelector("[role=status]");
  status.textContent = words;
  status.classList.toggle("g-upload__status--failed", failed);
  const button = form.querySelector("button");
  button.setAttribute("aria-disabled", String(percent !== null && !failed));
  if (failed) button.textContent = form.dataset.retry;
}

function replace(form, request) {
  const page = new DOMParser().parseFromString(request.responseText, "text/html");
  const content = page.querySelector("main");
  if (!content) {
    show(form, null, form.dataset.failed, true); // not a page of the portal's: something on the way refused it
    return;
  }
  if (!page.querySelector("form[data-upload]")) {
    window.location.assign(request.responseURL || window.location.href); // signed out meanwhile, or filed elsewhere
    return;
  }
  document.title = page.title;
  document.querySelector("main").replaceWith(document.adoptNode(content));
  const told = document.querySelector("#erreurs") ?? document.querySelector("main .fr-alert");
  if (told) {
    told.tabIndex = -1;
    told.focus();
  }
}

function send(form) {
  under_way?.abort(); // one that had stalled
  const request = new XMLHttpRequest();
  under_way = request;
  let watch = 0;
  let told = -10;
  const over = () => {
    clearTimeout(watch);
    if (under_way === request) under_way = null;
  };
  const failed = () => {
    over();
    show(form, null, form.dataset.failed, true);
  };
  const stalled = () => {
    told = -10; // say it again as soon as it goes on
    show(form, form.querySelector("progress").value, form.dataset.stalled, true);
  };
  request.upload.addEventListener("progress", (event) => {
    clearTimeout(watch);
    const percent = event.lengthComputable ? Math.round((100 * event.loaded) / event.total) : 0;
    if (percent < 100) watch = setTimeout(stalled, STALLED);
    if (percent < 100 && percent - told < 10) {
      form.querySelector("progress").value = percent;
      return; // a screen reader is told every tenth, not every byte
    }
    told = percent;
    show(form, percent, percent < 100 ? `${form.dataset.sending}\u00a0: ${percent}\u00a0%` : form.dataset.checking);
  });
  request.addEventListener("load", () => {
    over();
    if (request.status < 500) replace(form, request);
    else show(form, null, form.dataset.failed, true);
  });
  request.addEventListener("error", failed);
  request.open("POST", form.action);
  request.send(new FormData(form));
  watch = setTimeout(stalled, STALLED);
  show(form, 0, form.dataset.sending);
}

document.addEventListener("submit", (event) => {
  const form = form_of_page();
  if (event.target !== form) return;
  if (form.querySelector("button").getAttribute("aria-disabled") === "true") {
    event.preventDefault(); // already under way
  } else if ([...form.querySelectorAll("input[type=file]")].some((input) => input.files.length)) {
    event.preventDefault();
    send(form);
  } // else the portal says what is missing
});

// A form that says so is sent as soon as something is chosen: on a telephone, a photograph at a time.
document.addEventListener("change", (event) => {
  const form = form_of_page();
  if (form?.dataset.atOnce === undefined || event.target.form !== form || !event.target.files?.length) return;
  form.requestSubmit();
});

// A file dropped beside the box would take the place of the page: the whole page takes it.
for (const name of ["dragenter", "dragover"]) {
  document.addEventListener(name, (event) => {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    form_of_page()?.classList.add("g-upload--over");
  });
}
document.addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) form_of_page()?.classList.remove("g-upload--over");
});
document.addEventListener("drop", (event) => {
  const form = form_of_page();
  if (!form || !event.dataTransfer.files.length) return;
  event.preventDefault();
  form.classList.remove("g-upload--over");
  form.querySelector("input[type=file]").files = event.dataTransfer.files;
  form.requestSubmit();
});
