/** The heat map of a pair, made once for each pair and only when it is looked at. */
import { useEffect, useState } from 'react'
import type { HeatAnswer } from './heat-map.ts'
import type { Picture } from './picture.ts'
import { levelFor } from './picture.ts'
import type { Rect } from './paint.ts'
import type { Size } from './view.ts'

export type Heat = { picture: Picture; changedShare: number }

/** Enough to see which eyelash changed, and done in a tenth of a second. */
const LONGEST_SIDE = 1536

/** `original` is where the input lies, in pixels of the frame. */
type Asked = { frame: Size; original: Rect; isWanted: boolean }

export function useHeat(
  pair: { input: Picture; output: Picture } | null,
  { frame, original, isWanted }: Asked,
): Heat | null {
  const [heat, setHeat] = useState<Heat | null>(null)
  const input = pair?.input ?? null
  const output = pair?.output ?? null
  useEffect(() => {
    setHeat(null)
    if (!isWanted || input === null || output === null) return undefined
    const worker = new Worker(new URL('./heat-worker.ts', import.meta.url), { type: 'module' })
    const scale = Math.min(1, LONGEST_SIDE / Math.max(frame.width, frame.height))
    const size = { width: Math.round(frame.width * scale), height: Math.round(frame.height * scale) }
    worker.addEventListener('message', ({ data }: MessageEvent<HeatAnswer>) => {
      setHeat({ picture: toPicture(data.pixels, size), changedShare: data.changedShare })
      worker.terminate()
    })
    const before = pixelsOf(input, size, {
      left: original.left * scale,
      top: original.top * scale,
      width: original.width * scale,
      height: original.height * scale,
    })
    const after = pixelsOf(output, size, { left: 0, top: 0, ...size })
    worker.postMessage({ ...size, before, after }, [before.buffer, after.buffer])
    return () => worker.terminate()
  }, [input, output, frame.width, frame.height, original, isWanted])
  return heat
}

function pixelsOf(picture: Picture, size: Size, place: Rect) {
  const canvas = new OffscreenCanvas(size.width, size.height)
  const context = canvas.getContext('2d', { willReadFrequently: true })
  if (context === null) throw new Error('this browser has no canvas')
  context.drawImage(levelFor(picture, place.width), place.left, place.top, place.width, place.height)
  return context.getImageData(0, 0, size.width, size.height).data
}

function toPicture(pixels: Uint8ClampedArray<ArrayBuffer>, size: Size): Picture {
  const canvas = document.createElement('canvas')
  canvas.width = size.width
  canvas.height = size.height
  canvas.getContext('2d')?.putImageData(new ImageData(pixels, size.width, size.height), 0, 0)
  return { ...size, levels: [canvas] }
}
