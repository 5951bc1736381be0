/**
 * A stroke font of our own, because a minimal server has no fonts at all and a card must be legible there too.
 * Points are digit pairs `xy` on a grid: x from 0, y 0 at the top of capitals, 2 at the top of small letters,
 * 6 at the baseline, 8 below it. A blank ends a stroke; one point alone is a dot.
 */

/** Strokes of points; `width` is the largest x. */
export type Glyph = { width: number; strokes: readonly (readonly Point[])[] }
export type Point = { x: number; y: number }

const CAPITALS: Readonly<Record<string, string>> = {
  A: '0602204246 0444',
  B: '000636454433 0333 0030414233',
  C: '4130100105163645',
  D: '00062644422000',
  E: '40000646 0333',
  F: '400006 0333',
  G: '41301001051636454323',
  H: '0006 4046 0343',
  I: '0020 0626 1016',
  J: '4045361605',
  K: '0006 4004 1346',
  L: '000646',
  M: '0600234046',
  N: '06004640',
  O: '103041453616050110',
  P: '06003041423303',
  Q: '103041453616050110 2446',
  R: '06003041423303 2346',
  S: '413010010213334445361605',
  T: '0040 2026',
  U: '000516364540',
  V: '002640',
  W: '0016223640',
  X: '0046 4006',
  Y: '0023 4023 2326',
  Z: '00400646',
  Ø: '103041453616050110 4006',
  Þ: '0006 0131424334 3404',
}

const SMALL: Readonly<Record<string, string>> = {
  a: '12324346 441405163645',
  b: '0006 0312324345361605',
  c: '4332120305163645',
  d: '4046 4332120305163645',
  e: '044443321203051636',
  f: '30201116 0232',
  g: '4247381807 4332120305163645',
  h: '0006 0312324346',
  i: '0206 00',
  ı: '0206',
  j: '22271808 20',
  k: '0006 4205 1446',
  l: '000516',
  m: '0206 03122326 23324346',
  n: '0206 0312324346',
  o: '123243453616050312',
  p: '0208 0312324345361605',
  q: '4248 4332120305163645',
  r: '0206 031232',
  s: '4212031434453606',
  t: '10152636 0232',
  u: '0205163645 4246',
  v: '022642',
  w: '0216243642',
  x: '0246 4206',
  y: '0205163645 42473818',
  z: '02420646',
  ß: '06011030412344453626',
  ø: '123243453616050312 4206',
  ð: '1030414536160503123243 2041',
  þ: '0008 0312324345361605',
}

const REST: Readonly<Record<string, string>> = {
  0: '103041453616050110 1432',
  1: '011016 0626',
  2: '01103041420646',
  3: '0110304142334445361605 2333',
  4: '36300444',
  5: '4000023243453606',
  6: '30100105163645443303',
  7: '004016',
  8: '13020110304142331304051636454433',
  9: '43130201103041453616',
  '.': '06',
  ',': '1607',
  ':': '03 06',
  ';': '13 1607',
  '!': '0004 06',
  '?': '01103041422324 26',
  '¡': '00 0206',
  '¿': '20 22230405163645',
  "'": '0001',
  '"': '0001 2021',
  '-': '0434',
  _: '0747',
  '+': '0444 2226',
  '=': '0343 0545',
  '/': '4006',
  '\\': '0046',
  '|': '0007',
  '(': '10020517',
  ')': '00121507',
  '[': '10000717',
  ']': '00101707',
  '{': '20111304151627',
  '}': '00111324151607',
  '<': '420446',
  '>': '024406',
  '*': '2024 0143 4103',
  '#': '1016 3036 0242 0444',
  $: '413010010213334445361605 2027',
  '%': '4006 0010110100 3545463635',
  '&': '4612112031320405162644',
  '@': '3212143432 344441301001051646',
  '^': '022042',
  '`': '0011',
  '~': '04133544',
  '€': '4130100105163645 0232 0434',
  '£': '41302011150646 0333',
  '°': '0010110100',
  '×': '1335 3315',
}

/** Accents on a grid of their own, y 0 to 1, x 2 at the middle of the letter. The cedilla hangs below. */
const MARKS: Readonly<Record<string, string>> = {
  '\u0300': '1021',
  '\u0301': '3021',
  '\u0302': '112031',
  '\u0303': '01103140',
  '\u0304': '1030',
  '\u0306': '102130',
  '\u0307': '20',
  '\u0308': '10 30',
  '\u030A': '1030311110',
  '\u030B': '1120 3140',
  '\u030C': '102130',
  '\u0327': '262718',
  '\u0328': '363748',
}
const BELOW = new Set(['\u0327', '\u0328'])

/** What has no glyph of its own but says the same. */
const SPELLED: Readonly<Record<string, string>> = {
  Æ: 'AE',
  æ: 'ae',
  Œ: 'OE',
  œ: 'oe',
  Ð: 'D',
  Ł: 'L',
  ł: 'l',
  '–': '-',
  '—': '-',
  '‘': "'",
  '’': "'",
  '“': '"',
  '”': '"',
  '„': '"',
  '«': '<<',
  '»': '>>',
  '•': '*',
}

/** A hollow box: a character that this font cannot draw. */
const SUBSTITUTE = '0040460600'
const INVISIBLE = /[\p{Cf}\p{Mn}\p{Me}\uFE0F]/u
const MARK_CENTRE = 2

export type Typeset = { glyphs: readonly Glyph[]; substitutes: number }

/** Glyphs of a word without blanks, and how many of its characters became hollow boxes. */
export function typeset(word: string): Typeset {
  const glyphs: Glyph[] = []
  let substitutes = 0
  for (const character of spell(word)) {
    const mark = MARKS[character]
    const last = glyphs.at(-1)
    if (mark !== undefined && last !== undefined) glyphs[glyphs.length - 1] = addMark(last, character, mark)
    else if (!INVISIBLE.test(character)) {
      const strokes = lookUp(character)
      if (strokes === null) substitutes += 1
      glyphs.push(parse(strokes ?? SUBSTITUTE))
    }
  }
  return { glyphs, substitutes }
}

/** Letters and accents apart; ligatures, dashes and width variants as what they stand for. */
function spell(word: string): string[] {
  const spelled = Array.from(word, (character) => SPELLED[character] ?? character).join('')
  return Array.from(spelled.normalize('NFD')).flatMap((character) =>
    lookUp(character) === null ? Array.from(character.normalize('NFKD')) : [character],
  )
}

function lookUp(character: string): string | null {
  return CAPITALS[character] ?? SMALL[character] ?? REST[character] ?? null
}

function parse(text: string): Glyph {
  const strokes = text.split(' ').map((stroke) =>
    Array.from({ length: Math.floor(stroke.length / 2) }, (_, index) => ({
      x: Number(stroke[index * 2]),
      y: Number(stroke[index * 2 + 1]),
    })),
  )
  return { strokes, width: Math.max(...strokes.flat().map(({ x }) => x)) }
}

/** The accent over the middle of the letter; higher over capitals and instead of the dot of an i. */
function addMark(base: Glyph, character: string, mark: string): Glyph {
  const isDotted = base.width <= MARK_CENTRE && base.strokes.some((stroke) => stroke.length === 1)
  const letter = isDotted ? base.strokes.filter((stroke) => stroke.length > 1) : base.strokes
  const top = Math.min(...letter.flat().map(({ y }) => y))
  const lift = BELOW.has(character) ? 0 : top - MARK_CENTRE
  const shift = base.width / 2 - MARK_CENTRE
  const accent = parse(mark).strokes.map((stroke) =>
    stroke.map(({ x, y }) => ({ x: x + shift, y: y + lift })),
  )
  return { strokes: [...letter, ...accent], width: base.width }
}
