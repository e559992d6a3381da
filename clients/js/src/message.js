// Owns what becomes of a message after it was said. Messages are replaced and not written to, so that
// whoever keeps one keeps what it was.

/** Replaces the message of that number, if it is here. */
export function change(messages, seq, to) {
  const at = messages.findLastIndex((message) => message.seq === seq);
  if (at >= 0) {
    messages[at] = to(messages[at]);
  }
}

/** It was deleted: what it said, its file, and how people reacted, is gone. */
export function delete_({ body, file, edited_at, reactions, ...rest }, { by }) {
  return { ...rest, ...(by === undefined ? {} : { deleted_by: by }) };
}

/** It says something else. Nothing changes if it was deleted. */
export function edit(message, { body, at }) {
  return message.body === undefined || body === undefined ? message : { ...message, body, edited_at: at };
}

/** Somebody reacted, or took that back. Ends in the order in which the server tells reactions. */
export function react({ reactions = [], ...message }, { emoji, user, active }) {
  const others = reactions.filter((reaction) => reaction.emoji !== emoji);
  const by = reactions.find((reaction) => reaction.emoji === emoji)?.by ?? [];
  const now = by.filter((id) => id !== user).concat(active ? [user] : []).sort();
  const all = now.length > 0 ? [...others, { emoji, by: now }] : others;
  const kept = message.body === undefined ? [] : all.sort((one, other) => byCodePoints(one.emoji, other.emoji));
  return kept.length > 0 ? { ...message, reactions: kept } : message;
}

/** JavaScript by itself compares halves of the signs beyond the first 65,536. */
function byCodePoints(one, other) {
  const [left, right] = [[...one], [...other]];
  const at = left.findIndex((sign, index) => sign !== right[index]);
  return at < 0 ? left.length - right.length : left[at].codePointAt(0) - (right[at]?.codePointAt(0) ?? -1);
}
