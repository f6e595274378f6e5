// What a row of the log or a correction says, in words.

import { duration } from "./clock.js";
import { reason, text, word } from "./words.js";

export function who(id, name) {
  return name && name !== id ? `${name} ${id}` : id;
}

// state, reason, agent, as far as something is said of them
export function said(of, with_agent = false) {
  const agent = with_agent || !of.state ? who(of.agent_id, of.agent_name) : "";
  return [word("state", of.state), reason(of), agent].filter(Boolean).join(" ") || "–";
}

// before and after of a part; the agent where it is the agent that changed
export function change(part) {
  const is_agent = part.before.agent_id !== part.after.agent_id && part.after.state !== "signed_out";
  return [said(part.before, is_agent), said(part.after, is_agent)];
}

export const time = (local) => local.slice(11);

export function span(of) {
  const to = of.start_local.slice(0, 10) === of.end_local.slice(0, 10) ? time(of.end_local) : of.end_local.slice(5);
  return `${time(of.start_local)}–${to}`;
}

export const lasted = (of) => duration(of.duration_s);

export const author = (id, name) => (id === "supervisor" ? text("supervisor_tab.supervisor") : who(id, name));
