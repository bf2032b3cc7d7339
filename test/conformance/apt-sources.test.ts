import { expect, test } from 'vitest';
import { parseOneLineSources, parseStanzas, sourceStanzas } from './apt-sources.ts';

test('reads the one-line format, comments, options and sources included', () => {
  const text = [
    '# deb http://old.example/debian bookworm main',
    'deb http://mirror.example/debian bookworm main contrib',
    'deb [arch=amd64 signed-by=/keys/a.gpg] https://mirror.example/security bookworm-security main',
    '  deb-src http://mirror.example/debian bookworm-updates main',
    'debug http://not.example x main',
  ].join('\n');
  expect(parseOneLineSources(text)).toEqual([
    { uris: ['http://mirror.example/debian'], suites: ['bookworm'], signedBy: undefined },
    { uris: ['https://mirror.example/security'], suites: ['bookworm-security'], signedBy: '/keys/a.gpg' },
    { uris: ['http://mirror.example/debian'], suites: ['bookworm-updates'], signedBy: undefined },
  ]);
});

test('reads stanzas: several values, comments inside, embedded keys, disabled ones', () => {
  const text = [
    'Types: deb',
    '# the mirror next door',
    'URIs: http://one.example/debian http://two.example/debian',
    'Suites: bookworm bookworm-updates',
    'Components: main',
    'Signed-By:',
    ' -----BEGIN PGP PUBLIC KEY BLOCK-----',
    ' .',
    ' abc',
    '',
    'Types: deb',
    'URIs: http://three.example',
    'Suites: bookworm',
    'Enabled: no',
  ].join('\n');
  expect(parseStanzas(text)).toEqual([
    {
      uris: ['http://one.example/debian', 'http://two.example/debian'],
      suites: ['bookworm', 'bookworm-updates'],
      signedBy: '\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n abc',
    },
  ]);
});

test('asks the same archives, with the same keys, for the sources of a release', () => {
  const archives = [
    { uris: ['http://m.example/debian'], suites: ['trixie', 'trixie-updates', 'trixie-backports'], signedBy: '/k.gpg' },
    { uris: ['http://m.example/debian-security'], suites: ['trixie-security'], signedBy: undefined },
    { uris: ['http://other.example/node'], suites: ['nodistro'], signedBy: '/n.gpg' },
  ];
  expect(sourceStanzas(archives, 'trixie', 'bookworm')).toBe(
    [
      'Types: deb-src',
      'URIs: http://m.example/debian',
      'Suites: bookworm bookworm-updates',
      'Components: main',
      'Signed-By: /k.gpg',
      '',
      'Types: deb-src',
      'URIs: http://m.example/debian-security',
      'Suites: bookworm-security',
      'Components: main',
      '',
    ].join('\n'),
  );
  expect(sourceStanzas(archives, 'noble', 'bookworm')).toBe('');
});
