// Shows the answer as it will be sent. The checkboxes hold it, so the form works the same without this file.
function start(exercise) {
  const preview = exercise.querySelector("[data-preview]");
  const text = preview.querySelector("[data-text]");
  const ticks = [...exercise.querySelectorAll('input[name="mark"]')];

  const show = () => {
    const said = ticks
      .filter((tick) => tick.checked)
      .map((tick) => tick.labels[0].textContent.trim());
    text.textContent = said.join(" ") || text.dataset.empty;
    text.classList.toggle("is-empty", !said.length);
  };

  exercise.addEventListener("change", show);
  preview.hidden = false;
  show();
}

document.querySelectorAll("[data-reply]").forEach(start);
