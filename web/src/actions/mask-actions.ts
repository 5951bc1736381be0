/** Painting where the picture may change. */
import type { Stroke } from '../stage/mask/strokes.ts'
import { announce, studio } from '../store/studio.ts'

const SIZES = { min: 4, max: 512, step: 1.25 }

export function addStroke(stroke: Stroke): void {
  studio.set(({ strokes }) => ({ strokes: [...strokes, stroke], undone: [] }))
}

export function undoStroke(): void {
  const { strokes, undone } = studio.get()
  const last = strokes.at(-1)
  if (last === undefined) return
  studio.set({ strokes: strokes.slice(0, -1), undone: [...undone, last] })
  announce('Undone.')
}

export function redoStroke(): void {
  const { strokes, undone } = studio.get()
  const last = undone.at(-1)
  if (last === undefined) return
  studio.set({ strokes: [...strokes, last], undone: undone.slice(0, -1) })
  announce('Done again.')
}

export function clearMask(): void {
  const { strokes } = studio.get()
  // One step for undo: inverting twice is nothing, but erasing everything is.
  studio.set({ strokes: [], undone: strokes.toReversed() })
}

/** @param direction 1 larger, −1 smaller */
export function resizeBrush(direction: 1 | -1): void {
  studio.set(({ tool }) => {
    const size = Math.round(tool.size * SIZES.step ** direction)
    return { tool: { ...tool, size: Math.min(SIZES.max, Math.max(SIZES.min, size)) } }
  })
}

export function setTool(change: Partial<{ mode: 'paint' | 'erase'; size: number; feather: number }>): void {
  studio.set(({ tool }) => ({ tool: { ...tool, ...change } }))
}
