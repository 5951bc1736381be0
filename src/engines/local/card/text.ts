/** Breaks text into lines of a width and draws them; all lengths in grid units of the font until they are drawn. */
import { typeset, type Glyph, type Point } from './font.ts'

/** Between letters, between words, and from one baseline to the next. */
const LETTER_GAP = 1.7
const WORD_GAP = 4.2
export const LINE_HEIGHT = 11.5
/** Top of the highest accent above the top of capitals, and how far letters hang below the baseline. */
export const ASCENT = 2
export const CAPITAL_HEIGHT = 6

export type Line = { glyphs: readonly { glyph: Glyph; x: number }[]; width: number }
export type Lines = { lines: readonly Line[]; substitutes: number }

/** Lines no wider than `width`; words that are wider than a whole line are cut. */
export function breakLines(text: string, width: number): Lines {
  const lines: Line[] = []
  let substitutes = 0
  let line: Line = { glyphs: [], width: 0 }
  for (const word of text.split(/\s+/u).filter((part) => part !== '')) {
    const set = typeset(word)
    substitutes += set.substitutes
    for (const part of cutWord(set.glyphs, width)) {
      const joined = append(line, part)
      if (line.glyphs.length === 0 || joined.width <= width) line = joined
      else {
        lines.push(line)
        line = append({ glyphs: [], width: 0 }, part)
      }
    }
  }
  if (line.glyphs.length > 0) lines.push(line)
  return { lines, substitutes }
}

/** Parts of a word that fit a line each. */
function cutWord(glyphs: readonly Glyph[], width: number): Glyph[][] {
  const parts: Glyph[][] = [[]]
  let used = 0
  for (const glyph of glyphs) {
    const advance = glyph.width + LETTER_GAP
    if (used > 0 && used + glyph.width > width) {
      parts.push([])
      used = 0
    }
    parts.at(-1)?.push(glyph)
    used += advance
  }
  return parts.filter((part) => part.length > 0)
}

function append(line: Line, word: readonly Glyph[]): Line {
  let x = line.glyphs.length === 0 ? 0 : line.width + WORD_GAP
  const placed = word.map((glyph) => {
    const at = x
    x += glyph.width + LETTER_GAP
    return { glyph, x: at }
  })
  return { glyphs: [...line.glyphs, ...placed], width: x - LETTER_GAP }
}

/** How much of each pixel is ink, 0 to 255. */
export type Ink = { width: number; height: number; data: Uint8Array }

/** Draws a line with the top of its capitals at `y`; `scale` is pixels per grid unit. */
export function drawLine(ink: Ink, line: Line, place: { x: number; y: number; scale: number }): void {
  const radius = Math.max(0.5, place.scale * 0.42)
  for (const { glyph, x } of line.glyphs) {
    for (const stroke of glyph.strokes) {
      const points = stroke.map((point) => ({
        x: place.x + (x + point.x) * place.scale,
        y: place.y + point.y * place.scale,
      }))
      const [first] = points
      if (first === undefined) continue
      if (points.length === 1) drawSegment(ink, { from: first, to: first, radius: radius * 1.25 })
      points.slice(1).forEach((to, index) => drawSegment(ink, { from: points[index] ?? to, to, radius }))
    }
  }
}

/** A line with round ends, antialiased by the distance of each pixel's centre. */
function drawSegment(ink: Ink, { from, to, radius }: { from: Point; to: Point; radius: number }): void {
  const left = Math.max(0, Math.floor(Math.min(from.x, to.x) - radius - 1))
  const right = Math.min(ink.width - 1, Math.ceil(Math.max(from.x, to.x) + radius + 1))
  const top = Math.max(0, Math.floor(Math.min(from.y, to.y) - radius - 1))
  const bottom = Math.min(ink.height - 1, Math.ceil(Math.max(from.y, to.y) + radius + 1))
  for (let y = top; y <= bottom; y += 1) {
    for (let x = left; x <= right; x += 1) {
      const cover = radius + 0.5 - distance({ x: x + 0.5, y: y + 0.5 }, from, to)
      const at = y * ink.width + x
      if (cover > 0) ink.data[at] = Math.max(ink.data[at] ?? 0, Math.round(Math.min(1, cover) * 255))
    }
  }
}

function distance(point: Point, from: Point, to: Point): number {
  const [dx, dy] = [to.x - from.x, to.y - from.y]
  const length = dx * dx + dy * dy
  const along = length === 0 ? 0 : ((point.x - from.x) * dx + (point.y - from.y) * dy) / length
  const t = Math.min(1, Math.max(0, along))
  return Math.hypot(point.x - from.x - t * dx, point.y - from.y - t * dy)
}
