import { ToggleGroup } from 'radix-ui'
import { actionNamed, MODE_LABELS, setMode } from '../actions/registry.ts'
import { shortcutText } from '../actions/shortcuts.ts'
import { takesMask } from '../request/fields.ts'
import { useModel } from '../server/queries.ts'
import { useStore } from '../store/create-store.ts'
import type { CompareMode } from '../store/studio.ts'
import { COMPARE_MODES, useStudio } from '../store/studio.ts'
import { ActionButton, Button } from '../ui/button.tsx'
import { Icon } from '../ui/icon.tsx'
import { scaleOf } from './view.ts'
import { geometry } from './zoom.ts'

/** How to look, at the bottom of the stage. */
export function StageTools({ hasPair }: { hasPair: boolean }) {
  return (
    <div className="pill" role="toolbar" aria-label="View">
      {hasPair ? <Modes /> : <MaskButton />}
      <span className="rule" />
      <ActionButton action={actionNamed('zoom-out')} icon="minus" />
      <Zoom />
      <ActionButton action={actionNamed('zoom-in')} icon="plus" />
      <ActionButton action={actionNamed('fit')} icon="fit" />
    </div>
  )
}

function Modes() {
  const mode = useStudio((state) => state.mode)
  return (
    <ToggleGroup.Root
      type="single"
      className="modes"
      aria-label="Ways to compare"
      value={mode}
      onValueChange={(value) => value !== '' && setMode(value as CompareMode)}
    >
      {COMPARE_MODES.map((name, at) => (
        <ToggleGroup.Item key={name} value={name} title={`${MODE_LABELS[name]} (${at + 1})`}>
          {MODE_LABELS[name]}
        </ToggleGroup.Item>
      ))}
    </ToggleGroup.Root>
  )
}

/** Where a mask would mean nothing the button stays, and says why. */
function MaskButton() {
  const modelId = useStudio((state) => state.modelId)
  const isSizeKnown = useStudio((state) => state.references[0]?.size !== null)
  const model = useModel(modelId)
  const action = actionNamed('mask')
  const reason = maskReason(model.data?.input_schema, isSizeKnown, model.data?.operations ?? [])
  return (
    <Button
      kind="quiet"
      aria-disabled={reason !== null}
      title={reason ?? `${action.label} (${shortcutText(action.shortcut ?? '')})`}
      onClick={() => reason === null && action.run()}
    >
      <Icon name="brush" />
      <span>Mask</span>
      {reason !== null && <span className="reason">{reason}</span>}
    </Button>
  )
}

function maskReason(
  schema: Parameters<typeof takesMask>[0] | undefined,
  isSizeKnown: boolean,
  operations: readonly string[],
): string | null {
  if (schema === undefined) return null
  if (!takesMask(schema)) return 'This server runs in strict mode: no masks'
  if (!operations.includes('edit')) return 'Enlarging has no mask'
  return isSizeKnown ? null : 'The picture is still being read'
}

function Zoom() {
  const view = useStudio((state) => state.view)
  const { frame, stage } = useStore(geometry, (state) => state)
  return (
    <output className="zoom" aria-label="Zoom">
      {Math.round(scaleOf(view, frame, stage) * 100)} %
    </output>
  )
}
