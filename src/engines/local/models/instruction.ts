/** What a request asks an edit to do, and what of it cannot be done. */
import type { GenerateInput, Warning } from '../../../core/job.ts'
import { warnings } from '../edit/warnings.ts'
import { parseInstruction } from '../grammar/parse-instruction.ts'
import { arrangeImages } from './arrange-images.ts'
import { findEnhancer } from './enhancers.ts'

/** Words like "manga" are an instruction too; "auto" leaves the choice to the prompt. */
export function instructionOf({ prompt, style }: GenerateInput): string {
  const words = style === null || style === 'auto' ? [] : [`${style} style`]
  return [...(prompt === null || prompt.trim() === '' ? [] : [prompt]), ...words].join(', ')
}

/** What an edit will not do, as far as the words alone tell. */
export function foreseeEdit(input: GenerateInput): readonly Warning[] {
  const isEdit = findEnhancer(input.model) === null && arrangeImages(input.images).source !== null
  return isEdit ? parseInstruction(instructionOf(input)).unresolved.map(warnings.cannotBeDone) : []
}
