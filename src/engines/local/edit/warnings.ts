/** What an edit says about what it did not do. All of them point at the field that asked for it. */
import type { Warning } from '../../../core/job.ts'
import type { Size } from '../../../imaging/geometry.ts'
import type { PlannedStep, Unresolved } from '../grammar/parse-instruction.ts'

export const warnings = {
  notDone: ({ clause, reason }: Unresolved): Warning => ({
    code: 'instruction_not_done',
    path: 'prompt',
    message: `“${clause}” was not done: ${reason}.`,
  }),

  /** The same, said before it is tried. */
  cannotBeDone: ({ clause, reason }: Unresolved): Warning => ({
    code: 'instruction_not_done',
    path: 'prompt',
    message: `“${clause}” cannot be done: ${reason}`,
  }),

  missing: ({ clause, operation }: PlannedStep): Warning => ({
    code: 'instruction_not_done',
    path: 'prompt',
    message: `“${clause}” was not done: this version has no ${operation}.`,
  }),

  noEffect: ({ clause, operation }: PlannedStep): Warning => ({
    code: 'no_effect',
    path: 'prompt',
    message: `“${clause}” changed nothing: ${NO_EFFECT[operation] ?? 'the picture is that way already'}.`,
  }),

  sizeLimited: ({ clause }: PlannedStep, { width, height }: Size): Warning => ({
    code: 'size_limited',
    path: 'prompt',
    message: `“${clause}” made ${width} x ${height} pixels, because an instruction enlarges to at most 8192 pixels a side, 24 megapixels and 8 times, and adds a margin of at most twice the shorter side; for more, use afterimage/upscale, or width and height.`,
  }),

  unchanged: (prompt: string | null): Warning => ({
    code: 'picture_unchanged',
    path: 'prompt',
    message:
      prompt === null || prompt.trim() === ''
        ? 'The picture is unchanged: there is no instruction and no style image; send a prompt such as “warmer pencil sketch”.'
        : 'The picture is unchanged: nothing in the instruction is an operation the built-in engine knows; it edits tone, colour, form and style, such as “brighter, watercolour, square”.',
  }),

  styleWithoutEffect: (index: number): Warning => ({
    code: 'no_effect',
    path: `style_images[${index}]`,
    message:
      'The style image changed nothing: the built-in engine mixes its colours in by a strength above 0.',
  }),
}

const NO_EFFECT: Readonly<Record<string, string>> = {
  transparent_background:
    'the built-in editor takes off plain backgrounds only, and this one is not plain; a generative model with its key finds any subject',
  background_colour:
    'the built-in editor recolours plain or transparent backgrounds only, and this one is neither; a generative model with its key finds any subject',
  straighten: 'no tilted lines stand out',
  trim: 'there are no plain margins',
  deblock: 'no compression seams were found',
  denoise: 'no noise was found',
}
