import { describe } from 'vitest';
import { TestEngine } from '../engine.testing.ts';
import { testDocs } from './docs.suite.ts';
import { ENGINE_DOCS } from './engine-docs.ts';
import { introspection } from './introspection.ts';

const { engine } = new TestEngine([introspection(ENGINE_DOCS)]);

describe("the docs of the engine's commands", () => testDocs(engine.commands, ENGINE_DOCS));
