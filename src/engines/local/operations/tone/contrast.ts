/** The distance between dark and light. */
import { createEffect } from '../../effects/kit/effect.ts'
import { mapTones } from '../kit/lab-edit.ts'

/** The tone that contrast leaves alone: middle grey as sRGB encodes it. */
const PIVOT = 0.46

export const contrast = createEffect({
  name: 'contrast',
  summary: 'An S-shaped curve around middle grey; below 0 it draws all tones towards it.',
  defaults: { amount: 0.35 },
  limits: { amount: [-1, 1] },
  draw: (picture, { amount }) => mapTones(picture, contrastCurve(amount)),
})

/** The curve on encoded values, 0 to 1; identity at 0. */
export function contrastCurve(amount: number): (value: number) => number {
  if (amount <= 0) return (value) => PIVOT + (value - PIVOT) * (1 + amount * 0.85)
  const steepness = 1 + amount * 9
  const logistic = (value: number): number => 1 / (1 + Math.exp(-steepness * (value - PIVOT)))
  const [low, high] = [logistic(0), logistic(1)]
  // A weak logistic is almost a line already, so the curve begins at the identity.
  const share = Math.min(1, amount * 4)
  return (value) => value + ((logistic(value) - low) / (high - low) - value) * share
}

export const whites = createEffect({
  name: 'whites',
  summary: 'Moves the brightest tones alone.',
  defaults: { amount: 0.4 },
  limits: { amount: [-1, 1] },
  draw: (picture, { amount }) => mapTones(picture, (value) => value + amount * 0.22 * value ** 4),
})

export const blacks = createEffect({
  name: 'blacks',
  summary: 'Moves the darkest tones alone; below 0 they get deeper.',
  defaults: { amount: -0.4 },
  limits: { amount: [-1, 1] },
  draw: (picture, { amount }) => mapTones(picture, (value) => value + amount * 0.22 * (1 - value) ** 4),
})
