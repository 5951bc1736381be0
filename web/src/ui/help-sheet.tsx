import { useEffect, useRef, useState } from 'react'
import { ACTIONS } from '../actions/registry.ts'
import { areSingleKeysOn, shortcutText, switchSingleKeys } from '../actions/shortcuts.ts'
import { studio, useStudio } from '../store/studio.ts'
import { IconButton } from './button.tsx'

const GROUPS = ['Job', 'Look', 'Mask', 'Panels'] as const

/** Every key, from the registry. The browser's own dialog holds the focus and closes with Escape. */
export function HelpSheet() {
  const isOpen = useStudio((state) => state.isHelpOpen)
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    if (isOpen) dialog.current?.showModal()
    else dialog.current?.close()
  }, [isOpen])
  const close = (): void => studio.set({ isHelpOpen: false })
  return (
    <dialog ref={dialog} className="sheet" aria-labelledby="help-title" onClose={close}>
      <header>
        <h2 id="help-title">Keyboard shortcuts</h2>
        <IconButton label="Close" icon="close" onClick={close} />
      </header>
      <SingleKeys />
      <div className="keys">
        {GROUPS.map((group) => (
          <section key={group}>
            <h3>{group}</h3>
            <dl>
              {ACTIONS.filter((action) => action.group === group && action.shortcut !== null).map(
                (action) => (
                  <div key={action.name}>
                    <dt>{action.label}</dt>
                    <dd>
                      <kbd>{shortcutText(action.shortcut ?? '')}</kbd>
                    </dd>
                  </div>
                ),
              )}
              {group === 'Look' && (
                <div>
                  <dt>See the original, while held</dt>
                  <dd>
                    <kbd>Tab</kbd> over the picture, or <kbd>Space</kbd>
                  </dd>
                </div>
              )}
            </dl>
          </section>
        ))}
      </div>
    </dialog>
  )
}

function SingleKeys() {
  const [isOn, setIsOn] = useState(areSingleKeysOn)
  return (
    <label className="check">
      <input
        type="checkbox"
        checked={isOn}
        onChange={({ target }) => {
          switchSingleKeys(target.checked)
          setIsOn(target.checked)
        }}
      />
      Letters without Ctrl or ⌘ are shortcuts
    </label>
  )
}
