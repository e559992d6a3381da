// Owns how a connection shows who it speaks for: a ticket for a token, made anew for each connection, or
// what the browser sends by itself.

import { Refusal } from "./refusal.js";

/** The address of the WebSocket or of the events, and what the connection is made with. */
export async function entry(site, carrier, { token, ticket, headers }) {
  const address = new URL(carrier === "events" ? "events" : "ws", site);
  if (carrier !== "events") {
    address.protocol = site.protocol === "https:" ? "wss:" : "ws:";
  }
  const shown = ticket ? await ticket() : token ? await ticketFor(site, token) : null;
  if (shown !== null) {
    address.searchParams.set("ticket", shown);
  }
  return { address: address.href, headers };
}

/** Where the site is, with a slash at its end. */
export function siteOf(url) {
  const site = new URL(url);
  site.search = site.hash = "";
  site.pathname = site.pathname.replace(/\/*$/, "/");
  return site;
}

async function ticketFor(site, token) {
  const answer = await fetch(new URL("api/v1/tickets", site), {
    method: "POST",
    headers: { authorization: `Bearer ${typeof token === "function" ? await token() : token}` },
    credentials: "omit",
  });
  const said = await answer.json().catch(() => ({}));
  if (answer.ok) {
    return said.ticket;
  }
  throw new Refusal(
    said.code ?? (answer.status === 401 ? "bad_token" : "unavailable"),
    said.detail ?? `The server answered with ${answer.status}.`,
    said.retry_after_ms ?? null,
  );
}
