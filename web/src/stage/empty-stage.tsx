import { runPreset, SAMPLES, takeSample } from '../actions/presets.ts'
import { Button } from '../ui/button.tsx'
import { Icon } from '../ui/icon.tsx'

/** The first thing one sees: how to begin with a picture of one's own, and three that need none. */
export function EmptyStage() {
  return (
    <section className="stage empty" aria-label="Stage">
      <div className="welcome">
        <label className="drop-zone" htmlFor="file-input">
          <Icon name="image" />
          <strong>
            <span className="by-mouse">Drop a picture anywhere, paste one, or choose a file</span>
            <span className="by-touch">Choose or take a picture</span>
          </strong>
          <span>JPEG, PNG, WebP, AVIF, HEIC. Then say what it should become.</span>
        </label>
        <p className="or">or try one of these</p>
        <ul className="samples">
          {SAMPLES.map((sample) => (
            <li key={sample.name}>
              <button
                type="button"
                className="sample"
                onClick={() => void takeSample(sample)}
                aria-label={`Use the sample: ${sample.name}`}
              >
                <img src={sample.url} alt="" />
              </button>
              <span className="presets">
                {sample.presets.map((preset) => (
                  <Button
                    key={preset.label}
                    onClick={() => void runPreset(sample, preset)}
                    aria-label={`${sample.name}: ${preset.label}`}
                  >
                    {preset.label}
                  </Button>
                ))}
              </span>
            </li>
          ))}
        </ul>
      </div>
    </section>
  )
}
