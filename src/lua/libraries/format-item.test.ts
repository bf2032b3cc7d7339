import { describe, expect, it } from 'vitest';
import { formatCharacter, formatFloat, formatInteger, formatText, formatUnsigned, readFormat } from './format-item.ts';

function format(text: string, value: number | string): string {
  const [item] = readFormat(text);
  if (typeof item === 'string') return item;
  if ('problem' in item) return item.problem;
  if (typeof value === 'string') return formatText(item, value);
  if (item.conversion === 'c') return formatCharacter(item, value);
  if (item.conversion === 'd') return formatInteger(item, value);
  return /[uoxX]/.test(item.conversion) ? formatUnsigned(item, value) : formatFloat(item, value);
}

// What C prints.
describe('a format item', () => {
  it.each<[string, number | string, string]>([
    ['%05s', 'ab', '   ab'],
    ['%-05s', 'ab', 'ab   '],
    ['%5.1s', 'ab', '    a'],
    ['%.s', 'ab', ''],
    ['%s', 'a\0b', 'a'],
    ['%5c', 0, '    '],
    ['%-5c', 0, ''],
    ['%-5c', 65, 'A    '],
    ['%05c', 65, '    A'],
    ['%c', 321, 'A'],
    ['%c', -191, 'A'],
    ['%c', 2 ** 40 + 65, ''],
    ['%05d', -3, '-0003'],
    ['%+ d', 3, '+3'],
    ['% d', 3, ' 3'],
    ['%05.3d', 3, '  003'],
    ['%.0d', 0, ''],
    ['%d', 3.99, '3'],
    ['%d', -3.99, '-3'],
    ['%+d', -0, '+0'],
    ['%d', 2 ** 63, '-9223372036854775808'],
    ['%d', Number.NaN, '-9223372036854775808'],
    ['%#x', 255, '0xff'],
    ['%#X', 255, '0XFF'],
    ['%#x', 0, '0'],
    ['%#o', 8, '010'],
    ['%#.5o', 8, '00010'],
    ['%#.0o', 0, '0'],
    ['%#08x', 255, '0x0000ff'],
    ['%-#8x', 255, '0xff    '],
    ['%+x', 255, 'ff'],
    ['%x', -1, 'ffffffffffffffff'],
    ['%u', 2 ** 64, '0'],
    ['%x', 2 ** 63 + 2 ** 12, '8000000000001000'],
    ['%x', -(2 ** 63) - 2 ** 12, '8000000000000000'],
    ['%.0f', 2.5, '2'],
    ['%#.0f', 2.5, '2.'],
    ['%08.2f', -1, '-0001.00'],
    ['%010f', Number.POSITIVE_INFINITY, '       inf'],
    ['%+f', Number.NaN, '-nan'],
    ['%G', Number.POSITIVE_INFINITY, 'INF'],
    ['%.0e', 2.5, '2e+00'],
    ['%#.0e', 2.5, '2.e+00'],
    ['%E', 1.5, '1.500000E+00'],
    ['%G', 1e-20, '1E-20'],
    ['%.0g', 123, '1e+02'],
    ['%#g', 1, '1.00000'],
    ['%------d', 1, 'invalid format (repeated flags)'],
    ['%123d', 1, 'invalid format (width or precision too long)'],
    ['%.123d', 1, 'invalid format (width or precision too long)'],
  ])('%s of %j is %j', (text, value, expected) => expect(format(text, value)).toBe(expected));

  it('stands between texts, and nothing behind one that is wrong', () => {
    expect(readFormat('a%-5.1dz%%%s')).toMatchObject([
      'a',
      { conversion: 'd', width: 5, precision: 1, isLeft: true },
      'z%',
      { conversion: 's', width: 0, precision: -1 },
    ]);
    expect(readFormat('%')).toMatchObject([{ conversion: '' }]);
    expect(readFormat('a%123d%s')).toEqual(['a', { problem: 'invalid format (width or precision too long)' }]);
  });
});
