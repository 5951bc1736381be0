/** Words for parts, turns, sizes and frames. */
import type { OperationValues } from '../../operation.ts'
import { parseAspectRatio } from '../../../../imaging/geometry.ts'
import type { ClauseView } from '../clause-view.ts'
import { perform, type Entry, type Refusal } from './meaning.ts'

export const GEOMETRY: readonly Entry[] = [
  perform('geometry', 'blurred sides|blurred bars|blur bars|blurry sides|blurred margins', {
    operation: 'extend',
    read: readBlurredSides,
  }),
  perform(
    'geometry',
    'crop|cropped|cut out the|trim to|zoom in|zoom into|zoom in on|cut to|close up|closer|closeup|tighter crop',
    { operation: 'crop', read: readCrop },
  ),
  perform(
    'geometry',
    'square|squared|square format|make it square|portrait format|portrait orientation|portrait aspect|landscape format|landscape orientation|landscape aspect|widescreen|wide screen|vertical format|vertical video|story format|instagram story|instagram post|youtube thumbnail|panorama|panoramic|ultrawide|aspect ratio|aspect',
    { operation: 'crop_to_aspect', read: readAspect },
  ),
  perform(
    'geometry',
    'top half|upper half|bottom half|lower half|left half|right half|top third|bottom third|left third|right third|middle third|center third|top quarter|bottom quarter|left quarter|right quarter|top left|top right|bottom left|bottom right|upper left|upper right|lower left|lower right',
    { operation: 'crop', read: readRegion },
  ),
  perform(
    'geometry',
    'trim|trim the borders|trim the margins|trim the edges|remove the borders|remove the border|remove the margins|cut off the margins|autocrop|auto crop|trim whitespace|remove whitespace|remove the white borders|crop out the borders',
    { operation: 'trim' },
  ),
  perform(
    'geometry',
    'rotate|rotation|turn|spin|tilt|tilted|rotate by|turn clockwise|turn counterclockwise|turn left|turn right|turn sideways|sideways|on its side|upside down|turn around',
    { operation: 'rotate', read: readRotation },
  ),
  perform(
    'geometry',
    'straighten|straight|level the horizon|straighten the horizon|fix the horizon|level it|horizon|deskew|crooked|fix the tilt',
    { operation: 'straighten' },
  ),
  perform(
    'geometry',
    'flip|mirror|mirrored|flop|flip horizontally|flip vertically|reflect|mirror image|flipped',
    { operation: 'flip', read: readFlip },
  ),
  perform(
    'geometry',
    'resize|resized|size|scale|scale up|scale down|upscale|downscale|downsize|enlarge|shrink|bigger|smaller|larger|half size|half the size|double size|double the size|twice the size|thumbnail|pixels wide|pixels tall|pixels high|px wide|px tall|px high|wide',
    { operation: 'resize', read: readSize },
  ),
  perform(
    'geometry',
    'extend|extend the canvas|expand the canvas|expand|pad|padding|add padding|margin|margins|letterbox to|uncrop|zoom out|outpaint|more space around|fit into|canvas|wider',
    { operation: 'extend', read: readExtension },
  ),
]

/** Aspects by name, width to height. */
const ASPECTS: readonly (readonly [words: readonly string[], aspect: string])[] = [
  [['square', 'post'], '1:1'],
  [['story', 'video', 'vertical'], '9:16'],
  [['portrait'], '3:4'],
  [['landscape'], '4:3'],
  [['widescreen', 'thumbnail', 'wide'], '16:9'],
  [['ultrawide', 'cinema'], '21:9'],
  [['panorama', 'panoramic'], '5:2'],
]

/** How much a crop without any number takes off each side. */
const CROP_MARGIN = 0.1

function aspectIn({ quantities, has }: ClauseView): string | null {
  const ratio = quantities.find(({ unit }) => unit === 'ratio')
  if (ratio !== undefined && parseAspectRatio(ratio.text) !== null) return ratio.text.replace(/[x×/]/u, ':')
  return ASPECTS.find(([words]) => has(...words))?.[1] ?? null
}

function readAspect(clause: ClauseView): OperationValues | null {
  const aspect = aspectIn(clause)
  // "Extend to 16:9" adds canvas instead of cutting.
  if (aspect === null || clause.has('extend', 'expand', 'pad', 'padding', 'uncrop', 'outpaint')) return null
  return { aspect, ...anchorIn(clause) }
}

function anchorIn({ has }: ClauseView): { x: number; y: number } {
  const x = has('left') ? 0 : has('right') ? 1 : 0.5
  return { x, y: has('top', 'upper') ? 0 : has('bottom', 'lower') ? 1 : 0.5 }
}

function readRegion({ has }: ClauseView): OperationValues | null {
  const share = has('half') ? 0.5 : has('third') ? 1 / 3 : has('quarter') ? 0.25 : 0.5
  const isAcross = has('left', 'right')
  const isDown = has('top', 'upper', 'bottom', 'lower')
  const isMiddle = has('middle', 'centre')
  // "Rotate the top left…" names no part to keep.
  if (has('rotate', 'turn', 'flip', 'mirror', 'remove')) return null
  const width = isAcross || isMiddle ? share : 1
  const height = isDown ? share : 1
  const left = isMiddle ? (1 - share) / 2 : has('right') ? 1 - width : 0
  return { left, top: has('bottom', 'lower') ? 1 - height : 0, width, height }
}

function readCrop(clause: ClauseView): OperationValues | Refusal | null {
  if (aspectIn(clause) !== null)
    return { ...anchorIn(clause), aspect: aspectIn(clause) ?? '1:1', operation: 'crop_to_aspect' }
  if (clause.has('half', 'third', 'quarter')) return { ...readRegion(clause) }
  const size = clause.quantities.find(({ unit }) => unit === 'size')
  if (size !== undefined) return { operation: 'resize', widthPx: size.value, heightPx: size.second }
  const percent = clause.quantities.find(({ unit }) => unit === 'percent')?.value
  const isKept = clause.has('to') && percent !== undefined
  const margin =
    percent === undefined ? CROP_MARGIN * clause.degree : isKept ? (1 - percent / 100) / 2 : percent / 200
  const side = Math.min(0.45, Math.max(0.01, margin))
  return cropSides(clause, side, percent)
}

/** Off one side when one is named with a per cent, off all sides otherwise; a side without one keeps that half. */
function cropSides(clause: ClauseView, side: number, percent: number | undefined): OperationValues | null {
  const { has } = clause
  const cut = percent === undefined ? 0.5 : Math.min(0.9, side * 2)
  const isNamed = has('top', 'upper', 'bottom', 'lower', 'left', 'right')
  if (!isNamed) return { left: side, top: side, width: 1 - 2 * side, height: 1 - 2 * side }
  const isCutOff = has('out', 'off', 'away', 'remove')
  if (percent === undefined && !isCutOff) return readRegion(clause)
  return {
    left: has('left') ? cut : 0,
    top: has('top', 'upper') ? cut : 0,
    width: has('left', 'right') ? 1 - cut : 1,
    height: has('top', 'upper', 'bottom', 'lower') ? 1 - cut : 1,
  }
}

function readRotation({ quantities, has, colours }: ClauseView): OperationValues | null {
  const isTold = has(
    'clockwise',
    'left',
    'right',
    'upside',
    'around',
    'counterclockwise',
    'anticlockwise',
    'sideways',
  )
  // "Flip it upside down" is one movement.
  if (has('flip', 'mirror')) return null
  // "Turn it into a rug" turns nothing.
  if (has('turn') && !isTold && quantities.every(({ unit }) => unit !== 'degrees')) return null
  const named = has('upside', 'around')
    ? 180
    : has('counterclockwise', 'anticlockwise', 'left', 'counter')
      ? -90
      : 90
  const number = quantities.find(({ unit }) => unit === 'degrees' || unit === null)?.value
  const isTilt = has('tilt') && number === undefined
  const sign = has('counterclockwise', 'anticlockwise', 'counter', 'left') ? -1 : 1
  const degrees = isTilt ? 5 * sign : number === undefined ? named : (number % 360) * sign
  const [colour] = colours
  if (colour !== undefined) return { degrees, corners: 'colour', colour }
  if (has('transparent', 'transparency')) return { degrees, corners: 'transparent' }
  return has('reflect', 'fill', 'without') ? { degrees, corners: 'mirror' } : { degrees }
}

function readFlip({ has }: ClauseView): OperationValues | null {
  // There, mirroring is a way to fill what is empty.
  if (has('extend', 'expand', 'pad', 'padding', 'rotate', 'canvas', 'fill')) return null
  const isVertical = has('vertical', 'vertically', 'upside', 'down', 'bottom')
  return { axis: isVertical ? 'vertical' : 'horizontal' }
}

function readSize({ quantities, has, sign }: ClauseView): OperationValues | null {
  const exact = quantities.find(({ unit }) => unit === 'size')
  if (exact !== undefined) return { widthPx: exact.value, heightPx: exact.second }
  const pixels = quantities.find(({ unit }) => unit === 'px')?.value
  const isHigh = has('tall', 'high', 'height')
  if (pixels !== undefined)
    return isHigh ? { widthPx: 0, heightPx: pixels } : { widthPx: pixels, heightPx: 0 }
  // "Resize to 512" means pixels, and nobody means fewer than an icon has.
  const bare = quantities.find(({ unit }) => unit === null)?.value ?? 0
  if (bare >= 16 && has('to') && has('resize', 'resized', 'size'))
    return isHigh ? { widthPx: 0, heightPx: bare } : { widthPx: bare, heightPx: 0 }
  if (has('thumbnail')) return { widthPx: 256, heightPx: 0 }
  const percent = percentIn(quantities, {
    isSmaller: sign < 0 || has('smaller', 'shrink', 'downscale', 'downsize', 'down'),
  })
  if (percent !== null) return { operation: 'scale', percent: Math.max(1, percent) }
  if (has('half')) return { operation: 'scale', percent: 50 }
  if (has('smaller', 'shrink', 'downscale', 'downsize')) return { operation: 'scale', percent: 50 }
  const isLarger = has('bigger', 'larger', 'enlarge', 'upscale', 'double', 'twice', 'up')
  return isLarger ? { operation: 'scale', percent: 200 } : null
}

function percentIn(
  quantities: ClauseView['quantities'],
  { isSmaller }: { isSmaller: boolean },
): number | null {
  const times = quantities.find(({ unit }) => unit === 'times')?.value
  if (times !== undefined && times > 0) return isSmaller ? 100 / times : times * 100
  const percent = quantities.find(({ unit }) => unit === 'percent')?.value
  if (percent === undefined) return null
  // "50 % smaller" and "to 50 %" mean the same here.
  return isSmaller && percent < 100 ? 100 - percent : percent
}

function readExtension(clause: ClauseView): OperationValues | Refusal | null {
  const aspect = aspectIn(clause)
  const [colour] = clause.colours
  const percent = clause.quantities.find(({ unit }) => unit === 'percent')?.value
  const fill = colour !== undefined ? 'colour' : clause.has('mirror', 'reflect') ? 'mirror' : 'blur'
  if (clause.has('outpaint', 'uncrop') && colour === undefined && !clause.has('mirror', 'blur', 'reflect'))
    return {
      refuse:
        'what lies beyond the picture would have to be invented; ask to extend it with a blur, a mirror or a colour',
    }
  if (clause.has('left', 'right', 'top', 'bottom') && aspect === null)
    return { refuse: 'the canvas grows on all sides alike; name an aspect or a per cent' }
  if (aspect === null && clause.quantities.some(({ unit }) => unit === 'px'))
    return {
      refuse: 'the canvas grows by a share of the picture, not by pixels; name an aspect or a per cent',
    }
  if (clause.has('wider') && aspect === null && percent === undefined) return { aspect: '16:9', fill }
  return {
    ...(aspect === null ? { margin: percent === undefined ? 0.15 : percent / 100 } : { aspect }),
    fill,
    ...(colour === undefined ? {} : { colour }),
  }
}

function readBlurredSides(clause: ClauseView): OperationValues | Refusal {
  const aspect = aspectIn(clause)
  return aspect === null
    ? { refuse: 'ask to extend the picture, as in “extend to 16:9 with a blur”' }
    : { aspect, fill: 'blur' }
}
