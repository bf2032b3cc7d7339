import { isShipped, isTest, type SourceFile } from './source-tree.ts';

/** Why something only tests use may stay, by path or by path#name. */
export type Reasons = Readonly<Record<string, string>>;

/** Shipped files that no entry reaches, and exemptions that no longer apply. */
export function findDeadFiles(files: readonly SourceFile[], entries: readonly string[], exempt: Reasons): string[] {
  const reached = reachableFrom(files, entries);
  const dead = files.map(({ path }) => path).filter((path) => isShipped(path) && !reached.has(path));
  return compareWithReasons(dead, exempt, (path) => `${path} is reached from none of ${entries.join(', ')}`);
}

function reachableFrom(files: readonly SourceFile[], entries: readonly string[]): Set<string> {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const reached = new Set<string>();
  const pending = [...entries];
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    const file = byPath.get(path);
    if (file === undefined || reached.has(path)) continue;
    reached.add(path);
    for (const { target } of file.imports) if (target !== undefined) pending.push(target);
  }
  return reached;
}

/**
 * Exports of shipped files that no other file which ships or measures takes. An entry's exports are for the world; a type
 * may be there to name what its file's functions take and give; what only tests take is dead unless a reason says
 * otherwise.
 */
export function findDeadExports(files: readonly SourceFile[], entries: readonly string[], exempt: Reasons): string[] {
  const taken = namesTaken(files.filter(({ path }) => isShipped(path) || isMeasuring(path)));
  const dead = files
    .filter(({ path }) => isShipped(path) && !entries.includes(path))
    .flatMap(({ path, exports }) =>
      exports
        .filter(({ name, isTypeInUse }) => !isTypeInUse && !taken.has(`${path}#${name}`) && !taken.has(`${path}#*`))
        .map(({ name }) => `${path}#${name}`),
    );
  return compareWithReasons(
    dead,
    exempt,
    (item) =>
      `${item} is used by no other file: keep it private, remove it, or say in exemptions.json why tests need it`,
  );
}

function isMeasuring(path: string): boolean {
  return path.startsWith('bench/') && isTest(path) && !path.endsWith('.test.ts');
}

function namesTaken(files: readonly SourceFile[]): Set<string> {
  const taken = new Set<string>();
  for (const { imports } of files) {
    for (const { target, names } of imports) {
      for (const name of names === 'everything' ? ['*'] : names) taken.add(`${target}#${name}`);
    }
  }
  return taken;
}

function compareWithReasons(dead: readonly string[], exempt: Reasons, say: (item: string) => string): string[] {
  const found = new Set(dead);
  const surplus = Object.keys(exempt).filter((item) => !found.has(item));
  return [
    ...dead.filter((item) => exempt[item] === undefined).map(say),
    ...surplus.map((item) => `${item} needs its exemption no more: remove it from exemptions.json`),
  ];
}
