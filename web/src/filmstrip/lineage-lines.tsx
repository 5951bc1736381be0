import type { Bond } from './lineage.ts'

type LinesProps = { bonds: readonly Bond[]; isVertical: boolean; step: number }

/** A bracket beside the frames from each result to what it was made from. */
export function LineageLines({ bonds, isVertical, step }: LinesProps) {
  return bonds.map(({ child, parent }) => {
    const from = Math.min(child, parent) * step + step / 2 - 4
    const length = Math.abs(parent - child) * step
    const place = isVertical ? { top: from, height: length } : { left: from, width: length }
    return (
      <li
        key={`${child} ${parent}`}
        className="lineage-line"
        data-direction={isVertical ? 'down' : 'right'}
        style={place}
        aria-hidden="true"
      />
    )
  })
}
