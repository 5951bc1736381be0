/** The tone, colour, lens and geometry operations of the built-in engine, in the order in which they are listed to users. */
import type { PixelOperation } from '../operation.ts'
import { deblock } from '../restore/deblock.ts'
import { denoise } from '../restore/denoise.ts'
import { sharpen } from '../restore/sharpen.ts'
import { hue, saturation, temperature, tint, vibrance } from './colour/balance.ts'
import { invert, posterize, solarize, threshold } from './colour/graphic.ts'
import { blackAndWhite, duotone, sepia, tritone } from './colour/monochrome.ts'
import { colourEmphasis, colourise, replaceColour } from './colour/one-colour.ts'
import { border, instantFrame, letterbox, roundedCorners } from './frame/frames.ts'
import { backgroundColour, transparentBackground } from './frame/plain-background.ts'
import { crop, cropToAspect, trim } from './geometry/crop.ts'
import { extend, resize, scale } from './geometry/size.ts'
import { flip, rotate, straighten } from './geometry/turn.ts'
import { blur, motionBlur, spinBlur, tiltShift, zoomBlur } from './lens/blurs.ts'
import { pixelate, smooth } from './lens/detail.ts'
import { bloom, grain, lightLeak, vignette } from './lens/texture.ts'
import {
  bleachBypass,
  crossProcess,
  faded,
  filmMonochrome,
  filmNegative,
  filmSlide,
  instantFilm,
  lomo,
  vintage,
} from './looks/film.ts'
import {
  cinematic,
  cyberpunk,
  dramatic,
  dreamy,
  highKey,
  infrared,
  lowKey,
  moody,
  noir,
  tealOrange,
} from './looks/moods.ts'
import { autumn, goldenHour, night, spring, summer, sunset, winter } from './looks/seasons.ts'
import { autoLevels, autoWhiteBalance } from './tone/automatic.ts'
import { brightness, exposure, gamma } from './tone/brightness.ts'
import { clarity } from './tone/clarity.ts'
import { blacks, contrast, whites } from './tone/contrast.ts'
import { dehaze } from './tone/dehaze.ts'
import { highlights, shadows } from './tone/regions-of-tone.ts'

const TONE = [exposure, brightness, gamma, contrast, highlights, shadows, whites, blacks, clarity, dehaze]
const AUTOMATIC = [autoLevels, autoWhiteBalance]
const COLOUR = [temperature, tint, saturation, vibrance, hue, colourise, colourEmphasis, replaceColour]
const GRAPHIC = [blackAndWhite, sepia, duotone, tritone, invert, posterize, solarize, threshold]
const SEASONS = [goldenHour, sunset, night, spring, summer, autumn, winter]
const MOODS = [cinematic, tealOrange, cyberpunk, dreamy, moody, dramatic, highKey, lowKey, noir, infrared]
const FILM = [
  filmNegative,
  filmSlide,
  filmMonochrome,
  vintage,
  faded,
  bleachBypass,
  crossProcess,
  instantFilm,
  lomo,
]
const LENS = [grain, vignette, lightLeak, bloom, blur, motionBlur, zoomBlur, spinBlur, tiltShift]
const DETAIL = [sharpen, denoise, deblock, smooth, pixelate]
const GEOMETRY = [crop, cropToAspect, trim, rotate, straighten, flip, scale, resize, extend]
const FRAME = [border, instantFrame, letterbox, roundedCorners, transparentBackground, backgroundColour]

/** Every operation once; names are unique and stable. The style effects are a list of their own. */
export const OPERATIONS: readonly PixelOperation[] = [
  ...TONE,
  ...AUTOMATIC,
  ...COLOUR,
  ...GRAPHIC,
  ...SEASONS,
  ...MOODS,
  ...FILM,
  ...LENS,
  ...DETAIL,
  ...GEOMETRY,
  ...FRAME,
]
