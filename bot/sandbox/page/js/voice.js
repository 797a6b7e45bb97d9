// Recording a voice message: the browser's own format, as Telegram's apps send it.

const FORMATS = ["audio/ogg;codecs=opus", "audio/webm;codecs=opus", "audio/mp4"]; // Firefox, Chrome, Safari
const LONGEST = 60_000; // ms; the bot listens to no more

export const canRecord = () => Boolean(navigator.mediaDevices?.getUserMedia && globalThis.MediaRecorder);

/** Records from now on; `stop` gives the file, `cancel` throws it away. Rejects where there is no microphone. */
export async function startRecording(onLimit) {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  const type = FORMATS.find((format) => MediaRecorder.isTypeSupported(format)) ?? "";
  const recorder = new MediaRecorder(stream, { mimeType: type || undefined, audioBitsPerSecond: 24_000 });
  const parts = [];
  recorder.addEventListener("dataavailable", (event) => parts.push(event.data));
  const limit = setTimeout(onLimit, LONGEST);
  const began = Date.now();
  recorder.start();
  const end = () => new Promise((resolve) => {
    clearTimeout(limit);
    recorder.addEventListener("stop", resolve, { once: true });
    if (recorder.state === "inactive") resolve();
    else recorder.stop();
  }).finally(() => stream.getTracks().forEach((track) => track.stop()));
  return {
    async stop() {
      await end();
      const plain = (recorder.mimeType || "audio/webm").split(";")[0];
      const extension = { "audio/ogg": "ogg", "audio/mp4": "m4a" }[plain] ?? "webm";
      const file = new File(parts, `voice.${extension}`, { type: plain });
      return { file, seconds: Math.max(1, Math.round((Date.now() - began) / 1000)) };
    },
    cancel: end,
  };
}
