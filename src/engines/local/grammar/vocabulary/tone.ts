/** Words for light, dark and detail. */
import { dial, perform, type Action, type Entry, type Meaning } from './meaning.ts'

const stops = (base: number): Action => ({
  operation: 'exposure',
  dial: { key: 'stops', base, least: -5, most: 5, unit: 'stops' },
})
const share = (operation: string, base: number): Action => ({
  operation,
  dial: { key: 'amount', base, least: 0, most: 1 },
})

function property(
  up: Action,
  down: Action | null,
  more: Partial<Extract<Meaning, { kind: 'property' }>> = {},
): Meaning {
  return {
    kind: 'property',
    group: 'tone',
    up: [up],
    down: down === null ? null : [down],
    bare: 'up',
    ...more,
  }
}

const IMPROVE: readonly Action[] = [share('auto_levels', 0.6), dial('vibrance', 0.3), share('sharpen', 0.35)]

export const TONE: readonly Entry[] = [
  perform(
    'tone',
    'brighten|brighter|brightest|bright|lighter|lighten|lighten up|light up|well lit|too dark|underexposed',
    dial('brightness', 0.3),
  ),
  perform(
    'tone',
    'darken|darker|darkest|dark|dim|dimmer|too bright|overexposed|too light',
    dial('brightness', -0.3),
  ),
  [
    'brightness|lightness|luminosity|luminance|midtones',
    property(dial('brightness', 0.3), dial('brightness', -0.3)),
  ],
  ['exposure', property(stops(0.7), stops(-0.7))],
  ['light|lighting|illumination', property(stops(0.5), stops(-0.5), { bare: null })],
  perform('tone', 'overexpose', stops(1.4)),
  perform('tone', 'underexpose', stops(-1.4)),
  [
    'gamma',
    property(
      { operation: 'gamma', values: { gamma: 1.3 }, read: readGamma },
      { operation: 'gamma', values: { gamma: 0.77 }, read: readGamma },
    ),
  ],
  ['contrast|tonal range|dynamic range', property(dial('contrast', 0.35), dial('contrast', -0.35))],
  perform(
    'tone',
    'contrasty|contrastier|punchy|punchier|more punch|add punch|pop more|make it pop|high contrast|stronger contrast|bold contrast',
    dial('contrast', 0.45),
    dial('vibrance', 0.25),
  ),
  perform(
    'tone',
    'flat|flatter|low contrast|soft light|soft lighting|diffuse light|soft contrast|softer contrast',
    dial('contrast', -0.4),
  ),
  [
    'highlights|bright areas|bright parts',
    property(dial('highlights', 0.45), dial('highlights', -0.45), { bare: null }),
  ],
  perform(
    'tone',
    'recover highlights|recover the highlights|rescue the highlights|blown highlights|fix blown highlights|blown out',
    dial('highlights', -0.6),
  ),
  ['shadows|dark areas|dark parts', property(dial('shadows', 0.45), dial('shadows', -0.45), { bare: null })],
  perform(
    'tone',
    'fill light|open the shadows|open up the shadows|lift the shadows|recover shadows|backlit',
    dial('shadows', 0.55),
  ),
  perform(
    'tone',
    'deepen the shadows|deeper shadows|darker shadows|crush the shadows',
    dial('shadows', -0.45),
  ),
  ['whites|white point', property(dial('whites', 0.4), dial('whites', -0.4), { bare: null })],
  ['blacks|black point', property(dial('blacks', 0.4), dial('blacks', -0.4), { bare: null })],
  perform(
    'tone',
    'deeper blacks|deep blacks|deepen the blacks|richer blacks|crush the blacks|crushed blacks',
    dial('blacks', -0.5),
  ),
  perform('tone', 'whiter whites|brighter whites', dial('whites', 0.45)),
  [
    'clarity|local contrast|structure|definition|texture|micro contrast',
    property(dial('clarity', 0.5), dial('clarity', -0.5)),
  ],
  perform(
    'tone',
    'hdr|hdr look|hdr effect|tone mapped|gritty',
    dial('clarity', 0.8),
    dial('shadows', 0.4),
    dial('highlights', -0.3),
  ),
  [
    'haze|hazy|fog|foggy|mist|misty|smog|veil',
    property(share('dehaze', 0.6), share('dehaze', 0.6), { up: null, bare: null, isFault: true }),
  ],
  perform('tone', 'dehaze|defog|clear the haze|clear the air|haze removal', share('dehaze', 0.6)),
  perform(
    'tone',
    'auto levels|autolevels|auto tone|auto contrast|normalize|stretch the histogram|equalize|auto exposure',
    share('auto_levels', 1),
  ),
  perform(
    'tone',
    'auto enhance|auto fix|autofix|make it better|look better|better looking|look nicer|look great|look good|touch up|retouch it|one click fix',
    ...IMPROVE,
  ),
  perform(
    'tone',
    'restore old photo|restore the old photo|restore this old photo|old photo restoration|photo restoration',
    share('denoise', 0.5),
    share('auto_white_balance', 0.8),
    share('auto_levels', 0.8),
  ),
]

function readGamma({
  quantities,
}: {
  quantities: readonly { value: number }[]
}): { gamma: number } | Record<string, never> {
  const value = quantities[0]?.value
  return value === undefined || value <= 0 || value > 10 ? {} : { gamma: value }
}

/** What "enhance", "improve" or "fix" do when nothing more is said. */
export const ENHANCE: readonly Action[] = IMPROVE

export const DETAIL: readonly Entry[] = [
  perform(
    'detail',
    'sharpen|sharper|sharp|crisp|crisper|in focus|unblur|deblur|unsharp mask|usm|too blurry|too soft',
    share('sharpen', 0.5),
  ),
  [
    'sharpness|details|detail|focus|fine details|acuity',
    {
      kind: 'property',
      group: 'detail',
      up: [share('sharpen', 0.5)],
      down: [share('smooth', 0.4)],
      bare: null,
    },
  ],
  perform(
    'detail',
    'denoise|de noise|noise reduction|noise removal|noise free|clean up the noise|remove grain|degrain',
    share('denoise', 0.6),
  ),
  [
    'noise|noisy|speckles|iso noise|chroma noise',
    {
      kind: 'property',
      group: 'detail',
      up: [share('grain', 0.5)],
      down: [share('denoise', 0.6)],
      bare: null,
      isFault: true,
    },
  ],
  perform('detail', 'deblock|de block|compression artifacts removal|jpeg cleanup', share('deblock', 0.6)),
  [
    'jpeg artifacts|compression artifacts|jpeg artefacts|compression artefacts|compression|artifacts|artefacts|jpeg blocks|blocking',
    {
      kind: 'property',
      group: 'detail',
      up: null,
      down: [share('deblock', 0.6)],
      bare: 'down',
      isFault: true,
    },
  ],
  perform(
    'detail',
    'smooth|smoother|smoothen|smooth out|soften texture|airbrush|airbrushed|silky',
    share('smooth', 0.6),
  ),
]
