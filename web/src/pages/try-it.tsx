import { SAMPLES, takeSample } from '../actions/presets.ts'
import { studio } from '../store/studio.ts'
import { Button } from '../ui/button.tsx'
import { GUIDE_PROMPT } from './guide-code.ts'

const MODEL = 'google/nano-banana-pro'

/** The request of the guide, ready to run, with a picture that is there. */
export function TryIt() {
  const open = async (): Promise<void> => {
    const [sample] = SAMPLES
    studio.set({
      modelId: MODEL,
      prompt: GUIDE_PROMPT,
      references: [],
      values: {},
      extras: {},
      remixOf: null,
    })
    if (sample !== undefined) await takeSample(sample)
  }
  return (
    <p className="try-it">
      <Button kind="primary" onClick={() => void open()}>
        Try it in the Studio
      </Button>
      <span className="hint">
        With a sample picture and the instruction of this guide: you only press Run. The Code panel then shows
        the same request as a program.
      </span>
    </p>
  )
}
