/**
 * What Ideogram 4.5 does, as data. Sources: developer.ideogram.ai (v2 reference of remix, precise-edit and generations,
 * masked edits), and the fields of its public clients, read in November 2026.
 */
import type { Capabilities, Support } from '../../core/engine.ts'

export type IdeogramJobModel = {
  /** The path below `/v2/image/`. */
  task: 'remix/ideogram-4-5' | 'precise-edit/ideogram-4-5'
  /** US dollars of one image, by `quality`. Source: ideogram.ai/blog/ideogram-api-pricing of 2026-11-16. */
  prices: Readonly<Record<string, number>>
}

/** By the name in the caller's URL. */
export const IDEOGRAM_JOB_MODELS: Readonly<Record<string, IdeogramJobModel>> = {
  'ideogram/ideogram-4.5-edit': {
    task: 'precise-edit/ideogram-4-5',
    prices: { very_low: 0.008, low: 0.03, medium: 0.06, high: 0.22 },
  },
  'ideogram/ideogram-4.5-remix': {
    task: 'remix/ideogram-4-5',
    prices: { low: 0.03, medium: 0.06, high: 0.1 },
  },
}

/** Beside the picture to work on; a mask takes the place of one. */
export const MAX_REFERENCES = 4

const REASONS: Readonly<Record<string, string>> = {
  width: 'the result is as large as the model makes it, or as the picture',
  height: 'the result is as large as the model makes it, or as the picture',
  size: 'the result is as large as the model makes it, or as the picture',
  output_format: 'Ideogram chooses the format',
  strength: 'only a remix has a strength',
  mask_url: 'only an edit takes a mask',
  precise_edit: 'the image of the upstream is passed on as it is; outside a mask it is the picture by itself',
}

export function ideogramJobCapabilities({ task }: IdeogramJobModel): Capabilities {
  const when = (isThere: boolean): Support => (isThere ? 'native' : 'unsupported')
  return {
    operations: ['edit'],
    maxImages: MAX_REFERENCES + 1,
    outputFormats: [],
    fields: {
      prompt: 'native',
      image_url: 'native',
      reference_images: 'native',
      mask_url: when(task === 'precise-edit/ideogram-4-5'),
      strength: when(task === 'remix/ideogram-4-5'),
      seed: 'native',
      count: 'native',
      quality: 'native',
    },
    reasons: REASONS,
  }
}
