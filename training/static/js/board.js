// The photo board. A tap names the nearest thing; a second step marks it. The list's own
// checkboxes or radio buttons hold the marks, so the form works the same without this file.
const ZOOMS = 4;

const distance = (spot, x, y) => {
  const [left, top, width, height] = ["x", "y", "width", "height"].map((name) => Number(spot.getAttribute(name)));
  const dx = Math.max(left - x, 0, x - left - width);
  const dy = Math.max(top - y, 0, y - top - height);
  // inside several: the smallest wins
  return Math.hypot(dx, dy) + (width * height) / 1e8;
};

function start(board) {
  const find = (selector) => board.querySelector(selector);
  const key = board.dataset.board;
  const list = document.querySelector(`[data-list="${key}"]`);
  const svg = find("svg");
  const spots = [...svg.querySelectorAll("[data-spot]")];
  const sheet = find(".board-sheet");
  const scroll = find(".board-scroll");
  const mark = find("[data-mark]");
  const named = find("[data-named]");
  const inputOf = (spot) => document.getElementById(spot.dataset.spot);
  let current = null;
  let zoom = 1;

  const paint = () => {
    let marked = 0;
    for (const spot of spots) {
      const on = inputOf(spot).checked;
      marked += on ? 1 : 0;
      spot.classList.toggle("is-marked", on);
      spot.classList.toggle("is-named", spot === current);
    }
    find("[data-count]").textContent = `${marked} marked`;
    if (current) mark.textContent = inputOf(current).checked ? "Take the mark away" : "Mark it";
  };

  const name = (spot) => {
    current = spot;
    const input = inputOf(spot);
    const look = document.getElementById(input.getAttribute("aria-describedby"));
    const title = document.createElement("strong");
    const text = document.createElement("p");
    title.textContent = input.labels[0].textContent.trim();
    text.textContent = look ? look.textContent : "";
    named.replaceChildren(title, text);
    find("[data-hint]").hidden = true;
    mark.hidden = false;
    paint();
  };

  svg.addEventListener("click", (event) => {
    const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
    name(spots.reduce((best, spot) => (distance(spot, at.x, at.y) < distance(best, at.x, at.y) ? spot : best)));
  });

  mark.addEventListener("click", () => {
    const input = inputOf(current);
    input.checked = !input.checked;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });

  // what is looked at stays in the middle: the named thing, else the middle of the view
  const middle = () => {
    if (current) {
      const { x, y, width, height } = current.getBBox();
      const whole = svg.viewBox.baseVal;
      return [(x + width / 2) / whole.width, (y + height / 2) / whole.height];
    }
    return [
      (scroll.scrollLeft + scroll.clientWidth / 2) / sheet.offsetWidth,
      (scroll.scrollTop + scroll.clientHeight / 2) / sheet.offsetHeight,
    ];
  };

  const enlarge = (by) => {
    const [x, y] = middle();
    zoom = Math.min(ZOOMS, Math.max(1, zoom + by));
    sheet.className = `board-sheet zoom-${zoom}`;
    scroll.scrollTo(
      x * sheet.offsetWidth - scroll.clientWidth / 2,
      y * sheet.offsetHeight - scroll.clientHeight / 2,
    );
    find("[data-level]").textContent = `${zoom * 100} %`;
    find('[data-zoom="-1"]').disabled = zoom === 1;
    find('[data-zoom="1"]').disabled = zoom === ZOOMS;
  };

  for (const tool of board.querySelectorAll("[data-zoom]")) {
    tool.addEventListener("click", () => enlarge(Number(tool.dataset.zoom)));
  }
  list.addEventListener("change", paint);
  list.addEventListener("focusin", (event) => {
    const spot = spots.find((each) => each.dataset.spot === event.target.id);
    // by keyboard only: naming moves the list, and a click must not lose its place under a thumb
    if (spot && event.target.matches(":focus-visible")) name(spot);
  });

  board.classList.add("board-live");
  find(".board-tools").hidden = false;
  find(".board-panel").hidden = false;
  if (list.matches("details")) list.open = false;
  enlarge(0);
  paint();
}

document.querySelectorAll("[data-board]").forEach(start);
