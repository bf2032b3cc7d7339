import type { Observed } from '../observed.ts';

/** The lines of a section, in order: name and value. */
export type Fields = Record<string, string | number>;

/** One section of INFO. */
export interface Section {
  /** As INFO takes it, lowercase. */
  readonly name: string;
  readonly title: string;
  /** Which of INFO's words show it: plain INFO and `default`, or only `all` and `everything`. */
  readonly shown: 'default' | 'all';
  readonly fields: (server: Observed) => Fields;
}

export function section(
  name: string,
  title: string,
  fields: Section['fields'],
  shown: Section['shown'] = 'default',
): Section {
  return { name, title, shown, fields };
}
