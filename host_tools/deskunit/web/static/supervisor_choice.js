// Which days and whom the tab shows: in the address behind "#supervisor/", so that it can be kept and sent on.

const DATE = /^\d{4}-\d{2}-\d{2}$/;
const DAY_MS = 86_400_000;

// {mode: today|day|range, from, to, team, agent}; from and to are dates, both included
export function read(rest) {
  const said = new URLSearchParams(rest);
  const [day, from, to] = ["day", "from", "to"].map((name) => (DATE.test(said.get(name)) ? said.get(name) : ""));
  const whom = { team: said.get("team") ?? "", agent: said.get("agent") ?? "" };
  if (day) return { mode: "day", from: day, to: day, ...whom };
  if (from && to) return { mode: "range", from: from < to ? from : to, to: from < to ? to : from, ...whom };
  return { mode: "today", from: "", to: "", ...whom };
}

export function write({ mode, from, to, team, agent }) {
  const days = { today: {}, day: { day: from }, range: { from, to } }[mode];
  const said = new URLSearchParams({ ...days, ...(team && { team }), ...(agent && { agent }) });
  return said.size ? `#supervisor/${said}` : "#supervisor";
}

// The same as the server is asked.
export function asked({ mode, from, to, team, agent }) {
  const days = { today: {}, day: { day: from }, range: { from, to } }[mode];
  return { ...days, ...(team && { team }), ...(agent && { agent }) };
}

export function shifted(date, days) {
  return new Date(Date.parse(date) + days * DAY_MS).toISOString().slice(0, 10);
}

export function length(from, to) {
  return Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS) + 1;
}

export function is_date(text) {
  return DATE.test(text) && text > "2000" && text < "2100";
}
