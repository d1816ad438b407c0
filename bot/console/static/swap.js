// Fetches parts of a page and puts them in place without losing focus, scroll or what is being typed.
const raw = new WeakMap();

export function post(url, form = new FormData()) {
  const headers = { "X-CSRF-Token": document.body.dataset.csrf, "X-Fragment": "1" };
  return fetch(url, { method: "POST", body: form, headers });
}

export async function refresh(url) {
  const answer = await fetch(url, { headers: { "X-Fragment": "1" } });
  if (answer.status === 401) return signedOut();
  if (answer.ok) put(await answer.text());
}

// Several answers may tell it at once, and a second navigation would break off the first.
let leaving = false;

export function signedOut() {
  if (!leaving) location.assign("/login?ended=true");
  leaving = true;
}

export function put(html) {
  const parts = new DOMParser().parseFromString(html, "text/html");
  for (const fresh of parts.querySelectorAll("[data-swap]")) {
    const place = document.querySelector(`[data-swap="${fresh.dataset.swap}"]`);
    if (place && raw.get(place) !== fresh.innerHTML) {
      raw.set(place, fresh.innerHTML);
      if (fresh.dataset.swap === "transcript") mergeLines(place, fresh);
      else replace(place, fresh);
    }
  }
  document.dispatchEvent(new CustomEvent("swapped"));
}

function replace(place, fresh) {
  const held = place.contains(document.activeElement) ? document.activeElement : null;
  const selector = held?.dataset.key ? `[data-key="${held.dataset.key}"]` : held?.dataset.action ? `[data-action="${held.dataset.action}"]` : null;
  place.replaceChildren(...fresh.childNodes);
  if (selector) place.querySelector(selector)?.focus();
}

// Only new or changed lines are touched, so that a screen reader reads out the new ones alone.
function mergeLines(place, fresh) {
  const atEnd = place.scrollHeight - place.scrollTop - place.clientHeight < 80;
  const old = new Map([...place.children].map((line) => [line.dataset.line, line]));
  for (const line of [...fresh.children]) {
    const known = old.get(line.dataset.line);
    old.delete(line.dataset.line);
    if (!known) place.append(line);
    else if (known.innerHTML !== line.innerHTML) known.replaceChildren(...line.childNodes);
  }
  for (const gone of old.values()) gone.remove();
  if (atEnd) place.scrollTop = place.scrollHeight;
}
