/** Grain, corners, stray and spilling light. */
import { createEffect } from '../../effects/kit/effect.ts'
import { addGlow, addGrain, addVignette } from '../kit/finish.ts'
import { addLightLeak } from '../kit/leak.ts'

export const grain = createEffect({
  name: 'grain',
  summary: 'Film grain, strongest in the middle tones.',
  defaults: { amount: 0.5, size: 0.0016, coloured: false },
  limits: { size: [0.0005, 0.02] },
  draw: (picture, { amount, size, coloured }, { seed }) =>
    addGrain(picture, { amount, size, isColoured: coloured }, seed),
})

export const vignette = createEffect({
  name: 'vignette',
  summary: 'Darker corners, as a fast lens draws them; below 0 lighter ones.',
  defaults: { amount: 0.6, radius: 0.8 },
  limits: { amount: [-1, 1], radius: [0.1, 1.5] },
  draw: (picture, values) => addVignette(picture, values),
})

export const lightLeak = createEffect({
  name: 'light_leak',
  summary: 'A warm streak of stray light from one side; the seed chooses which.',
  defaults: { amount: 0.75, colour: '#ff6a2a' },
  draw: (picture, { amount, colour }, { seed }) => addLightLeak(picture, { amount, colour, seed }),
})

export const bloom = createEffect({
  name: 'bloom',
  summary: 'Bright areas spill soft light over their surroundings.',
  defaults: { amount: 0.7, radius: 0.03, threshold: 0.5 },
  limits: { amount: [0, 2], radius: [0.002, 0.2] },
  draw: (picture, values) => addGlow(picture, { ...values, colour: [1, 1, 1] }),
})
