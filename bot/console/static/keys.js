// j and k walk through the queue, Enter opens; the first case is the gravest and is chosen from the start.
let chosen = null;

export function startKeys() {
  if (!document.body.dataset.queue) return;
  document.addEventListener("swapped", mark);
  document.addEventListener("focusin", (event) => choose(event.target.dataset?.key));
  document.addEventListener("keydown", onKey);
  mark();
}

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, textarea, select")) return;
  if (event.key === "j") step(1);
  else if (event.key === "k") step(-1);
  else if (event.key === "Enter" && event.target === document.body) current()?.click();
}

function links() {
  return [...document.querySelectorAll(".row a")];
}

function current() {
  return links().find((link) => link.dataset.key === chosen) ?? links()[0];
}

function step(by) {
  const all = links();
  const started = document.activeElement === current();
  const next = all[all.indexOf(current()) + (started ? by : 0)];
  next?.focus();
}

function choose(key) {
  if (!key) return;
  chosen = key;
  mark();
}

function mark() {
  const link = current();
  for (const row of document.querySelectorAll(".row")) row.classList.toggle("chosen", row.contains(link));
}
