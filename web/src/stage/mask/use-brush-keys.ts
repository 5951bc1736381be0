/** Painting by keyboard: arrows move the brush by half its width, Space paints where it stands. */
import { useEffect } from 'react'
import { addStroke } from '../../actions/mask-actions.ts'
import type { MaskTool } from '../../store/studio.ts'
import type { Point, Size } from '../view.ts'

type BrushKeys = { size: Size; brush: Point | null; setBrush: (point: Point) => void; tool: MaskTool }

const STEPS: Readonly<Record<string, Point>> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
}

export function useBrushKeys({ size, brush, setBrush, tool }: BrushKeys): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const isHere = event.target instanceof Element && event.target.classList.contains('viewer')
      const step = STEPS[event.key]
      if (!isHere || (step === undefined && event.key !== ' ')) return
      event.preventDefault()
      const at = brush ?? { x: size.width / 2, y: size.height / 2 }
      if (step === undefined) return addStroke({ kind: tool.mode, size: tool.size, points: [at] })
      const by = tool.size / 2
      setBrush({ x: limit(at.x + step.x * by, size.width), y: limit(at.y + step.y * by, size.height) })
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  })
}

function limit(value: number, most: number): number {
  return Math.min(most, Math.max(0, value))
}
