// Writing in a case: sends without leaving the page, and follows who holds the case.
import { post, put, signedOut } from "./swap.js";

export function startTalk() {
  const composer = document.getElementById("composer");
  if (!composer) return;
  const transcript = document.querySelector(".transcript");
  transcript.scrollTop = transcript.scrollHeight;
  composer.addEventListener("submit", send);
  document.getElementById("say").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.ctrlKey) composer.requestSubmit();
  });
  document.addEventListener("submit", (event) => "liveForm" in event.target.dataset && act(event));
  document.addEventListener("swapped", follow);
}

async function send(event) {
  event.preventDefault();
  const [box, button] = [document.getElementById("say"), document.querySelector("[data-action=send]")];
  if (button.disabled || !box.value.trim()) return;
  button.disabled = true;
  const said = box.value;
  if (await deliver(event.target) && box.value === said) box.value = "";
  button.disabled = false;
  box.focus();
}

async function act(event) {
  event.preventDefault();
  await deliver(event.target);
}

// What was typed stays in the box unless the server has it.
async function deliver(form) {
  const answer = await post(form.action, new FormData(form)).catch(() => null);
  if (answer?.status === 401) return signedOut();
  tell(answer?.ok ? "" : answer ? await answer.text() : "Chưa gửi được vì mất kết nối. Tin vẫn nằm trong ô, hãy thử lại.");
  if (answer?.ok) put(await answer.text());
  return answer?.ok;
}

function tell(text) {
  const told = document.getElementById("told");
  told.textContent = text;
  told.hidden = !text;
}

function follow() {
  const mine = "mine" in document.getElementById("state").dataset;
  const composer = document.getElementById("composer");
  if (!mine && !composer.hidden) tell("Bạn không còn giữ ca này nên không nhắn được nữa.");
  composer.hidden = !mine;
  document.getElementById("closing").hidden = !mine;
}
