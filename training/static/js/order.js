// Moves steps up and down. The selects hold the numbers, so the form works the same without this file.
const button = (text, label, look, press) => {
  const made = document.createElement("button");
  made.type = "button";
  made.className = look;
  made.textContent = text;
  made.setAttribute("aria-label", label);
  made.addEventListener("click", press);
  return made;
};

function start(list) {
  const rows = [...list.children].map((element) => {
    const select = element.querySelector("select");
    return { element, select, text: element.querySelector(".row-text").textContent.trim(), out: false };
  });
  const around = list.closest("fieldset");
  const said = around.querySelector("[data-order-said]");
  const last = rows[0].select.options.length - 1;
  const canLeaveOut = last > rows.length; // after the numbers there is one more: left out
  let touched = list.dataset.order === "begun";

  const kept = () => rows.filter((row) => !row.out);

  const show = () => {
    rows.sort((one, other) => one.out - other.out);
    const inside = kept();
    rows.forEach((row, place) => {
      list.append(row.element);
      const number = row.element.querySelector("[data-number]");
      number.textContent = row.out ? "–" : place + 1;
      row.element.classList.toggle("is-out", row.out);
      row.up.hidden = row.down.hidden = row.out;
      row.up.disabled = place === 0;
      row.down.disabled = place === inside.length - 1;
      if (row.leave) {
        row.leave.textContent = row.out ? "Put it in" : "Leave out";
        row.leave.setAttribute("aria-label", `${row.leave.textContent}: ${row.text}`);
      }
      if (touched) row.select.selectedIndex = row.out ? last : place + 1;
    });
  };

  const tell = (row) => {
    const inside = kept();
    const where = row.out ? "is left out" : `is now number ${inside.indexOf(row) + 1} of ${inside.length}`;
    said.textContent = `${row.text}: ${where}.`;
    row.select.dispatchEvent(new Event("change", { bubbles: true }));
  };

  const settle = (row, pressed, other) => {
    touched = true;
    show();
    (pressed.disabled ? other : pressed).focus();
    tell(row);
  };

  const move = (row, by, pressed, other) => {
    const from = rows.indexOf(row);
    rows.splice(from, 1);
    rows.splice(from + by, 0, row);
    settle(row, pressed, other);
  };

  const leave = (row) => {
    row.out = !row.out;
    settle(row, row.leave);
  };

  // what was set before stands as it was; what was not comes after it
  const rank = (row) => row.select.selectedIndex || rows.length + 1;
  if (rows.some((row) => row.select.value)) {
    for (const row of rows) row.out = canLeaveOut && row.select.selectedIndex === last;
    rows.sort((one, other) => rank(one) - rank(other));
    touched = true;
  }

  for (const row of rows) {
    row.up = button("↑", `Move up: ${row.text}`, "tool", () => move(row, -1, row.up, row.down));
    row.down = button("↓", `Move down: ${row.text}`, "tool", () => move(row, 1, row.down, row.up));
    const tools = document.createElement("span");
    tools.className = "row-tools";
    tools.append(row.up, row.down);
    if (canLeaveOut) {
      row.leave = button("", "", "row-leave", () => leave(row));
      tools.append(row.leave);
    }
    row.element.append(tools);
    row.element.querySelector("[data-pick]").hidden = true;
  }
  list.classList.add("is-live");
  around.querySelectorAll("[data-with-scripts]").forEach((hint) => (hint.hidden = false));
  around.querySelectorAll("[data-without-scripts]").forEach((hint) => (hint.hidden = true));
  show();
}

document.querySelectorAll("[data-order]").forEach(start);
