/** How a step moved the pixels, so that a mask or a compare view can line up with the result. */
import type { Geometry } from '../../../core/job.ts'
import type { Raster } from '../../../imaging/raster.ts'
import { cropBox, ratioOf } from '../../../imaging/geometry.ts'
import type { Size } from '../../../imaging/geometry.ts'
import type { OperationValues } from '../operation.ts'
import { boxInsideMargins, boxOfAspect, boxOfParts } from '../operations/geometry/crop.ts'

export type GeometryStep = Geometry['steps'][number]
type Done = { operation: string; values: OperationValues; before: Raster; after: Size }

/** None for an operation that leaves every pixel at its place. Boxes are in pixels of the picture before the step. */
export function geometryStepsOf({ operation, values, before, after }: Done): GeometryStep[] {
  const { width, height } = after
  const number = (key: string): number => Number(values[key] ?? 0)
  switch (operation) {
    case 'crop':
      return [
        {
          kind: 'crop',
          ...boxOfParts(before, {
            left: number('left'),
            top: number('top'),
            width: number('width'),
            height: number('height'),
          }),
        },
      ]
    case 'crop_to_aspect':
      return [
        {
          kind: 'crop',
          ...boxOfAspect(before, { aspect: String(values['aspect']), x: number('x'), y: number('y') }),
        },
      ]
    case 'trim':
      return [{ kind: 'crop', ...boxInsideMargins(before) }]
    case 'rotate':
      return [{ kind: 'rotate', degrees: number('degrees'), width, height }]
    case 'straighten':
      return isMoved(before, after) ? [{ kind: 'rotate', width, height }] : []
    case 'flip':
      return [{ kind: 'flip', axis: String(values['axis']) }]
    case 'extend':
    case 'border':
      return [{ kind: 'extend', ...centred(before, after), width, height }]
    case 'instant_frame':
      return [
        {
          kind: 'extend',
          left: centred(before, after).left,
          top: centred(before, after).left,
          width,
          height,
        },
      ]
    case 'resize':
      return [
        // Both sides named: what does not fit the new shape was cut off.
        ...(number('widthPx') > 0 && number('heightPx') > 0 ? cut(before, after) : []),
        { kind: 'resize', width, height },
      ]
    case 'scale':
      return [{ kind: 'resize', width, height }]
    case 'product_stage':
    case 'room_stage':
      return [{ kind: 'stage', width, height }]
    default:
      return isMoved(before, after) ? [{ kind: 'resize', width, height }] : []
  }
}

function cut(before: Size, after: Size): GeometryStep[] {
  const box = cropBox(before, ratioOf(after))
  return isMoved(before, box) ? [{ kind: 'crop', ...box }] : []
}

function isMoved(before: Size, after: Size): boolean {
  return before.width !== after.width || before.height !== after.height
}

function centred(before: Size, after: Size): { left: number; top: number } {
  return {
    left: Math.round((after.width - before.width) / 2),
    top: Math.round((after.height - before.height) / 2),
  }
}
