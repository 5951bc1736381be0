/** Why a clause could not be done, in words for the one who wrote it. */

const ENGINE = 'set GEMINI_API_KEY or OPENAI_API_KEY, or connect a local engine, to have it done'

export const REASONS = {
  add: `needs a generative engine: it would have to invent new content; ${ENGINE}`,
  remove: `needs a generative engine: it would have to invent what lies behind; ${ENGINE}`,
  replace: `needs a generative engine: it would have to invent what takes its place; ${ENGINE}`,
  local: `asks for a change of one part only: the built-in engine changes the whole picture unless a mask is sent; ${ENGINE}`,
  partly:
    'this part is not an operation the built-in engine knows; the rest of the sentence was done, on the whole picture',
  unknown: 'not an operation the built-in engine knows',
  irreversible: 'cannot be taken out again once it is in a picture',
  tooLong: 'the instruction is too long: only its first part was read',
} as const
