import type { Heat } from './use-heat.ts'

/** How much changed, in figures as well as in colours. */
export function HeatLegend({ heat }: { heat: Heat | null }) {
  const text = heat === null ? 'Comparing…' : `${formatShare(heat.changedShare)} of the pixels changed`
  return (
    <span className="legend" role="status">
      {text}
      <span className="scale">
        little
        <span className="ramp" aria-hidden="true" />
        much
      </span>
    </span>
  )
}

function formatShare(share: number): string {
  if (share === 0) return '0 %'
  return share < 0.001 ? 'under 0.1 %' : `${(share * 100).toFixed(1)} %`
}
