// The server's clock as the page knows it, and how times are written.

let ahead_ms = 0;

export function set(now_utc_ms) {
  ahead_ms = now_utc_ms - Date.now();
}

export function now_ms() {
  return Date.now() + ahead_ms;
}

// 0:05, 12:34, 1:02:03
export function duration(seconds) {
  const whole = Math.max(0, Math.floor(seconds + 1e-6));
  const two = (n) => String(n).padStart(2, "0");
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

// Seconds of an interval, running while it is open.
export function length_s(interval) {
  return interval.end_utc_ms === null
    ? (now_ms() - interval.start_utc_ms) / 1000
    : interval.duration_s ?? (interval.end_utc_ms - interval.start_utc_ms) / 1000;
}
