export interface Table {
  readonly title: string;
  readonly columns: readonly Column[];
  /** As many cells as columns. */
  readonly rows: readonly (readonly string[])[];
  /** Lines under the table. */
  readonly notes: readonly string[];
}

export interface Column {
  readonly header: string;
  readonly align: 'left' | 'right';
}

/** The table for a terminal: columns padded with spaces, a rule under the headers. */
export function renderText(table: Table): string {
  const cells = [table.columns.map((column) => column.header), ...table.rows];
  const widths = table.columns.map((_, i) => Math.max(...cells.map((row) => row[i].length)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, i) => pad(cell, widths[i], table.columns[i].align))
      .join('  ')
      .trimEnd();
  const rule = widths.map((width) => '-'.repeat(width)).join('  ');
  const [header, ...rows] = cells.map(line);
  return [table.title, '', header, rule, ...rows, ...table.notes.map((note) => `  ${note}`), ''].join('\n');
}

/** The table as Markdown. A vertical bar in a cell is escaped. */
export function renderMarkdown(table: Table): string {
  const line = (row: readonly string[]): string => `| ${row.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  const rule = line(table.columns.map(({ align }) => (align === 'right' ? '---:' : '---')));
  const notes = table.notes.map((note) => `- ${note}`);
  const header = line(table.columns.map((column) => column.header));
  const tail = notes.length === 0 ? [] : ['', ...notes];
  return [`### ${table.title}`, '', header, rule, ...table.rows.map(line), ...tail, ''].join('\n');
}

function pad(text: string, width: number, align: Column['align']): string {
  return align === 'right' ? text.padStart(width) : text.padEnd(width);
}
