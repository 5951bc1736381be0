import { clearMask } from '../actions/mask-actions.ts'
import { toggleMask } from '../actions/registry.ts'
import { takesMask } from '../request/fields.ts'
import { useModel } from '../server/queries.ts'
import { isEmptyMask } from '../stage/mask/strokes.ts'
import { useStudio } from '../store/studio.ts'
import { Button, IconButton } from '../ui/button.tsx'

/** A mask that was painted and is out of sight still goes with the next run: it is seen beside its picture. */
export function MaskChip() {
  const modelId = useStudio((state) => state.modelId)
  const schema = useModel(modelId).data?.input_schema
  const isKept = useStudio(({ isMasking, strokes }) => !isMasking && !isEmptyMask(strokes))
  if (!isKept || schema === undefined || !takesMask(schema)) return null
  return (
    <span className="mask-chip" role="group" aria-label="Mask of the next run">
      <Button title="Only what is painted may change; paint on" onClick={toggleMask}>
        Mask on
      </Button>
      <IconButton label="Clear the mask" icon="close" onClick={clearMask} />
    </span>
  )
}
