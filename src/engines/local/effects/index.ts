/** The style effects of the built-in engine, in the order in which they are listed to users. */
import type { PixelOperation } from '../operation.ts'
import { charcoal } from './drawing/charcoal.ts'
import { colouredPencil } from './drawing/coloured-pencil.ts'
import { engraving } from './drawing/engraving.ts'
import { ink, linocut } from './drawing/ink.ts'
import { pencil } from './drawing/pencil.ts'
import { lowPoly } from './craft/low-poly.ts'
import { mosaic } from './craft/mosaic.ts'
import { pixelArt } from './craft/pixel-art.ts'
import { stainedGlass } from './craft/stained-glass.ts'
import { crossStitch, knit } from './craft/stitches.ts'
import { wovenRug } from './craft/woven-rug.ts'
import { productStage } from './staging/product-stage.ts'
import { roomStage } from './staging/room-stage.ts'
import { emboss } from './digital/emboss.ts'
import { glitch } from './digital/glitch.ts'
import { neonEdges } from './digital/neon-edges.ts'
import { blueprint, cyanotype } from './print/blueprint.ts'
import { comic } from './print/comic.ts'
import { halftone } from './print/halftone.ts'
import { risograph } from './print/risograph.ts'
import { gouache } from './painting/gouache.ts'
import { oil } from './painting/oil.ts'
import { pastel } from './painting/pastel.ts'
import { pointillism } from './painting/pointillism.ts'
import { watercolour } from './painting/watercolour.ts'

/** Every effect once; names are unique and stable. */
export const EFFECTS: readonly PixelOperation[] = [
  pencil,
  colouredPencil,
  charcoal,
  ink,
  linocut,
  oil,
  watercolour,
  gouache,
  pastel,
  comic,
  pixelArt,
  halftone,
  risograph,
  mosaic,
  stainedGlass,
  lowPoly,
  wovenRug,
  knit,
  crossStitch,
  blueprint,
  cyanotype,
  pointillism,
  engraving,
  emboss,
  glitch,
  neonEdges,
  productStage,
  roomStage,
]
