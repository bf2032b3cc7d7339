import { isShipped, isTest, type SourceFile } from './source-tree.ts';

/*
 * The house: what may import what. A file belongs to the longest entry that begins its path, and imports only its own
 * layer and those above it in this list (the list is the house from the ground up). A new folder has to be entered here
 * before anything can live in it.
 */
const LAYERS: readonly (readonly string[])[] = [
  ['bytes/'],
  ['lua/'],
  ['protocol/'],
  ['engine/memory/'],
  ['engine/structures/'],
  ['engine/values/'],
  ['engine/keyspace/'],
  ['engine/effects/'],
  ['engine/dump/', 'engine/pubsub/', 'engine/listeners/'],
  ['engine/commands/', 'engine/dispatch/', 'engine/script/'],
  ['engine/engine.ts'],
  ['storage/'],
  ['embedded/'],
  ['server/'],
  ['toolkit/'],
  ['ops/', 'console/'],
  ['index.ts', 'cli.ts'],
];

/**
 * Where the order alone says too little: these may take types, and only types. A command is handed its call, the keyspace
 * is handed the record it fills; neither may run the other's code.
 */
const TYPES_ONLY = [
  { from: 'engine/commands/', to: 'engine/dispatch/' },
  { from: 'engine/keyspace/', to: 'engine/effects/' },
];

/** Synchronous, no sockets, no files: all the engine and what lies below it may take from Node. */
const ENGINE_BUILTINS = new Set(['node:assert', 'node:buffer', 'node:crypto', 'node:util']);
const ENGINE_TOP = LAYERS.findIndex((layer) => layer.includes('engine/engine.ts'));

const ranked = LAYERS.flatMap((layer, rank) => layer.map((prefix) => ({ prefix, rank })));

function placeOf(path: string): { prefix: string; rank: number } | undefined {
  const inside = path.slice('src/'.length);
  return ranked.find(({ prefix }) => (prefix.endsWith('/') ? inside.startsWith(prefix) : inside === prefix));
}

/** Whether a shipped file belongs to the engine or to what it stands on: no clock, no chance, no input or output. */
export function isWithinEngine(path: string): boolean {
  const place = placeOf(path);
  return isShipped(path) && place !== undefined && place.rank <= ENGINE_TOP;
}

export function findUnplacedFiles(files: readonly SourceFile[]): string[] {
  return files
    .filter(({ path }) => isShipped(path) && placeOf(path) === undefined)
    .map(({ path }) => `${path} is in no layer: move it, or give its folder a place in test/style/layers.ts`);
}

export function findUpwardImports(files: readonly SourceFile[]): string[] {
  return files.filter(({ path }) => isShipped(path)).flatMap((file) => upwardImportsOf(file));
}

function upwardImportsOf({ path, imports }: SourceFile): string[] {
  const from = placeOf(path);
  if (from === undefined) return [];
  return imports.flatMap(({ target, typeOnly, line }) => {
    const to = target === undefined ? undefined : placeOf(target);
    if (target === undefined || to === undefined || !target.startsWith('src/')) return [];
    if (TYPES_ONLY.some((pair) => pair.from === from.prefix && pair.to === to.prefix)) {
      return typeOnly ? [] : [`${path}:${line} imports the code of ${target}, of which it may take only types`];
    }
    if (to.rank > from.rank) return [`${path}:${line} imports ${target}, which stands above it`];
    return [];
  });
}

export function findImportsOfTests(files: readonly SourceFile[]): string[] {
  return files.flatMap(({ path, imports }) =>
    imports
      .filter(({ target }) => target !== undefined && isForbiddenTest(path, target))
      .map(({ target, line }) => `${path}:${line} imports ${target}, which exists for testing`),
  );
}

function isForbiddenTest(from: string, target: string): boolean {
  return isShipped(from) ? isTest(target) : target.endsWith('.test.ts');
}

export function findInputAndOutputInEngine(files: readonly SourceFile[]): string[] {
  return files
    .filter(({ path }) => isWithinEngine(path))
    .flatMap(({ path, imports }) =>
      imports
        .filter(({ specifier }) => specifier.startsWith('node:') && !ENGINE_BUILTINS.has(specifier))
        .map(({ specifier, line }) => `${path}:${line} imports ${specifier}: the engine has no sockets and no files`),
    );
}

/** What ships may use only what is installed with it. */
export function findUndeclaredPackages(files: readonly SourceFile[], dependencies: readonly string[]): string[] {
  const allowed = new Set(dependencies);
  return files
    .filter(({ path }) => isShipped(path))
    .flatMap(({ path, imports }) =>
      imports
        .filter(({ specifier }) => !specifier.startsWith('.') && !specifier.startsWith('node:'))
        .filter(({ specifier }) => !allowed.has(packageOf(specifier)))
        .map(({ specifier, line }) => `${path}:${line} imports ${specifier}, which package.json's dependencies lack`),
    );
}

function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

export function findImportsWithoutExtension(files: readonly SourceFile[]): string[] {
  return files.flatMap(({ path, imports }) =>
    imports
      .filter(({ specifier }) => /^\.\.?(\/|$)/.test(specifier) && !/\.(ts|mjs|json)$/.test(specifier))
      .map(({ specifier, line }) => `${path}:${line} imports '${specifier}': write the file's name with its extension`),
  );
}
