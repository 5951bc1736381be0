/** Compares two pictures of one size, away from the thread that draws. */
import { heatOf } from './heat-map.ts'
import type { HeatRequest } from './heat-map.ts'

addEventListener('message', ({ data }: MessageEvent<HeatRequest>) => {
  const { pixels, changedShare } = heatOf(data)
  postMessage({ pixels, changedShare }, { transfer: [pixels.buffer] })
})
