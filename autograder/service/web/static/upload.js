// The form that hands in: a file may be dropped on it, and what is too large is said at once.
const form = document.getElementById("upload");
const refusal = document.getElementById("refusal");
if (refusal) refusal.focus();
if (form) {
  const field = document.getElementById("notebook");
  const drop = document.getElementById("drop");
  const problem = document.getElementById("problem");
  for (const each of document.querySelectorAll(".with-script")) each.hidden = false;

  const check = () => {
    const files = [...field.files];
    const largest = Number(form.dataset.largest);
    problem.textContent = "";
    if (files.length && !files.some((each) => each.name.endsWith(".ipynb"))) {
      problem.textContent = "Expected a notebook, a file that ends in .ipynb; received " +
        `${files[0].name}. Next: choose the saved notebook.`;
    } else if (files.some((each) => each.size > largest)) {
      problem.textContent = `The file is larger than ${Math.round(largest / 2 ** 20)} MB. ` +
        "Next: clear the outputs of all cells, save the notebook, and choose it again.";
    }
    return problem.textContent === "";
  };
  field.addEventListener("change", check);
  form.addEventListener("submit", (event) => {
    if (!check()) {
      event.preventDefault();
      field.focus();
    }
  });
  // A file dropped beside the zone would replace the page.
  for (const name of ["dragover", "drop"]) {
    window.addEventListener(name, (event) => event.preventDefault());
  }
  drop.addEventListener("dragover", () => drop.classList.add("over"));
  drop.addEventListener("dragleave", () => drop.classList.remove("over"));
  drop.addEventListener("drop", (event) => {
    drop.classList.remove("over");
    if (event.dataTransfer.files.length) {
      field.files = event.dataTransfer.files;
      field.focus();
      check();
    }
  });
}
const copy = document.getElementById("copy");
if (copy && navigator.clipboard) {
  copy.hidden = false;
  copy.addEventListener("click", async () => {
    const text = document.getElementById("token-text");
    text.select();
    const told = document.getElementById("copied");
    try {
      await navigator.clipboard.writeText(text.value);
      told.textContent = "Copied.";
    } catch {
      // In a frame the LMS may forbid it.
      told.textContent = "Selected: press Ctrl+C.";
    }
  });
}
