/** From the caller's JSON to what core understands, by the model's own fields. */
import type { Model } from '../catalogue/index.ts'
import type { GenerateInput, ImageSource, Warning } from '../core/job.ts'
import type { CompatMode } from './types.ts'

export type ParseRequest = {
  model: Model
  /** As it came out of JSON.parse; may be anything. */
  body: unknown
  mode: CompatMode
  /** Draws a seed for a request that gives none. */
  newSeed: () => number
}

export type ParsedGenerate = {
  input: Omit<GenerateInput, 'images'>
  sources: ImageSource[]
  /** Compatibility rules that this request needed, as ASCII words (`imageUrls->image_urls`); empty for a plain one. */
  applied: string[]
  warnings: Warning[]
}
