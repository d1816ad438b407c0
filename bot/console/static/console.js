// Starts what a page of the console needs; each module does one thing.
import { startAlarms } from "./alarms.js";
import { startClocks } from "./clocks.js";
import { startKeys } from "./keys.js";
import { startStream } from "./stream.js";
import { startTalk } from "./talk.js";

startClocks();
if ("stream" in document.body.dataset) {
  startAlarms();
  startKeys();
  startTalk();
  startStream();
}
