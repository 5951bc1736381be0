import { useState } from 'react'
import { chooseModel, Monogram, searchModels } from '../bar/model-picker.tsx'
import { faultText } from '../server/faults.ts'
import { priceText, readinessOf } from '../server/models.ts'
import type { ModelCard } from '../server/models.ts'
import { useModels } from '../server/queries.ts'
import { navigate } from '../store/router.ts'
import { Button } from '../ui/button.tsx'
import { explain, ReadyBadge } from '../ui/ready-badge.tsx'
import { EngineKeys } from './engine-keys.tsx'

type Filter = { operation: string; isReadyOnly: boolean; order: 'listed' | 'price' }

/** Every model of this server: what it does, what it costs, and whether it runs here. */
export function ModelsPage() {
  const { data: models = [], isPending, error } = useModels()
  const [search, setSearch] = useState('')
  const [filter, setFilter] = useState<Filter>({ operation: '', isReadyOnly: false, order: 'listed' })
  const operations = [...new Set(models.flatMap((model) => model.operations))].sort()
  const found = sortModels(searchModels(models, search).filter(matches(filter)), filter.order)
  return (
    <main id="main" className="page" tabIndex={-1}>
      <h1>Models</h1>
      <div className="filters" role="search">
        <input
          type="search"
          aria-label="Search models"
          placeholder="Search"
          value={search}
          onChange={({ target }) => setSearch(target.value)}
        />
        <select
          aria-label="Operation"
          value={filter.operation}
          onChange={({ target }) => setFilter({ ...filter, operation: target.value })}
        >
          <option value="">Every operation</option>
          {operations.map((operation) => (
            <option key={operation}>{operation}</option>
          ))}
        </select>
        <select
          aria-label="Order"
          value={filter.order}
          onChange={({ target }) => setFilter({ ...filter, order: target.value as Filter['order'] })}
        >
          <option value="listed">As listed</option>
          <option value="price">Cheapest first</option>
        </select>
        <label className="check">
          <input
            type="checkbox"
            checked={filter.isReadyOnly}
            onChange={({ target }) => setFilter({ ...filter, isReadyOnly: target.checked })}
          />
          Ready with your keys
        </label>
        <span className="hint" role="status">
          {isPending ? 'Loading…' : `${found.length} of ${models.length} models`}
        </span>
      </div>
      {error !== null && <p className="fault">{faultText(error)}</p>}
      <EngineKeys />
      <ul className="cards">
        {found.map((model) => (
          <Card key={model.id} model={model} />
        ))}
      </ul>
    </main>
  )
}

export function Card({ model }: { model: ModelCard }) {
  const open = (): void => {
    chooseModel(model)
    navigate({ page: 'studio', jobId: null })
  }
  return (
    <li className="model-card">
      <header>
        <Monogram provider={model.provider} />
        <h2>{model.name}</h2>
        <ReadyBadge model={model} />
      </header>
      <p>{model.description}</p>
      <p className="hint">
        {model.operations.join(', ')} · {priceText(model)}
        {model.latency_seconds !== null && ` · about ${model.latency_seconds} s`}
      </p>
      {(readinessOf(model) !== 'ready' ||
        model.engines.some(({ id, fault }) => id === model.engine && fault)) && (
        <p className="hint">
          {explain(model)} {model.set_to_enable.length > 0 && <a href="#/keys">Provider keys</a>}
        </p>
      )}
      <footer>
        <code>{model.id}</code>
        <Button onClick={open} aria-label={`Open ${model.name} in the Studio`}>
          Open
        </Button>
      </footer>
    </li>
  )
}

function matches({ operation, isReadyOnly }: Filter) {
  return (model: ModelCard): boolean =>
    (operation === '' || model.operations.includes(operation)) &&
    (!isReadyOnly || readinessOf(model) === 'ready')
}

/** What nobody published a price for comes last, not first. */
function sortModels(models: readonly ModelCard[], order: Filter['order']): readonly ModelCard[] {
  if (order === 'listed') return models
  const least = ({ price }: ModelCard): number =>
    Math.min(...(price?.price_points.map(({ amount }) => amount) ?? []), Infinity)
  return [...models].sort((a, b) => least(a) - least(b))
}
