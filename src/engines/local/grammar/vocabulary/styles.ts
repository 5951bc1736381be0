/** Words for the style effects. */
import type { OperationValues } from '../../operation.ts'
import type { ClauseView } from '../clause-view.ts'
import { nearestColour } from '../colours.ts'
import { perform, type Action, type Entry, type Refusal } from './meaning.ts'

const style = (phrases: string, operation: string, read?: NonNullable<Action['read']>): Entry =>
  perform('style', phrases, read === undefined ? { operation } : { operation, read })

/** "Drawing" alone is a pencil drawing; in "ink drawing" it adds nothing. */
const generic = (phrases: string, operation: string): Entry => [
  phrases,
  { kind: 'do', group: 'style', actions: [{ operation }], isGeneric: true },
]

export const STYLES: readonly Entry[] = [
  generic('sketch|sketched|drawing|hand drawn', 'pencil'),
  generic('ink', 'ink'),
  generic('painting|painted|painterly|painterly look', 'oil'),
  style(
    'pencil|pencil sketch|pencil drawing|graphite|graphite drawing|hand drawn sketch|line drawing|pencil art',
    'pencil',
  ),
  style(
    'colored pencil|coloured pencil|colored pencils|crayon|crayons|color pencil|colored pencil drawing|crayon drawing|colored sketch',
    'coloured_pencil',
  ),
  style(
    'charcoal|charcoal drawing|charcoal sketch|charcoal style|in charcoal|charcoal art|like charcoal|chalk drawing|conte',
    'charcoal',
  ),
  style(
    'ink drawing|pen and ink|ink sketch|pen drawing|ink style|line art|lineart|brush and ink|india ink',
    'ink',
  ),
  style(
    'linocut|lino cut|lino print|woodcut|wood cut|woodblock|woodblock print|block print|linoleum print',
    'linocut',
    readInk,
  ),
  style(
    'oil|oil painting|oil paint|oils|oil on canvas|painting on canvas|impressionist|impressionist painting|impressionism',
    'oil',
  ),
  style('watercolor|water color|watercolor painting|aquarelle|watercolors|watercolour', 'watercolour'),
  style('gouache|gouache painting|poster paint|tempera|acrylic|acrylic painting', 'gouache'),
  style(
    'pastel drawing|pastel painting|soft pastel|chalk pastel|pastels|oil pastel|pastel art|pastel sketch',
    'pastel',
  ),
  style(
    'comic|comic book|comics|cartoon|cartoonish|cartoony|cartoonize|toon|cel shaded|cel shading|graphic novel|comic strip|manga|pop art',
    'comic',
  ),
  style(
    'pixel art|8 bit|16 bit|8bit|16bit|pixel style|retro game|video game sprite|sprite',
    'pixel_art',
    readPalette,
  ),
  style(
    'halftone|half tone|newspaper|newsprint|newspaper print|dot print|print dots|ben day dots',
    'halftone',
    readScreen,
  ),
  style(
    'risograph|riso|riso print|risograph print|screen print|screenprint|silk screen|silkscreen|serigraph',
    'risograph',
    readInks,
  ),
  style('mosaic|tile mosaic|roman mosaic|mosaic tiles|tiles|tiled', 'mosaic'),
  style('stained glass|stain glass|church window|leaded glass|stained glass window', 'stained_glass'),
  style(
    'low poly|lowpoly|low polygon|polygons|polygonal|triangles|triangulated|geometric triangles',
    'low_poly',
  ),
  style('rug|woven rug|carpet|tapestry|woven|tufted|tufted rug|weave|kilim|textile', 'woven_rug'),
  style(
    'knit|knitted|knitting|knitwear|wool|woollen|woolen|crochet|crocheted|jumper pattern|knit pattern',
    'knit',
  ),
  style(
    'cross stitch|cross stitched|embroidery|embroidered|needlepoint|stitched|cross stitch pattern|needlework',
    'cross_stitch',
  ),
  style('cyanotype|cyanotype print|sun print|blue print photo', 'cyanotype'),
  style('blueprint|technical drawing|architectural drawing|blueprint style|schematic', 'blueprint'),
  style(
    'pointillism|pointillist|pointillistic|dots|dotted|dot painting|stipple|stippled|stippling',
    'pointillism',
  ),
  style(
    'engraving|engraved|etching|etched|banknote|bank note|woodcut engraving|copperplate|hatching|cross hatching|crosshatch',
    'engraving',
  ),
  style('emboss|embossed|relief|bas relief|embossing|stamped metal', 'emboss'),
  style(
    'glitch|glitchy|glitch art|vhs|datamosh|databend|broken tv|rgb split|digital glitch|chromatic aberration',
    'glitch',
  ),
  style(
    'neon edges|neon outline|neon outlines|glowing edges|glowing lines|neon lines|neon sign|neon glow edges|find edges|edge detection',
    'neon_edges',
  ),
]

export const STAGING: readonly Entry[] = [
  perform(
    'staging',
    'product photography|product photo|product shot|product photograph|studio product shot|packshot|pack shot|studio backdrop|product mockup|product image|catalog photo|catalogue photo|e commerce photo|ecommerce photo|studio shot|on a seamless backdrop|seamless backdrop|soft shadow|contact shadow|drop shadow|in a studio',
    { operation: 'product_stage', read: readStudio },
  ),
  perform(
    'staging',
    'hang it on a wall|on a wall|on the wall|wall art mockup|wall art|framed on a wall|on a living room wall|in a room|room mockup|interior mockup|in a living room|in a gallery|on a gallery wall|on the floor of a room|on the floor|on a wooden floor',
    { operation: 'room_stage', read: readPose },
  ),
]

/** The studio's backdrops as they look. */
const BACKDROPS = {
  white: '#ffffff',
  grey: '#b8b8b8',
  sand: '#e8dcc4',
  blush: '#f2cfc4',
  sage: '#a3b18a',
  night: '#202428',
}
const LINO_INKS = { black: '#000000', blue: '#2050d0', red: '#d02020', green: '#3a9a3a' }

function readStudio(clause: ClauseView): OperationValues | Refusal {
  const [colour] = clause.colours
  if (colour === undefined) return readPose(clause)
  const backdrop = nearestColour(colour, BACKDROPS)
  const names = Object.keys(BACKDROPS).join(', ')
  return backdrop === null
    ? { refuse: `the studio has these backdrops: ${names}` }
    : { backdrop, ...readPose(clause) }
}

function readPose({ has }: ClauseView): OperationValues {
  if (has('floor', 'lying', 'carpet', 'rug')) return { pose: 'floor' }
  if (has('wall', 'hang', 'hanging')) return { pose: 'wall' }
  return has('upright', 'standing') ? { pose: 'stand' } : {}
}

function readInk({ colours }: ClauseView): OperationValues {
  const ink = colours[0] === undefined ? null : nearestColour(colours[0], LINO_INKS)
  return ink === null ? {} : { ink }
}

function readPalette({ quantities }: ClauseView): OperationValues {
  // "8-bit" names an age, not a number of colours.
  const colours = quantities.find(({ unit, value }) => unit === null && value >= 2 && value <= 64)?.value
  return colours === undefined ? {} : { colours: Math.round(colours) }
}

function readScreen({ has }: ClauseView): OperationValues {
  return has('newspaper', 'newsprint', 'black', 'monochrome') ? { inks: 'black' } : {}
}

function readInks({ has }: ClauseView): OperationValues {
  if (has('teal', 'orange')) return { inks: 'teal_orange' }
  if (has('yellow')) return { inks: 'black_yellow' }
  return has('green') ? { inks: 'green_red' } : {}
}
