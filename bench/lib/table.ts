/** A markdown table: what the console shows is what goes into RESULTS.md. */

export type Cell = string | number

/** Numbers get three significant digits. */
export function renderTable(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const text = [head, ...rows.map((row) => row.map(renderCell))]
  const widths = head.map((_, column) => Math.max(...text.map((row) => (row[column] ?? '').length)))
  const line = (row: readonly string[]): string =>
    `| ${widths.map((width, column) => (row[column] ?? '').padEnd(width)).join(' | ')} |`
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`
  return [line(text[0] ?? []), rule, ...text.slice(1).map(line)].join('\n')
}

function renderCell(cell: Cell): string {
  return typeof cell === 'string' ? cell : String(Number(cell.toPrecision(3)))
}
