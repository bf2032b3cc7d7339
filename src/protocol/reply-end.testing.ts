/** Where the RESP2 or RESP3 reply that begins at `at` ends; undefined when more bytes are needed. */
export function endOfReply(text: string, at: number): number | undefined {
  let next = at;
  for (let left = 1; left > 0; left--) {
    const lineEnd = text.indexOf('\r\n', next);
    if (lineEnd < 0) return undefined;
    const size = Number(text.slice(next + 1, lineEnd));
    const marker = text[next];
    next = lineEnd + 2;
    if ('$='.includes(marker) && size >= 0) next += size + 2;
    else if ('*~>'.includes(marker) && size > 0) left += size;
    else if (marker === '%') left += size * 2;
    if (next > text.length) return undefined;
  }
  return next;
}
