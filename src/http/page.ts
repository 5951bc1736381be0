import { renderCursor } from '../wire/cursor.ts'

type Dated = { createdAtMicros: number }
type PageSource<Item> = {
  load: (limit: number) => Promise<readonly Item[]>
  render: (item: Item) => unknown
}

/** One page of a list, newest first. One item more than asked for is loaded: it tells whether another page follows. */
export async function toPage<Item extends Dated>(
  limit: number,
  { load, render }: PageSource<Item>,
): Promise<{ items: unknown[]; next_cursor: string | null }> {
  const found = await load(limit + 1)
  const items = found.slice(0, limit)
  const last = found.length > limit ? items.at(-1) : undefined
  return {
    items: items.map(render),
    next_cursor: last === undefined ? null : renderCursor(last.createdAtMicros),
  }
}
