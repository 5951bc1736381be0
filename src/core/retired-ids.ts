/** Ids of models at vendors that do not work any more, or soon will not, with what takes their place. */

export type RetiredId = {
  /** The engine whose vendor gave the id. */
  engine: 'openai' | 'google' | 'byteplus'
  id: string
  /** The day on which the vendor shuts it down: YYYY-MM-DD, possibly still to come. */
  since: string
  /** Id at the vendor that takes its place. */
  successor: string
  /** Model of the catalogue to ask for instead. */
  model: string
}

type Row = readonly [id: string, since: string, successor: string, model: string]

/** developers.openai.com/api/docs/deprecations, as of November 2026. */
const OPENAI: readonly Row[] = [
  ['dall-e-2', '2026-05-12', 'gpt-image-2.5-sunburst', 'openai/gpt-image-2.5-sunburst'],
  ['dall-e-3', '2026-05-12', 'gpt-image-2.5-sunburst', 'openai/gpt-image-2.5-sunburst'],
  ['gpt-image-1', '2026-10-23', 'gpt-image-2.5-flare', 'openai/gpt-image-2'],
  ['gpt-image-1.5', '2026-12-01', 'gpt-image-2.6-flare', 'openai/gpt-image'],
  ['gpt-image-1.5-2025-12-16', '2026-12-01', 'gpt-image-2.6-flare', 'openai/gpt-image'],
  ['gpt-image-1-mini', '2026-12-01', 'gpt-image-2.6-flare', 'openai/gpt-image-2.5-flare'],
  ['chatgpt-image-latest', '2026-12-01', 'gpt-image-2.6-sunburst', 'openai/gpt-image-2'],
]

/** ai.google.dev/gemini-api/docs/deprecations, as of November 2026. */
const GOOGLE: readonly Row[] = [
  ['gemini-3-pro-image-preview', '2026-06-25', 'gemini-3-pro-image', 'google/nano-banana-pro'],
  ['gemini-3.1-flash-image-preview', '2026-06-25', 'gemini-nano-banana-2.1', 'google/nano-banana-2'],
  ['gemini-3.1-flash-image', '2026-10-29', 'gemini-nano-banana-2.1', 'google/nano-banana-2'],
  ['gemini-2.5-flash-image', '2026-10-02', 'gemini-3.1-flash-lite-image', 'google/nano-banana'],
  ['imagen-3.0-generate-002', '2026-06-24', 'gemini-3-pro-image', 'google/nano-banana-pro'],
  ['imagen-4.0-generate-001', '2026-06-24', 'gemini-3-pro-image', 'google/nano-banana-pro'],
  ['imagen-4.0-fast-generate-001', '2026-06-24', 'gemini-nano-banana-2.1', 'google/nano-banana-2'],
  ['imagen-4.0-ultra-generate-001', '2026-06-24', 'gemini-3-pro-image', 'google/nano-banana-pro'],
]

/** The id of the mainland endpoint. */
const BYTEPLUS: readonly Row[] = [
  ['doubao-seedream-4-0-250828', '2026-07-17', 'doubao-seedream-4-5-251128', 'bytedance/seedream-4.5'],
]

/** Every id that is known to end, the latest state of each vendor's own page. */
export const RETIRED_IDS: readonly RetiredId[] = [
  ...rowsOf('openai', OPENAI),
  ...rowsOf('google', GOOGLE),
  ...rowsOf('byteplus', BYTEPLUS),
]

function rowsOf(engine: RetiredId['engine'], rows: readonly Row[]): RetiredId[] {
  return rows.map(([id, since, successor, model]) => ({ engine, id, since, successor, model }))
}

/** By its id at the vendor; a provider in front of it (`google/…`) is left out. Null for any other id. */
export function findRetired(id: string): RetiredId | null {
  const name = id.slice(id.lastIndexOf('/') + 1).toLowerCase()
  return RETIRED_IDS.find((retired) => retired.id === name) ?? null
}

/** The day of this table. */
const WRITTEN = Date.parse('2026-11-25')

/**
 * Those of one engine that were gone when this table was written, by id. For readers of a vendor's messages: one about an
 * id that still lives must not be taken for its end.
 */
export function retiredIdsOf(engine: RetiredId['engine']): Readonly<Record<string, RetiredId>> {
  return Object.fromEntries(
    RETIRED_IDS.filter((row) => row.engine === engine && isRetired(row, WRITTEN)).map((row) => [row.id, row]),
  )
}

/** @param now milliseconds since the epoch */
export function isRetired({ since }: Pick<RetiredId, 'since'>, now: number): boolean {
  return now >= Date.parse(since)
}

/** For operators and callers: the day, and what to ask for instead. */
export function describeRetired({ id, since, model }: RetiredId): string {
  return `${id} is an id of the vendor's, shut down on ${since}; use ${model}`
}
