/** How messages call a chunk. */

const MAX_LENGTH = 60;

/** `@file` is the file, `=name` the name, else the chunk was a string: `[string "its first line..."]`. */
export function displayName(name: string): string {
  if (name[0] === '=') return name.slice(1, MAX_LENGTH);
  if (name[0] === '@') {
    const room = MAX_LENGTH - " '...' ".length - 1;
    const file = name.slice(1);
    return file.length > room ? `...${file.slice(file.length - room)}` : file;
  }
  const room = MAX_LENGTH - ' [string "..."] '.length - 1;
  const line = /^[^\n\r]*/.exec(name)?.[0] ?? '';
  const shown = line.slice(0, room);
  return shown.length < name.length ? `[string "${shown}..."]` : `[string "${shown}"]`;
}
