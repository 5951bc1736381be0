import { dollars } from '../server/models.ts'
import { countOf } from './usage-sums.ts'
import type { Measure } from './usage-sums.ts'

type DayChartProps = { values: readonly { day: string; value: number }[]; measure: Measure }

const HEIGHT = 160
const STEP = 12

/** A bar a day. The table below says the same to whoever cannot see it. */
export function DayChart({ values, measure }: DayChartProps) {
  const most = Math.max(...values.map(({ value }) => value), 0)
  const text = (value: number): string => (measure === 'jobs' ? countOf(value) : dollars(value))
  const width = values.length * STEP
  return (
    <figure className="chart">
      <svg
        viewBox={`0 0 ${width} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`${text(most)} on the busiest day`}
      >
        {values.map(({ day, value }, at) => {
          const height = most === 0 ? 0 : (value / most) * (HEIGHT - 8)
          return (
            <rect key={day} x={at * STEP + 2} y={HEIGHT - height} width={STEP - 4} height={height}>
              <title>{`${day}: ${text(value)}`}</title>
            </rect>
          )
        })}
      </svg>
      <figcaption className="hint">
        <span>{values[0]?.day}</span>
        <span>{text(most)} at most</span>
        <span>{values.at(-1)?.day}</span>
      </figcaption>
    </figure>
  )
}
