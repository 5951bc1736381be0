import { useModel } from '../server/queries.ts'
import { textOf } from '../request/fields.ts'
import { studio, useStudio } from '../store/studio.ts'

/** The two settings that nearly every edit needs: proportions, and how far it may go. */
export function Chips() {
  const modelId = useStudio((state) => state.modelId)
  const values = useStudio((state) => state.values)
  const model = useModel(modelId)
  const properties = model.data?.input_schema.properties ?? {}
  const ratios = properties['aspect_ratio']?.enum
  const dial = (['strength', 'creativity'] as const).find((name) => properties[name]?.maximum !== undefined)
  return (
    <div className="chips" aria-busy={model.isPending}>
      {ratios !== undefined && (
        <label className="chip">
          <span>Aspect</span>
          <select
            value={textOf(values['aspect_ratio'])}
            onChange={({ target }) => setValue('aspect_ratio', target.value || undefined)}
          >
            <option value="">as input</option>
            {ratios.map((ratio) => (
              <option key={ratio}>{ratio}</option>
            ))}
          </select>
        </label>
      )}
      {dial !== undefined && (
        <Dial
          name={dial}
          value={values[dial]}
          min={properties[dial]?.minimum ?? 0}
          max={properties[dial]?.maximum ?? 1}
        />
      )}
    </div>
  )
}

function Dial({ name, value, min, max }: { name: string; value: unknown; min: number; max: number }) {
  const isSet = typeof value === 'number'
  return (
    <label
      className="chip range"
      title={isSet ? 'Double-click for the model’s own' : 'The model’s own until you move it'}
    >
      <span>{name === 'strength' ? 'Strength' : 'Creativity'}</span>
      <input
        type="range"
        min={min}
        max={max}
        step={(max - min) / 100}
        value={isSet ? value : max}
        data-set={isSet}
        onChange={({ target }) => setValue(name, Number(target.value))}
        onDoubleClick={() => setValue(name, undefined)}
      />
      <output>{isSet ? Math.round(value * 100) / 100 : 'auto'}</output>
    </label>
  )
}

export function setValue(name: string, value: unknown): void {
  studio.set(({ values }) => ({ values: { ...values, [name]: value } }))
}
