import { useEffect, useRef, useState } from 'react'
import { addStroke } from '../../actions/mask-actions.ts'
import { useStudio } from '../../store/studio.ts'
import type { Picture } from '../picture.ts'
import { pointIn } from '../use-gestures.ts'
import type { Point, Size, View } from '../view.ts'
import { frameRect, scaleOf, toFrame } from '../view.ts'
import { maskCanvas } from './export-mask.ts'
import { drawStroke, drawStrokes } from './strokes.ts'
import { useBrushKeys } from './use-brush-keys.ts'

type MaskLayerProps = { picture: Picture; stage: Size; view: View }

/** The mask over the picture, the brush, and the stroke under way. The browser moves and tints the layer by itself. */
export function MaskLayer({ picture, stage, view }: MaskLayerProps) {
  const layer = useRef<HTMLDivElement>(null)
  const holder = useRef<HTMLDivElement>(null)
  const canvas = useRef<HTMLCanvasElement | null>(null)
  const points = useRef<Point[]>([])
  const [brush, setBrush] = useState<Point | null>(null)
  const strokes = useStudio((state) => state.strokes)
  const tool = useStudio((state) => state.tool)
  const size: Size = { width: picture.width, height: picture.height }
  const rect = frameRect(view, size, stage)
  const scale = scaleOf(view, size, stage)
  useBrushKeys({ size, brush, setBrush, tool })

  useEffect(() => {
    canvas.current = maskCanvas({ width: picture.width, height: picture.height })
    canvas.current.className = 'mask'
    holder.current?.replaceChildren(canvas.current)
  }, [picture.width, picture.height])
  useEffect(() => {
    const context = canvas.current?.getContext('2d')
    if (context !== null && context !== undefined) drawStrokes(context, strokes, size)
  }, [strokes, picture.width, picture.height])

  const place = (event: React.PointerEvent): Point => {
    const at = layer.current === null ? { x: 0, y: 0 } : pointIn(layer.current, event)
    return toFrame(at, view, { frame: size, stage })
  }
  const extend = (point: Point): void => {
    const context = canvas.current?.getContext('2d')
    const last = points.current.at(-1) ?? point
    points.current.push(point)
    if (context !== null && context !== undefined)
      drawStroke(
        context,
        { kind: tool.mode, size: tool.size, points: [last, point] },
        context.canvas.width / size.width,
      )
  }
  return (
    <div
      ref={layer}
      className="mask-layer"
      onPointerDown={(event) => {
        if (event.button !== 0 || !event.isPrimary) return
        event.currentTarget.setPointerCapture(event.pointerId)
        points.current = []
        extend(place(event))
      }}
      onPointerMove={(event) => {
        const point = place(event)
        setBrush(point)
        if (points.current.length > 0) extend(point)
      }}
      onPointerUp={() => {
        if (points.current.length > 0) addStroke({ kind: tool.mode, size: tool.size, points: points.current })
        points.current = []
      }}
      onPointerLeave={() => setBrush(null)}
    >
      <div ref={holder} className="mask-holder" style={rect} />
      {brush !== null && (
        <span
          className="brush"
          data-mode={tool.mode}
          style={{
            width: tool.size * scale,
            height: tool.size * scale,
            left: rect.left + (brush.x / size.width) * rect.width,
            top: rect.top + (brush.y / size.height) * rect.height,
          }}
        />
      )}
    </div>
  )
}
