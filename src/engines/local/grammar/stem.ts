/** Brings the forms of a word together: brighten, brightened, brightening; colour, color; paintings, painting. */

/** Nouns whose verb means something else: "a painting" is a style, "paint a hat" asks for new content. */
const WHOLE_WORDS = new Set([
  'painting',
  'painted',
  'drawing',
  'engraving',
  'etching',
  'lighting',
  'morning',
  'evening',
  'building',
  'clothing',
  'during',
  'nothing',
  'here',
  'there',
  'anything',
  'everything',
  'something',
])
const IRREGULAR: ReadonlyMap<string, string> = new Map([
  // The tones, as against the colours white and black.
  ['whites', 'whites'],
  ['blacks', 'blacks'],
  ['made', 'mak'],
  ['gave', 'giv'],
  ['took', 'tak'],
  ['cutting', 'cut'],
  ['taken', 'tak'],
  ['given', 'giv'],
  ['worn', 'wear'],
  ['drawn', 'draw'],
  ['hidden', 'hid'],
  ['grey', 'gray'],
  ['greys', 'gray'],
  ['greyscale', 'grayscal'],
  ['tyre', 'tire'],
  ['centre', 'center'],
  ['centred', 'center'],
  ['mould', 'mold'],
  ['aluminium', 'aluminum'],
])

/**
 * The form under which a word is looked up. It need not be a word: it only has to be the same for all forms, in the
 * vocabulary and in the instruction alike. `word` is in lower case.
 */
export function stemOf(word: string): string {
  const irregular = IRREGULAR.get(word)
  if (irregular !== undefined) return irregular
  const singular = withoutPlural(american(word.replace(/['’]s?$/u, '').replace(/['’]/gu, '')))
  return WHOLE_WORDS.has(singular) ? singular : withoutEnding(singular)
}

function american(word: string): string {
  return word
    .replace(/colour/u, 'color')
    .replace(/^(v|f|l|harb|neighb|hum|sav)our/u, '$1or')
    .replace(/is(e|ed|es|er|ing|ation)$/u, (whole, ending: string) =>
      word.length > 6 ? `iz${ending}` : whole,
    )
    .replace(/(water|air|mid)colo/u, '$1colo')
}

function withoutPlural(word: string): string {
  if (word.length < 4 || !word.endsWith('s') || /(ss|us|is)$/u.test(word)) return word
  if (/(x|ch|sh|ss|zz)es$/u.test(word)) return word.slice(0, -2)
  return word.slice(0, -1)
}

function withoutEnding(word: string): string {
  const match = /^(.{3,})(?:ing|ed)$/u.exec(word)
  const base = match?.[1] ?? word
  const single = match !== null && /([bdgmnprt])\1$/u.test(base) ? base.slice(0, -1) : base
  return single.length > 3 && single.endsWith('e') ? single.slice(0, -1) : single
}
