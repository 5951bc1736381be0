import { IDEAS } from '../actions/ideas.ts'
import { useModel } from '../server/queries.ts'
import { studio, useStudio } from '../store/studio.ts'
import { Button } from '../ui/button.tsx'

/** Where somebody has a picture and no words yet: what one may ask for. It fills the instruction and runs nothing. */
export function Suggestions() {
  const modelId = useStudio((state) => state.modelId)
  const isWaiting = useStudio(({ references, prompt }) => references.length > 0 && prompt === '')
  const model = useModel(modelId).data
  const doesEdit = model?.operations.includes('edit') === true
  if (!isWaiting || !doesEdit || model?.input_schema.properties?.['prompt'] === undefined) return null
  return (
    <span className="ideas" role="group" aria-label="Ideas">
      {IDEAS.map(({ label, prompt }) => (
        <Button key={label} onClick={() => take(prompt)}>
          {label}
        </Button>
      ))}
    </span>
  )
}

function take(prompt: string): void {
  studio.set({ prompt })
  document.querySelector<HTMLElement>('#prompt')?.focus()
}
