// Moves the focus to what the learner must read first: what is wrong, or what her choice led to.
const target = document.querySelector("[data-focus]");
if (target) {
  target.focus({ preventScroll: true });
  target.scrollIntoView({ block: "start" });
}
