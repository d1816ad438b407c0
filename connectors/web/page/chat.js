/* The chat page. It keeps what is said in this document only: sessionStorage holds the random sender
   and the numbers of messages already shown, never a word. Text enters the page through textContent alone.
   Written without the newest syntax, because family phones are old. */
(function () {
  "use strict";

  const SESSION_URL = "/webhooks/web/session";
  const SEND_URL = "/webhooks/web/webhook";
  const EVENTS_URL = "/webhooks/web/events";
  const STORE = "goc";
  const MAX_CHARACTERS = 5000;
  const TYPING_AFTER_MS = 300;
  const POST_TIMEOUT_MS = 20000;
  const FIRST_WAIT_MS = 1000;
  const LONGEST_WAIT_MS = 30000;
  const ESCAPES_TO_LEAVE = 3;
  const ESCAPE_WINDOW_MS = 3000;
  const ONE_BATCH_MS = 1000;
  const UNDER_WAY_MS = 5000;
  const JUST_SHOWN_MS = 3000;
  const KEEPALIVE_CHARACTERS = 2000; // browsers refuse keepalive beyond 64 KB in flight
  const RETRIED = [408, 425, 429];
  const SENDER_UNKNOWN = [401, 403, 404, 410];
  // A web address, or one of the free emergency numbers standing alone (not inside 1.113 or 0113).
  const LINKS = /(https?:\/\/[^\s<>"]+)|(^|[^\d.,])(11[135])(?!\d|[.,]\d)/g;

  const at = (id) => document.getElementById(id);
  const log = at("log");
  const scroller = at("scroller");
  const words = at("words");

  const kept = restore();
  const seen = new Set(kept.seen);
  let stream = null;
  let streamTries = 0;
  let opening = null;      // the request for a sender, shared by all who wait for it
  let queue = [];          // the person's messages the server has not confirmed
  let flushTimer = 0;
  let typingTimer = 0;
  let epoch = 0;           // rises with each quick exit: answers to older messages are no longer shown
  let exitId = null;       // the "thoát" under way; until it is confirmed nothing is shown
  let floor = { id: 0, until: 0 }; // what was under way when the log was cleared stays away
  let batch = { top: null, until: 0 };
  let knownHeight = 0;     // of the view; a scroll that a new height brought says nothing about the person
  let atBottom = true;     // so that the view stays there when the keyboard or a notice takes its room
  let escapes = [];

  /* ---- what outlives a reload ---- */

  function restore() {
    const empty = { sender: null, after: 0, seen: [], covered: false };
    try {
      return Object.assign(empty, JSON.parse(sessionStorage.getItem(STORE) || "{}"));
    } catch (error) {
      return empty;
    }
  }

  function remember() {
    kept.seen = Array.from(seen).filter((id) => id > kept.after).slice(-200);
    try {
      sessionStorage.setItem(STORE, JSON.stringify(kept));
    } catch (error) {
      // A browser that forbids storage only loses the sender with a reload.
    }
  }

  function randomHex(bytes) {
    const values = crypto.getRandomValues(new Uint8Array(bytes));
    return Array.from(values, (value) => value.toString(16).padStart(2, "0")).join("");
  }

  function uuid() {
    const hex = randomHex(16);
    const variant = "89ab"[parseInt(hex[16], 16) % 4];
    return [hex.slice(0, 8), hex.slice(8, 12), "4" + hex.slice(13, 16),
      variant + hex.slice(17, 20), hex.slice(20)].join("-");
  }

  /* ---- to the server ---- */

  function failure(status, retryAfter) {
    const error = new Error("HTTP " + status);
    error.status = status;
    error.final = status >= 400 && status < 500 && !RETRIED.includes(status);
    error.waitMs = 1000 * (parseInt(retryAfter, 10) || 0);
    return error;
  }

  async function post(url, body) {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), POST_TIMEOUT_MS);
    try {
      const response = await fetch(url, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(body),
        cache: "no-store",
        credentials: "omit",
        keepalive: !body.message || body.message.length < KEEPALIVE_CHARACTERS,
        signal: stop.signal,
      });
      if (!response.ok) throw failure(response.status, response.headers.get("Retry-After"));
      return await response.json();
    } finally {
      clearTimeout(timer);
    }
  }

  async function openSession() {
    if (kept.sender) return kept.sender;
    if (!opening) opening = post(SESSION_URL, {});
    try {
      const sender = (await opening).sender;
      if (!kept.sender) adopt(sender);
      return kept.sender;
    } finally {
      opening = null;
    }
  }

  function adopt(sender) {
    kept.sender = sender;
    kept.after = 0;
    seen.clear();
    floor = { id: 0, until: 0 };
    remember();
    listen();
  }

  async function say(item) {
    const sender = await openSession();
    const body = { sender: sender, message: item.text, message_id: item.id };
    if (item.payload) body.payload = item.payload;
    try {
      return await post(SEND_URL, body);
    } catch (error) {
      if (!SENDER_UNKNOWN.includes(error.status) || item.renewed) throw error;
      item.renewed = true;
      if (kept.sender === sender) kept.sender = null;
      return say(item);
    }
  }

  async function deliver(item) {
    item.state = "flying";
    mark(item);
    try {
      const answers = await say(item);
      queue = queue.filter((other) => other !== item);
      item.state = "sent";
      mark(item);
      receive(item, answers);
      // An answer lost on the way is not given to a second post; the stream gives it again.
      if (item.tries > 0) resume();
    } catch (error) {
      fail(item, error);
    }
    settle();
  }

  function fail(item, error) {
    item.state = error.final ? "refused" : "waiting";
    item.tries += 1;
    mark(item);
    if (error.final) {
      if (item.id === exitId) exitId = null;
      return;
    }
    const wait = Math.max(backoff(item.tries), error.waitMs || 0);
    clearTimeout(flushTimer);
    flushTimer = setTimeout(flush, wait);
  }

  function backoff(tries) {
    const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * Math.pow(2, tries - 1));
    return wait * (0.8 + 0.4 * Math.random());
  }

  /** Send all that wait, oldest first, each under the id it has had from the start. */
  function flush() {
    clearTimeout(flushTimer);
    queue.filter((item) => item.state !== "flying").forEach(deliver);
    settle();
  }

  function submit(text, payload) {
    if (/^\s*111(?!\d)/.test(text)) uncover();
    retireChoices();
    const item = newItem(text, payload);
    item.node = addLine("me", text, false);
    followBottom();
    queue.push(item);
    deliver(item);
    settle();
  }

  function newItem(text, payload) {
    return { id: uuid(), text: text, payload: payload || null, epoch: epoch, tries: 0, state: "new", node: null };
  }

  /* ---- from the server ---- */

  function receive(item, answers) {
    if (item.id === exitId) {
      exitId = null;
      swallow(answers);
      raiseFloor();
    } else if (item.epoch < epoch) {
      swallow(answers);
    } else {
      answers.forEach(accept);
    }
    remember();
  }

  function swallow(answers) {
    answers.filter((answer) => answer.id).forEach((answer) => seen.add(answer.id));
  }

  function raiseFloor() {
    floor = { id: Math.max(0, ...seen), until: Date.now() + UNDER_WAY_MS };
    kept.after = Math.max(kept.after, floor.id);
    remember();
  }

  /** Show one message of the server, once, wherever it came from. One without an id comes in an answer only. */
  function accept(message) {
    if (message.id && seen.has(message.id)) return;
    const late = message.id <= floor.id && Date.now() < floor.until;
    if (message.id) seen.add(message.id);
    remember();
    if (late || exitId) return;
    // A covered page shows nothing that was said without knowing that it is covered.
    if (kept.covered && !message.id && !message.view) return;
    const author = ["counsellor", "system"].includes(message.author) ? message.author : "bot";
    if (author === "counsellor") uncover();
    obey(message.view);
    hideTyping();
    showMessage(message, author);
  }

  /** A message may say what becomes of the view before it is shown. */
  function obey(view) {
    if (view === "clear") clearLog(neverKept);
    if (view === "cover") cover();
    if (view === "open") uncover();
  }

  function listen() {
    if (stream) stream.close();
    stream = new EventSource(EVENTS_URL + "?sender=" + encodeURIComponent(kept.sender) + "&after=" + kept.after);
    stream.addEventListener("open", () => { streamTries = 0; });
    stream.addEventListener("message", (event) => { accept(JSON.parse(event.data)); advance(event); });
    stream.addEventListener("clear", (event) => { erased(event); advance(event); });
    stream.addEventListener("cover", cover);
    stream.addEventListener("error", reconnect);
  }

  // A browser would reconnect to the first address, with the first "after"; a new stream carries the last id.
  function reconnect() {
    stream.close();
    streamTries += 1;
    setTimeout(listen, backoff(streamTries));
  }

  // A phone that slept may hold a dead connection without knowing; "after" makes opening it anew lossless.
  function resume() {
    if (kept.sender) listen();
  }

  function advance(event) {
    const id = parseInt(event.lastEventId, 10);
    if (id > kept.after) kept.after = id;
    remember();
  }

  function erased(event) {
    const upTo = parseInt(event.lastEventId, 10);
    queue = queue.filter((item) => item.state === "flying");
    clearLog(upTo > kept.after ? (line) => Number(line.dataset.id) > upTo : answersErasure);
    raiseFloor();
  }

  // The stream may be slower than the answer "everything is erased", which must stay: it stands below the
  // person's last line and came a moment ago.
  function answersErasure(line) {
    const mine = log.querySelectorAll(".me");
    const last = mine[mine.length - 1];
    const below = last && last.compareDocumentPosition(line) & Node.DOCUMENT_POSITION_FOLLOWING;
    return Boolean(below) && Date.now() - line.shownAt < JUST_SHOWN_MS;
  }

  function neverKept() {
    return false;
  }

  /* ---- leaving without a trace ---- */

  function quickExit() {
    epoch += 1;
    cover();
    const item = newItem("thoát");
    exitId = item.id;
    queue.push(item);
    flush();
  }

  function cover() {
    kept.covered = true;
    remember();
    dress();
    clearLog(neverKept);
  }

  function uncover() {
    if (!kept.covered) return;
    kept.covered = false;
    floor = { id: 0, until: 0 };
    if (exitId) {
      queue = queue.filter((item) => item.id !== exitId);
      exitId = null;
    }
    remember();
    dress();
  }

  function dress() {
    const heading = at("heading");
    heading.textContent = kept.covered ? heading.dataset.covered : heading.dataset.plain;
    at("acts").hidden = kept.covered;
    at("danger").hidden = kept.covered;
  }

  function clearLog(isKept) {
    const gone = Array.from(log.children).filter((line) => !isKept(line));
    gone.forEach((line) => line.remove());
    queue.forEach((item) => { item.node = null; });
    words.value = "";
    hideTyping();
    measure();
    const first = addLine("bot", kept.covered ? log.dataset.homework : log.dataset.opening, true);
    log.prepend(first);
    settle();
  }

  function isExit(text) {
    const plain = text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
    return /^\s*thoat(\s+(ra|ngay|chat|di))*[\s.!…]*$/.test(plain.replace(/đ/g, "d"));
  }

  /* ---- on the screen ---- */

  function copy(id) {
    return at(id).content.firstElementChild.cloneNode(true);
  }

  function addLine(author, text, linked, before) {
    const line = copy("line-" + author);
    const place = line.querySelector(".text");
    if (linked) writeLinked(place, text, author);
    else place.textContent = text;
    log.insertBefore(line, before || null);
    return line;
  }

  function showMessage(message, author) {
    const stay = !nearBottom();
    const later = Array.from(log.children).find((other) => Number(other.dataset.id) > message.id);
    const line = addLine(author, String(message.text || ""), true, later);
    if (message.id) line.dataset.id = message.id;
    line.shownAt = Date.now();
    if (message.buttons && message.buttons.length) offerChoices(line, message.buttons, Boolean(later));
    if (stay) at("newer").hidden = false;
    else followBatch(line);
  }

  function writeLinked(place, text, author) {
    let done = 0;
    for (const found of text.matchAll(LINKS)) {
      const shown = found[1] ? found[1].replace(/[).,;:!?…]+$/, "") : found[3];
      if (found[1] && author !== "bot") continue;
      const start = found.index + (found[2] || "").length;
      place.append(text.slice(done, start), link(shown, Boolean(found[1])));
      done = start + shown.length;
    }
    place.append(text.slice(done));
  }

  function link(shown, isAddress) {
    const anchor = document.createElement("a");
    anchor.href = isAddress ? shown : "tel:" + shown;
    anchor.textContent = shown;
    if (isAddress) {
      anchor.rel = "noreferrer noopener";
      anchor.target = "_blank";
    }
    return anchor;
  }

  function offerChoices(line, buttons, isOld) {
    if (!isOld) retireChoices();
    const group = copy("choices");
    buttons.forEach((button) => group.append(choice(button, isOld)));
    line.append(group);
  }

  function choice(button, isOld) {
    const node = document.createElement("button");
    node.type = "button";
    node.className = "choice";
    node.textContent = button.title;
    node.disabled = isOld;
    node.addEventListener("click", (event) => {
      node.classList.add("chosen");
      submit(button.title, button.payload);
      returnFocus(event);
    });
    return node;
  }

  function retireChoices() {
    log.querySelectorAll(".choice").forEach((node) => { node.disabled = true; });
  }

  /** Bring a keyboard's focus back to the input; a tap keeps the on-screen keyboard closed. */
  function returnFocus(event) {
    if (event.detail === 0) words.focus();
  }

  /** Say under the person's line that it did not go out; said once, however often it is tried again. */
  function mark(item) {
    if (!item.node) return;
    const old = item.node.querySelector(".unsent");
    if (old && item.state === "sent") old.remove();
    if (old) old.classList.toggle("trying", item.state === "flying");
    if (old || (item.state !== "waiting" && item.state !== "refused")) return;
    const note = copy("unsent");
    note.querySelector("button").addEventListener("click", (event) => { flush(); returnFocus(event); });
    item.node.append(note);
    followBottom();
  }

  /** Bring the typing dots and the notice of a weak network in line with the queue. */
  function settle() {
    const busy = queue.some((item) => item.state === "flying" && item.node && item.tries === 0);
    if (!busy) hideTyping();
    else if (!typingTimer) typingTimer = setTimeout(showTyping, TYPING_AFTER_MS);
    at("offline").hidden = kept.covered || !queue.some((item) => item.tries > 0 && item.state !== "refused");
  }

  function showTyping() {
    const stay = !nearBottom();
    at("typing").hidden = false;
    if (!stay) followBottom();
  }

  function hideTyping() {
    clearTimeout(typingTimer);
    typingTimer = 0;
    at("typing").hidden = true;
  }

  function belowView() {
    return scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight;
  }

  function nearBottom() {
    return belowView() < 120 || Date.now() < batch.until;
  }

  function followBottom() {
    atBottom = true;
    batch = { top: null, until: 0 };
    scroller.scrollTop = scroller.scrollHeight;
  }

  // Long answers are read from their first line, so the view stops at the top of what just came.
  function followBatch(line) {
    if (Date.now() > batch.until || !batch.top || !batch.top.isConnected) batch.top = line;
    batch.until = Date.now() + ONE_BATCH_MS;
    scroller.scrollTop = Math.min(scroller.scrollHeight, batch.top.offsetTop - 12);
    at("newer").hidden = belowView() < 24;
  }

  function measure() {
    words.style.height = "auto";
    words.style.height = words.scrollHeight + 3 + "px";
    const tooLong = Array.from(words.value.trim()).length > MAX_CHARACTERS;
    at("toolong").hidden = !tooLong;
    words.setAttribute("aria-invalid", String(tooLong));
    words.setAttribute("aria-describedby", tooLong ? "toolong" : "");
    return !tooLong;
  }

  function sendTyped() {
    const text = words.value.trim();
    if (!text || !measure()) return;
    words.value = "";
    measure();
    if (isExit(text)) quickExit();
    else submit(text);
  }

  /* ---- the person's hands ---- */

  function onKey(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    sendTyped();
  }

  function onEscape(event) {
    if (event.key !== "Escape" || event.repeat) return;
    const now = Date.now();
    escapes = escapes.filter((then) => now - then < ESCAPE_WINDOW_MS).concat(now);
    if (escapes.length < ESCAPES_TO_LEAVE) return;
    escapes = [];
    quickExit();
  }

  function onResize() {
    knownHeight = scroller.clientHeight;
    if (atBottom) followBottom();
  }

  function onScroll() {
    if (window.ResizeObserver && scroller.clientHeight !== knownHeight) return;
    atBottom = belowView() < 24;
    if (atBottom) at("newer").hidden = true;
  }

  function fitKeyboard() {
    const view = window.visualViewport;
    if (view.scale > 1.01) return;
    const covered = window.innerHeight - view.height > 60;
    at("phone").style.setProperty("--keyboard", covered ? view.height + "px" : "none");
    if (covered) window.scrollTo(0, 0);
  }

  function attach() {
    at("composer").addEventListener("submit", (event) => { event.preventDefault(); sendTyped(); });
    words.addEventListener("keydown", onKey);
    words.addEventListener("input", measure);
    at("human").addEventListener("click", (event) => { submit("gặp người thật"); returnFocus(event); });
    at("exit").addEventListener("click", (event) => { quickExit(); returnFocus(event); });
    at("newer").addEventListener("click", (event) => { followBottom(); returnFocus(event); });
    scroller.addEventListener("scroll", onScroll);
    if (window.ResizeObserver) new ResizeObserver(onResize).observe(scroller);
    document.addEventListener("keydown", onEscape);
    window.addEventListener("online", () => { flush(); resume(); });
    document.addEventListener("visibilitychange", () => { if (!document.hidden) resume(); });
    window.addEventListener("pagehide", (event) => { if (event.persisted) clearLog(neverKept); });
    // A page that comes back from the browser's back button must not show what was said.
    window.addEventListener("pageshow", (event) => { if (event.persisted) window.location.reload(); });
    if (window.visualViewport) window.visualViewport.addEventListener("resize", fitKeyboard);
  }

  function start() {
    at("heading").dataset.plain = at("heading").textContent;
    attach();
    at("composer").hidden = false;
    dress();
    clearLog(neverKept);
    if (kept.sender) listen();
    if (window.matchMedia("(hover: hover) and (pointer: fine)").matches) words.focus();
  }

  start();
})();
