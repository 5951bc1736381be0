/** Makes words of an upstream fit for our errors: they may echo the key, the prompt or the image. */

const MAX_LENGTH = 300
/** Key-shaped (`sk-…`, `r8_…`, `AIza…`), bearer tokens and runs of base64 or hex. */
const SECRET_SHAPES = [
  /\b(?:sk|pk|rk|r8|fal|key|luma|bfl)[-_][\w*.…-]{6,}/giu,
  /\bAIza[\w*-]{6,}/gu,
  /\bBearer\s+\S+/giu,
  /data:[\w/+.-]+;base64,\S*/giu,
  /[A-Za-z0-9+/_=-]{40,}/gu,
]
/** Shorter texts also occur by chance and would be cut out of unrelated words. */
const MIN_KNOWN_LENGTH = 4

/**
 * One line of at most 300 characters without the given texts and anything that looks like a key or encoded bytes.
 * @param known texts that must not appear: the secret, the prompt
 */
export function redact(text: string, known: readonly string[]): string {
  const withoutKnown = known
    .filter((secret) => secret.length >= MIN_KNOWN_LENGTH)
    .reduce((rest, secret) => rest.replaceAll(secret, '…'), text)
  const clean = SECRET_SHAPES.reduce((rest, shape) => rest.replaceAll(shape, '…'), withoutKnown)
  const line = clean.replaceAll(/\s+/gu, ' ').trim()
  return line.length > MAX_LENGTH ? `${line.slice(0, MAX_LENGTH - 1)}…` : line
}

/** A machine word (`moderation_blocked`, `image[0]`) or null: free text may hold anything. */
export function toWord(value: unknown): string | null {
  return typeof value === 'string' && /^[\w.[\]-]{1,64}$/u.test(value) ? value : null
}
