export type Idea = { label: string; prompt: string }

/** Each is one thing that the built-in engine does wholly, in the words that one would use. */
export const IDEAS: readonly Idea[] = [
  { label: 'Pencil drawing', prompt: 'turn it into a pencil drawing' },
  { label: 'Watercolour', prompt: 'make it a watercolour painting' },
  { label: 'Night', prompt: 'make it a night scene' },
  { label: 'Faded film', prompt: 'give it the look of faded film' },
  { label: 'Black and white', prompt: 'black and white with film grain' },
]
