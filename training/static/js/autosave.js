// Saves each answer when it is made; says so at the question; says loudly when it could not.
const FIRST_WAIT = 2000;
const LONGEST_WAIT = 30000;

const form = document.querySelector("[data-autosave]");
const banner = document.querySelector("[data-offline]");
const csrf = document.querySelector('meta[name="csrf-token"]').content;
const waiting = new Set();
let wait = FIRST_WAIT;
let timer = 0;
let busy = false;
let stopped = false;
let leaving = false;
let underWay = null;

const say = (question, text, state) => {
  const line = form.querySelector(`[data-question="${question}"] [data-saved]`);
  line.textContent = text;
  line.className = `saved ${state}`;
};

const send = async (question) => {
  const body = new URLSearchParams({ question });
  for (const value of new FormData(form).getAll(question)) body.append(question, value);
  underWay = new AbortController();
  const answer = await fetch(form.dataset.autosave, {
    method: "POST",
    body,
    signal: underWay.signal,
    headers: { "X-CSRFToken": csrf },
    redirect: "manual",
    keepalive: true,
  });
  if (answer.status === 204) return;
  // a redirect or a refusal: signed out, or handed in elsewhere; trying again would not help
  const signedOut = answer.type === "opaqueredirect" || [400, 401, 403, 404, 409].includes(answer.status);
  throw Object.assign(new Error("not saved"), { signedOut });
};

const later = () => {
  clearTimeout(timer);
  timer = setTimeout(flush, wait);
  wait = Math.min(wait * 2, LONGEST_WAIT);
};

const failed = (question, error) => {
  waiting.add(question);
  for (const each of waiting) say(each, "Not saved yet", "is-unsaved");
  banner.hidden = false;
  stopped = error.signedOut;
  if (stopped) {
    banner.querySelector("[data-offline-text]").textContent =
      "You may be signed out, or this quiz was handed in on another page. Open the home page in a new tab, sign in, then reload this page.";
  }
};

async function flush() {
  if (busy || leaving) return; // handing in sends every answer with it
  busy = true;
  for (const question of [...waiting]) {
    waiting.delete(question);
    try {
      await send(question);
      if (!waiting.has(question)) say(question, "Saved", "is-saved");
      wait = FIRST_WAIT;
    } catch (error) {
      if (leaving) return;
      failed(question, error);
      break;
    }
  }
  busy = false;
  if (!waiting.size) banner.hidden = true;
  else if (!stopped) later();
}

form.addEventListener("change", (event) => {
  const question = event.target.closest("[data-question]")?.dataset.question;
  if (!question) return;
  waiting.add(question);
  say(question, "Saving…", "");
  clearTimeout(timer);
  timer = setTimeout(flush, 150);
});
form.addEventListener("submit", () => {
  leaving = true;
  clearTimeout(timer);
  underWay?.abort(); // it would only come too late
});
window.addEventListener("online", flush);
window.addEventListener("beforeunload", (event) => {
  if (waiting.size && !leaving) event.preventDefault();
});
