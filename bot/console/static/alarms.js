// The bell: rings until somebody takes up the call, tells screen readers, counts in the title.
const EVERY = { emergency: 5000, high: 15_000 };
const title = document.title;
const rung = new Map();
let sound = null;

export function startAlarms() {
  const bell = document.querySelector("[data-action=bell]");
  bell.addEventListener("click", () => setBell(bell, localStorage.getItem("bell") !== "on"));
  setBell(bell, localStorage.getItem("bell") === "on", false);
  // Browsers allow sound only after the person has touched the page.
  for (const act of ["pointerdown", "keydown"]) document.addEventListener(act, () => sound?.resume());
  document.addEventListener("swapped", look);
  setInterval(look, 1000);
  look();
}

function setBell(bell, on, tryIt = true) {
  localStorage.setItem("bell", on ? "on" : "off");
  sound = on ? (sound ?? new AudioContext()) : null;
  bell.setAttribute("aria-pressed", String(on));
  bell.textContent = on ? "Chuông: bật" : "Bật chuông";
  if (on && tryIt) beep(660);
}

function look() {
  const calls = [...document.querySelectorAll("[data-page]")];
  document.title = calls.length ? `(${calls.length}) ${title}` : title;
  for (const call of calls) ring(call.dataset.page, call.dataset.level, call.dataset.say);
  const open = new Set(calls.map((call) => call.dataset.page));
  for (const page of rung.keys()) if (!open.has(page)) rung.delete(page);
}

function ring(page, level, say) {
  const last = rung.get(page);
  if (last === undefined) document.getElementById("announcer").textContent = say;
  if (last !== undefined && Date.now() - last < (EVERY[level] ?? Infinity)) return;
  rung.set(page, Date.now());
  beep(level === "emergency" ? 880 : 660);
}

function beep(pitch) {
  if (sound?.state !== "running") return sound?.resume().catch(() => {});
  for (const [start, factor] of [[0, 1], [0.25, 1.25]]) {
    const tone = sound.createOscillator();
    const volume = sound.createGain();
    tone.frequency.value = pitch * factor;
    volume.gain.setValueAtTime(0.2, sound.currentTime + start);
    volume.gain.exponentialRampToValueAtTime(0.001, sound.currentTime + start + 0.2);
    tone.connect(volume).connect(sound.destination);
    tone.start(sound.currentTime + start);
    tone.stop(sound.currentTime + start + 0.2);
  }
}
