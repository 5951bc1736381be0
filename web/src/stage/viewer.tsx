import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import type { Job } from '../../../src/sdk/index.ts'
import { useStudio } from '../store/studio.ts'
import { placeOfOriginal } from './align.ts'
import { HeatLegend } from './heat-legend.tsx'
import { MaskLayer } from './mask/mask-layer.tsx'
import { paint, sidesOf } from './paint.ts'
import type { Rect } from './paint.ts'
import type { Picture } from './picture.ts'
import { SplitHandle } from './split-handle.tsx'
import { useBlink } from './use-blink.ts'
import { useGestures } from './use-gestures.ts'
import { useHeat } from './use-heat.ts'
import { useOriginal } from './use-original.ts'
import { useStageSize } from './use-stage-size.ts'
import { seenSpan } from './view.ts'
import type { Point, Size } from './view.ts'
import { geometry } from './zoom.ts'

type ViewerProps = {
  input: Picture | null
  output: Picture | null
  /** How the input's pixels came to lie in the output; null where nobody knows. */
  geometry: Job['geometry']
  /** The output is not done: it is shown alone, because comparing it would say nothing. */
  isPreview: boolean
}

/** Both pictures under one zoom. A canvas that draws only what is seen, once a frame and only when something changed. */
export function Viewer({ input: source, output, geometry: moves, isPreview }: ViewerProps) {
  const input = isPreview ? null : source
  const element = useRef<HTMLDivElement>(null)
  const canvas = useRef<HTMLCanvasElement>(null)
  const stage = useStageSize(element)
  const view = useStudio((state) => state.view)
  const mode = useStudio((state) => state.mode)
  const split = useStudio((state) => state.split)
  const isMasking = useStudio((state) => state.isMasking)
  const isHeld = useStudio((state) => state.isOriginalHeld)
  const [isHovered, setIsHovered] = useState(false)
  const pair = useMemo(() => (input === null || output === null ? null : { input, output }), [input, output])
  const blinked = useBlink(pair !== null && mode === 'blink')
  const frame = output ?? input ?? { width: 1, height: 1 }
  const original = useMemo(
    () =>
      pair === null
        ? { left: 0, top: 0, width: frame.width, height: frame.height }
        : placeOfOriginal(moves ?? null, pair.input, frame),
    [pair, moves, frame.width, frame.height],
  )
  const heat = useHeat(pair, { frame, original, isWanted: mode === 'heat' })
  const [pane, other] = pair !== null && mode === 'side' ? sidesOf(stage) : [stage]
  useGestures(element, {
    frame,
    stage: pane,
    isMasking,
    toPane: ({ x, y }) => (other === undefined ? { x, y } : toSide({ x, y }, other)),
  })
  useOriginal(element)
  useGeometry(frame, pane)

  const isOriginalShown = isHeld || (mode === 'hover' && isHovered) || blinked
  useEffect(() => {
    const request = requestAnimationFrame(() => {
      const context = canvas.current?.getContext('2d', { alpha: true })
      if (context === null || context === undefined) return
      context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0)
      paint(
        context,
        { input, output, heat: heat?.picture ?? null, frame, original, view, mode, split, isOriginalShown },
        stage,
      )
    })
    return () => cancelAnimationFrame(request)
  })

  return (
    <div
      ref={element}
      className="viewer"
      data-masking={isMasking}
      tabIndex={0}
      role="application"
      aria-roledescription="picture viewer"
      aria-label={describe({ input, output, isPreview, isOriginalShown })}
      onPointerEnter={(event) => setIsHovered(event.pointerType === 'mouse')}
      onPointerLeave={() => setIsHovered(false)}
    >
      <canvas
        ref={canvas}
        width={Math.round(stage.width * devicePixelRatio)}
        height={Math.round(stage.height * devicePixelRatio)}
        data-mode={mode}
        data-original={isOriginalShown}
        data-zoom={view.zoom.toFixed(3)}
      />
      {pair !== null && mode === 'slider' && !isMasking && (
        <SplitHandle span={seenSpan(view, frame, stage)} />
      )}
      {pair !== null && mode === 'heat' && <HeatLegend heat={heat} />}
      {pair !== null && mode !== 'heat' && <Labels mode={mode} isOriginalShown={isOriginalShown} />}
      {isPreview && <span className="label right unfinished">Preview</span>}
      {isMasking && input !== null && output === null && (
        <MaskLayer picture={input} stage={stage} view={view} />
      )}
    </div>
  )
}

/** Before the next frame is painted, so that keys and buttons zoom what is seen. */
function useGeometry(frame: Size, { width, height }: Size): void {
  useLayoutEffect(() => {
    geometry.set({ frame: { width: frame.width, height: frame.height }, stage: { width, height } })
  }, [frame.width, frame.height, width, height])
}

/** Both sides show the same, so a point of the second one is one of the first. */
function toSide({ x, y }: Point, second: Rect): Point {
  return {
    x: x >= second.left && second.left > 0 ? x - second.left : x,
    y: y >= second.top && second.top > 0 ? y - second.top : y,
  }
}

function describe({
  input,
  output,
  isPreview,
  isOriginalShown,
}: Omit<ViewerProps, 'geometry'> & { isOriginalShown: boolean }): string {
  if (isPreview) return 'A preview of what is being made. Plus and minus zoom, arrow keys move.'
  const size = (picture: Picture | null): string =>
    picture === null ? '' : `${picture.width} by ${picture.height} pixels`
  if (output === null) return `Input, ${size(input)}. Plus and minus zoom, arrow keys move.`
  const shown = isOriginalShown ? 'The original' : 'The result'
  return `${shown}, ${size(output)}. Keys 1 to 5 compare, hold Space for the original, plus and minus zoom.`
}

function Labels({ mode, isOriginalShown }: { mode: string; isOriginalShown: boolean }) {
  if (isOriginalShown) return <span className="label left">Original</span>
  if (mode === 'slider' || mode === 'side')
    return (
      <>
        <span className="label left">Original</span>
        <span className="label right">Result</span>
      </>
    )
  return <span className="label right">Result</span>
}
