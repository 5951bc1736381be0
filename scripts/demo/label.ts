import sharp from 'sharp'
import type { Line } from '../../src/engines/local/card/text.ts'
import { ASCENT, breakLines, drawLine, LINE_HEIGHT } from '../../src/engines/local/card/text.ts'

export type LabelStyle = { colour: { r: number; g: number; b: number }; scale: number }

/** Text as a transparent PNG, drawn with the font of the engine: many machines that run this have no fonts. */
export function drawLabel(text: string, { colour, scale }: LabelStyle): Promise<Buffer> {
  const line: Line = breakLines(text, Number.POSITIVE_INFINITY).lines[0] ?? { glyphs: [], width: 0 }
  const margin = scale
  const width = Math.ceil(line.width * scale + 2 * margin)
  const height = Math.ceil(LINE_HEIGHT * scale)
  const ink = { width, height, data: new Uint8Array(width * height) }
  drawLine(ink, line, { x: margin, y: ASCENT * scale, scale })
  return sharp({ create: { width, height, channels: 3, background: colour } })
    .joinChannel(Buffer.from(ink.data), { raw: { width, height, channels: 1 } })
    .png()
    .toBuffer()
}
