import { Popover } from 'radix-ui'
import { useId, useState } from 'react'
import { priceText, readinessOf } from '../server/models.ts'
import type { ModelCard } from '../server/models.ts'
import { useModels } from '../server/queries.ts'
import { announce, studio, useStudio } from '../store/studio.ts'
import { Icon } from '../ui/icon.tsx'
import { ReadyBadge } from '../ui/ready-badge.tsx'

/** A list to search in: arrows move, Enter takes, Escape leaves. */
export function ModelPicker() {
  const [isOpen, setIsOpen] = useState(false)
  const models = useModels()
  const modelId = useStudio((state) => state.modelId)
  const current = models.data?.find(({ id }) => id === modelId)
  return (
    <Popover.Root open={isOpen} onOpenChange={setIsOpen}>
      <Popover.Trigger className="model-trigger">
        <span className="unseen">Model:</span>
        <Monogram provider={current?.provider ?? ''} />
        <span className="name">{current?.name ?? modelId}</span>
        {current !== undefined && <span className="price wide-only">{priceText(current)}</span>}
        {current !== undefined && <ReadyBadge model={current} />}
        <Icon name="down" />
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          className="popover models"
          aria-label="Models"
          align="start"
          sideOffset={8}
          collisionPadding={8}
        >
          <ModelList models={models.data ?? []} onChoose={() => setIsOpen(false)} />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  )
}

function ModelList({ models, onChoose }: { models: readonly ModelCard[]; onChoose: () => void }) {
  const modelId = useStudio((state) => state.modelId)
  const [search, setSearch] = useState('')
  const found = searchModels(models, search)
  const [active, setActive] = useState(() =>
    Math.max(
      0,
      found.findIndex(({ id }) => id === modelId),
    ),
  )
  const list = useId()
  const choose = (model: ModelCard | undefined): void => {
    if (model === undefined) return
    chooseModel(model)
    onChoose()
  }
  const onKeyDown = (event: React.KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (event.key === 'Enter') choose(found[active])
    if (step === undefined) return
    event.preventDefault()
    setActive((at) => (at + step + found.length) % Math.max(1, found.length))
  }
  return (
    <>
      <input
        className="search"
        type="search"
        role="combobox"
        aria-label="Search models"
        aria-expanded="true"
        aria-controls={list}
        aria-activedescendant={found[active] === undefined ? undefined : `${list}-${active}`}
        placeholder="Search models"
        value={search}
        onChange={({ target }) => {
          setSearch(target.value)
          setActive(0)
        }}
        onKeyDown={onKeyDown}
      />
      <ul id={list} role="listbox" aria-label="Models">
        {found.map((model, at) => (
          <ModelOption
            key={model.id}
            id={`${list}-${at}`}
            model={model}
            isActive={at === active}
            isChosen={model.id === modelId}
            onChoose={() => choose(model)}
          />
        ))}
      </ul>
      {found.length === 0 && <p className="hint">No model has “{search}” in its name or in what it does.</p>}
    </>
  )
}

type OptionProps = {
  id: string
  model: ModelCard
  isActive: boolean
  isChosen: boolean
  onChoose: () => void
}

function ModelOption({ id, model, isActive, isChosen, onChoose }: OptionProps) {
  const scroll = (element: HTMLLIElement | null): void => {
    if (isActive) element?.scrollIntoView({ block: 'nearest' })
  }
  return (
    <li ref={scroll} id={id} role="option" aria-selected={isChosen} data-active={isActive} onClick={onChoose}>
      <Monogram provider={model.provider} />
      <span className="about">
        <strong>{model.name}</strong>
        <span>{model.description}</span>
        <span className="facts">
          {[
            ...model.operations,
            priceText(model),
            model.latency_seconds === null ? '' : `about ${model.latency_seconds} s`,
          ]
            .filter(Boolean)
            .join(' · ')}
        </span>
      </span>
      <ReadyBadge model={model} />
    </li>
  )
}

export function Monogram({ provider }: { provider: string }) {
  return (
    <span className="monogram" aria-hidden="true">
      {provider.slice(0, 2)}
    </span>
  )
}

/** Pictures, words and values stay; the next request sends what the new model takes. */
export function chooseModel(model: ModelCard): void {
  studio.set({ modelId: model.id })
  announce(`${model.name}, ${readinessOf(model)}.`)
}

export function searchModels(models: readonly ModelCard[], search: string): ModelCard[] {
  const words = search.toLowerCase().split(/\s+/u).filter(Boolean)
  return models.filter((model) => {
    const text = `${model.name} ${model.id} ${model.description} ${model.operations.join(' ')}`.toLowerCase()
    return words.every((word) => text.includes(word))
  })
}
