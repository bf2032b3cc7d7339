import { describe, expect, it } from 'vitest';
import { TestEngine } from '../engine.testing.ts';

describe('strings', () => {
  it('stores and returns values', () => {
    const engine = new TestEngine();
    expect(engine.run('SET', 'k', 'v')).toBe('+OK\r\n');
    expect(engine.run('GET', 'k')).toBe('$1\r\nv\r\n');
    expect(engine.run('GET', 'absent')).toBe('$-1\r\n');
  });

  it('forgets a key at its deadline', () => {
    const engine = new TestEngine();
    engine.run('SET', 'k', 'v', 'PX', '100');
    engine.now += 99;
    expect(engine.run('GET', 'k')).toBe('$1\r\nv\r\n');
    engine.now += 1;
    expect(engine.run('GET', 'k')).toBe('$-1\r\n');
  });

  it('counts over the whole signed 64-bit range', () => {
    const engine = new TestEngine();
    engine.run('SET', 'k', '9223372036854775806');
    expect(engine.run('INCR', 'k')).toBe(':9223372036854775807\r\n');
    expect(engine.run('INCR', 'k')).toBe('-ERR increment or decrement would overflow\r\n');
    expect(engine.run('GET', 'k')).toBe('$19\r\n9223372036854775807\r\n');
  });
});
