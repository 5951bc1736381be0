import { Popover } from 'radix-ui'
import { useState } from 'react'
import { addAddress, movePicture, removePicture, showStored } from '../actions/add-pictures.ts'
import { imageLimit } from '../request/image-fields.ts'
import { shownAddress } from '../server/preview.ts'
import { useModel } from '../server/queries.ts'
import { studio, useStudio } from '../store/studio.ts'
import type { Reference } from '../store/studio.ts'
import { Button, IconButton } from '../ui/button.tsx'
import { Icon } from '../ui/icon.tsx'
import { MaskChip } from './mask-chip.tsx'
import { Suggestions } from './suggestions.tsx'

/** The pictures of the request in their order; the first one is the one that changes. */
export function ReferenceStrip() {
  const references = useStudio((state) => state.references)
  const modelId = useStudio((state) => state.modelId)
  const schema = useModel(modelId).data?.input_schema
  const limit = schema === undefined ? 1 : imageLimit(schema)
  return (
    <div className="references">
      <ul aria-label="Pictures of the request">
        {references.map((reference, at) => (
          <ReferenceItem
            key={reference.id}
            reference={reference}
            at={at}
            count={references.length}
            isTaken={at < limit}
          />
        ))}
      </ul>
      <AddPicture isFirst={references.length === 0} />
      <MaskChip />
      <Suggestions />
      {limit === 0 && <span className="hint">This model works from words alone</span>}
      {limit > 0 && references.length > limit && (
        <span className="hint">This model takes {limit}; the rest is left out</span>
      )}
    </div>
  )
}

type ItemProps = { reference: Reference; at: number; count: number; isTaken: boolean }

function ReferenceItem({ reference, at, count, isTaken }: ItemProps) {
  const { id, name, state, fault, sent } = reference
  const title = `${name}${fault === null ? '' : `: ${fault}`}`
  return (
    <li
      className="reference"
      data-state={state}
      data-taken={isTaken}
      title={title}
      draggable
      onDragStart={(event) => event.dataTransfer.setData('text/x-afterimage-reference', id)}
      onDragOver={(event) =>
        event.dataTransfer.types.includes('text/x-afterimage-reference') && event.preventDefault()
      }
      onDrop={(event) => {
        const moved = event.dataTransfer.getData('text/x-afterimage-reference')
        if (moved === '') return
        event.preventDefault()
        event.stopPropagation()
        const from = studio.get().references.findIndex((other) => other.id === moved)
        movePicture(moved, at - from)
      }}
    >
      <Thumbnail reference={reference} />
      {count > 1 && (
        <button
          type="button"
          className="mention"
          title="Name this picture in the instruction"
          aria-label={`Name ${name} in the instruction`}
          onClick={() =>
            studio.set(({ prompt }) => ({
              prompt: `${prompt}${prompt === '' || prompt.endsWith(' ') ? '' : ' '}@image${at + 1} `,
            }))
          }
        >
          @{at + 1}
        </button>
      )}
      <span className="reference-tools">
        {at > 0 && (
          <IconButton label={`Move ${name} to the front`} icon="left" onClick={() => movePicture(id, -1)} />
        )}
        <IconButton label={`Remove ${name}`} icon="close" onClick={() => removePicture(id)} />
      </span>
      {state === 'uploading' && <Uploading sent={sent} />}
      {state === 'failed' && <Icon name="warning" />}
    </li>
  )
}

/** A file that this browser does not read is shown as soon as the server has it. */
function Thumbnail({ reference: { id, name, preview, url } }: { reference: Reference }) {
  const address = preview ?? (url === null ? null : shownAddress(url))
  if (address === null) return <span className="unread">{name.split('.').at(-1)?.slice(0, 5)}</span>
  return <img src={address} alt={name} onError={() => preview !== null && showStored(id)} />
}

/** Percent while bytes travel; the rest is the server's work, or its own download. */
function Uploading({ sent }: { sent: number | null }) {
  if (sent === null || sent >= 1) return <span className="spinner" role="img" aria-label="Uploading" />
  const percent = Math.floor(sent * 100)
  return (
    <span
      className="sent"
      role="progressbar"
      aria-label="Uploading"
      aria-valuenow={percent}
      aria-valuemin={0}
      aria-valuemax={100}
    >
      {percent} %
    </span>
  )
}

/** A file, or the address of a picture that the server fetches. */
function AddPicture({ isFirst }: { isFirst: boolean }) {
  const [isOpen, setIsOpen] = useState(false)
  const [address, setAddress] = useState('')
  const submit = (event: React.FormEvent): void => {
    event.preventDefault()
    setIsOpen(false)
    void addAddress(address)
    setAddress('')
  }
  return (
    <span className="add-picture">
      <Button
        id="add-picture"
        onClick={() => document.querySelector<HTMLInputElement>('#file-input')?.click()}
      >
        <Icon name="plus" />
        {isFirst ? 'Picture' : <span className="unseen">Add a picture</span>}
      </Button>
      <Popover.Root open={isOpen} onOpenChange={setIsOpen}>
        <Popover.Trigger asChild>
          <IconButton label="Add a picture by its address" icon="link" kind="plain" />
        </Popover.Trigger>
        <Popover.Portal>
          <Popover.Content
            className="popover address"
            aria-label="Address of a picture"
            side="top"
            align="start"
            sideOffset={8}
            collisionPadding={8}
          >
            <form onSubmit={submit}>
              <label htmlFor="address">Address of a picture</label>
              <span className="joined">
                <input
                  id="address"
                  type="url"
                  inputMode="url"
                  placeholder="https://"
                  value={address}
                  onChange={({ target }) => setAddress(target.value)}
                />
                <Button kind="primary" type="submit" disabled={address.trim() === ''}>
                  Add
                </Button>
              </span>
              <p className="hint">This server fetches it; your browser does not.</p>
            </form>
          </Popover.Content>
        </Popover.Portal>
      </Popover.Root>
    </span>
  )
}
