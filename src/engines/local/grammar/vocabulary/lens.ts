/** Words for blur, grain and light of the lens. */
import type { ClauseView } from '../clause-view.ts'
import type { OperationValues } from '../../operation.ts'
import { perform, type Action, type Entry } from './meaning.ts'

const amount = (operation: string, base: number, most = 1): Action => ({
  operation,
  dial: { key: 'amount', base, least: 0, most },
})
const vignette = (base: number): Action => ({
  operation: 'vignette',
  dial: { key: 'amount', base, least: -1, most: 1 },
})
const length = (operation: string, base: number, most: number): Action => ({
  operation,
  dial: { key: 'length', base, least: 0, most },
})

export const LENS: readonly Entry[] = [
  [
    'grain|film grain|grains|grainy|grainier',
    {
      kind: 'property',
      group: 'lens',
      up: [amount('grain', 0.5)],
      down: [amount('denoise', 0.6)],
      bare: 'up',
    },
  ],
  [
    'vignette|vignetting|dark corners|darker corners|darkened corners|darkened edges|dark edges|darken the edges|darken the corners|darker edges',
    { kind: 'property', group: 'lens', up: [vignette(0.6)], down: [vignette(-0.35)], bare: 'up' },
  ],
  perform(
    'lens',
    'white vignette|light vignette|bright vignette|bright corners|lighter corners|lighten the corners',
    vignette(-0.6),
  ),
  perform(
    'lens',
    'light leak|light leaks|lens leak|film burn|light streak|stray light',
    amount('light_leak', 0.75),
  ),
  [
    'bloom|glow|glowing|halo|halation|soft glow|light bloom|orton|orton effect|diffusion|mist filter',
    { kind: 'property', group: 'lens', up: [amount('bloom', 0.7, 2)], down: null, bare: 'up' },
  ],
  [
    'blur|gaussian blur|blurry|blurrier|blurred|out of focus|defocus|bokeh blur|unsharp',
    {
      kind: 'property',
      group: 'lens',
      up: [{ operation: 'blur', dial: { key: 'radius', base: 0.012, least: 0, most: 0.25 }, read: readBlur }],
      down: [amount('sharpen', 0.5)],
      bare: 'up',
    },
  ],
  [
    'soft|softer|soften|softness|softened',
    {
      kind: 'do',
      group: 'lens',
      actions: [{ operation: 'blur', dial: { key: 'radius', base: 0.003, least: 0, most: 0.05 } }],
      isGeneric: true,
    },
  ],
  perform(
    'lens',
    'motion blur|movement blur|speed blur|directional blur|panning|sense of motion|sense of speed',
    { ...length('motion_blur', 0.05, 0.5), read: readDirection },
  ),
  perform('lens', 'zoom blur|radial blur|zoom burst|warp speed|explosion zoom', length('zoom_blur', 0.12, 1)),
  perform('lens', 'spin blur|rotational blur|circular blur|swirl blur|spin motion', {
    operation: 'spin_blur',
    dial: { key: 'degrees', base: 8, least: 0, most: 90 },
  }),
  perform(
    'lens',
    'tilt shift|tiltshift|miniature|miniature effect|toy town|model village|diorama|diorama effect',
    { operation: 'tilt_shift' },
  ),
  perform('lens', 'pixelate|pixelated|pixellate|pixellated|censor|censored|blocky', {
    operation: 'pixelate',
    read: readBlock,
  }),
]

function readBlur({ quantities }: ClauseView): OperationValues {
  const radiusPx = quantities.find(({ unit }) => unit === 'px')?.value
  return radiusPx === undefined ? {} : { radiusPx: Math.min(500, radiusPx) }
}

function readDirection({ quantities, has }: ClauseView): OperationValues {
  const degrees = quantities.find(({ unit }) => unit === 'degrees')?.value
  if (degrees !== undefined) return { degrees: Math.min(360, degrees) }
  if (has('vertical', 'vertically')) return { degrees: 90 }
  return has('diagonal', 'diagonally') ? { degrees: 45 } : {}
}

function readBlock({ quantities }: ClauseView): OperationValues {
  const sizePx = quantities.find(({ unit }) => unit === 'px')?.value
  return sizePx === undefined ? {} : { sizePx: Math.min(1000, Math.max(2, sizePx)) }
}
