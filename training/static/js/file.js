// Looks again by itself, ever less often, and ends: a page left open keeps nobody signed in.
const find = (page) => page.querySelector("[data-file]");
let wait = 2000;
const again = () => wait < 60000 && setTimeout(look, (wait *= 1.25));
async function look() {
  const reply = await fetch(location.href).catch(() => 0);
  if (!reply.ok) return again();
  const file = find(new DOMParser().parseFromString(await reply.text(), "text/html"));
  if (!/ing/.test(file?.dataset.file)) return location.reload();
  find(document).replaceWith(file);
  again();
}
again();
