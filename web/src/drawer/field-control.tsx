import { Slider, Switch } from 'radix-ui'
import { textOf } from '../request/fields.ts'
import { choicesOf, typeOf } from '../server/models.ts'
import type { Field } from '../request/fields.ts'

type ControlProps = { field: Field; value: unknown; onChange: (value: unknown) => void }

/** One field of the schema with its words. Left alone it is not sent, and the model decides. */
export function FieldControl(props: ControlProps) {
  const { name, label, description, isRequired, schema } = props.field
  const isOff = props.value === undefined
  const Control = CONTROLS[props.field.control]
  const standard = schema.default === undefined ? 'the model’s own' : textOf(schema.default)
  return (
    <div className="field" data-set={!isOff}>
      <div className="field-head">
        <label htmlFor={`field-${name}`}>{label}</label>
        {isRequired && isOff && <span className="hint">filled from the input</span>}
        {!isOff && (
          <button
            type="button"
            className="reset"
            aria-label={`${label}: back to ${standard}`}
            onClick={() => props.onChange(undefined)}
          >
            reset
          </button>
        )}
      </div>
      <Control {...props} />
      <p className="hint" id={`hint-${name}`}>
        {description}
      </p>
    </div>
  )
}

const CONTROLS: Readonly<Record<Field['control'], (props: ControlProps) => React.ReactNode>> = {
  choice: Choice,
  switch: OnOff,
  slider: Range,
  number: NumberBox,
  text: TextBox,
}

function idsOf({ name }: Field) {
  return { id: `field-${name}`, 'aria-describedby': `hint-${name}` }
}

function Choice({ field, value, onChange }: ControlProps) {
  const choices = choicesOf(field.schema)
  const standard = field.schema.default
  const toValue = (text: string): unknown => choices.find((choice) => String(choice) === text)
  return (
    <select
      {...idsOf(field)}
      value={textOf(value)}
      onChange={({ target }) => onChange(toValue(target.value))}
    >
      <option value="">{standard === undefined ? 'auto' : `${textOf(standard)} (standard)`}</option>
      {choices.map((choice) => (
        <option key={choice} value={String(choice)}>
          {choice}
        </option>
      ))}
    </select>
  )
}

function OnOff({ field, value, onChange }: ControlProps) {
  return (
    <Switch.Root
      {...idsOf(field)}
      className="switch"
      checked={(value ?? field.schema.default) === true}
      onCheckedChange={onChange}
    >
      <Switch.Thumb />
    </Switch.Root>
  )
}

function Range({ field, value, onChange }: ControlProps) {
  const { minimum = 0, maximum = 1, default: standard } = field.schema
  const step = typeOf(field.schema) === 'integer' ? 1 : (maximum - minimum) / 100
  const shown = typeof value === 'number' ? value : typeof standard === 'number' ? standard : minimum
  return (
    <span className="slider-row">
      <Slider.Root
        className="slider"
        min={minimum}
        max={maximum}
        step={step}
        value={[shown]}
        onValueChange={([next]) => onChange(next)}
      >
        <Slider.Track>
          <Slider.Range />
        </Slider.Track>
        <Slider.Thumb {...idsOf(field)} aria-label={field.label} />
      </Slider.Root>
      <output>{typeof value === 'number' ? Math.round(value * 100) / 100 : 'auto'}</output>
    </span>
  )
}

function NumberBox({ field, value, onChange }: ControlProps) {
  const { minimum, maximum } = field.schema
  return (
    <input
      {...idsOf(field)}
      type="number"
      inputMode="decimal"
      min={minimum}
      max={maximum}
      step={typeOf(field.schema) === 'integer' ? 1 : 'any'}
      placeholder={field.schema.default === undefined ? 'auto' : textOf(field.schema.default)}
      value={typeof value === 'number' ? value : ''}
      onChange={({ target }) => onChange(target.value === '' ? undefined : target.valueAsNumber)}
    />
  )
}

function TextBox({ field, value, onChange }: ControlProps) {
  return (
    <input
      {...idsOf(field)}
      type="text"
      placeholder={field.name === 'size' ? 'for example 1920x1080' : 'auto'}
      value={typeof value === 'string' ? value : ''}
      onChange={({ target }) => onChange(target.value === '' ? undefined : target.value)}
    />
  )
}
