/** Markdown as the formatter of this repository leaves it, so that generated pages pass its check. */

/** Stands under the title of every generated page. */
export const GENERATED = 'Generated from the code by `npm run gen`; do not edit.'

/** Blocks with an empty line between them, and one line feed at the end. */
export function page(...blocks: readonly string[]): string {
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`
}

/** A table with its columns padded to their widest cell. Pipes inside cells are escaped. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = [head, ...rows].map((row) => row.map((cell) => cell.replaceAll('|', '\\|')))
  const widths = head.map((_, column) => Math.max(3, ...cells.map((row) => row[column]?.length ?? 0)))
  const line = (row: readonly string[]): string =>
    `| ${widths.map((width, column) => (row[column] ?? '').padEnd(width)).join(' | ')} |`
  const [first = [], ...others] = cells
  const rule = widths.map((width) => '-'.repeat(width))
  return [line(first), line(rule), ...others.map(line)].join('\n')
}

export function code(text: string | number | boolean): string {
  return `\`${text}\``
}

export function codes(texts: readonly (string | number | boolean)[]): string {
  return texts.map(code).join(', ')
}
