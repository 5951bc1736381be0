import type { Page } from './types.ts'

/** `await` it for one page, or `for await` over it for every item of this page and all that follow. */
export type PagePromise<Item> = Promise<Page<Item>> & AsyncIterable<Item>

/** Fetches the page at `cursor` at once, and further ones only as the iteration reaches them. */
export function createPages<Item>(
  fetchPage: (cursor: string | undefined) => Promise<Page<Item>>,
  cursor?: string,
): PagePromise<Item> {
  const first = fetchPage(cursor)
  return Object.assign(first, { [Symbol.asyncIterator]: () => iterate(fetchPage, first) })
}

async function* iterate<Item>(
  fetchPage: (cursor: string) => Promise<Page<Item>>,
  first: Promise<Page<Item>>,
): AsyncGenerator<Item, void, undefined> {
  let page = await first
  yield* page.items
  while (page.next_cursor) {
    const next = await fetchPage(page.next_cursor)
    // A server that repeats its cursor would otherwise keep us here for ever.
    if (next.next_cursor === page.next_cursor) return
    page = next
    yield* page.items
  }
}
