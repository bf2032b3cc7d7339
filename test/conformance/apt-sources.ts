/**
 * Where a Debian machine gets its packages from, and the same places asked for the sources of one release.
 *
 * Both of apt's formats are read: one line an archive (`deb [signed-by=…] URI suite component…`) and stanzas of fields
 * (deb822). Signatures are checked against the key that the machine names for the archive, so nothing is trusted that it
 * does not trust already.
 */

/** One archive of the machine. */
export interface Archive {
  readonly uris: readonly string[];
  readonly suites: readonly string[];
  /** A key file, or a key as deb822 embeds it; undefined for apt's default keys. */
  readonly signedBy: string | undefined;
}

/** Reads `sources.list` or a `.list` file: the enabled archives of binary packages or sources. */
export function parseOneLineSources(text: string): Archive[] {
  return text.split('\n').flatMap((line) => {
    const match = /^\s*deb(?:-src)?\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)/.exec(line);
    if (match === null) return [];
    const [, options = '', uri, suite] = match;
    const signedBy = /(?:^|\s)signed-by=(\S+)/i.exec(options)?.[1];
    return [{ uris: [uri], suites: [suite], signedBy }];
  });
}

/** Reads a `.sources` file. */
export function parseStanzas(text: string): Archive[] {
  const withoutComments = text.replace(/^#.*\n?/gm, '');
  return withoutComments.split(/\n\s*\n/).flatMap((stanza) => {
    const fields = fieldsOf(stanza);
    const uris = words(fields.get('uris'));
    const suites = words(fields.get('suites'));
    if (uris.length === 0 || suites.length === 0 || /^(no|false|0)$/i.test(fields.get('enabled') ?? '')) return [];
    return [{ uris, suites, signedBy: fields.get('signed-by') }];
  });
}

/** Field names in lower case; values as written, continuation lines included. */
function fieldsOf(stanza: string): Map<string, string> {
  const fields = new Map<string, string>();
  let last: string | undefined;
  for (const line of stanza.split('\n')) {
    const match = /^([\w-]+):[ \t]*(.*)$/.exec(line);
    if (match !== null) {
      last = match[1].toLowerCase();
      fields.set(last, match[2].trimEnd());
    } else if (last !== undefined && /^[ \t]/.test(line)) fields.set(last, `${fields.get(last)}\n${line}`);
  }
  return fields;
}

function words(value: string | undefined): string[] {
  return (value ?? '').split(/\s+/).filter((word) => word !== '');
}

/**
 * The stanzas for the sources of `release`, from those of `archives` that hold `codename` (the machine's own release, its
 * updates and its security fixes); empty when there are none.
 */
export function sourceStanzas(archives: readonly Archive[], codename: string, release: string): string {
  return archives
    .flatMap(({ uris, suites, signedBy }) => {
      const own = suites.filter((suite) => new RegExp(`^${codename}(-updates|-security)?/?$`).test(suite));
      if (own.length === 0) return [];
      const wanted = [...new Set(own)].map((suite) => suite.replace(codename, release));
      const lines = ['Types: deb-src', `URIs: ${uris.join(' ')}`, `Suites: ${wanted.join(' ')}`, 'Components: main'];
      if (signedBy !== undefined) lines.push(`Signed-By: ${signedBy}`);
      return [`${lines.join('\n')}\n`];
    })
    .join('\n');
}
