import { beforeEach, describe, expect, test, vi } from 'vitest';
import { SHUTDOWN } from './config/options/process.ts';
import { Log } from './observe/log.ts';
import { Shutdown } from './shutdown.ts';

const log = new Log('/dev/null');
let lines: string[];
let end: () => void;
let shutdown: Shutdown;

beforeEach(() => {
  lines = [];
  log.warning = log.notice = (message: string) => void lines.push(message);
  end = vi.fn();
  shutdown = new Shutdown(log, end);
});

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('the command ends the server once the replies of its turn are written', async () => {
  expect(shutdown.begin(0)).toBe(true);
  expect(end).not.toHaveBeenCalled();
  await nextTurn();
  expect(end).toHaveBeenCalledOnce();
});

describe('SAVE', () => {
  test('cannot be done, so the server goes on and says why', async () => {
    expect(shutdown.begin(SHUTDOWN.save)).toBe(false);
    await nextTurn();
    expect(end).not.toHaveBeenCalled();
    expect(lines.join('\n')).toContain("Error trying to save the DB, can't exit");
  });

  test('with FORCE it ends all the same', async () => {
    expect(shutdown.begin(SHUTDOWN.save | SHUTDOWN.force)).toBe(true);
    await nextTurn();
    expect(end).toHaveBeenCalledOnce();
  });
});

describe('a signal', () => {
  test('waits for the next tick', async () => {
    expect(shutdown.schedule('SIGTERM', 0)).toBe(true);
    await nextTurn();
    expect(end).not.toHaveBeenCalled();
    shutdown.tick();
    await nextTurn();
    expect(end).toHaveBeenCalledOnce();
  });

  test('can be taken back until then', async () => {
    expect(shutdown.abort()).toBe(false);
    shutdown.schedule('SIGTERM', 0);
    expect(shutdown.abort()).toBe(true);
    shutdown.tick();
    await nextTurn();
    expect(end).not.toHaveBeenCalled();
    expect(lines).toContain('Shutdown manually aborted.');
  });

  test('a second one before the tick is told apart', () => {
    expect(shutdown.schedule('SIGINT', 0)).toBe(true);
    expect(shutdown.schedule('SIGINT', 0)).toBe(false);
  });
});
