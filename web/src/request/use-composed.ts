import { useMemo } from 'react'
import { useModel } from '../server/queries.ts'
import { useStudio } from '../store/studio.ts'
import type { Composed } from './compose.ts'
import { compose } from './compose.ts'

/** The request as it stands on the page; null until the model is known. A painted mask is uploaded at Run. */
export function useComposed(): Composed | null {
  const modelId = useStudio((state) => state.modelId)
  const prompt = useStudio((state) => state.prompt)
  const references = useStudio((state) => state.references)
  const values = useStudio((state) => state.values)
  const extras = useStudio((state) => state.extras)
  const remixOf = useStudio((state) => state.remixOf)
  const model = useModel(modelId).data
  return useMemo(
    () =>
      model === undefined
        ? null
        : compose(model, { prompt, references, values, extras, remixOf, maskUrl: null }),
    [model, prompt, references, values, extras, remixOf],
  )
}
