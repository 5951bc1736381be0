import { setValue } from '../dock/chips.tsx'
import { absentControls, extraFields, fieldsOf } from '../request/fields.ts'
import { useModel } from '../server/queries.ts'
import { studio, useStudio } from '../store/studio.ts'
import { Button } from '../ui/button.tsx'
import { explain } from '../ui/ready-badge.tsx'
import { FieldControl } from './field-control.tsx'
import { WebhookField } from './webhook-field.tsx'

/** The form of the model, from its schema: what it takes, and of the usual things what it does not. */
export function SettingsPanel() {
  const modelId = useStudio((state) => state.modelId)
  const values = useStudio((state) => state.values)
  const extras = useStudio((state) => state.extras)
  const webhookUrl = useStudio((state) => state.webhookUrl)
  const model = useModel(modelId).data
  if (model === undefined) return <p className="hint">Loading…</p>
  const schema = model.input_schema
  const absent = absentControls(schema)
  const isChanged = [webhookUrl || undefined, ...Object.values(values), ...Object.values(extras)].some(
    (value) => value !== undefined,
  )
  return (
    <form className="settings" onSubmit={(event) => event.preventDefault()}>
      <p className="hint">
        {model.description} {explain(model)}
      </p>
      {fieldsOf(schema).map((field) => (
        <FieldControl
          key={field.name}
          field={field}
          value={values[field.name]}
          onChange={(value) => setValue(field.name, value)}
        />
      ))}
      {absent.length > 0 && (
        <p className="hint">
          {model.name} has no {absent.map((label) => label.toLowerCase()).join(', ')}.
        </p>
      )}
      <h3>On this server</h3>
      {extraFields(model).map((field) => (
        <FieldControl
          key={field.name}
          field={field}
          value={extras[field.name]}
          onChange={(value) => setExtra(field.name, value)}
        />
      ))}
      <WebhookField />
      <Button disabled={!isChanged} onClick={() => studio.set({ values: {}, extras: {}, webhookUrl: '' })}>
        Back to the model’s own
      </Button>
    </form>
  )
}

function setExtra(name: string, value: unknown): void {
  studio.set(({ extras }) => ({ extras: { ...extras, [name]: value } }))
}
