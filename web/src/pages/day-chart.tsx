import type { DayBars } from './usage-sums.ts'
import { ceilingOf, countOf } from './usage-sums.ts'
import type { Measure } from './usage-sums.ts'
import { dollars } from '../server/models.ts'

type DayChartProps = { bars: DayBars; measure: Measure }

/** A bar a day, cut by model. The tables below say the same to whoever cannot see it. */
export function DayChart({ bars: { names, days }, measure }: DayChartProps) {
  const most = Math.max(...days.map(({ total }) => total), 0)
  const ceiling = ceilingOf(most, measure)
  const text = (value: number): string => (measure === 'jobs' ? countOf(value) : dollars(value))
  return (
    <figure className="chart">
      <div className="plot" role="img" aria-label={`${text(most)} on the busiest day`}>
        {[1, 0.5, 0].map((part) => (
          <span key={part} className="line" style={{ bottom: `${part * 100}%` }}>
            {measure === 'jobs' ? Math.round(ceiling * part) : dollars(ceiling * part)}
          </span>
        ))}
        <div className="bars">
          {days.map(({ day, total, parts }) => (
            <div key={day} className="day" title={`${day}: ${text(total)}`}>
              {parts.map((value, at) => (
                <span key={names[at]} data-shade={at} style={{ height: `${(value / ceiling) * 100}%` }} />
              ))}
            </div>
          ))}
        </div>
      </div>
      <figcaption className="hint">
        <span>{days[0]?.day}</span>
        <span className="keys">
          {names.map((name, at) => (
            <span key={name} data-shade={at}>
              {name}
            </span>
          ))}
        </span>
        <span>{days.at(-1)?.day}</span>
      </figcaption>
    </figure>
  )
}
