/** Words for the style effects. */
import type { OperationValues } from '../../operation.ts'
import type { ClauseView } from '../clause-view.ts'
import { perform, type Entry } from './meaning.ts'

const style = (phrases: string, operation: string): Entry => perform('style', phrases, { operation })

/** "Drawing" alone is a pencil drawing; in "ink drawing" it adds nothing. */
const generic = (phrases: string, operation: string): Entry => [
  phrases,
  { kind: 'do', group: 'style', actions: [{ operation }], isGeneric: true },
]

export const STYLES: readonly Entry[] = [
  generic('sketch|sketched|drawing|hand drawn', 'pencil'),
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
    'ink|ink drawing|pen and ink|ink sketch|pen drawing|ink style|line art|lineart|brush and ink|india ink',
    'ink',
  ),
  style(
    'linocut|lino cut|lino print|woodcut|wood cut|woodblock|woodblock print|block print|linoleum print',
    'linocut',
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
    'pixel art|8 bit|16 bit|8bit|16bit|pixel style|retro game|video game sprite|pixels|sprite',
    'pixel_art',
  ),
  style(
    'halftone|half tone|newspaper|newsprint|newspaper print|dot print|print dots|ben day dots',
    'halftone',
  ),
  style(
    'risograph|riso|riso print|risograph print|screen print|screenprint|silk screen|silkscreen|serigraph',
    'risograph',
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
    'product photography|product photo|product shot|product photograph|studio product shot|packshot|pack shot|studio backdrop|product mockup|product image|catalog photo|catalogue photo|e commerce photo|ecommerce photo|studio shot|on a seamless backdrop|seamless backdrop|soft shadow|contact shadow|drop shadow',
    { operation: 'product_stage', read: readBackdrop },
  ),
  perform(
    'staging',
    'hang it on a wall|on a wall|on the wall|wall art mockup|framed on a wall|on a living room wall|in a room|room mockup|in a living room|in a gallery|on a gallery wall',
    { operation: 'room_stage' },
  ),
]

function readBackdrop({ colours }: ClauseView): OperationValues {
  const [backdrop] = colours
  return backdrop === undefined ? {} : { backdrop }
}
