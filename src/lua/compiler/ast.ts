/** The tree the parser makes of a chunk: names are resolved, everything that can fail knows its line. */

/** A local variable or parameter. */
export interface Local {
  readonly name: string;
  readonly owner: FunctionBody;
  /** Tells it from others in generated code. */
  readonly id: number;
  /** Used by a function inside the one it belongs to. */
  isCaptured: boolean;
  /** Assigned to after it was declared. */
  isReassigned: boolean;
  /** The variable of a numeric loop, which is a number unless it is reassigned. */
  isCounter: boolean;
}

export interface FunctionBody {
  readonly parent: FunctionBody | undefined;
  readonly line: number;
  readonly parameters: Local[];
  isVararg: boolean;
  /** `...` is used; else a function that takes it finds its values in `arg`, as in Lua 5.0. */
  usesVararg: boolean;
  arg: Local | undefined;
  /** Locals of functions around it that it or those inside it use. */
  readonly upvalues: Set<Local>;
  hasInnerFunctions: boolean;
  body: readonly Statement[];
}

export type BinaryOperator = '+' | '-' | '*' | '/' | '%' | '^' | '..' | '==' | '~=' | '<' | '<=' | '>' | '>=';
export type UnaryOperator = '-' | 'not' | '#';

export type Expression =
  | { readonly type: 'nil' | 'true' | 'false' | 'vararg' }
  | { readonly type: 'number'; readonly value: number }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'function'; readonly body: FunctionBody }
  | { readonly type: 'local'; readonly local: Local; readonly isUpvalue: boolean }
  | { readonly type: 'global'; readonly name: string; line: number }
  | Index
  | Call
  | { readonly type: 'and' | 'or'; readonly left: Expression; readonly right: Expression }
  | Binary
  | { readonly type: 'unary'; readonly operator: UnaryOperator; readonly operand: Expression; readonly line: number }
  | { readonly type: 'parentheses'; readonly inner: Expression }
  | TableConstructor;

export interface Index {
  readonly type: 'index';
  readonly object: Expression;
  readonly key: Expression;
  /** Where it is read, which is known when the token behind it is. */
  line: number;
}

/** `callee(args)`, or `callee:method(args)`. */
export interface Call {
  readonly type: 'call';
  readonly callee: Expression;
  readonly method: string | undefined;
  readonly args: readonly Expression[];
  readonly line: number;
  /** Where the method is looked up. */
  readonly methodLine: number;
}

export interface Binary {
  readonly type: 'binary';
  readonly operator: BinaryOperator;
  readonly left: Expression;
  readonly right: Expression;
  readonly line: number;
}

export interface TableConstructor {
  readonly type: 'table';
  readonly fields: readonly {
    readonly key: Expression | undefined;
    readonly value: Expression;
    readonly line: number;
  }[];
}

export type Target = Extract<Expression, { type: 'local' | 'global' | 'index' }>;

export type Statement =
  | { readonly type: 'local'; readonly locals: readonly Local[]; readonly values: readonly Expression[] }
  | { readonly type: 'local function'; readonly local: Local; readonly body: FunctionBody }
  | Assignment
  | { readonly type: 'call statement'; readonly call: Call }
  | { readonly type: 'do'; readonly body: readonly Statement[] }
  | { readonly type: 'while'; readonly condition: Expression; readonly body: readonly Statement[] }
  | { readonly type: 'repeat'; readonly body: readonly Statement[]; readonly condition: Expression }
  | { readonly type: 'if'; readonly branches: readonly Branch[]; readonly otherwise: readonly Statement[] | undefined }
  | NumericFor
  | GenericFor
  | { readonly type: 'return'; readonly values: readonly Expression[] }
  | { readonly type: 'break' };

export interface Assignment {
  readonly type: 'assign';
  readonly targets: readonly Target[];
  readonly values: readonly Expression[];
  /** Where values are stored: the end of the statement. */
  readonly line: number;
}

export interface Branch {
  readonly condition: Expression;
  readonly body: readonly Statement[];
}

export interface NumericFor {
  readonly type: 'numeric for';
  readonly local: Local;
  readonly start: Expression;
  readonly limit: Expression;
  readonly step: Expression | undefined;
  readonly body: readonly Statement[];
  readonly line: number;
}

export interface GenericFor {
  readonly type: 'generic for';
  readonly locals: readonly Local[];
  readonly values: readonly Expression[];
  readonly body: readonly Statement[];
  readonly line: number;
}
