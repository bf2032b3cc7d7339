import { describe, expect, it } from 'vitest';
import { addBuiltins } from '../library.ts';
import { LuaTable } from '../table.ts';
import type { Expression, FunctionBody, Statement } from './ast.ts';
import { Knowledge } from './knowledge.ts';
import { parse } from './parser.ts';

/** Globals that nobody can change: `call` in a library, `type`, and `each`, which calls back. */
function makeGlobals(): LuaTable {
  const globals = new LuaTable();
  globals.setString('lib', addBuiltins(new LuaTable(), { call: () => 1 }));
  addBuiltins(globals, { type: () => 'nil' }, 'pure');
  addBuiltins(globals, {
    *each() {
      yield {};
      return undefined;
    },
    insert: {
      plain: () => undefined,
      *steps() {
        yield {};
        return undefined;
      },
      plainArguments: 2,
    },
  });
  for (const table of [globals.getString('lib'), globals]) if (table instanceof LuaTable) table.readonly = true;
  return globals;
}

/** The function called `f` in a chunk, by what it is declared as, and what is known of it. */
function look(source: string, globals = makeGlobals(), isShared = false) {
  const main = parse(source, 'chunk');
  const knowledge = new Knowledge(main, globals, isShared);
  const { local, body } = declarationOf(main.body);
  return {
    isClosed: knowledge.isClosed,
    isDirect: knowledge.directFunction(local) !== undefined,
    endsSoon: knowledge.endsSoon(body),
    isPure: knowledge.isPure(body),
    held: [...knowledge.heldBy(body)].map(({ name }) => name).join(' '),
  };
}

function declarationOf(statements: readonly Statement[]) {
  for (const statement of statements) {
    if (statement.type === 'local function' && statement.local.name === 'f') return statement;
    if (statement.type !== 'local' || statement.locals[0].name !== 'f') continue;
    const value: Expression = statement.values[0];
    if (value.type === 'function') return { local: statement.locals[0], body: value.body satisfies FunctionBody };
  }
  throw new Error('there is no f');
}

describe('a chunk', () => {
  it('that names what makes metatables, or leads to it, is not closed', () => {
    expect(look('local function f() end').isClosed).toBe(true);
    for (const name of ['setmetatable', '_G', 'loadstring', 'load']) {
      expect(look(`local function f() return function() ${name}() end end`).isClosed).toBe(false);
    }
    expect(look('local setmetatable local function f() setmetatable() end').isClosed).toBe(true);
  });

  it('that another one hands values, or whose globals can change, is not closed', () => {
    expect(look('local function f() end', makeGlobals(), true).isClosed).toBe(false);
    expect(look('local function f() end', new LuaTable()).isClosed).toBe(false);
  });
});

describe('a local function', () => {
  it('is called directly if nothing else is made of it', () => {
    expect(look('local function f() lib.call() end f()').isDirect).toBe(true);
    expect(look('local f = function() lib.call() end f()').isDirect).toBe(true);
    expect(look('local function f() lib.call() end local g = f').isDirect).toBe(false);
    expect(look('local function f() lib.call() end f:g()').isDirect).toBe(false);
    expect(look('local function f() lib.call() end return function() f = 1 end').isDirect).toBe(false);
    expect(look('local function f() lib.call() return f() end').isDirect).toBe(false);
    expect(look('local x local function f() lib.call(x) end x = 1').isDirect).toBe(false);
  });

  it('ends soon if it has no loop and all it calls is known to', () => {
    expect(look('local call = lib.call local function f() return call(type(1)) end').endsSoon).toBe(true);
    expect(look('local function g() lib.call() end local function f() g() g() end').endsSoon).toBe(true);
    expect(look('local function f() return function() while true do end end end').endsSoon).toBe(true);
    expect(look('local function f() while true do end end').endsSoon).toBe(false);
    expect(look('local function f() repeat until lib.call() end').endsSoon).toBe(false);
    expect(look('local function f(g) g() end').endsSoon).toBe(false);
    expect(look('local function f(s) s:call() end').endsSoon).toBe(false);
    expect(look('local function f() unknown() end').endsSoon).toBe(false);
    expect(look('local function f() each() end').endsSoon).toBe(false);
    expect(look('local call = lib.call call = 1 local function f() call() end').endsSoon).toBe(false);
    expect(look('local function g() for i = 1, 2 do end end local function f() g() end').endsSoon).toBe(false);
  });

  it('ends soon where a builtin’s plain form does for the arguments', () => {
    expect(look('local function f() insert(1, 2) end').endsSoon).toBe(true);
    expect(look('local function f() insert(1, 2, 3) end').endsSoon).toBe(false);
    expect(look('local function f(...) insert(1, ...) end').endsSoon).toBe(false);
    expect(look('local function f() insert(1, type(2)) end').endsSoon).toBe(false);
    expect(look('local function f() insert(1, (type(2))) end').endsSoon).toBe(true);
  });

  it('does not end soon if the calls below it are very many', () => {
    const doubling = Array.from({ length: 12 }, (_, i) => `local function g${i + 1}() g${i}() g${i}() end`).join(' ');
    expect(look(`local function g0() lib.call() end ${doubling} local function f() g5() end`).endsSoon).toBe(true);
    expect(look(`local function g0() lib.call() end ${doubling} local function f() g12() end`).endsSoon).toBe(false);
  });

  it('is tried first only if what it calls may be forgotten', () => {
    expect(look('local function f(x) return type(x) end').isPure).toBe(true);
    expect(look('local function f(g) for i = 1, 2 do g(i) end end').isPure).toBe(true);
    expect(look('local function f() return lib.call() end').isPure).toBe(false);
    expect(look('local function g() lib.call() end local function f() g() end').isPure).toBe(false);
    expect(look('local t = {} local function f() t.x = 1 end').isPure).toBe(false);
  });

  it('holds what those hold that it calls directly, but no builtin and no direct function', () => {
    const source = 'local a, call = 1 local c = lib.call local function g() c(a) end local function f(x) g() c(x) end';
    expect(look(source).held).toBe('a');
  });
});
