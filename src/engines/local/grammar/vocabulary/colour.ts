/** Words for colour. */
import type { ClauseView } from '../clause-view.ts'
import type { OperationValues } from '../../operation.ts'
import { dial, perform, type Action, type Entry, type Refusal } from './meaning.ts'

const saturation = (base: number): Action => ({
  operation: 'saturation',
  dial: { key: 'amount', base, least: -1, most: 2 },
})
const share = (operation: string, base: number): Action => ({
  operation,
  dial: { key: 'amount', base, least: 0, most: 1 },
})
const monochrome: Action = { operation: 'black_and_white', read: readMonochrome }

export const COLOUR: readonly Entry[] = [
  perform(
    'colour',
    'warm|warmer|warmest|warm up|warm it up|cosy|cozy|cozier|warm tones|warm colors|warm light|too cold|too blue',
    dial('temperature', 0.4),
  ),
  perform(
    'colour',
    'cool|cooler|coolest|cold|colder|cool down|cool it down|chilly|icy|cool tones|cold tones|cool colors|bluer|too warm|too yellow|too orange',
    dial('temperature', -0.4),
  ),
  [
    'warmth|temperature|color temperature',
    {
      kind: 'property',
      group: 'colour',
      up: [dial('temperature', 0.4)],
      down: [dial('temperature', -0.4)],
      bare: null,
    },
  ],
  [
    'coolness',
    {
      kind: 'property',
      group: 'colour',
      up: [dial('temperature', -0.4)],
      down: [dial('temperature', 0.4)],
      bare: null,
    },
  ],
  perform('colour', 'pinker|magenta tint|too green|more magenta', dial('tint', 0.35)),
  perform('colour', 'greener|green tint|too pink|too magenta', dial('tint', -0.35)),
  perform(
    'colour',
    'saturate|saturated|oversaturate|more colorful|colorful|colourful|vivid|more vivid|vivider|richer colors|rich colors|stronger colors|bolder colors|bold colors|intense colors|brighter colors|deeper colors|deep colors',
    saturation(0.4),
  ),
  perform(
    'colour',
    'desaturate|desaturated|washed out|muted|muted colors|muted tones|pale|paler|paler colors|dull|duller|subdued|less colorful|softer colors|soft colors|toned down colors|earthy',
    saturation(-0.4),
  ),
  perform(
    'colour',
    'pastel colors|soft pastel colors|soft pastel tones|pastel tones|pastel palette|pastel shades|candy colors',
    saturation(-0.35),
    dial('brightness', 0.25),
  ),
  [
    'saturation|color intensity|colorfulness',
    { kind: 'property', group: 'colour', up: [saturation(0.35)], down: [saturation(-0.4)], bare: 'up' },
  ],
  [
    'color|colors|colours',
    { kind: 'property', group: 'colour', up: [saturation(0.35)], down: [saturation(-0.4)], bare: null },
  ],
  [
    'vibrance|vibrancy',
    {
      kind: 'property',
      group: 'colour',
      up: [dial('vibrance', 0.6)],
      down: [dial('vibrance', -0.6)],
      bare: 'up',
    },
  ],
  perform(
    'colour',
    'vibrant|make the colors pop|make colors pop|colors pop|more vibrant|lively|livelier|lush',
    dial('vibrance', 0.6),
  ),
  perform(
    'colour',
    'shift the hue|hue shift|shift hue|rotate the hue|rotate hue|hue rotation|change the hue|shift the colors|shift all the colors|hue|change the colors randomly|rotate the colors',
    { operation: 'hue', read: readHue },
  ),
  perform(
    'colour',
    'auto white balance|white balance|fix the colors|correct the colors|color correction|color correct|fix the color|neutral white balance|neutral colors|true colors|natural colors|neutralize the colors|remove the color cast|fix the color cast',
    share('auto_white_balance', 1),
  ),
  [
    'color cast|cast|yellow cast|blue cast|green cast|orange cast',
    {
      kind: 'property',
      group: 'colour',
      up: null,
      down: [share('auto_white_balance', 1)],
      bare: 'down',
      isFault: true,
    },
  ],
  perform(
    'colour',
    'black and white|high contrast black and white|dramatic black and white|contrasty black and white|black & white|b and w|bw|b w|monochrome|monochromatic|grayscale|gray scale|grayish|noir et blanc|decolorize|without colors|without any color|no color|no colors|remove the colors|remove all colors|remove all the colors|remove color|remove the color|strip the color|strip all color|colorless',
    monochrome,
  ),
  perform('colour', 'sepia|sepia tone|sepia toned|sepia tint|brown tone', share('sepia', 1)),
  perform(
    'colour',
    'invert|inverted|invert the colors|inverted colors|negative|color negative|photo negative|negative image|inverse colors',
    { operation: 'invert' },
  ),
  perform(
    'colour',
    'posterize|posterise|posterized|poster effect|poster colors|fewer colors|reduce the colors|limited palette|flat colors',
    { operation: 'posterize', read: readLevels },
  ),
  perform('colour', 'solarize|solarise|solarized|solarisation|sabattier', { operation: 'solarize' }),
  perform(
    'colour',
    'threshold|pure black and white|stencil|silhouette effect|two tone black and white|xerox|photocopy',
    { operation: 'threshold', read: readThreshold },
  ),
  perform('colour', 'duotone|duo tone|two tone|bichrome|two color print|gradient map', {
    operation: 'duotone',
    read: readDuotone,
  }),
  perform('colour', 'tritone|tri tone|three tone|three color print', {
    operation: 'tritone',
    read: readTritone,
  }),
  perform(
    'colour',
    'tint|tinted|tone it|color wash|wash it|color overlay|overlay|color filter|colorize|toned',
    { operation: 'colourise', read: readTint },
  ),
  perform(
    'colour',
    'keep only|only keep|keep just|only|color splash|color pop|selective color|isolate|isolate the color|everything except|everything but|except|except for|all but|apart from',
    { operation: 'colour_emphasis', read: readEmphasis },
  ),
]

const FILTERS = ['red', 'orange', 'yellow', 'green', 'blue']

function readMonochrome(clause: ClauseView): OperationValues {
  const filter = clause.has('filter') ? FILTERS.find((name) => clause.has(name)) : undefined
  const contrast = clause.has('contrast', 'contrasty', 'strong', 'dramatic', 'hard', 'bold') ? 0.45 : 0.1
  return { filter: filter ?? 'none', contrast }
}

function readHue({ quantities, sign }: ClauseView): OperationValues {
  const degrees = quantities.find(({ unit }) => unit === 'degrees' || unit === null)?.value ?? 60
  return { degrees: Math.min(360, degrees) * (sign < 0 ? -1 : 1) }
}

function readLevels({ quantities }: ClauseView): OperationValues {
  const levels = quantities.find(({ unit, value }) => unit === null && value <= 32)?.value ?? 5
  return { levels: Math.min(32, Math.max(2, Math.round(levels))) }
}

function readThreshold({ quantities }: ClauseView): OperationValues {
  const level = quantities.find(({ unit }) => unit === 'percent')?.value ?? 50
  return { level: Math.min(1, level / 100) }
}

/** Darker ink first, whatever the order in which they were named. */
function byLuma(colours: readonly string[]): string[] {
  const luma = (hex: string): number =>
    Number.parseInt(hex.slice(1, 3), 16) * 2 +
    Number.parseInt(hex.slice(3, 5), 16) * 7 +
    Number.parseInt(hex.slice(5, 7), 16)
  return colours.toSorted((a, b) => luma(a) - luma(b))
}

function readDuotone({ colours }: ClauseView): OperationValues {
  const [dark, light] = byLuma(colours.slice(0, 2))
  if (dark === undefined) return {}
  return light === undefined ? byLumaPair(dark) : { dark, light }
}

/** One ink on cream paper. */
function byLumaPair(dark: string): OperationValues {
  return { dark, light: '#faf4e4' }
}

function readTritone({ colours }: ClauseView): OperationValues {
  const [dark, middle, light] = byLuma(colours.slice(0, 3))
  return dark === undefined || middle === undefined || light === undefined ? {} : { dark, middle, light }
}

function readTint({ colours, degree, quantities, has }: ClauseView): OperationValues | Refusal | null {
  const [colour] = colours
  if (colour !== undefined) {
    const percent = quantities.find(({ unit }) => unit === 'percent')?.value
    return { colour, amount: Math.min(1, percent === undefined ? 0.5 * degree : percent / 100) }
  }
  if (has('colourise', 'colouring'))
    return { refuse: 'which colours the things had would have to be invented; name one to tint the picture' }
  return null
}

function readEmphasis({ colours }: ClauseView): OperationValues | null {
  const [colour] = colours
  return colour === undefined ? null : { colour }
}
