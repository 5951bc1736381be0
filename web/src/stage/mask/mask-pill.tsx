import { clearMask, setTool } from '../../actions/mask-actions.ts'
import { actionNamed, toggleMask } from '../../actions/registry.ts'
import { studio, useStudio } from '../../store/studio.ts'
import { ActionButton, Button, IconButton } from '../../ui/button.tsx'

/** The brush and what belongs to it. Its buttons follow the strokes. */
export function MaskPill() {
  const tool = useStudio((state) => state.tool)
  const strokes = useStudio((state) => state.strokes)
  const undone = useStudio((state) => state.undone)
  const extras = useStudio((state) => state.extras)
  return (
    <div className="pill mask-pill" role="toolbar" aria-label="Mask">
      <IconButton
        label="Paint"
        icon="brush"
        aria-pressed={tool.mode === 'paint'}
        onClick={() => setTool({ mode: 'paint' })}
      />
      <IconButton
        label="Erase (E)"
        icon="erase"
        aria-pressed={tool.mode === 'erase'}
        onClick={() => setTool({ mode: 'erase' })}
      />
      <Range label="Size" value={tool.size} max={512} min={4} onChange={(size) => setTool({ size })} />
      <Range
        label="Feather"
        value={tool.feather}
        max={128}
        min={0}
        onChange={(feather) => setTool({ feather })}
      />
      <ActionButton action={actionNamed('invert')} icon="invert" />
      <ActionButton action={actionNamed('undo')} icon="undo" disabled={strokes.length === 0} />
      <ActionButton action={actionNamed('redo')} icon="redo" disabled={undone.length === 0} />
      <IconButton label="Clear the mask" icon="trash" disabled={strokes.length === 0} onClick={clearMask} />
      <label className="check" title="Every pixel outside the mask stays as it is, bit for bit">
        <input
          type="checkbox"
          checked={extras['precise_edit'] === true}
          onChange={({ target }) =>
            studio.set(({ extras }) => ({
              extras: { ...extras, precise_edit: target.checked ? true : undefined },
            }))
          }
        />
        Keep the rest exactly
      </label>
      <Button kind="primary" onClick={toggleMask}>
        Done
      </Button>
    </div>
  )
}

type RangeProps = {
  label: string
  value: number
  min: number
  max: number
  onChange: (value: number) => void
}

function Range({ label, value, min, max, onChange }: RangeProps) {
  return (
    <label className="range">
      <span>{label}</span>
      <input
        type="range"
        min={min}
        max={max}
        value={value}
        onChange={({ target }) => onChange(Number(target.value))}
      />
      <output>{value}</output>
    </label>
  )
}
