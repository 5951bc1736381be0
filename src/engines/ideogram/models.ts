/**
 * What Ideogram 3.0 does, as data. Sources: developer.ideogram.ai (v1 reference of generate, remix, edit, reframe and
 * replace-background for v3, read in November 2026); resolutions and aspect ratios as in ComfyUI's public client.
 */
import type { Capabilities, Support } from '../../core/engine.ts'
import type { Size } from '../../imaging/geometry.ts'

export type IdeogramModel = {
  /** `paint` generates from words, remixes a picture, or edits it under a mask. */
  task: 'paint' | 'reframe' | 'replace-background'
}

/** By the name in the caller's URL. */
export const IDEOGRAM_MODELS: Readonly<Record<string, IdeogramModel>> = {
  'ideogram/ideogram-3': { task: 'paint' },
  'ideogram/ideogram-3-edit': { task: 'paint' },
  'ideogram/ideogram-3-reframe': { task: 'reframe' },
  'ideogram/ideogram-3-replace-background': { task: 'replace-background' },
}

/** What `aspect_ratio` takes, with `x` for the colon. */
export const IDEOGRAM_RATIOS = [
  '1:3',
  '3:1',
  '1:2',
  '2:1',
  '9:16',
  '16:9',
  '10:16',
  '16:10',
  '2:3',
  '3:2',
  '3:4',
  '4:3',
  '4:5',
  '5:4',
  '1:1',
] as const

/** Each is made upright too. */
const WIDE_SIZES: readonly (readonly [width: number, height: number])[] = [
  [1024, 1024],
  [960, 832],
  [960, 896],
  [1024, 832],
  [1024, 896],
  [1024, 960],
  [1088, 768],
  [1088, 832],
  [1088, 896],
  [1088, 960],
  [1120, 896],
  [1152, 704],
  [1152, 832],
  [1152, 864],
  [1152, 896],
  [1216, 704],
  [1216, 768],
  [1216, 832],
  [1248, 832],
  [1280, 704],
  [1280, 768],
  [1280, 800],
  [1312, 736],
  [1344, 640],
  [1344, 704],
  [1344, 768],
  [1408, 576],
  [1408, 640],
  [1408, 704],
  [1472, 576],
  [1472, 640],
  [1472, 704],
  [1536, 512],
  [1536, 576],
  [1536, 640],
]

/** What `resolution` takes. */
export const IDEOGRAM_SIZES: readonly Size[] = WIDE_SIZES.flatMap(([width, height]) =>
  width === height
    ? [{ width, height }]
    : [
        { width, height },
        { width: height, height: width },
      ],
)

/** One picture to work on, one character, and as many styles as 10 MB hold. */
const MAX_IMAGES = 16

const REASONS: Readonly<Record<string, string>> = {
  prompt: 'Ideogram reframes without words',
  width: 'the result is as large as the picture',
  height: 'the result is as large as the picture',
  size: 'the result is as large as the picture',
  aspect_ratio: 'the result is as large as the picture',
  resolution: 'Ideogram 3.0 makes one size only',
  strength: 'only a remix has a strength',
  character_reference_images: 'Ideogram takes characters only where it paints',
  output_format: 'Ideogram chooses the format',
  quality: 'Ideogram chooses the compression',
  mask_url: 'only an edit takes a mask',
  precise_edit: 'the image of the upstream is passed on as it is',
}

export function ideogramCapabilities({ task }: IdeogramModel): Capabilities {
  const when = (isThere: boolean): Support => (isThere ? 'native' : 'unsupported')
  const paints = when(task === 'paint')
  const sized = when(task !== 'replace-background')
  return {
    operations: task === 'paint' ? ['edit', 'generate'] : ['edit'],
    maxImages: MAX_IMAGES,
    outputFormats: [],
    fields: {
      prompt: when(task !== 'reframe'),
      image_url: 'native',
      style_images: 'native',
      image_style_references: 'native',
      character_reference_images: paints,
      mask_url: paints,
      strength: paints,
      aspect_ratio: paints,
      width: sized,
      height: sized,
      size: sized,
      seed: 'native',
      count: 'native',
      rendering_speed: 'native',
    },
    reasons: REASONS,
  }
}
