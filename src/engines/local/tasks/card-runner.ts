/** Draws cards for prompts without a picture. */
import type { RecipeStep, Warning } from '../../../core/job.ts'
import { drawCard, type Card } from '../card/draw-card.ts'
import { assertOutputSize, cardSize } from '../models/output-size.ts'
import type { GenerateTask, TaskRunner } from '../protocol.ts'
import { writeImage } from './files.ts'
import { createStages } from './progress.ts'
import type { RunnerDeps } from './runners.ts'
import { seedsOf } from './seeds.ts'

/** One card for each result that was asked for; they differ in colour by their seed. */
export function createCardRunner({ settings }: RunnerDeps): TaskRunner<GenerateTask> {
  return async ({ input, isDraft, output }, { scratchDirectory, onProgress }) => {
    const size = cardSize(input)
    assertOutputSize(size, settings.maxOutputPixels)
    const text = {
      label: isDraft ? 'DRAFT' : 'CARD',
      body: input.prompt ?? '',
      footer: isDraft
        ? `draft: no engine configured for ${input.model}`
        : `${input.model} needs an image to work on`,
    }
    const seeds = seedsOf(input.seed, input.count)
    const stages = createStages(onProgress)
    const outputs: { path: string }[] = []
    const recipe: RecipeStep[] = []
    const warnings: Warning[] = []
    for (const [index, seed] of seeds.entries()) {
      const card = drawCard(size, text, seed)
      if (index === 0) warnings.push(...explain(card))
      outputs.push(
        await writeImage(card.raster, { scratchDirectory, index, choice: output, sourceFormat: null }),
      )
      recipe.push({ operation: 'card', seed, ...size })
      stages.step('card', 0, 100)((index + 1) / seeds.length)
    }
    return { outputs, warnings, recipe, geometry: null }
  }
}

function explain({ substitutes, isCut }: Card): Warning[] {
  const warnings: Warning[] = []
  if (substitutes > 0)
    warnings.push({
      code: 'card_text_substituted',
      path: 'prompt',
      message: `${substitutes} characters of the prompt have no letter in the card's font and are shown as boxes.`,
    })
  if (isCut)
    warnings.push({
      code: 'card_text_cut',
      path: 'prompt',
      message: 'The prompt is longer than what is legible on a card of this size; its end is not shown.',
    })
  return warnings
}
