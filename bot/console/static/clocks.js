// Waiting clocks and the warning before a case returns to the queue, by the server's time.
const offset = Date.parse(document.body.dataset.now) - Date.now();

export function serverNow() {
  return Date.now() + offset;
}

export function startClocks() {
  setInterval(tick, 1000);
  document.addEventListener("swapped", tick);
  tick();
}

function tick() {
  for (const clock of document.querySelectorAll("[data-since]")) {
    clock.textContent = waited(serverNow() - Date.parse(clock.dataset.since));
  }
  for (const lease of document.querySelectorAll(".lease")) {
    lease.hidden = serverNow() < Date.parse(lease.dataset.warn);
    lease.querySelector("[data-left]").textContent = waited(Date.parse(lease.dataset.until) - serverNow());
  }
}

function waited(milliseconds) {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const two = (number) => String(number).padStart(2, "0");
  if (seconds >= 86400) return `${Math.floor(seconds / 86400)} ngày`;
  if (seconds >= 3600) return `${Math.floor(seconds / 3600)} giờ ${two(Math.floor(seconds / 60) % 60)} phút`;
  return `${Math.floor(seconds / 60)}:${two(seconds % 60)}`;
}
