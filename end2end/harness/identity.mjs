// Owns joining a room without a browser: the form that every client posts.

import assert from "node:assert/strict";

/** Posts the form; returns the room's path and the cookie. */
export async function join(url, name, room, { listed = false } = {}) {
  const answer = await fetch(`${url}/join`, {
    method: "POST",
    headers: { origin: url },
    body: new URLSearchParams({ name, room, ...(listed ? { listed: "true" } : {}) }),
    redirect: "manual",
  });
  assert.equal(answer.status, 303, `joining ${room}`);
  const [cookie] = answer.headers.get("set-cookie").split(";");
  return { path: answer.headers.get("location"), cookie };
}
