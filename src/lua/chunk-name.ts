/** How messages call a chunk. */

/** In messages of running programs (LUA_IDSIZE), and of the parser (MAXSRC). */
const MAX_LENGTH = 60;
export const MAX_LENGTH_OF_PARSER = 80;

/** `@file` is the file, `=name` the name, else the chunk was a string: `[string "its first line..."]`. */
export function displayName(name: string, maxLength = MAX_LENGTH): string {
  if (name[0] === '=') return name.slice(1, maxLength);
  if (name[0] === '@') {
    const room = maxLength - " '...' ".length - 1;
    const file = name.slice(1);
    return file.length > room ? `...${file.slice(file.length - room)}` : file;
  }
  const room = maxLength - ' [string "..."] '.length - 1;
  const line = /^[^\n\r]*/.exec(name)?.[0] ?? '';
  const shown = line.slice(0, room);
  return shown.length < name.length ? `[string "${shown}..."]` : `[string "${shown}"]`;
}
