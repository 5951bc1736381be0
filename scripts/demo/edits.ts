/** What the demo does to the photograph: requests as a caller would write them. */
import type { ModelInput } from '../../src/sdk/index.ts'

export type DemoEdit = {
  title: string
  /** Name of the result without its ending. */
  name: string
  /** Behind `/generate/`. */
  path: string
  /** `detail` is a small part of the photograph, as an enlargement needs it. */
  source: 'photo' | 'detail'
  input: (url: string) => ModelInput
}

/** Factor of the enlargement; the sheet shows both sides of it at this size. */
export const DETAIL_SCALE = 4

export const EDITS: readonly DemoEdit[] = [
  {
    title: 'Warm pencil sketch',
    name: 'pencil',
    path: 'image/afterimage/edit',
    source: 'photo',
    input: (url) => ({ image_url: url, prompt: 'make it a warm pencil sketch', seed: 1 }),
  },
  {
    title: 'Rug, product photography',
    name: 'rug',
    path: 'image/google/nano-banana-pro',
    source: 'photo',
    input: (url) => ({
      image_urls: [url],
      prompt:
        'Turn this photo into an aesthetic rug. Product Photography style, with an aura that would make me want it in my own living room.',
    }),
  },
  {
    title: 'Watercolour',
    name: 'watercolour',
    path: 'image/afterimage/edit',
    source: 'photo',
    input: (url) => ({ image_url: url, prompt: 'make it a watercolour painting', seed: 1 }),
  },
  {
    title: 'Golden hour film, 16:9',
    name: 'golden-hour',
    path: 'image/afterimage/edit',
    source: 'photo',
    input: (url) => ({
      image_url: url,
      prompt: 'golden hour, film look with a little grain, crop to 16:9',
      seed: 1,
    }),
  },
  {
    title: `Detail enlarged ${DETAIL_SCALE} times`,
    name: 'upscale',
    path: 'enhance/afterimage/upscale',
    source: 'detail',
    input: (url) => ({ image_url: url, scale: DETAIL_SCALE }),
  },
]
