import type { DemoResult } from './run-edits.ts'

/** Columns of equal width with a head, then the warnings of each row in full. */
export function renderTable(results: readonly DemoResult[]): string {
  const rows = results.map(({ edit, job, ms, width, height, bytes }) => [
    edit.title,
    job.engine ?? '',
    `${(ms / 1000).toFixed(1)} s`,
    `${width} x ${height}`,
    `${Math.round(bytes.length / 1000)} KB`,
    String(job.warnings?.length ?? 0),
  ])
  const table = [['edit', 'engine', 'time', 'size', 'bytes', 'warnings'], ...rows]
  const widths = table[0]?.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0))) ?? []
  const lines = table.map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  )
  const warnings = results.flatMap(({ edit, job }) =>
    (job.warnings ?? []).map(({ message }) => `  ${edit.title}: ${message}`),
  )
  return [...lines, ...(warnings.length > 0 ? ['', 'Warnings:', ...warnings] : [])].join('\n')
}
