/** Words for frames, corners and backgrounds. */
import type { OperationValues } from '../../operation.ts'
import type { ClauseView } from '../clause-view.ts'
import { perform, type Entry, type Refusal } from './meaning.ts'

const FIND_SUBJECT = 'it would have to know what the subject is; a generative model with its key does'

export const FRAME: readonly Entry[] = [
  perform('frame', 'border|borders|frame|framed|picture frame|photo frame|outline border|passepartout', {
    operation: 'border',
    read: readBorder,
  }),
  perform('frame', 'polaroid frame|instant frame|instant photo frame|polaroid border', {
    operation: 'instant_frame',
  }),
  perform('frame', 'letterbox|letterboxed|black bars|cinema bars|cinematic bars|movie bars|widescreen bars', {
    operation: 'letterbox',
    read: readBars,
  }),
  perform(
    'frame',
    'rounded corners|round corners|round the corners|rounded edges|round edges|rounded|rounded frame',
    { operation: 'rounded_corners', read: readCorners },
  ),
  [
    'circle crop|crop to a circle|crop into a circle|circular crop|round avatar|circle|circular|round|avatar',
    {
      kind: 'do',
      group: 'frame',
      actions: [
        { operation: 'crop_to_aspect', values: { aspect: '1:1' } },
        { operation: 'rounded_corners', values: { radius: 0.5 } },
      ],
    },
  ],
  perform(
    'frame',
    'transparent background|remove the background|remove background|background removal|cut out|cutout|background transparent|make the background transparent|delete the background|erase the background|without background|without the background|no background|isolate the subject|transparent',
    { operation: 'transparent_background', read: readTransparency },
  ),
  perform('frame', 'background|backdrop|background color', {
    operation: 'background_colour',
    read: readBackground,
  }),
]

function readBorder({ quantities, colours, degree, has }: ClauseView): OperationValues {
  const px = quantities.find(({ unit }) => unit === 'px')?.value
  const percent = quantities.find(({ unit }) => unit === 'percent')?.value
  const thick = has('thick', 'wide', 'big', 'large') ? 2 : has('thin', 'narrow', 'small', 'fine') ? 0.4 : 1
  const [colour] = colours
  return {
    ...(px === undefined ? {} : { widthPx: Math.min(2000, px) }),
    width: Math.min(1, percent === undefined ? 0.05 * thick * degree : percent / 100),
    ...(colour === undefined ? {} : { colour }),
  }
}

function readBars({ quantities, colours }: ClauseView): OperationValues {
  const ratio = quantities.find(({ unit }) => unit === 'ratio')
  const aspect =
    ratio === undefined
      ? quantities.find(({ value }) => value > 1 && value < 4)?.value
      : ratio.value / ratio.second
  const [colour] = colours
  return {
    ...(aspect === undefined || !(aspect >= 1 && aspect <= 4) ? {} : { aspect }),
    ...(colour === undefined ? {} : { colour }),
  }
}

function readCorners({ quantities, degree }: ClauseView): OperationValues {
  const percent = quantities.find(({ unit }) => unit === 'percent')?.value
  return { radius: Math.min(0.5, percent === undefined ? 0.08 * degree : percent / 100) }
}

function readBackground({ colours, has }: ClauseView): OperationValues | Refusal | null {
  if (has('transparent', 'remove', 'delete', 'erase', 'cut', 'cutout', 'isolate')) return null
  // There it is the backdrop of a stage.
  if (has('product', 'packshot', 'studio', 'seamless')) return null
  const [colour] = colours
  if (colour !== undefined && !has('blur', 'blurry')) return { colour }
  return { refuse: FIND_SUBJECT }
}

function readTransparency({ quantities }: ClauseView): OperationValues | Refusal {
  const isPartly = quantities.some(({ unit, value }) => unit === 'percent' && value < 100)
  return isPartly
    ? { refuse: 'the picture itself is never made half transparent, only its plain background' }
    : {}
}
