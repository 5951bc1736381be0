import { IDEAS } from '../actions/ideas.ts'
import { useModel } from '../server/queries.ts'
import { studio, useStudio } from '../store/studio.ts'
import { Button } from '../ui/button.tsx'

/**
 * Where somebody has a picture and no words of their own yet: what one may ask for. It fills the instruction and runs
 * nothing; the others stay beside the one that was taken, until somebody writes.
 */
export function Suggestions() {
  const modelId = useStudio((state) => state.modelId)
  const prompt = useStudio((state) => state.prompt)
  const hasPicture = useStudio(({ references }) => references.length > 0)
  const isWaiting = hasPicture && (prompt === '' || IDEAS.some((idea) => idea.prompt === prompt))
  const model = useModel(modelId).data
  const doesEdit = model?.operations.includes('edit') === true
  if (!isWaiting || !doesEdit || model?.input_schema.properties?.['prompt'] === undefined) return null
  return (
    <span className="ideas" role="group" aria-label="Ideas">
      {IDEAS.map((idea) => (
        <Button key={idea.label} aria-pressed={idea.prompt === prompt} onClick={() => take(idea.prompt)}>
          {idea.label}
        </Button>
      ))}
    </span>
  )
}

function take(prompt: string): void {
  studio.set({ prompt })
  document.querySelector<HTMLElement>('#prompt')?.focus()
}
