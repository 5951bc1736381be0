/** When an upstream wants to be asked again, from its headers or, where it only says so there, its words. */

/** Hints above a day are mistakes or quotas; nobody waits for them. */
const MAX_HINT_MS = 86_400_000
const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }
/** `try again in 1m30.5s` (OpenAI), `"retryDelay": "17s"` (Google), `resets in ~30s` (Replicate). */
const SPOKEN =
  /(?:retryDelay"\s*:\s*"|(?:again|resets?|retry) (?:in|after) ~?)((?:\d+(?:\.\d+)?(?:ms|s|m|h))+)/iu
const SPOKEN_PART = /(\d+(?:\.\d+)?)(ms|s|m|h)/giu

/**
 * Milliseconds from 0 to one day; null when there is no usable hint.
 * @param now milliseconds since the epoch, for hints that are dates
 */
export function readRetryAfter(
  answer: { headers: Readonly<Record<string, string>>; text: string },
  now: number,
): number | null {
  const { headers, text } = answer
  const hint =
    readNumber(headers['retry-after-ms'], 1) ??
    readNumber(headers['retry-after'], 1000) ??
    readDate(headers['retry-after'], now) ??
    readSpoken(text)
  return hint === null ? null : Math.min(Math.max(0, Math.ceil(hint)), MAX_HINT_MS)
}

function readNumber(value: string | undefined, unitMs: number): number | null {
  return value !== undefined && /^\s*\d{1,9}(?:\.\d{1,9})?\s*$/u.test(value) ? Number(value) * unitMs : null
}

function readDate(value: string | undefined, now: number): number | null {
  // Date.parse takes almost any text with a digit; an HTTP date begins with the day of the week.
  const isDate = value !== undefined && /^\s*(?:mon|tue|wed|thu|fri|sat|sun)/iu.test(value)
  const time = isDate ? Date.parse(value) : Number.NaN
  return Number.isNaN(time) ? null : time - now
}

function readSpoken(text: string): number | null {
  const spoken = SPOKEN.exec(text)?.[1]
  if (spoken === undefined) return null
  return [...spoken.matchAll(SPOKEN_PART)].reduce(
    (sum, [, amount, unit]) => sum + Number(amount) * (UNIT_MS[unit?.toLowerCase() ?? ''] ?? 0),
    0,
  )
}
