// Listens for what changed, and keeps the session alive while somebody is there.
import { post, refresh, signedOut } from "./swap.js";

const WARN_SECONDS = 300;
const STAY_EVERY = 60_000;
const { queue, caseLive, caseCode } = document.body.dataset;
const queueParts = queue ?? `/alarms?case=${encodeURIComponent(caseCode ?? "")}`;
let lastStay = Date.now();

export function startStream() {
  connect();
  for (const act of ["pointerdown", "pointermove", "keydown"]) {
    document.addEventListener(act, () => Date.now() - lastStay > STAY_EVERY && stay(), { passive: true });
  }
  document.querySelector("[data-action=stay]").addEventListener("click", stay);
}

async function stay() {
  lastStay = Date.now();
  const answer = await post("/stay").catch(() => null);
  if (answer?.status === 401) signedOut();
  if (answer?.ok) document.getElementById("idle").hidden = true;
}

function connect() {
  const stream = new EventSource(caseCode ? `/events?case=${encodeURIComponent(caseCode)}` : "/events");
  stream.onopen = () => {
    document.getElementById("link").hidden = true;
    refreshQueue();
    refreshCase();
  };
  stream.onerror = () => {
    document.getElementById("link").hidden = false;
    stream.close();
    refreshQueue().catch(() => {});
    setTimeout(connect, 2000);
  };
  stream.addEventListener("queue", refreshQueue);
  stream.addEventListener("case", refreshCase);
  stream.addEventListener("ended", signedOut);
  stream.addEventListener("left", (event) => {
    document.getElementById("idle").hidden = Number(event.data) > WARN_SECONDS;
  });
  addEventListener("pagehide", () => stream.close(), { once: true });
}

const refreshQueue = oneAtATime(() => refresh(queueParts));
const refreshCase = oneAtATime(async () => caseLive && (await refresh(caseLive)));

// Changes that come during a fetch lead to one more fetch, not to many.
function oneAtATime(work) {
  let running = null;
  let again = false;
  return async function run() {
    if (running) {
      again = true;
      return running;
    }
    running = work().catch(() => {});
    await running;
    running = null;
    if (again) {
      again = false;
      await run();
    }
  };
}
