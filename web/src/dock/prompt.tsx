import { useEffect, useRef } from 'react'
import type { ModelDetail } from '../server/models.ts'
import { useModel } from '../server/queries.ts'
import { focusStage } from '../stage/focus-stage.ts'
import { studio, useStudio } from '../store/studio.ts'

/** The instruction. Grows with its text; pictures can be named as @image1, @image2. */
export function Prompt() {
  const prompt = useStudio((state) => state.prompt)
  const modelId = useStudio((state) => state.modelId)
  const count = useStudio((state) => state.references.length)
  const model = useModel(modelId).data
  const schema = model?.input_schema
  const element = useRef<HTMLTextAreaElement>(null)
  const isTaken = schema === undefined || schema.properties?.['prompt'] !== undefined
  useEffect(() => {
    const { current } = element
    if (current === null) return
    current.style.height = 'auto'
    current.style.height = `${current.scrollHeight}px`
  }, [prompt])
  return (
    <div className="prompt">
      <label className="unseen" htmlFor="prompt">
        Instruction
      </label>
      <textarea
        ref={element}
        id="prompt"
        rows={1}
        maxLength={schema?.properties?.['prompt']?.maximum ?? 32_000}
        disabled={!isTaken}
        value={prompt}
        placeholder={isTaken ? placeholderFor(count, model) : 'This model takes no instruction'}
        onChange={({ target }) => studio.set({ prompt: target.value })}
        onKeyDown={leaveOnEscape}
      />
    </div>
  )
}

/** Single keys work only where nobody writes; a menu of the input method keeps its own Escape. */
function leaveOnEscape(event: React.KeyboardEvent): void {
  if (event.key === 'Escape' && !event.nativeEvent.isComposing) focusStage()
}

function placeholderFor(count: number, model: ModelDetail | undefined): string {
  if (
    model !== undefined &&
    !model.operations.includes('edit') &&
    model.input_schema.required?.includes('prompt') !== true
  )
    return 'Optional: this model runs without words'
  if (count > 1) return 'What should become of it? Name the pictures as @image1, @image2'
  return 'What should the picture become?'
}
