// Counts the crowd as details go on and off: whole numbers, rounded down, never below one, as on the server.
const THOUSAND = 1000n;
const DOTS = 100;
const grouped = (number) => number.toLocaleString("en-US");

function start(meter) {
  const whole = Number(meter.dataset.meter);
  const find = (selector) => meter.querySelector(selector);
  const ticks = [...meter.querySelectorAll("input[data-keeps]")];
  const dots = meter.querySelectorAll(".dot");

  const left = () => {
    const on = ticks.filter((tick) => tick.checked);
    const matching = on.reduce((people, tick) => people * BigInt(tick.dataset.keeps), BigInt(whole));
    return Math.max(1, Number(matching / THOUSAND ** BigInt(on.length)));
  };

  const show = () => {
    const people = left();
    const strong = document.createElement("strong");
    strong.textContent = grouped(people);
    find("[data-count]").replaceChildren(strong, ` of ${grouped(whole)} ${meter.dataset.of} could be meant.`);
    const stands = Math.ceil(people / DOTS);
    find("[data-each]").textContent =
      stands > 1 ? `Each dot stands for about ${grouped(stands)} people.` : "Each dot stands for one person.";
    dots.forEach((dot, place) => dot.classList.toggle("is-lit", place < people));
    for (const tick of ticks) find(`[data-said="${tick.id}"]`).hidden = !tick.checked;
  };

  meter.addEventListener("change", show);
  find("[data-again]").hidden = true;
  show();
}

document.querySelectorAll("[data-meter]").forEach(start);
